"""How reading grows: here, in a pool, on Dask; throughput, computing, memory of every process.

    python benchmarks/scale.py [--read 100] [--fixed 1000 10000 100000] [--only NAME...]

`--read` articles are read as they always are. The parser takes a fifth of a second for each, so of
more articles only what the engines do is measured: cutting into parts, handing out, taking back,
writing. There the parser is replaced by a fixed cost of computing and by the rows of articles that
were read once; the result says so. Overhead is that of a task that does nothing.

It writes results/scale.json after each measurement; what is measured again replaces what stood
there. Seconds on the clock mean nothing on a busy machine; the load is written beside them.
"""

import argparse
import json
import os
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
from negotiations_study.corpus.parts import Done, cut, read_parts
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
        self.began: dict[int, float] = {}
        self.over = threading.Event()
        self.look()

    def look(self) -> None:
        "Look at every process once"
        me = psutil.Process()
        for process in [me, *me.children(recursive=True)]:
            try:
                size, used = process.memory_info().rss / 2**20, sum(process.cpu_times()[:2])
            except psutil.Error:
                continue
            self.memory[process.pid] = max(size, self.memory.get(process.pid, 0))
            self.began.setdefault(process.pid, used)
            self.computing[process.pid] = used

    def run(self) -> None:
        while not self.over.wait(0.2):
            self.look()
        self.look()

    def spent(self) -> float:
        "Seconds of computing of all processes since the first look"
        return sum(used - self.began[pid] for pid, used in self.computing.items())


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


def read(folder: Path, executor: object) -> dict[str, object]:
    "What reading `folder` with `executor` takes"
    told, load = [Done()], os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as kept, watched() as watch:
        began = time.perf_counter()
        known = Partitions(Path(kept), {})
        keys = read_parts(cut(read_records(folder)), made_with(), known, told.append, executor)
        seconds = time.perf_counter() - began
    n, spent = told[-1].articles, watch.spent()
    return {
        "articles": n,
        "parts": len(keys),
        "rows": told[-1].rows,
        "errors": told[-1].errors,
        "seconds on the clock": round(seconds, 1),
        "CPU seconds": round(spent, 2),
        "articles a CPU second": round(n / spent, 1),
        "CPU milliseconds a part": round(1000 * spent / len(keys), 2),
        "MB of the driver": round(watch.memory.pop(os.getpid())),
        "MB of the others": sorted(map(round, watch.memory.values()), reverse=True),
        "load": [round(load, 1), round(os.getloadavg()[0], 1)],
    }


def overhead(executor: Pool | Cluster, tasks: int = 500) -> dict[str, object]:
    "What a task costs that does nothing, in computing of all processes"
    import scale  # this file under a name that other processes can import

    for future in [executor.submit(scale.nothing) for _ in range(50)]:  # until all are awake
        future.result()
    with watched() as watch:
        waiting = [executor.submit(scale.nothing) for _ in range(tasks)]
        for future in waiting:
            future.result()
    return {"tasks": tasks, "CPU milliseconds a task": round(1000 * watch.spent() / tasks, 2)}


@contextmanager
def dask():
    "A scheduler and two workers on this machine"
    from distributed import LocalCluster

    how = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with LocalCluster(**how) as local, Cluster(local.scheduler_address) as executor:
        yield executor


ENGINES: dict[str, Callable[[], object]] = {
    "this process": nullcontext,
    "pool of 1": lambda: Pool(1),
    "pool of 2": lambda: Pool(2),
    "dask with 2 workers": dask,
}


def kept(found: dict[str, object], name: str, value: object) -> None:
    "Write what was measured, and say it"
    found[name] = value
    RESULT.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(name, value, flush=True)


def main() -> None:
    "Measure and write"
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("--read", type=int, nargs="*", default=[100], help="articles to parse")
    ap.add_argument("--fixed", type=int, nargs="*", default=[1000, 10_000, 100_000])
    ap.add_argument("--only", nargs="+", default=list(ENGINES), choices=list(ENGINES))
    ap.add_argument("--cache", type=Path, help="folder for the rows that were read once")
    asked = ap.parse_args()
    found = json.loads(RESULT.read_text("utf-8")) if RESULT.is_file() else {}
    found |= {"date": str(date.today()), "cores": os.cpu_count()}
    here = str(Path(__file__).parent)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
    with tempfile.TemporaryDirectory() as place:
        for name in asked.only:
            if name != "this process":
                with ENGINES[name]() as executor:
                    kept(found, f"overhead, {name}", overhead(executor))
        for n in asked.read:
            folder = Path(place) / f"read {n}"
            folder.mkdir()
            recombined(folder, n)
            for name in asked.only:
                with ENGINES[name]() as executor:
                    kept(found, f"{n} articles, {name}", read(folder, executor))
        os.environ[BASE] = str(asked.cache or Path(place) / "base")
        replace_parser(Path(os.environ[BASE]))
        for n in asked.fixed:
            folder = Path(place) / f"fixed {n}"
            folder.mkdir()
            short(folder, n)
            for name in asked.only:
                about = f"{n} articles, parser replaced by {COST} s, {name}"
                with ENGINES[name]() as executor:
                    kept(found, about, read(folder, executor))


def replace_parser(folder: Path) -> None:
    "Have parts read by `instead`, in this process and in those that it starts"
    import rows
    import scale

    rows.read_once(20, folder)
    reading.read_part = scale.instead


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
