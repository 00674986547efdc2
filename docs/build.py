"""The documentation site: python docs/build.py [--out FOLDER] [--part NAME...]

Pages written by hand (docs/), pages made from code (pages.py), the project's papers and the
notebooks with what they show are laid out in one folder, with their links turned; Sphinx makes
HTML of it, and any warning is an error; then check.py looks at what came out.
"""

import argparse
import ast
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path, PurePosixPath

import check
import pages

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")
DIRECTIVE = re.compile(r"^#\|\s*(.*)\n?", re.MULTILINE)
KEPT = ("image/png", "text/html", "text/markdown", "text/plain")  # the first that there is
PAPERS = {
    "README.md": "index.md",
    "nbs/index.ipynb": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "benchmarks/README.md": "project/benchmarks.md",
    "corpus/README.md": "project/corpus.md",
    "seeds/README.md": "project/seeds.md",
    "tests/reference/README.md": "project/reference_coding.md",
}


def notebooks() -> dict[str, str]:
    "Path in the checkout -> path in the site, of every notebook but the one that is README.md"
    found = sorted(ROOT.glob("nbs/*.ipynb")) + sorted(ROOT.glob("nbs/[a-z]*/*.ipynb"))
    paths = [path.relative_to(ROOT).as_posix() for path in found]
    return {p: p.replace("nbs/", "notebooks/", 1) for p in paths if p != "nbs/index.ipynb"}


def turned(
    match: re.Match,  # a link in Markdown
    origin: str,  # the file that it stands in, from the top level of the checkout
    place: str,  # where that file is in the site
    known: Mapping[str, str],  # path in the checkout -> path in the site
    files: Path,  # folder of the site, into which pictures are copied
) -> str:
    "The link as it is in the site; what the site does not hold is its words alone"
    bang, words, target = match.groups()
    path, hash_, anchor = target.partition("#")
    if not path or ":" in path:
        return match[0]
    real = os.path.normpath(PurePosixPath(origin).parent / path)
    if real in known:
        to = os.path.relpath(known[real], PurePosixPath(place).parent)
    elif bang and (ROOT / real).is_file():
        (files / "_pictures").mkdir(exist_ok=True)
        shutil.copy(ROOT / real, files / "_pictures")
        to = os.path.relpath(f"_pictures/{Path(real).name}", PurePosixPath(place).parent)
    else:
        return words
    return f"{bang}[{words}]({to}{hash_}{anchor})"


def without(match: re.Match, missing: set[str]) -> str:
    "The words alone of a link to a notebook that this build leaves out"
    return match[2] if match[3].partition("#")[0].lstrip("/") in missing else match[0]


def shown(cell: dict) -> bool:
    "Whether a reader of the page sees the cell"
    source = "".join(cell["source"])
    told = DIRECTIVE.findall(source)
    bare = cell["cell_type"] == "code" and not DIRECTIVE.sub("", source).strip()
    return not bare and not {"hide", "default_exp"} & {one.split()[0] for one in told if one}


def only_imports(source: str) -> bool:
    "Whether a cell of code only imports, which a reader can do without"
    try:
        lines = ast.parse(source).body
    except SyntaxError:  # a line of IPython
        return False
    inner = [one for line in lines for one in getattr(line, "body", [line])]
    return all(isinstance(one, ast.Import | ast.ImportFrom) for one in inner)


def readable(cell: dict, turn: partial) -> dict:
    "The cell without directives, each output in one form, links turned, imports folded"
    cell = dict(cell, metadata={}, source=DIRECTIVE.sub("", "".join(cell["source"])))
    if cell["cell_type"] == "markdown":
        return cell | {"source": LINK.sub(turn, cell["source"])}
    if only_imports(cell["source"]):
        cell["metadata"] = {"tags": ["hide-input"]}
    for out in cell.get("outputs", ()):
        kind = next((k for k in KEPT if k in out.get("data", ())), None)
        if kind:
            text = "".join(out["data"][kind])
            out["data"] = {kind: LINK.sub(turn, text) if kind == "text/markdown" else text}
    return cell


def lay_notebook(source: Path, target: Path, turn: partial) -> None:
    "A notebook as the site shows it"
    book = json.loads(source.read_text(encoding="utf-8"))
    book["cells"] = [readable(cell, turn) for cell in book["cells"] if shown(cell)]
    book["metadata"]["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    target.write_text(json.dumps(book), encoding="utf-8")


def lay_out(site: Path, parts: list[str]) -> None:
    "Every page of the site in `site`; of the notebooks only the `parts`, if any are named"
    shutil.copytree(DOCS, site, ignore=shutil.ignore_patterns("*.py", "words.txt", "__pycache__"))
    every, wanted = notebooks(), {"nbs", *parts}  # those over all are always there
    found = {o: p for o, p in every.items() if not parts or Path(o).parent.name in wanted}
    drop = partial(without, missing={*every.values()} - {*found.values()})
    for page in site.rglob("*.md"):
        page.write_text(LINK.sub(drop, page.read_text("utf-8")), encoding="utf-8")
    known = PAPERS | found
    for origin, place in known.items():
        source, target = ROOT / origin, site / place
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        turn = partial(turned, origin=origin, place=place, known=known, files=site)
        if source.suffix == ".ipynb":
            lay_notebook(source, target, turn)
        else:
            target.write_text(LINK.sub(turn, source.read_text("utf-8")), encoding="utf-8")
    for place, text in pages.pages(list(found.values()), site).items():
        (site / place).parent.mkdir(parents=True, exist_ok=True)
        (site / place).write_text(text, encoding="utf-8")


def main() -> int:
    "Build and check the site; the exit code"
    from sphinx.cmd.build import main as sphinx

    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--out", type=Path, default=ROOT / "build" / "docs")
    options.add_argument("--part", nargs="*", default=[], help="folders of nbs/; default: all")
    given = options.parse_args()
    site, html = given.out / "source", given.out / "html"
    for folder in (site, html):
        shutil.rmtree(folder, ignore_errors=True)
    lay_out(site, given.part)
    tried = ["-q", "-W", "--keep-going", "-j", "2", "-b", "html", "-d", str(given.out / "trees")]
    code = sphinx([*tried, "-c", str(DOCS), str(site), str(html)])
    doubts = [*check.doubts(html), *check.misspelled(DOCS)]
    for line in doubts:
        print(line, file=sys.stderr)
    if not (code or doubts):
        print(f"open {html / 'index.html'}")
    return code or bool(doubts)


if __name__ == "__main__":
    sys.exit(main())
