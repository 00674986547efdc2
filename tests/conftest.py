"""What test modules share: where things are, the command line, the whole runs"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings
from network import watched

# No test measures time; a third of the usual number of examples, so that all tests end in minutes
settings.register_profile("unhurried", deadline=None, max_examples=33)
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "nbs" / "example"
FOREIGN = ROOT / "tests" / "foreign"
HARBOUR = "--codebook harbour --before 2021-03 --after 2021-06".split()
WHOLE_RUNS = {"seeds_run", "batch_run"}  # fixtures
NOTED = "noted.txt"  # beside a whole run: its processes and whom they spoke to


class Done(NamedTuple):
    "A run, and what the command said"

    folder: Path  # what it worked in
    code: int
    out: str
    err: str


def cli(
    *args: object, cwd: Path, timeout: float = 600, noted: Path | None = None
) -> subprocess.CompletedProcess:
    "`negotiations-study ARGS` in `cwd`, as a user would; `noted` gets whom it speaks to"
    command = [str(Path(sys.executable).with_name("negotiations-study")), *map(str, args)]
    return subprocess.run(
        watched(noted, command) if noted else command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def said(*words: object) -> tuple[int, str, str]:
    "Exit code, stdout and stderr of `negotiations-study WORDS`, in this process and folder"
    from typer.testing import CliRunner

    from negotiations_study.running.cli import app

    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def run_here(
    folder: Path, *options: object, notebooks: tuple[str, ...] = ("shift",)
) -> tuple[int, str, str]:
    "`negotiations-study run OPTIONS` in this process, in `folder`, with these notebooks only"
    from negotiations_study.running import runs

    few = [path for path in runs.analysis_notebooks() if path.stem in notebooks]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(runs, "analysis_notebooks", lambda: few)
        return said("run", *options)


def tracked() -> list[Path]:
    "Files under version control, and those that soon will be"
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [p for name in sorted(filter(None, names.split("\0"))) if (p := ROOT / name).is_file()]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    "Files with whole runs first, so that two processes (`--dist loadfile`) end together"
    whole = {item.path for item in items if WHOLE_RUNS & set(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: item.path not in whole)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Done]) -> Done:
    "What `make` returns for a new folder `name`, called in one process for all that run tests"
    home = factory.getbasetemp()
    home = home.parent if "PYTEST_XDIST_WORKER" in os.environ else home
    folder, answer = home / name, home / f"{name}.json"
    try:
        folder.mkdir()
    except FileExistsError:  # somebody else is at it, or has been
        while not answer.exists():
            time.sleep(0.1)
        return Done(folder, *json.loads(answer.read_text("utf-8")))
    done = Done(folder, -1, "", "the process that was to make this run has failed")
    try:
        done = make(folder)
    finally:
        waiting = answer.with_suffix(".new")
        waiting.write_text(json.dumps(done[1:]), "utf-8")
        waiting.rename(answer)
    return done


@pytest.fixture
def study(tmp_path: Path) -> Path:
    "A copy of the seeds and of settings.ini in a folder of its own"
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    shutil.copy(ROOT / "settings.ini", tmp_path)
    return tmp_path


BATCH = """
[defaults]
before = "2021-03"
after = "2021-06"

[runs.june]
seeds = "articles"
codebook = "harbour"

[runs.edited]
seeds = "articles"
"""


def make_batch(folder: Path) -> Done:
    "A batch of the example, in another time zone and order of hashes; one of its places is taken"
    home = folder / "a longer name with spaces" / "below"
    shutil.copytree(EXAMPLES, home / "articles")
    (home / "months/edited/tables").mkdir(parents=True)
    (home / "months/edited/tables/conditions.csv").write_text("mine")
    (home / "months.toml").write_text(BATCH, "utf-8")
    (folder / "elsewhere").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Pacific/Auckland")
        patch.setenv("PYTHONHASHSEED", "7")
        done = cli(
            "batch",
            home / "months.toml",
            "--jobs",
            "2",
            cwd=folder / "elsewhere",
            noted=folder / NOTED,
        )
    return Done(folder, done.returncode, done.stdout, done.stderr)


def make_seeds(folder: Path) -> Done:
    "The study on a copy of the seeds, with one notebook; `make_batch` has all, in processes"
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    shutil.copy(ROOT / "settings.ini", folder)
    done = cli("run", cwd=folder, noted=folder / NOTED)
    return Done(folder, done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def batch_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    "A folder with a batch of the example in `months`, and what was said; no test changes it"
    done = once(tmp_path_factory, "batch_run", make_batch)
    return done.folder / "a longer name with spaces" / "below", done


@pytest.fixture(scope="session")
def seeds_said(tmp_path_factory: pytest.TempPathFactory) -> Done:
    "One run on the seeds"
    done = once(tmp_path_factory, "seeds_run", make_seeds)
    assert done.code == 0, done.out + done.err
    return done


@pytest.fixture(scope="session")
def seeds_run(seeds_said: Done) -> Path:
    "The outputs of that run; no test changes them"
    return seeds_said.folder / "outputs" / "study"
