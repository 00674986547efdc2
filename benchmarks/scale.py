"""How reading grows: here, in a pool, on Dask; throughput, computing, memory

    python benchmarks/scale.py [--articles 1000]

It writes results/scale.json.
"""

import argparse
import json
import os
import tempfile
import threading
import time
from pathlib import Path

import psutil

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.marked import read_corpus
from negotiations_study.base.project import Settings
from negotiations_study.corpus.made import Made, codebook_sha256
from negotiations_study.corpus.parts import Done, cut, read_parts
from negotiations_study.reading.records import read_records
from negotiations_study.running.engines import Cluster, Pool
from negotiations_study.running.partitions import Partitions

ROOT = Path(__file__).resolve().parents[1]


def recombined(folder: Path, articles: int) -> None:
    "So many articles in `folder`: paragraphs of two marked articles each, in turn"
    texts = [a.text.strip().split("\n\n") for a in read_corpus(ROOT / "corpus")]
    for n in range(articles):
        a, b = texts[n % len(texts)], texts[(7 * n + n // len(texts) + 1) % len(texts)]
        text = "\n\n".join([*a[: (len(a) + 1) // 2], *b[len(b) // 2 :]])
        (folder / f"{n:06}.txt").write_text(text + "\n", "utf-8")


class Watch(threading.Thread):
    "Largest memory of every process below this one, in megabytes; computing of each, in seconds"

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.memory: dict[int, float] = {}
        self.computing: dict[int, float] = {}
        self.over = threading.Event()

    def run(self) -> None:
        me = psutil.Process()
        while not self.over.wait(0.5):
            for process in [me, *me.children(recursive=True)]:
                try:
                    size, used = process.memory_info().rss / 2**20, sum(process.cpu_times()[:2])
                except psutil.Error:
                    continue
                self.memory[process.pid] = max(size, self.memory.get(process.pid, 0))
                self.computing[process.pid] = used


def one(folder: Path, executor: object) -> dict[str, object]:
    "What reading `folder` with `executor` takes"
    book = load_codebook("")
    made = Made("", codebook_sha256(book), language_model=Settings.language_model, book=book)
    told, watch = [Done()], Watch()
    before = sum(psutil.Process().cpu_times()[:2])
    watch.start()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as kept:
        parts = cut(read_records(folder))
        read_parts(parts, made, Partitions(Path(kept), {}), told.append, executor)
    seconds = time.perf_counter() - began
    watch.over.set()
    watch.join()
    watch.computing[os.getpid()] -= before
    n = told[-1].articles
    return {
        "articles": n,
        "errors": told[-1].errors,
        "rows": told[-1].rows,
        "seconds": round(seconds, 1),
        "articles a second": round(n / seconds, 2),
        "computing": round(sum(watch.computing.values()), 1),
        "articles a second of computing": round(n / sum(watch.computing.values()), 2),
        "megabytes": {
            "driver": round(watch.memory.pop(os.getpid())),
            "others": sorted(map(round, watch.memory.values()), reverse=True),
        },
    }


def main() -> None:
    "Measure and write"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1000)
    asked = parser.parse_args()
    found: dict[str, object] = {"cores": os.cpu_count(), "load before": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as place:
        recombined(Path(place), asked.articles)
        for workers in (1, 2):
            with Pool(workers) as pool:
                found[f"pool of {workers}"] = one(Path(place), pool)
        try:
            from distributed import LocalCluster
        except ImportError:
            found["dask"] = "not installed"
        else:
            how = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
            with LocalCluster(**how) as local, Cluster(local.scheduler_address) as dask:
                found["dask with 2 workers"] = one(Path(place), dask)
        found["this process"] = one(Path(place), None)
    found["load after"] = os.getloadavg()[0]
    text = json.dumps(found, indent=1) + "\n"
    (ROOT / "benchmarks" / "results" / "scale.json").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
