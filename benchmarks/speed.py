"""CPU seconds of each step beside the bare parse in the same run, and peak memory.

    python benchmarks/speed.py [FOLDER] [--repeat 20]

FOLDER holds articles (default: those of the settings); they are read --repeat times over, so that
small folders give steady figures. Memory is shown beside that of imports and model.
"""

import argparse
import resource
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.project import load_settings
from negotiations_study.corpus.extraction import read_article
from negotiations_study.language.parser import load_model, parse
from negotiations_study.reading.articles import read_articles


def peak() -> float:
    "Peak memory of this process in MB"
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    "Time the steps one after the other over the same articles"
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("folder", nargs="?", type=Path, default=None)
    ap.add_argument("--repeat", type=int, default=20)
    args = ap.parse_args()
    settings = load_settings()
    book, nlp = load_codebook(settings.codebook), load_model(settings.language_model)
    bare = load_model(settings.language_model)
    list(bare.pipe(["Warm up."]))
    base, spent = peak(), Counter()

    def timed(name: str, work):
        start = time.process_time()
        out = work()
        spent[name] += time.process_time() - start
        return out

    folder = args.folder or settings.seeds
    once = timed("articles", lambda: list(read_articles(folder, codebook=book)))
    articles = [
        replace(a, article_id=f"{a.article_id}#{n}") for n in range(args.repeat) for a in once
    ]
    timed("bare parse", lambda: list(bare.pipe([a.text for a in articles], batch_size=64)))
    docs = timed("parse", lambda: list(parse(articles, nlp)))
    timed(
        "statements to positions",
        lambda: [read_article(a, d, book) for a, d in zip(articles, docs, strict=True)],
    )
    words = sum(len(a.text.split()) for a in articles)
    print(f"{len(articles)} articles, {words:,} words of {folder}")
    for name, seconds in spent.items():
        share = seconds / spent["bare parse"]
        print(f"{name:16} {seconds:8.2f} CPU s   {share:5.2f} of the bare parse")
    print(f"peak memory {peak():.0f} MB; imports and model {base:.0f} MB")


if __name__ == "__main__":
    main()
