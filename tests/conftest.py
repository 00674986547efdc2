"""What test modules share: where things are, the command line, one whole run on the seeds"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # no test measures time
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "nbs" / "example"
FOREIGN = ROOT / "tests" / "foreign"
HARBOUR = "--codebook harbour --before 2021-03 --after 2021-06".split()


def cli(*args: object, cwd: Path, timeout: float = 600) -> subprocess.CompletedProcess:
    "`negotiations-study ARGS` in `cwd`, as a user would, with nothing to answer questions"
    command = Path(sys.executable).with_name("negotiations-study")
    return subprocess.run(
        [str(command), *map(str, args)],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def tracked() -> list[Path]:
    "Files under version control, and those that soon will be"
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [p for name in sorted(filter(None, names.split("\0"))) if (p := ROOT / name).is_file()]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    "For `-n 2 --dist loadgroup`: all tests of one whole run, or of one file, in one process"
    for item in items if config.pluginmanager.hasplugin("xdist") else ():
        runs = {"seeds_run", "example_run"} & set(getattr(item, "fixturenames", ()))
        item.add_marker(pytest.mark.xdist_group(min(runs) if runs else item.path.stem))


@pytest.fixture
def study(tmp_path: Path) -> Path:
    "A copy of the seeds and of settings.ini in a folder of its own"
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    shutil.copy(ROOT / "settings.ini", tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def example_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    "A folder with the example articles and one run of them in `out`; no test changes it"
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(EXAMPLES, folder / "articles")
    done = cli("run", "articles", "--outputs", "out", *HARBOUR, cwd=folder)
    (folder / "said.txt").write_text(done.stdout, "utf-8")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def seeds_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    "The outputs of one whole run on a copy of the seeds"
    folder = tmp_path_factory.mktemp("study")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    shutil.copy(ROOT / "settings.ini", folder)
    done = cli("run", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "outputs" / "study"
