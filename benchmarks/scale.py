"""How reading grows: here, in a pool, on Dask; throughput, computing, memory of every process.

    python benchmarks/scale.py [--read 100] [--fixed 1000 10000] [--only ENGINE...] [--times 2]

`--read` articles are read as they always are. The parser takes a fifth of a second for each, so of
more articles only what the engines do is measured: cutting into parts, handing out, taking back,
writing, and putting together what is on the disk. There the parser is replaced by a fixed cost of
computing and by the rows of articles that were read once; the result says so. Overhead is that of
a task that does nothing.

Each measurement has a process of its own, begins when all workers are awake, and is made --times
times, the engines in turn; the one with the fewest seconds on the clock is kept. It writes
results/scale.json after each; what is measured again replaces what stood there. Seconds on the
clock mean nothing on a busy machine; the load is written beside them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl
import psutil

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.marked import read_corpus
from negotiations_study.base.project import Settings
from negotiations_study.corpus import parts as reading
from negotiations_study.corpus.made import Made, codebook_sha256
from negotiations_study.corpus.parts import Done, InProcess, cut, read_parts, together
from negotiations_study.corpus.store import Tables
from negotiations_study.reading.records import read_records
from negotiations_study.running.engines import Cluster, Pool
from negotiations_study.running.partitions import Partitions

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "scale.json"
COST = 0.001  # seconds of computing that stand for the parse of an article
BASE = "SCALE_BASE"  # folder of the rows that stand for what is found in it


def recombined(folder: Path, articles: int) -> None:
    "So many articles in `folder`: paragraphs of two marked articles each, in turn"
    texts = [a.text.strip().split("\n\n") for a in read_corpus(ROOT / "corpus")]
    for n in range(articles):
        a, b = texts[n % len(texts)], texts[(7 * n + n // len(texts) + 1) % len(texts)]
        text = "\n\n".join([*a[: (len(a) + 1) // 2], *b[len(b) // 2 :]])
        (folder / f"{n:06}.txt").write_text(text + "\n", "utf-8")


def short(folder: Path, articles: int) -> None:
    "So many files of a line each, which nobody parses"
    for n in range(articles):
        (folder / f"{n:06}.txt").write_text(f"The union will talk on day {n}.\n", "utf-8")


@lru_cache(maxsize=1)
def base(folder: str) -> tuple[list[str], dict[str, pl.DataFrame], pl.DataFrame]:
    "Articles that were read once, their rows, and the anchors of their dates"
    tables = Tables.read(folder)
    anchors = pl.read_parquet(Path(folder) / "anchors.parquet")
    return tables.articles["article_id"].to_list(), dict(tables), anchors


def instead(part, made: Made) -> Tables:
    "As many articles as `part` has, from those that were read once, at a fixed cost for each"
    ids, frames, anchors = base(os.environ[BASE])
    end = time.process_time() + COST * len(part)
    mine = pl.col("article_id").is_in([ids[n % len(ids)] for n in range(len(part))])
    found = {k: f.filter(mine) if "article_id" in f.columns else f for k, f in frames.items()}
    while time.process_time() < end:
        pass
    return Tables(**found, made=made, anchors=anchors.filter(mine))


def nothing() -> None:
    "A task that does nothing"


class Watch(threading.Thread):
    "Largest memory of every process from here on, in megabytes; computing of each, in seconds"

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.memory: dict[int, float] = {}
        self.computing: dict[int, float] = {}
        self.over = threading.Event()
        self.look()
        self.began = dict(self.computing)

    def look(self) -> None:
        "Look at every process once"
        me = psutil.Process()
        for process in [me, *me.children(recursive=True)]:
            try:
                size, used = process.memory_info().rss / 2**20, sum(process.cpu_times()[:2])
            except psutil.Error:
                continue
            self.memory[process.pid] = max(size, self.memory.get(process.pid, 0))
            self.computing[process.pid] = used

    def run(self) -> None:
        while not self.over.wait(0.2):
            self.look()
        self.look()

    def spent(self) -> float:
        "Seconds of computing of all processes since the first look"
        return sum(used - self.began.get(pid, 0) for pid, used in self.computing.items())


@contextmanager
def watched():
    "A watch over the block"
    watch = Watch()
    watch.start()
    yield watch
    watch.over.set()
    watch.join()


def made_with() -> Made:
    "What articles are read with"
    book = load_codebook("")
    return Made("", codebook_sha256(book), language_model=Settings.language_model, book=book)


def wake(executor, *task: object) -> None:
    "Let every worker do what it does once only: start, import, load the language model"
    for future in [executor.submit(*task) for _ in range(8 * executor.slots)]:
        future.result()


def read(folder: Path, executor) -> dict[str, object]:
    "What reading `folder` with `executor` takes, and putting its parts together"
    told, load, made = [Done()], os.getloadavg()[0], made_with()
    wake(executor, reading.read_part, [], made)
    with tempfile.TemporaryDirectory() as kept:
        known = Partitions(Path(kept), {})
        with watched() as watch:
            began = time.perf_counter()
            keys = read_parts(cut(read_records(folder)), made, known, told.append, executor)
            seconds = time.perf_counter() - began
        driver = watch.memory.pop(os.getpid())
        disk = sum(path.stat().st_size for path in Path(kept).rglob("*.*"))
        with watched() as merging:
            tables = together(known[key] for key in keys)
    counted = sum(
        getattr(tables, name).height for name in ("statements", "conditions", "positions")
    )
    n, spent, done = told[-1].articles, watch.spent(), told[-1]
    return {
        "parts": len(keys),
        "rows": done.rows,
        "errors": done.errors,
        "seconds on the clock": round(seconds, 1),
        "CPU seconds": round(spent, 2),
        "articles a CPU second": round(n / spent, 1),
        "CPU milliseconds a part": round(1000 * spent / len(keys), 2),
        "MB of the driver": round(driver),
        "MB of the others": sorted(map(round, watch.memory.values()), reverse=True),
        "MB on the disk": round(disk / 1e6, 1),
        "rows put together": sum(data.height for _, data in tables),
        "rows lost": done.rows - counted,
        "CPU seconds to put together": round(merging.spent(), 2),
        "MB of the driver with all rows": round(merging.memory[os.getpid()]),
        "load": [round(load, 1), round(os.getloadavg()[0], 1)],
    }


def overhead(executor, tasks: int = 1000) -> dict[str, object]:
    "What a task costs that does nothing, in computing of all processes"
    import scale  # this file under a name that other processes can import

    wake(executor, scale.nothing)
    with watched() as watch:
        began = time.perf_counter()
        for future in [executor.submit(scale.nothing) for _ in range(tasks)]:
            future.result()
        seconds = time.perf_counter() - began
    about = {"tasks": tasks, "CPU milliseconds a task": round(1000 * watch.spent() / tasks, 2)}
    return about | {"seconds on the clock": round(seconds, 1), "load": round(os.getloadavg()[0], 1)}


@contextmanager
def dask(workers: int):
    "A scheduler and workers, each a process of its own"
    from distributed.deploy.subprocess import SubprocessCluster

    how = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": ":0"}
    with SubprocessCluster(**how) as local, Cluster(local.scheduler_address) as executor:
        yield executor


ENGINES: dict[str, Callable[[], object]] = {
    "this process": lambda: nullcontext(InProcess()),
    "pool of 1": lambda: Pool(1),
    "pool of 2": lambda: Pool(2),
    "Dask with 1 worker": lambda: dask(1),
    "Dask with 2 workers": lambda: dask(2),
}


def one(engine: str, kind: str, folder: Path) -> dict[str, object]:
    "One measurement, in this process"
    if kind == "fixed":
        import scale

        reading.read_part = scale.instead
    with ENGINES[engine]() as executor:
        return overhead(executor) if kind == "nothing" else read(folder, executor)


def kept(found: dict[str, list], kind: str, new: dict[str, object]) -> None:
    "Write what was measured, if it is the quickest of its sort, and say it"
    print(kind, new, flush=True)
    same = [old for old in found[kind] if all(old[k] == new[k] for k in ("articles", "engine"))]
    clock = next(k for k in ("seconds on the clock", "CPU milliseconds a task") if k in new)
    best = min([old for old in same if old["date"] == new["date"]] + [new], key=lambda r: r[clock])
    found[kind] = [old for old in found[kind] if old not in same] + [best]
    RESULT.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def measure(found: dict[str, list], kind: str, articles: int, engine: str, folder: Path) -> None:
    "One measurement in a process of its own, so that nothing is in its memory but what it needs"
    command = [sys.executable, __file__, "--one", engine, kind, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    about = {"articles": articles, "engine": engine, "date": str(date.today())}
    kept(found, kind, about | json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    "Measure and write"
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("--read", type=int, nargs="*", default=[100], help="articles to parse")
    ap.add_argument("--fixed", type=int, nargs="*", default=[1000, 10_000])
    ap.add_argument("--only", nargs="+", default=list(ENGINES), choices=list(ENGINES))
    ap.add_argument("--times", type=int, default=2, help="how often each is measured")
    ap.add_argument("--tasks", action="store_true", help="measure tasks that do nothing too")
    ap.add_argument("--cache", type=Path, help="folder for the rows that were read once")
    ap.add_argument("--one", nargs=3, metavar=("ENGINE", "KIND", "FOLDER"), help="one measurement")
    asked = ap.parse_args()
    if asked.one:
        engine, kind, folder = asked.one
        print(json.dumps(one(engine, kind, Path(folder))))
        return
    found = json.loads(RESULT.read_text("utf-8")) if RESULT.is_file() else {}
    found |= {kind: found.get(kind, []) for kind in ("nothing", "read", "fixed")}
    found |= {"cores": os.cpu_count(), "fixed cost of an article, seconds": COST}
    here = str(Path(__file__).parent)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
    with tempfile.TemporaryDirectory() as place:
        os.environ[BASE] = str(asked.cache or Path(place) / "base")
        wanted = [("nothing", 0)] * asked.tasks
        wanted += [("read", n) for n in asked.read] + [("fixed", n) for n in asked.fixed]
        for kind, n in wanted:
            folder = Path(place) / f"{kind} {n}"
            folder.mkdir()
            {"read": recombined, "fixed": short}.get(kind, lambda *_: None)(folder, n)
            if kind == "fixed":
                import rows

                rows.read_once(100, Path(os.environ[BASE]))
            for _ in range(asked.times):
                for engine in asked.only:
                    measure(found, kind, n, engine, folder)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
