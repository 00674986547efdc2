"""The command line: what it says, on which channel, and with which exit code"""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import EXAMPLES, ROOT, cli
from harbour import changed, harbour_tables
from typer.testing import CliRunner

from negotiations_study.cli import app

HARBOUR = "--codebook harbour --before 2021-03 --after 2021-06".split()
COMMANDS = ["run", "extract", "check", "score", "codebook", "dictionary"]


def said(*words: object) -> tuple[int, str, str]:
    "Exit code, stdout and stderr"
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


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


def test_help_is_fast_and_imports_nothing_heavy():
    code = (
        "import sys\nfrom negotiations_study.cli import app\n"
        "try:\n    app(['run', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'polars', 'spacy', 'altair', 'pandera', 'papermill'} & set(sys.modules)))"
    )
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr
    assert time.monotonic() - began < 10


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
        (["run", ".", "--report-text", "some"], "'evidence' or 'full'"),
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
    done = cli("--debug", "run", "nowhere", cwd=empty)
    assert "Traceback" in done.stderr
    done = cli("run", "nowhere", cwd=empty)
    assert "Traceback" not in done.stderr and done.returncode == 2


def test_a_fault_of_the_package_is_one_sentence_too(empty: Path, monkeypatch):
    from negotiations_study import schemas

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


@pytest.mark.slow
def test_run_says_what_it_made_and_is_quiet_otherwise(empty: Path):
    done = cli("run", EXAMPLES, "--outputs", "out", *HARBOUR, cwd=empty)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].startswith("2 articles, ")
    assert done.stdout.splitlines()[-1] == f"open {Path('out', 'report', 'index.html')}"


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


def test_check_knows_the_codebook_from_the_manifest(tables: Path):
    about = {"settings": {"codebook": {"value": "harbour"}}}
    (tables / "manifest.json").write_text(json.dumps(about))
    assert said("check", "out")[0] == 0
    (tables / "manifest.json").write_text("{}")
    assert said("check", "out")[0] == 2


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
    from negotiations_study.schemas import SCHEMAS

    code, out, _ = said("dictionary")
    assert code == 0
    assert {line.split("\t")[0] for line in out.splitlines()[1:]} == set(SCHEMAS)


def test_pipe_that_closes_early_is_no_error(empty: Path):
    command = f"{Path(sys.executable).with_name('negotiations-study')} dictionary | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert "Traceback" not in done.stderr and done.stdout.startswith("table\t")
