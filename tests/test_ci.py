"""The scripts beside .ci/run see what they are there to see"""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from conftest import ROOT


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


agree, readme, card = script("agree"), script("readme"), script("card")


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    "Two runs that agree, although they ran at another time and pictures have other bytes"
    for name, moment in (("shipped", "1"), ("fresh", "2")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "t.csv").write_text("a,b\nx,1.50\n", encoding="utf-8")
        (folder / "c.json").write_text(json.dumps({"mark": "rect", "n": 0.1}), encoding="utf-8")
        (folder / "c.png").write_bytes(moment.encode())
        facts = {"run": {"at": moment}, "tables": {"t": 1}}
        (folder / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
        cell = nbformat.v4.new_code_cell(
            "1", outputs=[nbformat.v4.new_output("stream", text="five")]
        )
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "n.ipynb")
    return tmp_path / "shipped", tmp_path / "fresh"


def test_runs_that_agree(runs: tuple[Path, Path]):
    assert agree.disagreements(*runs) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("t.csv", "1.50", "1.51"),
        ("t.csv", "a,b", "b,a"),
        ("c.json", "rect", "bar"),
        ("c.json", "0.1", "0.2"),
        ("manifest.json", '"t": 1', '"t": 2'),
        ("n.ipynb", "five", "six"),
    ],
)
def test_a_change_is_found(runs: tuple[Path, Path], name: str, old: str, new: str):
    path = runs[1] / name
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace(old, new), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before
    assert [line.split(":")[0] for line in agree.disagreements(*runs)] == [name]


@pytest.mark.parametrize("side", [0, 1])
def test_a_missing_file_is_found(runs: tuple[Path, Path], side: int):
    (runs[side] / "t.csv").unlink()
    assert [line.split(":")[0] for line in agree.disagreements(*runs)] == ["t.csv"]


@pytest.mark.parametrize(("recall", "lines"), [(0.61, 0), (0.57, 1), (float("nan"), 1)])
def test_a_figure_that_is_not_on_the_card_is_found(recall: float, lines: int):
    said = {"0.5": {"precision": 0.7, "recall": 0.6}}
    assert len(card.differences(said, {"0.5": {"precision": 0.7, "recall": recall}})) == lines


def test_directives_are_followed_and_left_out():
    cells = [nbformat.v4.new_code_cell(s) for s in ("#| hide\nx", "#| echo: false\ny", "z")]
    assert [readme.shown(c) for c in cells] == [False, True, True]
    assert [readme.plain(c).source for c in cells[1:]] == ["", "z"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[tour](tour.ipynb)", "[tour](nbs/tour.ipynb)"),
        ("![c](../outputs/c.png)", "![c](outputs/c.png)"),
        ("[n](../CONTRIBUTING.md#tests)", "[n](CONTRIBUTING.md#tests)"),
        ("[here](#there)", "[here](#there)"),
        ("[out](https://example.org/a)", "[out](https://example.org/a)"),
    ],
)
def test_links_are_turned_to_the_top_level(before: str, after: str):
    assert readme.LINK.sub(readme.at_top, before) == after


def test_every_relative_link_of_the_papers_leads_somewhere():
    for name in ("README.md", "CONTRIBUTING.md", "seeds/README.md"):
        page = ROOT / name
        for _, target in readme.LINK.findall(page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{name}: {target}"
