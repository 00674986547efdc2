"""What the index notebook of each folder shows, read from the notebooks of the folder

No part of the package: a wheel holds no notebooks. A folder of nbs/ that has an index is a floor.
"""

import ast
import inspect
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fastcore.docments import docments
from IPython.display import Markdown

from negotiations_study.showing.canvas import GRID, SIDES, Drawing, Glyph, box, line, paint, words

NBS = Path(__file__).resolve().parent
INDEX = "00_index.ipynb"
PACKAGE = "negotiations_study"


class Notebook(NamedTuple):
    "A notebook by what stands in it"

    path: Path
    title: str
    subtitle: str  # one sentence
    module: str  # such as base.spans; empty if nothing is exported
    takes: tuple[tuple[str, str], ...]  # (module, name) of what its exported cells import


def _imports(source: str) -> Iterator[tuple[str, str]]:
    "(module, name) of what the code of a cell takes from other modules of the package"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}."):
            yield from ((node.module.removeprefix(f"{PACKAGE}."), a.name) for a in node.names)


@cache
def read_notebook(path: Path) -> Notebook:
    "The notebook at `path`"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    title, *rest = next(s for s in sources if s.startswith("# ")).splitlines()
    subtitle = next((text[2:] for text in rest if text.startswith("> ")), "")
    module = re.search(r"^#\|\s*default_exp\s+(\S+)", "\n".join(sources), re.MULTILINE)
    takes = {found for s in sources if s.startswith("#| export") for found in _imports(s)}
    return Notebook(path, title[2:], subtitle, module[1] if module else "", tuple(sorted(takes)))


def notebooks_of(floor: str) -> list[Notebook]:
    "The numbered notebooks of a floor, in their order"
    paths = sorted((NBS / floor).glob("[0-9]*.ipynb"))
    return [read_notebook(path) for path in paths if path.name != INDEX]


@cache
def floors() -> tuple[str, ...]:
    "Names of the floors, from the ground up"
    found = [path.parent.name for path in NBS.glob(f"*/{INDEX}")]
    return tuple(sorted(found, key=lambda name: notebooks_of(name)[0].path.name))


def _floor_of(module: str) -> str:
    "The floor that a module such as base.spans stands on"
    return module.partition(".")[0]


def table(head: str, rows: list[list[str]]) -> Markdown:
    "A table; `head` has the names of its columns between bars"
    rule = "|".join(["---"] * len(head.split(" | ")))
    lines = [f"| {head} |", f"|{rule}|", *(f"| {' | '.join(row)} |" for row in rows)]
    return Markdown("\n".join(lines))


def notebook_table(floor: str) -> Markdown:
    "The notebooks of a floor with their sentences"
    return table(
        "notebook | title | what it does",
        [[f"[{n.path.stem}]({n.path.name})", n.title, n.subtitle] for n in notebooks_of(floor)],
    )


def floor_table() -> Markdown:
    "All floors with links to their notebooks, as seen from nbs/"
    rows = []
    for floor in floors():
        index = read_notebook(NBS / floor / INDEX)
        links = [f"[{n.path.stem}]({floor}/{n.path.name})" for n in notebooks_of(floor)]
        rows += [[f"[{floor}]({floor}/{INDEX})", index.subtitle, ", ".join(links)]]
    return table("floor | what it does | notebooks", rows)


def _shown_type(annotation: object) -> str:
    "A type as it is written, without the modules that its names come from"
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"\b(?:\w+\.)+(?=\w)", "", text.replace("'", "")).replace("|", r"\|")


def _comes_in(function: Callable) -> str:
    "What must be given to a function; its first parameter where nothing must"
    given = inspect.signature(function).parameters.values()
    given = [p for p in given if p.kind is not p.VAR_KEYWORD]
    notes = docments(function, full=True)
    out = []
    for p in [p for p in given if p.default is p.empty] or given[:1]:
        kind = "" if p.annotation is p.empty else f" (`{_shown_type(p.annotation)}`)"
        note = notes[p.name].docment
        out.append(f"`{p.name}`{kind}" + (f": {note}" if note else ""))
    return "; ".join(out)


def flow_table(*functions: Callable) -> Markdown:
    "What comes in and what goes out of the functions through which a floor is used"
    rows = []
    for function in functions:
        out = _shown_type(inspect.signature(function).return_annotation)
        says = (function.__doc__ or "").partition("\n")[0]
        rows += [[f"`{function.__name__}`", _comes_in(function), f"`{out}`", says]]
    return table("function | comes in | goes out | what it does", rows)


def _given(floor: str) -> dict[str, list[int]]:
    "For each notebook of `floor` the names that it takes from, or gives to, each of the floors"
    order, here = floors(), floors().index(floor)
    given = Counter(
        (module, user)
        for user in order
        for module, _ in {found for n in notebooks_of(user) for found in n.takes}
    )
    found = {}
    for n in notebooks_of(floor):
        taken = Counter(_floor_of(module) for module, _ in n.takes)
        before = [taken[name] for name in order[: here + 1]]
        found[n.path.stem] = [*before, *(given[n.module, name] for name in order[here + 1 :])]
    return found


WIDE, HIGH, LEFT = 62, 22, 130


def _row(name: str, counts: list[int], here: int, y: float) -> list[Glyph]:
    "A notebook and its numbers, below the floors that they belong to"
    end = LEFT + WIDE * len(counts)
    out = [words(LEFT - 10, y, name, "right small"), line(LEFT, y, end, y, color=GRID)]
    for n, count in enumerate(counts):
        hue = SIDES[0] if n < here else SIDES[2] if n == here else SIDES[1]
        if count:
            x = LEFT + WIDE * n
            out += [box(x + 3, y - 9, WIDE - 6, 18, level=2, color=hue.tint)]
            out += [words(x + WIDE / 2, y, str(count), "center small", color=hue.text)]
    return out


def _and(names: list[str]) -> str:
    "Names as a list in words"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def picture(floor: str) -> Drawing:
    "What each notebook of a floor imports from floors before it, and what those after it import"
    order, here, found = floors(), floors().index(floor), _given(floor)
    marks = []
    for n, name in enumerate(order):
        how = "center small bold" if n == here else "center small sub"
        marks += [words(LEFT + WIDE * (n + 0.5), 8, name, how)]
    for n, (name, counts) in enumerate(found.items()):
        marks += _row(name, counts, here, 32 + HIGH * n)
    used = [any(counts[n] for counts in found.values()) for n in range(len(order))]
    below = [name for name, some in zip(order[:here], used, strict=False) if some]
    above = [name for name, some in zip(order[here + 1 :], used[here + 1 :], strict=True) if some]
    verb = "build" if len(above) > 1 else "builds"
    above = above if len(above) < max(2, len(order) - here - 1) else ["all floors after it"]
    says = [f"{floor} builds on {_and(below)}" if below else f"{floor} builds on nothing"]
    says += [f"{_and(above)} {verb} on it"] if above else []
    return paint(
        (marks, 32 + HIGH * len(found)),
        LEFT + WIDE * len(order),
        "; ".join(says),
        f"Numbers of names. Left of {floor}: what a notebook imports. Below {floor}: what it "
        "imports from the notebooks above it. Right: what others import from it.",
    )
