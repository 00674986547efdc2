"""What goes wrong in a long run, each done for real; the tables are those of a run in peace"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from conftest import EXAMPLES, said

from negotiations_study.base.project import OutputError
from negotiations_study.corpus.parts import cut, read_part
from negotiations_study.corpus.store import Tables, render
from negotiations_study.corpus.tables import build_tables
from negotiations_study.reading.records import Record, read_records
from negotiations_study.running.engines import HANDFUL, Cluster, Pool
from negotiations_study.running.partitions import Partitions, held

OPTIONS = ["--codebook", "harbour"]
POISON = "poison.txt"


def read(folder: Path, **how: object) -> Tables:
    "The tables of a folder"
    return build_tables(folder, codebook="harbour", **how)


def files(tables: Tables) -> dict[str, bytes]:
    "What `tables` are on the disk"
    return render(tables, tables.made)


@pytest.fixture(autouse=True)
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    "Nothing but what a test says is in force"
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    "A folder with more articles than a handful, in several parts; no test changes it"
    folder = tmp_path_factory.mktemp("long") / "articles"
    folder.mkdir()
    texts = [path.read_text("utf-8").split("\n\n") for path in sorted(EXAMPLES.glob("*.txt"))]
    for n in range(HANDFUL + 4):
        (folder / f"quay_{n}.txt").write_text(
            "\n\n".join([*texts[n % 2][:4], f"No {n}.\n"]), "utf-8"
        )
    assert len(list(cut(read_records(folder)))) > 2
    return folder


@pytest.fixture(scope="module")
def peace(folder: Path) -> dict[str, bytes]:
    "The files of a run in peace"
    return files(read(folder))


@pytest.fixture
def few(tmp_path: Path) -> Path:
    "Two articles in a folder of one's own"
    articles = tmp_path / "few"
    articles.mkdir()
    for path in EXAMPLES.glob("*.txt"):
        (articles / path.name).write_bytes(path.read_bytes())
    return articles


@contextmanager
def meanwhile(work, *arguments: object) -> Iterator[None]:
    "Something that is done in another thread"
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    yield
    thread.join(60)
    assert not thread.is_alive()


def kill_first(pids) -> None:
    "Kill the first process that shows itself, once it has work"
    while not (found := pids()):
        time.sleep(0.05)
    os.kill(found[0], signal.SIGKILL)


@pytest.mark.fault
def test_a_worker_of_dask_is_killed(few):
    distributed = pytest.importorskip("distributed")
    alone = files(read(few))
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0"}
    with (
        distributed.LocalCluster(**options) as cluster,
        Cluster(cluster.scheduler_address) as dask,
    ):
        busy = dask.client.processing
        pid = next(iter(dask.client.run(os.getpid).values()))

        def kill() -> None:
            while not any(busy().values()):
                time.sleep(0.05)
            os.kill(pid, signal.SIGKILL)

        with meanwhile(kill):
            assert files(read(few, executor=dask)) == alone
        assert pid not in dask.client.run(os.getpid).values()


def poisoned(part, made) -> Tables:
    "What a worker does in these tests: die of a certain article, otherwise read"
    if any(POISON in item.path for item in part):
        os.kill(os.getpid(), signal.SIGKILL)
    return read_part(part, made)


class Poisoned(Pool):
    "A pool whose workers do that"

    def submit(self, fn, /, *args, **named):
        asked = len(args[0]) and isinstance(args[0][0], Record)
        return super().submit(poisoned if asked else fn, *args, **named)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    "Two processes for all tests that need some; one that dies is replaced"
    with Poisoned(2) as pool:
        yield pool


@pytest.mark.fault
def test_a_worker_of_the_pool_is_killed(folder, peace, pool):
    with meanwhile(kill_first, pool.pids):
        assert files(read(folder, executor=pool)) == peace
    assert len(pool.pids()) == 2


@pytest.mark.fault
def test_an_article_that_kills_costs_a_row(few, pool):
    alone = read(few)
    (few / POISON).write_text("kill")
    tables = read(few, executor=pool)
    (error,) = tables.errors.rows(named=True)
    assert (error["path"], error["done"]) == (POISON, "the article was left out")
    assert "died, twice" in error["what"]
    assert files(tables.replace(errors=alone.errors)) == files(alone)


@pytest.mark.fault
def test_a_process_that_hears_no_limit_is_ended():
    """No signal gets through to a block that is deaf to it; the whole process goes, as if killed

    What becomes of the article is then what becomes of one that kills.
    """
    deaf = "import signal, time\nsignal.signal = signal.setitimer = lambda *_: None\n"
    deaf += "from negotiations_study.base.limits import capped, expendable\n"
    deaf += "expendable()\nwith capped(0.1):\n    time.sleep(3600)"
    done = subprocess.run([sys.executable, "-c", deaf], capture_output=True, timeout=600)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.fault
def test_an_article_that_takes_too_long_costs_a_row(few):
    alone = read(few)
    (few / "long.txt").write_text("The union will talk if the port reopens. " * 24_000)
    tables = read(few, seconds=5)
    (error,) = tables.errors.rows(named=True)
    assert "within 5 seconds" in error["what"] and error["path"] == "long.txt"
    assert tables.conditions.equals(alone.conditions)


@pytest.mark.fault
def test_an_article_that_asks_for_too_much_memory_is_an_error_there():
    with Pool(1, memory=1) as pool:
        greedy = pool.submit(bytearray, 2**31)
        assert isinstance(greedy.exception(), MemoryError)
        assert pool.submit(divmod, 7, 2).result() == (3, 1)


def parts_in(outputs: Path) -> dict[str, int]:
    "Parts that a run has written, and when"
    found = {}
    with suppress(OSError):
        for path in (outputs / ".partitions").iterdir():
            if path.name[0] != ".":
                found[path.name] = path.stat().st_mtime_ns
    return found


def extracting(folder: Path, outputs: Path, workers: int, **environment: str) -> subprocess.Popen:
    "`negotiations-study extract` in a process of its own"
    command = Path(sys.executable).with_name("negotiations-study")
    words = [command, "extract", folder, *OPTIONS, "--outputs", outputs, "--workers", workers]
    environment = {**os.environ, **environment}
    return subprocess.Popen(
        list(map(str, words)), stderr=subprocess.PIPE, text=True, env=environment
    )


def run_until(run: subprocess.Popen, outputs: Path, parts: int, signum: int) -> tuple[int, str]:
    "Stop `run` with `signum` when it has written `parts`; exit code and what it said"
    with run:
        while len(parts_in(outputs)) < parts and run.poll() is None:
            time.sleep(0.02)
        run.send_signal(signum)
        said_there = run.communicate(timeout=60)[1]
    return run.returncode, said_there


@pytest.mark.fault
def test_a_run_is_interrupted_then_killed_and_goes_on_elsewhere_without_a_home(
    folder, peace, tmp_path
):
    outputs = tmp_path / "out"
    code, words = run_until(extracting(folder, outputs, 1), outputs, 1, signal.SIGINT)
    assert (code, "goes on from what was read" in words) == (130, True), words
    first = parts_in(outputs)
    run = extracting(folder, outputs, 0)
    code, words = run_until(run, outputs, len(first) + 1, signal.SIGKILL)
    assert code == -signal.SIGKILL
    read_before = parts_in(outputs)
    assert first.items() < read_before.items()
    places = {"HOME": "/proc/nowhere", "XDG_CACHE_HOME": "/proc/nowhere"}
    words = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "7"}
    with extracting(folder, outputs, 0, **places, **words) as run:
        said_there = run.communicate()[1]
    assert run.returncode == 0, said_there
    assert read_before.items() <= parts_in(outputs).items()
    assert len(parts_in(outputs)) > len(read_before), "nothing was left to read elsewhere"
    assert {n: (outputs / "tables" / n).read_bytes() for n in peace} == peace
    assert sorted(p.name for p in outputs.iterdir()) == [".partitions", "tables"]


@contextmanager
def mounted(place: Path, options: str) -> Iterator[None]:
    "A small disk; skipped where none can be had"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.fault
def test_the_disk_is_full(folder, peace, tmp_path):
    with mounted(disk := tmp_path / "disk", "size=120k"):
        with pytest.raises(OutputError, match="No space left"):
            read(folder, kept=Partitions(disk, {}))
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        assert len(list(disk.iterdir())) > 0
        assert files(read(folder, kept=Partitions(disk, {}))) == peace
        assert not list(disk.glob(".*"))


@pytest.mark.fault
def test_the_output_cannot_be_written(folder, tmp_path):
    with mounted(disk := tmp_path / "disk", "ro,size=64m"):
        code, _, words = said("extract", folder, *OPTIONS, "--outputs", disk)
    assert (code, "cannot write here" in words) == (2, True), words


@pytest.mark.fault
def test_a_part_is_cut_short_or_changed(folder, peace, tmp_path):
    read(folder, kept=Partitions(tmp_path, {}))
    victim = next(tmp_path.iterdir())
    whole = victim.read_bytes()
    for damaged in (whole[:-20], whole[:200] + b"?" + whole[201:], b"", b"no archive"):
        victim.write_bytes(damaged)
        told = []
        kept = Partitions(tmp_path, {})
        tables = read(folder, kept=kept, progress=lambda done, total, told=told: told.append(done))
        assert files(tables) == peace
        assert 0 < told[-1].articles - told[-1].kept < told[-1].articles


@pytest.mark.fault
def test_articles_change_while_they_are_read(folder, tmp_path):
    articles, changed = tmp_path / "articles", []
    articles.mkdir()
    for path in folder.iterdir():
        (articles / path.name).write_bytes(path.read_bytes())

    def change(done, total) -> None:
        if not changed:
            first, *_, last = sorted(articles.iterdir())
            first.write_text(first.read_text("utf-8").replace("union", "league"), "utf-8")
            last.unlink()
            (articles / "new.txt").write_bytes(EXAMPLES.joinpath("strike_june.txt").read_bytes())
            changed.append(first)

    assert files(read(articles, progress=change)) == files(read(articles))
    assert changed


@pytest.mark.fault
def test_a_second_run_is_refused(few, tmp_path):
    with held(tmp_path / "out", "Strike at the port"):
        for verb in ("extract", "run"):
            code, _, words = said(verb, few, *OPTIONS, "--outputs", tmp_path / "out")
            assert (code, "Strike at the port" in words) == (2, True), words
    assert not (tmp_path / "out").exists()


def test_a_limit_reads_the_first_ones(folder):
    some, names = read(folder, limit=3), sorted(path.name for path in folder.iterdir())
    assert sorted(some.articles["path"]) == names[:3]
