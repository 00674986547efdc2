"""Does the model find what its card says? python .ci/card.py

On the articles that set the calibration; the unread part is not opened by a check.
"""

import importlib.util
import json
import sys
from collections import defaultdict
from pathlib import Path

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.marked import read_corpus
from negotiations_study.coding.model import FOLDER
from negotiations_study.language.parser import load_model, parse
from negotiations_study.reading.articles import make_article

ROOT = Path(__file__).resolve().parents[1]
NEAR = 0.02  # versions of the runtime differ by less

Shares = dict[str, float]  # precision, recall


def figures(thresholds: list[str]) -> dict[str, Shares]:
    "Precision and recall of the model at each threshold, measured now"
    spec = importlib.util.spec_from_file_location("measured", ROOT / "benchmarks" / "conditions.py")
    measured = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(measured)
    book, develop = load_codebook(), read_corpus(ROOT / "corpus", "develop")
    articles = [
        make_article(f"{m.article_id}.txt", m.text.encode(), codebook=book) for m in develop
    ]
    seen = []
    for marked, article, doc in zip(develop, articles, parse(articles, load_model()), strict=True):
        found = measured.found_by("model", doc, article, (), (), book)
        seen.append(measured.Seen(marked, defaultdict(str), {"model": found}))
    counts = {t: measured.tally(seen, "model", float(t))["all", "all"] for t in thresholds}
    return {t: measured.shares(n) for t, n in counts.items()}


def differences(said: dict[str, Shares], again: dict[str, Shares]) -> list[str]:
    "A line for each figure of the card that is not found again"
    return [
        f"threshold {threshold}: {key} is {again[threshold][key]:.3f}, the card says {row[key]:.3f}"
        for threshold, row in said.items()
        for key in ("precision", "recall")
        if not abs(again[threshold][key] - row[key]) <= NEAR
    ]


if __name__ == "__main__":
    card = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))["develop"]
    found = differences(card, figures([*card]))
    if found:
        print(*found, sep="\n")
        sys.exit("the model's card is out of step: measure again, or run `make train`")
    print(f"{len(card)} thresholds of the model's card are found again")
