"""Learn which way leads to the holder of a condition, from the corpus.

    python benchmarks/holders.py [--corpus corpus] [--out FILE]
    python benchmarks/holders.py --test FOLDER

FOLDER holds NAME.txt and NAME.json, as benchmarks/conditions.py reads them. Each marked condition
of the part `learn` gives its candidates (negotiations_study.coding.candidates); those whose name
shares a word with the holder that the coder wrote are right. Weights are those of a conditional
logistic regression with a ridge penalty; a mark that fewer than 10 conditions show (40 for a mark
with a word) has none. How much the trained model's word counts beside the marks is fitted on
`develop`, which the model was not trained on. Prints the share of right choices there, over all
conditions and over those chosen with a probability of at least .5, .6 and .7. About eight CPU
minutes.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.marked import Mark, Marked, read_corpus
from negotiations_study.base.spans import Span, iou
from negotiations_study.coding.candidates import candidates, likeliest, weight_of
from negotiations_study.coding.coded import meet
from negotiations_study.coding.model import all_proposals
from negotiations_study.coding.talks import make_scene
from negotiations_study.language.parser import load_model, parse
from negotiations_study.people.speakers import resolve_speakers
from negotiations_study.reading.articles import make_article
from negotiations_study.statements.statements import find_statements

EDGES = "’'s.,()"  # what is cut from the ends of a word
RIDGE, SEEN, SEEN_WORD = 8.0, 10, 40
SMALL = frozenset("the a an of its his her their president minister leader and for in".split())


def words(name):
    parts = name.replace("’s", "").replace("'s", "").split()
    letters = "".join(p[0] for p in parts if p[0].isupper())
    short = {letters.casefold()} if len(letters) > 1 else set()
    return ({p.strip(EDGES).casefold() for p in parts} | short) - SMALL


def pointed(span, proposed):
    "Nouns to which the model points for the proposal that is nearest to a condition"
    near = max(proposed, key=lambda p: iou([p.span], [span]), default=None)
    return near.holders if near is not None and iou([near.span], [span]) > 0.3 else ()


def judged(people, mark, found):
    "Which candidates are the holder that the coder named, as themselves or as who speaks for it"
    wanted, right = words(mark.holder), []
    spoken = {
        s.name: words(p.name or "")
        for s, p in zip(people.speakers, people.principals, strict=True)
        if s.name
    }
    for c in found:
        own = words(c.who.name) | spoken.get(c.who.name, set())
        right.append(bool(wanted & own))
    if not any(right):  # a delegate whose party has another name
        right = ["speaker" in c.marks for c in found]
    return right


def examples(articles, model=True):
    "(candidates, which of them are right) of every sure mark; the model's word too, or not"
    book, nlp, out = load_codebook(), load_model(), []
    made = [make_article(f"{a.article_id}.txt", a.text.encode(), codebook=book) for a in articles]
    for marked, article, doc in zip(articles, made, parse(made, nlp), strict=True):
        statements = find_statements(doc, article, book)
        speakers = resolve_speakers(doc, article, statements, book)
        people = meet(make_scene(doc, article, book), article, statements, speakers)
        for mark in (m for m in marked.marks if m.sure):
            named = pointed(mark.span, all_proposals(doc, article)) if model else ()
            found = candidates(people.reader, mark.span, mark.kind, named)
            out.append((marked, mark, found, judged(people, mark, found)))
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


def trusted(data, weights):
    "The weights with how much the model's word counts beside them, fitted on `data`"
    data = [(found, right) for *_, found, right in data if any(right) and not all(right)]

    def weighed(v):
        scaled = {m: float(v[0] * w) for m, w in weights.items()}
        return scaled | {"share": float(v[1]), "only pointed": float(v[2])}

    def loss(v):
        sums, now = 0.0, weighed(v)
        for found, right in data:
            s = [weight_of(c, now) for c in found]
            good = [x for x, r in zip(s, right, strict=True) if r]
            sums += logsumexp(s) - logsumexp(good)
        return sums

    v = minimize(loss, np.array([1.0, 0.5, -1.0]), method="Nelder-Mead", tol=0.05).x
    return {m: round(w, 3) for m, w in weighed(v).items()}


def report(name, data, weights):
    chosen = [(likeliest(found, weights), found, right) for *_, found, right in data]
    good = [
        any(r and c.who == f.who for f, r in zip(found, right, strict=True))
        for c, found, right in chosen
    ]
    line = {
        "conditions": len(good),
        "right": round(float(np.mean(good)), 3),
        "can be right": round(float(np.mean([any(r) for *_, r in data])), 3),
    }
    for least in (0.5, 0.6, 0.7):
        kept = [g for g, (c, *_) in zip(good, chosen, strict=True) if c.probability >= least]
        line[f"right at {least}"] = round(float(np.mean(kept)), 3)
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
    marks, n = fit(examples(read_corpus(options.corpus, "learn"), model=False))
    develop = examples(read_corpus(options.corpus, "develop"))
    alone = {"share": 0.0, "only pointed": -9.0}
    report("develop, marks alone", develop, marks | alone)
    weights = trusted(develop, marks)
    line, *_ = report("develop", develop, weights)
    card = {"conditions": n, "ridge": RIDGE, "develop": line, "weights": weights}
    options.out.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
