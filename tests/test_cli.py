"""The command line: what it says, on which channel, and with which exit code"""

import json
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from conftest import EXAMPLES, HARBOUR, ROOT, said
from harbour import changed, harbour_tables

from negotiations_study.base.codebook import study_folder
from negotiations_study.base.project import SettingsError

COMMANDS = ["run", "extract", "check", "score", "codebook", "dictionary"]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch) -> Path:
    "An empty working folder without settings above it"
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def tables(empty: Path) -> Path:
    harbour_tables().write(empty / "out" / "tables")
    return empty / "out"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str):
    code, out, _ = said(command, "--help")
    assert code == 0 and "Example" in out and f"negotiations-study {command}" in out


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom negotiations_study.running.cli import app\n"
        "try:\n    app(['run', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'polars', 'spacy', 'altair', 'pandera', 'papermill'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def test_version():
    from negotiations_study import __version__

    assert said("--version") == (0, f"{__version__}\n", "")


def test_nothing_asked_shows_the_help():
    code, out, err = said()
    assert "Usage" in out + err and code in (0, 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["extract", "nowhere"], "expected an existing folder"),
        (["extract", ".", "--outputs", "out"], "no .txt file"),
        (["run", "nowhere", "--outputs", "out"], "expected an existing folder"),
        (["run", ".", "--before", "2021-03"], "both periods"),
        (["run", ".", "--before", "soon", "--after", "2021-03"], "an EDTF date"),
        (["run", ".", "--report-text", "some"], "--report-text: expected 'evidence' or 'full'"),
        (["run", ".", "--before", "Dec 2022", "--after", "2023-01"], "--before: expected an EDTF"),
        (["run", ".", "--before", "Dec 2022", "--after", "2023-01"], "Did you mean '2022-12'?"),
        (["run", ".", "--set", "after=8/2023"], "--set after: expected an EDTF"),
        (["run", ".", "--set", "membership=posible"], "--set membership: expected"),
        (["run", ".", "--window", "2022 to 2023"], "Did you mean '2022/2023'?"),
        (["extract", ".", "--after", "Dec 2022"], "--after: expected an EDTF"),
        (["extract", ".", "--before", "2021-03"], "--before and --after: expected both"),
        (["run", ".", "--codebook", "no_such_study"], "no_such_study"),
        (["check", "."], "there are no tables in it"),
        (["score", "."], "--reference"),
        (["codebook", "harbor"], "Did you mean 'harbour'"),
        (["codebook", "harbour", "--facet", "kid"], "Did you mean 'kind'"),
        (["codebook", "./nowhere"], "nowhere"),
        (["dictionary", "--table", "links "], "Did you mean 'links'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_sentence_and_exit_code_2(empty: Path, words, message):
    code, out, err = said(*words)
    assert (code, out) == (2, "")
    assert message in err and "Traceback" not in err
    assert err.count("\n") == 1
    assert not (empty / "out").exists()


def test_unknown_option_is_exit_code_2():
    code, _, err = said("run", "--beforre", "2021")
    assert code == 2 and "--beforre" in err


def test_debug_shows_the_traceback(empty: Path):
    from typer.testing import CliRunner

    from negotiations_study.running.cli import app

    done = CliRunner().invoke(app, ["--debug", "run", "nowhere"])
    assert isinstance(done.exception, SettingsError)  # which Python shows with its traceback
    code, _, err = said("run", "nowhere")
    assert "Traceback" not in err and code == 2


@pytest.mark.fault
def test_a_fault_of_the_package_is_one_sentence_too(empty: Path, monkeypatch):
    from negotiations_study.base import schemas

    monkeypatch.setattr(schemas, "data_dictionary", lambda: 1 / 0)
    code, out, err = said("dictionary")
    assert (code, out) == (2, "")
    assert "unexpected ZeroDivisionError" in err and "--debug" in err


def test_extract_writes_tables_only(empty: Path):
    code, out, err = said("extract", EXAMPLES, "--outputs", "out", "--codebook", "harbour")
    assert (code, err) == (0, "")
    assert "statements" in out
    assert [p.name for p in (empty / "out").iterdir()] == ["tables"]


def test_some_articles_failed_is_exit_code_1(empty: Path):
    shutil.copytree(EXAMPLES, empty / "articles")
    (empty / "articles" / "empty.txt").touch()
    code, out, err = said("extract", "articles", "--outputs", "out")
    assert code == 1
    assert "empty.txt" in err and "statements" in out
    assert (empty / "out" / "tables" / "errors.csv").read_text().count("\n") == 2


@pytest.fixture
def ran(empty: Path, monkeypatch):
    "A function that runs `run` on the example without notebooks or charts, with what was asked for"
    from negotiations_study.running import runs

    monkeypatch.setattr(runs, "draw", lambda *_: {})
    monkeypatch.setattr(runs, "ready", lambda *_: nullcontext())  # no process for no notebook
    monkeypatch.setattr(runs, "write_report", lambda *_, **__: None)

    def one(*notebooks: tuple[str, str], options: tuple[object, ...] = ()) -> tuple[int, str, str]:
        found = tuple(runs.Executed(name, "{}", error) for name, error in notebooks)
        monkeypatch.setattr(runs, "write_notebooks", lambda *_: found)
        return said("run", EXAMPLES, "--outputs", "out", *options)

    return one


def test_without_periods_a_run_says_how_to_compare(ran):
    code, out, err = ran(options=("--codebook", "harbour"))
    assert (code, err) == (0, "")
    assert "2021-03 (1), 2021-06 (1)" in out
    assert "--before 2021-03 --after 2021-06" in out


def test_periods_that_hold_nothing_are_said(ran):
    options = ("--codebook", "harbour", "--before", "2019-01", "--after", "2021-06")
    code, out, _ = ran(options=options)
    assert code == 0 and "nothing that counts as of 2019-01." in out and "2021-03 (1)" in out


def test_a_notebook_that_failed_is_the_end_of_what_is_said(ran):
    code, out, err = ran(("a.ipynb", ""), ("b.ipynb", "ValueError: no"), options=HARBOUR)
    assert code == 3
    assert "1 of 2 notebooks failed" in out and "open " not in out
    assert "b.ipynb: ValueError: no" in err


def test_a_run_with_a_failed_notebook_is_made_again(ran):
    ran(("b.ipynb", "ValueError: no"), options=HARBOUR)
    code, out, _ = ran(("b.ipynb", ""), options=HARBOUR)
    assert code == 0 and "unchanged" not in out


@pytest.mark.parametrize("spelt", ["mine", "./mine", "--set"])
def test_a_codebook_by_relative_path(ran, empty: Path, spelt: str):
    shutil.copytree(study_folder("harbour"), empty / "mine")
    options = ("--set", "codebook=mine") if spelt == "--set" else ("--codebook", spelt)
    code, out, err = ran(options=(*options, "--before", "2021-03", "--after", "2021-06"))
    assert (code, err) == (0, "")
    found = json.loads((empty / "out" / "manifest.json").read_text("utf-8"))
    assert "studies/mine/actors.csv" in found["codebook"]
    found.pop("run")
    assert str(empty) not in json.dumps(found)
    assert said("check", "out")[0] == 0


def test_edited_tables_stop_the_next_run(ran, empty: Path):
    ran(options=HARBOUR)
    table = empty / "out" / "tables" / "conditions.csv"
    table.write_text("mine", "utf-8")
    (empty / "out" / "tables" / "notes.txt").write_text("mine", "utf-8")
    code, out, err = ran(options=HARBOUR)
    assert (code, out) == (2, "")
    assert "tables/conditions.csv, tables/notes.txt" in err
    assert "--force" in err and "--outputs" in err
    assert said("extract", EXAMPLES, "--outputs", "out")[0] == 2
    assert table.read_text("utf-8") == "mine"
    assert ran(options=(*HARBOUR, "--force"))[0] == 0
    assert table.read_text("utf-8") != "mine"


def test_edited_tables_of_extract_stop_the_next_command(empty: Path):
    options = ("--outputs", "out", "--codebook", "harbour")
    assert said("extract", EXAMPLES, *options)[0] == 0
    assert said("extract", EXAMPLES, *options)[0] == 0, "nothing was edited"
    (empty / "out" / "tables" / "links.csv").open("a").write("mine")
    for command in ("extract", "run"):
        code, _, err = said(command, EXAMPLES, *options)
        assert code == 2 and "tables/links.csv" in err


def test_check_finds_all_true(tables: Path):
    code, out, err = said("check", "out", "--codebook", "harbour", "--articles", EXAMPLES)
    assert code == 0 and "all true" in out
    assert "not checked: " in err and "no manifest" in err  # only tables were written
    assert said("check", "out/tables", "--codebook", "harbour")[0] == 0


def test_check_lists_every_problem(tables: Path):
    spoilt = changed(changed(harbour_tables(), "articles", n_chars=3), "statements", kind="loud")
    spoilt.write(tables / "tables")
    code, out, err = said("check", "out", "--codebook", "harbour")
    assert (code, out) == (2, "")
    assert "n_chars is 3" in err and "'loud'" in err and "2 problems" in err


def test_check_knows_the_codebook_from_manifest_or_tables(tables: Path):
    about = {"settings": {"codebook": {"value": "harbour"}}}
    (tables / "manifest.json").write_text(json.dumps(about))
    assert said("check", "out")[0] == 0
    (tables / "manifest.json").write_text("{}")
    assert said("check", "out")[0] == 0
    code, _, err = said("check", "out", "--codebook", "buses")
    assert code == 2 and "made with harbour" in err


@pytest.mark.fault
def test_check_of_broken_files(tables: Path):
    (tables / "tables" / "links.parquet").write_bytes(b"nothing")
    code, _, err = said("check", "out", "--codebook", "harbour")
    assert code == 2 and "links.parquet" in err


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_score_prints_what_the_scorer_prints(tables: Path, option):
    reference = ROOT / "tests" / "reference"
    code, out, err = said("score", "out", "--reference", reference, *option)
    command = [sys.executable, reference / "score.py", tables / "tables", reference, *option]
    direct = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert (code, err) == (0, "") and out == direct


def test_codebook_of_ones_own_is_validated(empty: Path):
    own = empty / "mine"
    shutil.copytree(ROOT / "negotiations_study" / "codebook" / "studies" / "harbour", own)
    assert said("codebook", own)[0] == 0
    with (own / "actors.csv").open("a") as file:
        file.write("no_side,Nobody,Nobody,nowhere,person,,\n")
    code, _, err = said("codebook", own)
    assert code == 2 and "actors.csv, row" in err


def test_dictionary_names_every_table():
    from negotiations_study.base.schemas import SCHEMAS

    code, out, _ = said("dictionary")
    assert code == 0
    assert {line.split("\t")[0] for line in out.splitlines()[1:]} == set(SCHEMAS)


@pytest.mark.fault
def test_pipe_that_closes_early_is_no_error(empty: Path):
    command = f"{Path(sys.executable).with_name('negotiations-study')} dictionary | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert "Traceback" not in done.stderr and done.stdout.startswith("table\t")
