"""Learn which way leads to the holder of a condition, from the corpus.

    python benchmarks/holders.py [--corpus corpus] [--out FILE]
    python benchmarks/holders.py --test FOLDER

FOLDER holds NAME.txt and NAME.json, as benchmarks/conditions.py reads them. Each marked condition
of the part `learn` gives its candidates (negotiations_study.candidates); those whose name shares a
word with the holder that the coder wrote are right. Weights are those of a conditional logistic
regression with a ridge penalty; a mark that fewer than 4 conditions show (12 for a mark with a
word) has none. Prints the share of right choices on `develop`, over all conditions and over those
chosen with a probability of at least .5, .6 and .7. About two CPU minutes.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from negotiations_study.articles import make_article
from negotiations_study.candidates import Reader, candidates, likeliest
from negotiations_study.codebook import load_codebook
from negotiations_study.talks import make_scene
from negotiations_study.language import load_model, parse
from negotiations_study.marked import Mark, Marked, read_corpus
from negotiations_study.spans import Span
from negotiations_study.speakers import resolve_speakers
from negotiations_study.statements import find_statements

RIDGE, SEEN, SEEN_WORD = 2.0, 4, 12
SMALL = frozenset("the a an of its his her their president minister leader and for in".split())


def words(name):
    parts = name.replace("’s", "").replace("'s", "").split()
    letters = "".join(p[0] for p in parts if p[0].isupper())
    short = {letters.casefold()} if len(letters) > 1 else set()
    return ({p.strip("’'s.,()").casefold() for p in parts} | short) - SMALL


def examples(articles):
    "(candidates, which of them are right) of every sure mark"
    book, nlp, out = load_codebook(), load_model(), []
    made = [make_article(f"{a.article_id}.txt", a.text.encode(), codebook=book) for a in articles]
    for marked, article, doc in zip(articles, made, parse(made, nlp), strict=True):
        statements = find_statements(doc, article, book)
        speakers = resolve_speakers(doc, article, statements, book)
        reader = Reader(make_scene(doc, article, book), article, statements, speakers)
        for mark in (m for m in marked.marks if m.sure):
            found = candidates(reader, mark.span)
            right = [bool(words(mark.holder) & words(c.who.name)) for c in found]
            out.append((marked, mark, found, right))
    return out


def fit(data):
    "Weights by mark"
    data = [(found, right) for *_, found, right in data if any(right) and not all(right)]
    counts = Counter(m for found, _ in data for c in found for m in c.marks)
    names = sorted(m for m, n in counts.items() if n >= (SEEN_WORD if "=" in m else SEEN))
    place = {m: n for n, m in enumerate(names)}
    width = max(len(found) for found, _ in data)
    x = np.zeros((len(data), width, len(names)), np.float32)
    there, right = np.full((2, len(data), width), -1e4)
    for i, (found, good) in enumerate(data):
        for j, c in enumerate(found):
            x[i, j, [place[m] for m in c.marks if m in place]] = 1
            there[i, j], right[i, j] = 0, 0 if good[j] else -1e4

    def loss(w):
        s = x @ w
        every, good = logsumexp(s + there, axis=1), logsumexp(s + right, axis=1)
        p = np.exp(s + there - every[:, None]) - np.exp(s + right - good[:, None])
        return (every - good).sum() + RIDGE * w @ w / 2, np.einsum("ij,ijk->k", p, x) + RIDGE * w

    w = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x
    return {m: round(float(v), 3) for m, v in zip(names, w, strict=True) if abs(v) >= 0.02}, len(
        data
    )


def report(name, data, weights):
    chosen = [(likeliest(found, weights), found, right) for *_, found, right in data]
    good = [
        any(r and c.who == f.who for f, r in zip(found, right, strict=True))
        for c, found, right in chosen
    ]
    line = {
        "conditions": len(good),
        "right": round(np.mean(good), 3),
        "can be right": round(np.mean([any(r) for *_, r in data]), 3),
    }
    for least in (0.5, 0.6, 0.7):
        kept = [g for g, (c, *_) in zip(good, chosen, strict=True) if c.probability >= least]
        line[f"right at {least}"] = round(np.mean(kept), 3)
        line[f"kept at {least}"] = round(len(kept) / len(good), 3)
    print(name, line)
    return line, chosen, good


def coded(folder):
    for path in sorted(folder.glob("[0-9]*.json")):
        text = path.with_suffix(".txt").read_text(encoding="utf-8")
        marks = []
        for c in json.loads(path.read_text(encoding="utf-8"))["conditions"]:
            at = -1
            for _ in range(c.get("nth") or 1):
                at = text.find(c["text"], at + 1)
            marks.append(
                Mark(
                    Span(at, at + len(c["text"])),
                    c["kind"],
                    c["strength"],
                    c["holder"],
                    c.get("sure", True),
                )
            )
        yield Marked(path.stem, "", "", text, tuple(marks))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument(
        "--out", type=Path, default=Path("negotiations_study/models/conditions/holders.json")
    )
    parser.add_argument("--test", type=Path)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    if options.test:
        weights = json.loads(options.out.read_text(encoding="utf-8"))["weights"]
        data = examples(list(coded(options.test)))
        _, chosen, good = report(options.test.name, data, weights)
        for (marked, mark, *_), (c, found, _), g in zip(data, chosen, good, strict=True):
            if options.show and not g:
                print(
                    marked.article_id,
                    "|",
                    mark.holder,
                    ">",
                    c.who and c.who.name,
                    c.probability,
                    "|",
                    marked.text[slice(*mark.span)][:60],
                    "|",
                    [f.who.name for f in found][:6],
                )
        return
    weights, n = fit(examples(read_corpus(options.corpus, "learn")))
    line, *_ = report("develop", examples(read_corpus(options.corpus, "develop")), weights)
    card = {"conditions": n, "ridge": RIDGE, "develop": line, "weights": weights}
    options.out.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
