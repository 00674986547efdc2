"""The pages of the documentation that are made: complete, and with links that lead somewhere

The site itself is built, with any warning an error, by `make docs`, which .ci/run does too.
"""

import json
import os
import re
import shlex
import sys
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import ROOT
from packaging.specifiers import SpecifierSet
from typer.main import get_command

from negotiations_study import build_tables, charts
from negotiations_study.base.schemas import data_dictionary
from negotiations_study.coding.provisos import CONSTRUCTIONS
from negotiations_study.running.cli import app

sys.path.insert(0, str(ROOT / "docs"))
import build
import check
import pages

KNOWN = build.PAPERS | build.notebooks()
WRITTEN = sorted((ROOT / "docs").rglob("*.md"))


@cache
def made(name: str) -> str:
    "A page that is made, by the name of its function"
    return getattr(pages, name)()


def test_every_column_has_its_meaning():
    text = made("dictionary_page")
    for table, column, meaning in data_dictionary().select("table", "column", "meaning").rows():
        part = text.split(f"\n## {table}\n")[1].split("\n## ")[0]
        assert f"| `{column}` |" in part and pages.cell(meaning) in part


def test_every_command_and_option_is_told():
    text = made("commands_page")
    for name, command in get_command(app).commands.items():
        part = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        for option in (p for p in command.params if p.param_type_name == "option"):
            assert option.name == "help" or option.opts[0] in part


def test_every_construction_stands_with_its_examples():
    text = made("constructions_page")
    assert len(CONSTRUCTIONS) > 10
    for one in CONSTRUCTIONS:
        part = text.split(f"\n## {one.read.__name__}\n")[1].split("\n## ")[0]
        assert part.count("\n* ") >= len(one.finds) + 1 and "<b>" in part


def test_every_module_is_in_the_reference():
    text = "\n".join(pages.api(list(KNOWN.values())).values())
    assert all(f"`{name}`" in text for name in pages._public())
    for path in (ROOT / pages.PACKAGE).glob("[a-z]*/[a-z]*.py"):
        assert f"\n## {path.parent.name}.{path.stem}\n" in "\n" + text


def test_benchmarks_show_the_figures_of_the_files():
    found = json.loads((ROOT / "benchmarks/results/conditions_news_both.json").read_text())
    assert f"| news | both | {found['articles']} |" in made("benchmarks_page")


def test_words_are_spelled():
    assert not list(check.misspelled(ROOT / "docs"))


def test_a_misspelled_word_is_found(tmp_path: Path):
    (tmp_path / "page.md").write_text(
        "A `nme` in code, [a link](to/smewhere.md), and a mispelled word."
    )
    (found,) = check.misspelled(tmp_path)
    assert "“mispelled”" in found


@pytest.mark.parametrize("page", WRITTEN, ids=lambda p: p.stem)
def test_links_of_a_written_page_lead_somewhere(page: Path):
    there = {*KNOWN.values(), "gallery.md", "benchmarks.md", "notebooks/index.md"}
    there |= {p.relative_to(ROOT / "docs").as_posix() for p in WRITTEN}
    there |= {f"reference/{n}.md" for n in ("tables", "codebook", "constructions", "commands")}
    for _, _, target in build.LINK.findall(page.read_text("utf-8")):
        path = target.partition("#")[0]
        if ":" in target or not path:
            continue
        home = ROOT / "docs" if path.startswith("/") else page.parent
        real = (home / path.lstrip("/")).resolve().relative_to(ROOT / "docs").as_posix()
        assert real in there, target


def test_links_of_a_paper_are_turned():
    turn = build.partial(
        build.turned, origin="nbs/people/40_names.ipynb", place="notebooks/people/40_names.ipynb",
        known=KNOWN, files=ROOT,
    )  # fmt: skip
    text = "[a](41_nominals.ipynb#b) [c](../../CONTRIBUTING.md) [d](../../NOTICE) [e](https://x.example)"
    told = "[a](41_nominals.ipynb#b) [c](../../project/contributing.md) d [e](https://x.example)"
    assert build.LINK.sub(turn, text) == told


def test_an_address_of_a_network_is_found(tmp_path: Path):
    site = {
        "a.html": '<img src="https://x.example/a"><a href="https://x.example"><a href="b.html">',
        "c.html": '<link rel="stylesheet" href="//x.example/a.css"><a href="a.html#none">',
        "d.css": "@import 'https://x.example/f.css'; b { background: url(https://x.example/a) }",
    }
    for name, text in site.items():
        (tmp_path / name).write_text(text)
    found = "\n".join(check.doubts(tmp_path))
    assert found.count("loads") == 4
    assert "b.html leads to no page" in found and "a.html#none leads to no place" in found


def test_notebooks_are_shown_without_directives_and_with_one_output_each(tmp_path: Path):
    target = tmp_path / "page.ipynb"
    build.lay_notebook(ROOT / "nbs/showing/83a_shifts.ipynb", target, lambda m: m[0])
    cells = json.loads(target.read_text("utf-8"))["cells"]
    assert not [c for c in cells if re.search(r"^#\|", c["source"], re.MULTILINE)]
    kinds = [set(o["data"]) for c in cells for o in c.get("outputs", ()) if "data" in o]
    assert kinds and all(len(kind) == 1 for kind in kinds)
    assert {"image/png"} in kinds


def test_binder_gets_a_python_that_the_package_allows():
    asked = (ROOT / "binder" / "runtime.txt").read_text().strip()
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version = re.fullmatch(r"python-(\d+\.\d+)", asked)[1]
    assert SpecifierSet(needs["requires-python"]).contains(version)
    script = ROOT / "binder" / "postBuild"
    assert os.access(script, os.X_OK)
    (nbdev,) = (n for n in needs["optional-dependencies"]["dev"] if n.startswith("nbdev"))
    assert f'"{nbdev}"' in script.read_text()


def blocks(page: str, language: str = "text") -> list[str]:
    "What stands in the code blocks of a page"
    text = (ROOT / "docs" / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", WRITTEN, ids=lambda p: p.stem)
def test_commands_of_a_written_page_exist(page: Path):
    group = get_command(app)
    lines = [line for block in blocks(str(page)) for line in block.splitlines()]
    for line in (one for one in lines if one.startswith("negotiations-study ")):
        name, *words = shlex.split(line, comments=True)[1:]
        known = {o for p in group.commands[name].params for o in (*p.opts, *p.secondary_opts)}
        assert {w for w in words if w.startswith("--")} <= known | {"--help"}, line


def test_first_chart_of_the_tutorial_is_what_it_says(tmp_path: Path):
    _, march, june, command = blocks("tutorials/first_chart.md")
    for name, text in (("march", march), ("june", june)):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    words = shlex.split(command)
    given = {w.lstrip("-"): v for w, v in pairwise(words) if w.startswith("--")}
    tables = build_tables(tmp_path, **{k: v for k, v in given.items() if k != "outputs"})
    assert not tables.errors.height
    assert set(tables.conditions["article_id"]) == {"march", "june"}
    assert {"Mara Lindqvist"} <= set(tables.statements["speaker"])
    assert not charts.is_empty(charts.shift_matrix(tables))
