"""How well conditions are found in articles coded by hand.

    python benchmarks/conditions.py FOLDER... [--show] [--json RESULT]

A folder holds pairs NAME.txt and NAME.json; the JSON has a list `conditions` with text, holder,
kind, form, strength, list and sure. Conditions are matched one to one within an article by their
spans (the overlap is at least half of the shorter one). Rows whose coder was not sure are neither
required nor counted against a prediction. Holder: a name or noun of the two phrases is the same.
No codebook of a dispute is loaded, so holders are the words of the article, and themes are not
scored. --show prints every miss and every surplus row.
"""

import argparse
import json
from pathlib import Path

from negotiations_study.articles import make_article
from negotiations_study.codebook import load_codebook
from negotiations_study.conditions import find_conditions
from negotiations_study.language import load_model, parse
from negotiations_study.spans import slice_text
from negotiations_study.speakers import resolve_speakers
from negotiations_study.statements import find_statements

SMALL = {"the", "a", "an", "of", "its", "his", "her", "their", "president", "minister", "leader"}


def words(name):
    return {w.strip("’'s.,").casefold() for w in name.replace("’s", "").split()} - SMALL


def find(text, book, nlp):
    article = make_article("any.txt", text.encode(), codebook=book)
    doc = next(iter(parse([article], nlp)))
    statements = find_statements(doc, article, book)
    speakers = resolve_speakers(doc, article, statements, book)
    found = find_conditions(doc, article, statements, speakers, book)
    return article.text, found


def shared(a, b):
    return max(0, min(a[1], b[1]) - max(a[0], b[0])) / max(1, min(a[1] - a[0], b[1] - b[0]))


def place(text, row):
    at = text.find(row["text"])
    hint = text.find(row.get("sentence_hint") or "")
    if row.get("sentence_hint") and hint > 0:
        near = text.find(row["text"], max(0, hint - 200))
        at = near if near >= 0 else at
    return (at, at + len(row["text"]))


def match(gold, found):
    pairs = [
        (shared(g, f), -abs(g[0] - f[0]), i, j)
        for i, g in enumerate(gold)
        for j, f in enumerate(found)
    ]
    out = {}
    for share, _, i, j in sorted(pairs, reverse=True):
        if share >= 0.5 and i not in out and j not in out.values():
            out[i] = j
    return out


def score(folders, book, nlp, verbose=False):
    counts = dict.fromkeys(("of them left empty", "found", "matched", "surplus"), 0)

    def show(*line):
        if verbose:
            print(*line)

    def count(key, n=1):
        counts[key] = counts.get(key, 0) + n

    for folder in folders:
        for path in sorted(folder.glob("*.txt")):
            coded = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["conditions"]
            text, found = find(path.read_text(encoding="utf-8"), book, nlp)
            gold = [place(text, row) for row in coded]
            name = f"{path.parent.name}/{path.stem}"
            pairs = match(gold, [c.span for c in found])
            count("articles")
            count("articles without", not coded)
            count("of them left empty", not coded and not found)
            for i, row in enumerate(coded):
                sure = row.get("sure", True)
                count("required", sure)
                if i not in pairs:
                    doubt = "" if sure else " (unsure)"
                    show(name, f"MISS{doubt} {row['kind']} | {row['holder']} | {row['text']}")
                    continue
                c = found[pairs[i]]
                count("found", sure)
                count("matched")
                holder = bool(words(row["holder"]) & words(c.holder.name or ""))
                count("kind right", row["kind"] == c.kind)
                count("form right", row["form"] == c.form)
                count("strength right", row["strength"] == c.strength)
                count("holder right", holder)
                if not holder or row["kind"] != c.kind:
                    who = f"{row['holder']} > {c.holder.name}"
                    show(name, f"HALF {row['kind']}>{c.kind} | {who} | {row['text']} [{c.rule}]")
            for j, c in enumerate(found):
                if j not in pairs.values():
                    count("surplus")
                    text_ = slice_text(text, c.span)
                    show(name, f"SURPLUS {c.kind} | {c.holder.name} | {text_} [{c.rule}]")
    n = counts
    p = n.get("matched", 0) / max(1, n.get("matched", 0) + n.get("surplus", 0))
    r = n.get("found", 0) / max(1, n["required"])
    n["precision"], n["recall"] = round(p, 3), round(r, 3)
    n["f1"] = round(2 * p * r / (p + r), 3) if p + r else 0.0
    return n


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    n = score(options.folders, load_codebook(), load_model(), options.show)
    for key, value in n.items():
        print(f"{key:20} {value}")
    if options.json:
        options.json.write_text(json.dumps(n, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
