"""Runs that are not repeated, batches, checks of a folder, the data package: on real runs"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import EXAMPLES, HARBOUR, cli
from frictionless import Package

from negotiations_study.batch import Planned, read_batch, run_batch
from negotiations_study.codebook import study_folder
from negotiations_study.project import InputError, SettingsError, load_settings
from negotiations_study.runs import is_current, premises

pytestmark = pytest.mark.slow
HARBOUR_BOOK = study_folder("harbour")


def copied(folder: Path) -> Path:
    "A folder to work in, with the example articles"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(EXAMPLES, folder / "articles")
    return folder


def run_in(folder: Path, *more: str):
    "`negotiations-study run` on the articles in `folder`"
    return cli("run", "articles", "--outputs", "out", *HARBOUR, *more, cwd=folder)


@pytest.fixture
def made(example_run: Path) -> Path:
    "A folder with a finished run; never changed by a test"
    return example_run


@pytest.fixture
def mine(made: Path, tmp_path: Path) -> Path:
    "A copy of the finished run, in place of the first so that paths are the same"
    shutil.copytree(made, tmp_path / "mine")
    return tmp_path / "mine"


def test_two_folders_same_bytes(made: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    other = copied(tmp_path / "a longer name with spaces" / "below")
    assert run_in(other).returncode == 0
    assert cli("check", "out", "--articles", "articles", cwd=other).returncode == 0
    files = sorted(p.relative_to(made) for p in (made / "out").rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(other) for p in (other / "out").rglob("*") if p.is_file())
    assert {p.suffix for p in files} >= {".parquet", ".csv", ".json", ".svg", ".png", ".html"}
    odd = [p for p in files if (made / p).read_bytes() != (other / p).read_bytes()]
    assert odd == [Path("out/manifest.json")]
    one, two = (json.loads((f / odd[0]).read_text("utf-8")) for f in (made, other))
    assert one.pop("run") != two.pop("run")
    assert one == two


def test_an_unchanged_run_is_not_repeated(mine: Path):
    before = (mine / "out/manifest.json").read_bytes()
    done = run_in(mine)
    assert done.returncode == 0 and "unchanged" in done.stdout and "--force" in done.stdout
    assert (mine / "out/manifest.json").read_bytes() == before


def current(folder: Path, **values: str) -> bool:
    "Whether the run in `folder` would not be repeated"
    options = {"outputs": folder / "out", "seeds": folder / "articles", "codebook": "harbour"}
    options |= {"before": "2021-03", "after": "2021-06"} | values
    about = premises(load_settings(folder, **options), options)
    about["settings"]["outputs"]["value"] = about["settings"]["seeds"]["value"] = "?"
    found = json.loads((folder / "out/manifest.json").read_text("utf-8"))
    if "settings" in found:
        found["settings"]["outputs"]["value"] = found["settings"]["seeds"]["value"] = "?"
        (folder / "out/manifest.json").write_text(json.dumps(found), "utf-8")
    return is_current(folder / "out", about)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: (f / "articles/strike_june.txt").open("ab").write(b"\n"),
        lambda f: (f / "articles/new.txt").write_text("PORT ALDER – A new article.\n"),
        lambda f: (f / "articles/strike_june.txt").unlink(),
        lambda f: (f / "articles/articles.csv").write_text("path,outlet\n"),
        lambda f: (f / "out/tables/conditions.csv").open("ab").write(b"x"),
        lambda f: (f / "out/report/index.html").unlink(),
        lambda f: (f / "out/manifest.json").write_text("{}"),
        lambda f: (f / "out/manifest.json").write_text("[]"),
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
    before = (mine / "out/manifest.json").read_bytes()
    done = run_in(mine, "--set", given)
    assert done.returncode == 2 and words in done.stderr
    assert (mine / "out/manifest.json").read_bytes() == before


def test_check_names_every_difference(mine: Path):
    (mine / "out/charts/stance.svg").unlink()
    (mine / "out/report/index.html").open("a").write("<!-- -->")
    (mine / "out/notes.txt").write_text("mine")
    (mine / "articles/strike_june.txt").open("a").write("more")
    done = cli("check", "out", "--articles", "articles", cwd=mine)
    assert done.returncode == 2
    for words in (
        "charts/stance.svg: missing",
        "report/index.html: changed",
        "notes.txt: not in the manifest",
        "articles, strike_june.txt: changed",
    ):
        assert words in done.stderr


def test_check_says_what_it_could_not_check(mine: Path):
    shutil.rmtree(mine / "articles")
    found = json.loads((mine / "out/manifest.json").read_text("utf-8"))
    found["run"]["seeds"] = "/nowhere"
    (mine / "out/manifest.json").write_text(json.dumps(found))
    done = cli("check", "out", cwd=mine)
    assert done.returncode == 0 and "not checked: the articles were not found" in done.stderr


def test_a_manifest_cannot_point_out_of_its_folder(mine: Path):
    found = json.loads((mine / "out/manifest.json").read_text("utf-8"))
    found["outputs"]["../articles/strike_june.txt"] = "0" * 64
    (mine / "out/manifest.json").write_text(json.dumps(found))
    assert "not opened" in cli("check", "out", cwd=mine).stderr


def test_data_package_is_valid_with_its_rows(made: Path):
    found = Package(str(made / "out/datapackage.json"))
    assert len(found.resources) == 15
    report = found.validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])[:5]


def test_data_package_notices_a_wrong_row(mine: Path):
    file = mine / "out/tables/conditions.csv"
    text = file.read_text("utf-8").replace("strike_june:", "strike_july:")
    file.write_text(text, "utf-8")
    assert not Package(str(mine / "out/datapackage.json")).validate().valid


def test_batch(made: Path, tmp_path: Path):
    file = tmp_path / "months.toml"
    shutil.copytree(HARBOUR_BOOK, tmp_path / "mine")
    file.write_text(
        f'[defaults]\nseeds = "{made / "articles"}"\ncodebook = "mine"\nbefore = "2021-03"\n'
        '[runs.june]\nafter = "2021-06"\n[runs.lost]\nafter = "2021-06"\nseeds = "nowhere"\n'
        "[runs.wide]\nafter = '2021-06'\nevent_tolerance_days = 10\n",
        "utf-8",
    )
    (tmp_path / "elsewhere").mkdir()
    done = cli("batch", file, "--jobs", "2", cwd=tmp_path / "elsewhere")
    assert done.returncode == 3 and "lost: " in done.stderr
    states = {line.split("\t")[0]: line.split("\t")[1] for line in done.stdout.splitlines()[1:]}
    assert states == {"june": "made", "lost": "failed", "wide": "made"}
    assert (tmp_path / "months/june/report/index.html").is_file()
    assert not (tmp_path / "months/lost").exists()
    for notebook in (tmp_path / "months/june/notebooks").iterdir():
        assert str(tmp_path) not in notebook.read_text("utf-8")
    (tmp_path / "months/june/tables/conditions.csv").open("a").write("mine")
    again = cli("batch", file, cwd=tmp_path)
    assert again.stdout.count("\tunchanged\t") == 1 and again.returncode == 3
    assert "june: " in again.stderr and "tables/conditions.csv" in again.stderr
    assert (tmp_path / "months/june/tables/conditions.csv").read_text("utf-8").endswith("mine")


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
def test_a_period_that_is_none_is_refused_before_any_run(tmp_path: Path, section: str):
    (tmp_path / "b.toml").write_text(
        f"[runs.a]\nafter = '2021-06'\n{'' if section == 'runs.a' else f'[{section}]'}\n"
        "before = 'Mar 2021'\n"
    )
    done = cli("batch", "b.toml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"b.toml, {section}: 'before'" in done.stderr
    assert "Did you mean '2021-03'?" in done.stderr


def test_folders_in_a_batch_are_seen_from_its_file(tmp_path: Path, monkeypatch):
    shutil.copytree(HARBOUR_BOOK, tmp_path / "plans" / "mine")
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

    from negotiations_study import batch, cli

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

    from negotiations_study import batch, cli

    (tmp_path / "b.toml").write_text("[runs.a]\n")
    ended = [batch.Outcome(f"r{n}", s, "why", 1.0, "page") for n, s in enumerate(states.split())]
    monkeypatch.setattr(batch, "run_batch", lambda *_, **__: iter(ended))
    assert CliRunner().invoke(cli.app, ["batch", str(tmp_path / "b.toml")]).exit_code == code


def test_a_process_that_dies_is_an_outcome(tmp_path: Path):
    "A codebook that is a folder without files fails in the run, not in the batch"
    (tmp_path / "empty").mkdir()
    plan = [Planned("odd", {"seeds": str(EXAMPLES), "codebook": str(tmp_path / "empty")}, {})]
    (outcome,) = run_batch(plan, tmp_path / "out")
    assert outcome.state == "failed" and outcome.why


def papermill(made: Path, out: Path, *options: str, name: str = "shift"):
    "Plain papermill on an analysis notebook, in the folder of the finished run"
    from negotiations_study.runs import analysis_notebooks

    notebook = next(n for n in analysis_notebooks() if n.stem == name)
    command = [sys.executable, "-m", "papermill", notebook, out, "-p", "tables", "out/tables"]
    return subprocess.run(
        [*map(str, command), *options], cwd=made, capture_output=True, text=True, check=False
    )


def outputs_of(notebook: Path) -> str:
    "Everything that the cells show, as JSON"
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return json.dumps([cell.get("outputs") for cell in cells])


def test_plain_papermill(made: Path, tmp_path: Path):
    shutil.copytree(made / "out", tmp_path / "out")
    shutil.copytree(HARBOUR_BOOK, tmp_path / "mine")
    out, options = tmp_path / "x.ipynb", "-p before 2021-03 -p after 2021-06 -p codebook mine"
    done = papermill(tmp_path, out, *options.split())
    assert done.returncode == 0, done.stderr[-2000:]
    assert '"output_type": "display_data"' in out.read_text("utf-8")


def test_plain_papermill_with_a_mistyped_parameter(made: Path, tmp_path: Path):
    out = tmp_path / "x.ipynb"
    done = papermill(made, out, "-p", "befor", "2021-03", "-p", "codebook", "harbour")
    assert done.returncode != 0 and "Did you mean 'before'?" in done.stderr
    shown = [o for c in json.loads(out.read_text("utf-8"))["cells"] for o in c.get("outputs", [])]
    (error,) = [o for o in shown if o["output_type"] == "error"]
    assert len(error["traceback"]) == 1 and "\n" not in error["traceback"][0]


def test_plain_papermill_with_periods_that_hold_nothing(made: Path, tmp_path: Path):
    options = "-p before 2019-01 -p after 2019-02 -p codebook harbour".split()
    done = papermill(made, tmp_path / "x.ipynb", *options, name="one_list")
    shown = outputs_of(tmp_path / "x.ipynb")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "nothing that counts as of 2019-01 or 2019-02" in shown
    assert "2021-03 (1), 2021-06 (1)" in shown
