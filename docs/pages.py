"""Pages that are made from what they are about: each function gives the Markdown of one

Nothing in them is typed twice: names, types and comments come from the modules, columns from the
schemas, options from the command line, codes from the codebook, figures from benchmarks/results.
"""

import ast
import csv
import html
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "negotiations_study"
sys.path.append(str(ROOT / "nbs"))  # floors.py tells the order of floors and notebooks


def cell(value: object) -> str:
    "A value inside a table of Markdown"
    text = " ".join(str("" if value is None else value).split())
    for sign in "\\|*_`[]$":
        text = text.replace(sign, f"\\{sign}")
    return html.escape(text, quote=False)


def prose(text: str | None) -> str:
    "A docstring or a comment: Markdown, as our own always are, but never HTML or a link"
    parts = " ".join((text or "").split()).split("`")
    for n in range(0, len(parts), 2):  # what stands outside code
        for sign in "<[$":
            parts[n] = parts[n].replace(sign, f"\\{sign}")
    return "`".join(parts)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    "A table of Markdown; a cell that begins with a backtick or a bracket is Markdown already"
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in rows:
        cells = [str(c) if str(c)[:1] in ("`", "[") else cell(c) for c in row]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def tree(names: Iterable[str], depth: int = 1, caption: str = "") -> str:
    "A list of pages that Sphinx follows"
    head = [f":maxdepth: {depth}", *([f":caption: {caption}"] if caption else []), ""]
    return "\n".join(["```{toctree}", *head, *names, "```", ""])


# --- modules


def _notes(node: ast.AST, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    "(name, comment) of the parameters of a function or the fields of a class"
    if isinstance(node, ast.ClassDef):
        named = [(f.target.id, f.lineno) for f in node.body if isinstance(f, ast.AnnAssign)]
    else:
        given = node.args
        every = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
        named = [(a.arg, a.lineno) for a in every if a]
    for name, number in named:
        code, mark, note = lines[number - 1].partition("  # ")
        if mark and len([n for n, at in named if at == number]) == 1:
            yield name, note.strip()


def _signature(node: ast.FunctionDef) -> str:
    "How a function is called, a parameter a line where one line is too short"
    out = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    whole = f"{node.name}({ast.unparse(node.args)}){out}"
    if len(whole) <= 80:
        return whole
    return f"{node.name}(\n    {_split(ast.unparse(node.args))},\n){out}"


def _split(given: str) -> str:
    "Parameters, each on a line of its own"
    out, depth = "", 0
    for sign in given:
        depth += (sign in "([{") - (sign in ")]}")
        out += ",\n   " if sign == "," and not depth else sign
    return out


def _described(node: ast.AST, lines: Sequence[str], level: int = 3) -> Iterator[str]:
    "Heading, signature and comments of a function, or of a class with its public methods"
    is_class = isinstance(node, ast.ClassDef)
    yield f"{'#' * level} {cell(node.name)}\n"
    yield "" if is_class else f"```python\n{_signature(node)}\n```\n"
    yield prose(ast.get_docstring(node)) + "\n"
    yield from (f"* `{name}`: {prose(note)}" for name, note in _notes(node, lines))
    yield ""
    for inner in node.body if is_class else ():
        if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
            yield from _described(inner, lines, level + 1)


def _module(path: Path, notebook: str, title: str) -> Iterator[str]:
    "What a module offers: every public name with its signature and its comments"
    text = path.read_text(encoding="utf-8")
    parsed, lines = ast.parse(text), text.splitlines()
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    yield f"## {name.removeprefix(PACKAGE + '.')}\n\n{prose(ast.get_docstring(parsed))}.\n"
    yield f"Source, reasons and examples: [{title}](/{notebook}).\n" if notebook else ""
    defined = (ast.FunctionDef, ast.ClassDef)
    for node in parsed.body:
        if isinstance(node, defined) and not node.name.startswith("_"):
            yield from _described(node, lines)


def api(known: Sequence[str]) -> dict[str, str]:
    "A page a floor with its modules; `known` are the notebooks of the site"
    import floors

    pages = {}
    for floor in floors.floors():
        index = floors.read_notebook(ROOT / "nbs" / floor / floors.INDEX)
        out = [f"# {index.title}\n", f"{index.subtitle}.\n"]
        for book in (b for b in floors.notebooks_of(floor) if b.module):
            path = ROOT / PACKAGE / (book.module.replace(".", "/") + ".py")
            place = f"notebooks/{book.path.relative_to(ROOT / 'nbs').as_posix()}"
            out += _module(path, place if place in known else "", book.title)
        pages[f"reference/api/{floor}.md"] = "\n".join(out)
    public = [
        [f"`{name}`", f"[{module}](/reference/api/{module.partition('.')[0]}.md)"]
        for name, module in _public().items()
    ]
    says = "What `from negotiations_study import` offers, and where it is described:\n"
    rest = "Every other public name is imported from its module. The order is that in which one\n"
    rest += "module builds on another.\n"
    parts = ["# Functions and classes\n", says, table(["name", "module"], public), rest]
    pages["reference/api/index.md"] = "\n".join([*parts, tree(floors.floors())])
    return pages


def _public() -> dict[str, str]:
    "Public name -> module below the package"
    import negotiations_study

    return dict(sorted(negotiations_study._MODULE_OF.items()))


# --- tables, codebook, constructions, command line, settings


def dictionary_page() -> str:
    "The data dictionary, a section a table"
    from negotiations_study.base.schemas import SCHEMAS, data_dictionary

    rows = data_dictionary()
    out = ["# Tables and columns\n", "Every table of a run, as its schema has it.\n"]
    for name, model in SCHEMAS.items():
        own = rows.filter(table=name).drop("table")
        found = own.select(c for c in own.columns if any(own[c]))  # not one that is empty
        head, shown = found.columns, [[f"`{row[0]}`", *row[1:]] for row in found.rows()]
        out += [f"## {name}\n", f"A row is: {cell(model.__doc__)}.\n", table(head, shown)]
    return "\n".join(out)


def codebook_page() -> str:
    "Codes by facet, and the files of a codebook with their columns"
    from negotiations_study.base.codebook import load_codebook

    out = ["# Codebook\n", "Codes that hold for any dispute, then the files of a codebook.\n"]
    for facet, codes in load_codebook("").codes.items():
        rows = [[f"`{c.code}`", c.label, c.definition] for c in codes.values()]
        out += [f"## {facet}\n", table(["code", "label", "when to use it"], rows)]
    with (ROOT / PACKAGE / "codebook" / "files.csv").open(encoding="utf-8") as file:
        columns = list(csv.DictReader(file))
    for about in (row for row in columns if not row["column"]):
        own = [row for row in columns if row["file"] == about["file"] and row["column"]]
        rows = [[f"`{r['column']}`", r["required"], r["refers_to"], r["meaning"]] for r in own]
        out += [f"## {about['file'].replace('*', 'NAME')}\n", f"{cell(about['meaning'])}.\n"]
        out += [table(["column", "filled", "refers to", "meaning"], rows)]
    return "\n".join(out)


def _marked(sentence: str, items: Sequence[str]) -> str:
    "A sentence with the words that are found in it in bold"
    text = html.escape(sentence)
    for item in items:
        text = text.replace(html.escape(item), f"<b>{html.escape(item)}</b>", 1)
    return text


def constructions_page() -> str:
    "Every construction of conditions with its examples, and the rules by their names"
    import negotiations_study.coding.called
    import negotiations_study.coding.rules  # noqa: F401
    from negotiations_study.coding.provisos import CONSTRUCTIONS

    out = [
        "# Constructions\n",
        "How the rules read conditions: each construction with sentences in which it must find "
        "the words in bold, and one that it must leave alone. The examples are its tests.\n",
    ]
    for one in CONSTRUCTIONS:
        out += [f"## {one.read.__name__}\n", f"{prose(one.read.__doc__)}.\n", "Finds:\n"]
        out += [f"* {_marked(text, items)}" for text, items in one.finds.items()]
        out += ["\nLeaves alone:\n", f"* {html.escape(one.leaves)}\n"]
    with (ROOT / PACKAGE / "codebook/language_en/rules.csv").open(encoding="utf-8") as file:
        rows = [[f"`{r['rule']}`", r["confidence"], r["meaning"]] for r in csv.DictReader(file)]
    out += ["## Names in the column `rule`\n", table(["rule", "confidence", "what it reads"], rows)]
    return "\n".join(out)


def commands_page() -> str:
    "The command line, as it describes itself"
    from typer.main import get_command

    from negotiations_study.running.cli import app

    group = get_command(app)
    about, _, begin = group.help.partition("\n\nTo begin: ")
    out = ["# Command line\n", f"{about} To begin: `{begin}`.\n", f"{group.epilog}\n"]
    for name, command in group.commands.items():
        says, _, examples = command.help.partition(
            "Examples:" * ("Examples:" in command.help) or "Example:"
        )
        lines = [line.strip() for line in examples.splitlines() if line.strip()]
        given = [p for p in command.params if p.name != "help"]
        told = [p for p in given if p.param_type_name == "argument"]
        names = {p: p.name.upper() if p.required else f"[{p.name.upper()}]" for p in told}
        must = "".join(f" {name}" for name in names.values())
        says = re.sub(r"--[a-z][a-z-]*", r"`\g<0>`", says)
        out += [f"## {name}\n", f"```text\nnegotiations-study {name}{must} [OPTIONS]\n```\n", says]
        rows = [
            [f"`{names.get(p) or ' '.join((*p.opts, *p.secondary_opts))}`", getattr(p, "help", "")]
            for p in given
        ]
        out += [table(["argument or option", "meaning"], rows)] if rows else []
        out += ["```text", *lines, "```\n"] if lines else []
    return "\n".join(out)


def settings_page() -> str:
    "The commented settings of the shipped study"
    text = (ROOT / "settings.ini").read_text(encoding="utf-8")
    says = (
        "A study is set by the file `settings.ini`, which the command line finds in its folder or "
        "above. Options and notebook parameters win over it. This is the one of the study that "
        "ships with the project; a line that begins with `;` is a comment."
    )
    return f"# Settings\n\n{says}\n\n```ini\n{text}```\n"


# --- gallery, benchmarks


def gallery(site: Path) -> str:
    "A picture a chart, drawn by the line below it from the shipped tables"
    from negotiations_study.corpus.store import Tables
    from negotiations_study.showing import charts
    from negotiations_study.showing.trend_charts import trends

    tables = Tables.read(ROOT / "outputs" / "study" / "tables")
    (site / "_pictures").mkdir(exist_ok=True)
    says = "Each picture is made by the line below it, from the tables of the study that ships:\n"
    out = ["# Gallery\n", says, "```python\nfrom negotiations_study import Tables, charts\n"]
    out += ['tables = Tables.read("outputs/study/tables")\n```\n']
    drawn = {name: (chart, f"charts.{name}(tables)") for name, chart in charts.CHARTS.items()}
    periods = [tables.made.before, tables.made.after]
    line = "from negotiations_study.showing.trend_charts import trends\n\n"
    drawn["trends"] = (partial(trends, periods=periods), f"{line}trends(tables, {periods})")
    for name, (chart, line) in drawn.items():
        made = chart(tables)
        if charts.is_empty(made):
            continue
        svg = charts.svg(made)
        (site / "_pictures" / f"{name}.svg").write_text(svg, encoding="utf-8")
        says = (getattr(chart, "func", chart)).__doc__
        out += [f"## {name}\n", f"{prose(says)}.\n"]
        out += ["::::{container} scroll"]
        out += [f":::{{image}} /_pictures/{name}.svg", f":alt: {cell(made.description)}"]
        out += [":class: chart", ":::", "::::\n"]
        out += [f"```python\n{line}\n```\n"]
    out += ["[Look around in JupyterLab](howto/lab.md) shows charts that follow a click.\n"]
    return "\n".join(out)


def _result(name: str) -> dict:
    "What a script of benchmarks/ left"
    return json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text("utf-8"))


def benchmarks_page() -> str:
    "The last figures of benchmarks/, with links to the notebooks that explain them"
    out = [
        "# Benchmarks\n",
        "The figures that the scripts in `benchmarks/` left; what each measures stands in "
        "[their description](/project/benchmarks.md).\n",
        "## Conditions\n",
        "Per cent of rows that are right (precision) and of conditions that are found (recall) in "
        "articles that nothing was learned from. More on "
        "[its own page](/notebooks/quality_conditions.ipynb).\n",
    ]
    rows = []
    for part in ("news", "unread"):
        for coder in ("rules", "model", "both", "agreed"):
            found = _result(f"conditions_{part}_{coder}")
            right = f"{found['holder right']} of {found['matched']}"
            shares = [f"{100 * found[k]:.1f}" for k in ("precision", "recall", "f1")]
            rows.append([part, coder, found["articles"], found["required"], *shares, right])
    head = ["articles", "coder", "n", "conditions", "precision", "recall", "F1", "holder right"]
    out += [table(head, rows), "## Statements\n"]
    out += [
        "Per cent of contents and, in the last column, of contents with speaker and cue, on news "
        "that no rule was written from (`held`). More on [quality](/notebooks/quality.ipynb).\n"
    ]
    measured, rows = _result("polnear"), []
    for part in ("dev", "held"):
        for kind in ("all", "direct", "mixed", "indirect"):
            one = measured[part][kind]
            soft, whole = one["content_soft"], one["relation"]
            rows.append([part, kind, soft["P"], soft["R"], soft["F"], whole["F"]])
    head = ["part", "quotation", "precision", "recall", "F", "F with speaker"]
    out += [table(head, rows), "## Other systems on the same articles\n"]
    with (ROOT / "benchmarks" / "results" / "peers.csv").open(encoding="utf-8") as file:
        peers = list(csv.DictReader(file))
    keys = ("what", "content_soft_f1", "relation_f1", "words_per_cpu_second", "licence")
    head = ["system", "F", "F with speaker", "words a CPU second", "licence"]
    out += [table(head, [[peer[k] for k in keys] for peer in peers])]
    out += [
        "## Size\n",
        "Steps after the reading, on recombined articles. More on "
        "[scale](/notebooks/scale.ipynb).\n",
    ]
    rows = [
        [run["articles"], sum(run["rows"].values()),
         round(sum(step["CPU seconds"] for step in run["steps"].values()), 1)]
        for run in _result("rows")["runs"]
    ]  # fmt: skip
    out += [table(["articles", "rows", "CPU seconds"], rows)]
    return "\n".join(out)


# --- all of them


def notebooks_page(known: Sequence[str]) -> str:
    "The page that lists the notebooks, floor by floor"
    import floors

    def section(title: str, says: str, folder: Path) -> Iterator[str]:
        books = [p for p in sorted(folder.glob("*.ipynb")) if p.name != floors.INDEX]
        found = [(f"notebooks/{p.relative_to(ROOT / 'nbs').as_posix()}", p) for p in books]
        read = [(place, floors.read_notebook(path)) for place, path in found if place in known]
        rows = [[f"[{b.title}](/{place})", b.subtitle] for place, b in read]
        if rows:
            yield from (f"## {title}\n", f"{says}\n", table(["notebook", "what it does"], rows))

    nbs = ROOT / "nbs"
    out = [
        "# Notebooks\n",
        "The package is written in notebooks; each is the source and the documentation of one "
        "module, and is shown with what its cells gave when the tests ran them.\n",
        *section("Over all", "What the modules do together, and how well.", nbs),
        *section("Run with each study", "What is executed on your articles.", nbs / "analysis"),
    ]
    for floor in floors.floors():
        index = floors.read_notebook(nbs / floor / floors.INDEX)
        place = f"notebooks/{floor}/{floors.INDEX}"
        name = f"[{index.title}](/{place})" if place in known else index.title
        out += section(name, f"{index.subtitle}.", nbs / floor)
    return "\n".join(out)


def pages(known: Sequence[str], site: Path) -> dict[str, str]:
    "Every page that is made: place in the site -> Markdown; `known` are the notebooks in it"
    return {
        "reference/tables.md": dictionary_page(),
        "reference/codebook.md": codebook_page(),
        "reference/constructions.md": constructions_page(),
        "reference/commands.md": commands_page(),
        "reference/settings.md": settings_page(),
        "gallery.md": gallery(site),
        "benchmarks.md": benchmarks_page(),
        "notebooks/index.md": notebooks_page(known),
        **api(known),
    }
