"""Runs that are not repeated, batches, checks of a folder, the data package: on real runs"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import EXAMPLES, HARBOUR, NOTED, run_here, said
from network import fenced, spoken, watched

from negotiations_study.base.codebook import study_folder
from negotiations_study.base.project import InputError, SettingsError, load_settings
from negotiations_study.running.batch import read_batch
from negotiations_study.running.provenance import is_current, premises
from negotiations_study.running.runs import analysis_notebooks

pytestmark = pytest.mark.slow


@pytest.fixture
def made(batch_run) -> Path:
    "The outputs of a finished run of the example; never changed by a test"
    return batch_run[0] / "months" / "june"


@pytest.fixture
def mine(made: Path, tmp_path: Path, monkeypatch) -> Path:
    "A folder to work in, with a copy of the articles and of the finished run"
    shutil.copytree(EXAMPLES, tmp_path / "articles")
    shutil.copytree(made, tmp_path / "june")
    monkeypatch.chdir(tmp_path)
    return tmp_path


AGAIN = ("articles", "--outputs", "june", *HARBOUR)


def test_two_folders_same_bytes(made: Path, tmp_path: Path):
    "By another command, in another folder, time zone and order of hashes; one notebook is enough"
    shutil.copytree(EXAMPLES, tmp_path / "articles")
    code, out, err = run_here(tmp_path, *AGAIN)
    assert (code, err) == (0, "") and out.startswith("2 articles, ")
    other = tmp_path / "june"
    files = sorted(p.relative_to(made) for p in made.rglob("*") if p.is_file())
    files = [p for p in files if p.suffix != ".ipynb" or p.stem == "shift"]
    assert files == sorted(p.relative_to(other) for p in other.rglob("*") if p.is_file())
    kinds = {".parquet", ".csv", ".json", ".svg", ".png", ".html", ".ipynb"}
    assert {p.suffix for p in files} >= kinds
    odd = [p for p in files if (made / p).read_bytes() != (other / p).read_bytes()]
    assert odd == [Path("manifest.json")]
    one, two = (json.loads((folder / odd[0]).read_text("utf-8")) for folder in (made, other))
    assert one.pop("run") != two.pop("run")
    left_out = one["outputs"].keys() - two["outputs"].keys()
    assert {n: h for n, h in one.pop("outputs").items() if n not in left_out} == two.pop("outputs")
    assert left_out and all(name.startswith("notebooks/") for name in left_out)
    assert one == two


def test_check_of_a_run_finds_all_true(made: Path):
    code, out, err = said("check", made, "--articles", EXAMPLES)
    assert code == 0 and "all true" in out, err


def test_an_unchanged_run_is_not_repeated(mine: Path):
    before = (mine / "june/manifest.json").read_bytes()
    code, out, _ = said("run", *AGAIN)
    assert code == 0 and "unchanged" in out and "--force" in out
    assert (mine / "june/manifest.json").read_bytes() == before


def current(folder: Path, **values: str) -> bool:
    "Whether the run in `folder` would not be repeated"
    options = {"outputs": folder / "june", "seeds": folder / "articles", "codebook": "harbour"}
    options |= {"before": "2021-03", "after": "2021-06"} | values
    about = premises(load_settings(folder, **options), options)
    about["settings"]["outputs"]["value"] = about["settings"]["seeds"]["value"] = "?"
    found = json.loads((folder / "june/manifest.json").read_text("utf-8"))
    if "settings" in found:
        found["settings"]["outputs"]["value"] = found["settings"]["seeds"]["value"] = "?"
        (folder / "june/manifest.json").write_text(json.dumps(found), "utf-8")
    return is_current(folder / "june", about)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: (f / "articles/strike_june.txt").open("ab").write(b"\n"),
        lambda f: (f / "articles/new.txt").write_text("PORT ALDER – A new article.\n"),
        lambda f: (f / "articles/strike_june.txt").unlink(),
        lambda f: (f / "articles/articles.csv").write_text("path,outlet\n"),
        lambda f: (f / "june/tables/conditions.csv").open("ab").write(b"x"),
        lambda f: (f / "june/report/index.html").unlink(),
        lambda f: (f / "june/manifest.json").write_text("{}"),
        lambda f: (f / "june/manifest.json").write_text("[]"),
    ],
)
def test_any_change_asks_for_a_new_run(mine: Path, change):
    assert current(mine)
    change(mine)
    assert not current(mine)


@pytest.mark.parametrize(
    "values",
    [{"event_tolerance_days": "9"}, {"membership": "possible"}, {"report_text": "full"}],
)
def test_another_value_asks_for_a_new_run(mine: Path, values: dict[str, str]):
    assert not current(mine, **values)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("befor=2021-03", "Did you mean 'before'"),
        ("before", "NAME=VALUE"),
        ("event_tolerance_days=three", "whole number"),
    ],
)
def test_set_is_checked_before_any_work(mine: Path, given: str, words: str):
    before = (mine / "june/manifest.json").read_bytes()
    code, _, err = said("run", *AGAIN, "--set", given)
    assert code == 2 and words in err
    assert (mine / "june/manifest.json").read_bytes() == before


def test_check_names_every_difference(mine: Path):
    (mine / "june/charts/stance.svg").unlink()
    (mine / "june/report/index.html").open("a").write("<!-- -->")
    (mine / "june/notes.txt").write_text("mine")
    (mine / "articles/strike_june.txt").open("a").write("more")
    code, _, err = said("check", "june", "--articles", "articles")
    assert code == 2
    for words in (
        "charts/stance.svg: missing",
        "report/index.html: changed",
        "notes.txt: not in the manifest",
        "articles, strike_june.txt: changed",
    ):
        assert words in err


def test_check_says_what_it_could_not_check(mine: Path):
    shutil.rmtree(mine / "articles")
    found = json.loads((mine / "june/manifest.json").read_text("utf-8"))
    found["run"]["seeds"] = "/nowhere"
    (mine / "june/manifest.json").write_text(json.dumps(found))
    code, _, err = said("check", "june")
    assert code == 0 and "not checked: the articles were not found" in err


@pytest.mark.hostile
def test_a_manifest_cannot_point_out_of_its_folder(mine: Path):
    found = json.loads((mine / "june/manifest.json").read_text("utf-8"))
    found["outputs"]["../articles/strike_june.txt"] = "0" * 64
    (mine / "june/manifest.json").write_text(json.dumps(found))
    assert "not opened" in said("check", "june")[2]


def test_data_package_is_valid_with_its_rows(made: Path):
    from frictionless import Package

    found = Package(str(made / "datapackage.json"))
    assert len(found.resources) == 15
    report = found.validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])[:5]


def test_data_package_notices_a_wrong_row(mine: Path):
    from frictionless import Package

    file = mine / "june/tables/conditions.csv"
    text = file.read_text("utf-8").replace("strike_june:", "strike_july:")
    file.write_text(text, "utf-8")
    assert not Package(str(mine / "june/datapackage.json")).validate().valid


def test_a_batch_overwrites_nobodys_work_and_goes_on(batch_run):
    home, done = batch_run
    assert done.code == 3 and "edited: " in done.err and "tables/conditions.csv" in done.err
    states = {line.split("\t")[0]: line.split("\t")[1] for line in done.out.splitlines()[1:]}
    assert states == {"june": "made", "edited": "failed"}
    assert (home / "months/june/report/index.html").is_file()
    left = [p for p in (home / "months/edited").rglob("*") if p.is_file()]
    assert [p.read_text("utf-8") for p in left] == ["mine"]


# The network


def test_what_goes_outside_is_noted(tmp_path: Path):
    tries = "import socket; socket.socket().connect_ex(('192.0.2.1', 9)); "
    tries += "socket.socket().connect_ex(('127.0.0.1', 9))"
    noted = tmp_path / "noted.txt"
    subprocess.run(watched(noted, [sys.executable, "-c", tries]), check=True, timeout=60)
    began, outside = spoken(noted)
    assert began == 1 and outside[0].startswith("outside socket.connect 192.0.2.1")
    assert [line.split()[0] for line in outside[1:]] == ["lost"] * bool(fenced())


@pytest.mark.hostile
def test_a_batch_speaks_to_nobody(batch_run):
    "Two studies at a time: articles, tables, charts, kernels of notebooks, page"
    began, outside = spoken(batch_run[0].parents[1] / NOTED)
    assert began >= 3 and not outside


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "runs"),
        ("runs = 3", "runs"),
        ("[run.a]", "Did you mean 'runs'"),
        ("[runs.'../up']", "letters, digits"),
        ("[runs.a]\noutputs = 'x'", "--outputs"),
        ("[runs.a]\nbefor = 'x'", "Did you mean 'before'"),
        ("[runs.a", "batch.toml"),
    ],
)
def test_bad_batch_files(tmp_path: Path, text: str, words: str):
    file = tmp_path / "batch.toml"
    file.write_text(text, "utf-8")
    with pytest.raises((InputError, SettingsError), match=words.replace(".", r"\.")):
        read_batch(file)


@pytest.mark.parametrize("section", ["defaults", "runs.a"])
def test_a_period_that_is_none_is_refused_before_any_run(tmp_path: Path, monkeypatch, section: str):
    (tmp_path / "b.toml").write_text(
        f"[runs.a]\nafter = '2021-06'\n{'' if section == 'runs.a' else f'[{section}]'}\n"
        "before = 'Mar 2021'\n"
    )
    monkeypatch.chdir(tmp_path)
    code, out, err = said("batch", "b.toml")
    assert (code, out) == (2, "")
    assert f"b.toml, {section}: 'before'" in err
    assert "Did you mean '2021-03'?" in err


def test_folders_in_a_batch_are_seen_from_its_file(tmp_path: Path, monkeypatch):
    shutil.copytree(study_folder("harbour"), tmp_path / "plans" / "mine")
    (tmp_path / "mine").mkdir()
    (tmp_path / "plans" / "b.toml").write_text(
        "[defaults]\nseeds = '../articles'\n[runs.a]\ncodebook = 'mine'\n"
        "[runs.b]\ncodebook = './mine'\n[runs.c]\ncodebook = 'harbour'\n"
    )
    monkeypatch.chdir(tmp_path)
    found = [Path(run.settings["codebook"]) for run in read_batch("plans/b.toml")]
    assert found == [tmp_path / "plans" / "mine"] * 2 + [Path("harbour")]
    seeds = {Path(run.settings["seeds"]).resolve() for run in read_batch("plans/b.toml")}
    assert seeds == {tmp_path / "articles"}


def test_each_run_is_said_when_it_ends(tmp_path: Path, monkeypatch):
    "The line of the first run stands there while the second still works"
    from typer.testing import CliRunner

    from negotiations_study.running import batch, cli

    (tmp_path / "b.toml").write_text("[runs.a]\n[runs.b]\n")
    heard, real = [], cli.typer.echo
    monkeypatch.setattr(cli.typer, "echo", lambda text, **more: heard.append(text) or real(text))

    def runs(*_, **__):
        for name in ("b", "a"):
            yield batch.Outcome(name, "made", "", 1.25, f"out/{name}/report/index.html")
            assert heard[-1].startswith(f"{name}\tmade\t1.2\tout/{name}/")

    monkeypatch.setattr(batch, "run_batch", runs)
    done = CliRunner().invoke(cli.app, ["batch", str(tmp_path / "b.toml")])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("states", "code"),
    [("made unchanged", 0), ("made unread", 1), ("unread failed", 3), ("made failed", 3)],
)
def test_exit_codes_of_a_batch(tmp_path: Path, monkeypatch, states: str, code: int):
    from typer.testing import CliRunner

    from negotiations_study.running import batch, cli

    (tmp_path / "b.toml").write_text("[runs.a]\n")
    ended = [batch.Outcome(f"r{n}", s, "why", 1.0, "page") for n, s in enumerate(states.split())]
    monkeypatch.setattr(batch, "run_batch", lambda *_, **__: iter(ended))
    assert CliRunner().invoke(cli.app, ["batch", str(tmp_path / "b.toml")]).exit_code == code


@pytest.fixture(scope="module")
def by_hand(batch_run, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict], Exception]:
    """What a notebook shows that papermill itself executes, and the error that ends it

    A codebook by its relative path and periods that hold nothing; then, as somebody does who runs
    cells again, the first lines once more below what papermill injects for a mistyped name.
    """
    import papermill
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    folder = tmp_path_factory.mktemp("by hand")
    shutil.copytree(batch_run[0] / "months/june/tables", folder / "tables")
    shutil.copytree(study_folder("harbour"), folder / "mine")
    source = str(next(n for n in analysis_notebooks() if n.stem == "speakers"))
    mistyped = parameterize_notebook(load_notebook_node(source), {"befor": "2021-03"}).cells
    again = [c for c in mistyped if "injected-parameters" in c.metadata["tags"]]
    again += [c for c in mistyped if "open_study(" in c.source]
    notebook = nbformat.read(source, as_version=4)
    notebook.cells += [nbformat.v4.new_code_cell(cell.source) for cell in again]
    nbformat.write(notebook, folder / "x.ipynb")
    given = {"tables": "tables", "codebook": "mine", "before": "2019-01", "after": "2019-02"}
    with pytest.raises(papermill.PapermillExecutionError) as raised:
        papermill.execute_notebook(
            folder / "x.ipynb", folder / "out.ipynb", given, cwd=folder, progress_bar=False
        )
    cells = nbformat.read(folder / "out.ipynb", as_version=4).cells
    return [output for cell in cells for output in cell.get("outputs", [])], raised.value


def test_plain_papermill(by_hand):
    charts = [output for output in by_hand[0] if "image/png" in output.get("data", {})]
    assert len(charts) == 2


def test_plain_papermill_with_a_mistyped_parameter(by_hand):
    shown, raised = by_hand
    assert "Did you mean 'before'?" in str(raised)
    (error,) = [output for output in shown[-1:] if output["output_type"] == "error"]
    assert len(error["traceback"]) == 1 and "\n" not in error["traceback"][0]


def test_plain_papermill_with_periods_that_hold_nothing(by_hand):
    shown = json.dumps(by_hand[0])
    assert "nothing that counts as of 2019-01 or 2019-02" in shown
    assert "2021-03 (1), 2021-06 (1)" in shown
