"""How often the intervals of the estimates hold the true value, by simulation.

    python benchmarks/coverage.py [--draws 250] [--articles 600] [--json RESULT]

Corpora of two periods are invented as counts: each article has a number of conditions (most have
none, few have many), each of a side and a theme, some of them rare. A coder finds part of them, the
part is another one in the later period, and makes some up. Samples are drawn from each corpus again
and again, by `draw`; in them the person finds what there is. For each kind of figure stands how
often an interval was given, how often it held the true value (95 % are promised), how wide it was
beside one from the sample alone, and how often the coder's own difference lay in it.

Three coders are like those that were measured: one that finds a fifth and makes up little, one that
finds half, and one that finds nearly all and makes up a fifth. `same` finds as much in both
periods, `drops` finds half as much in the later one.
"""

import argparse
import json
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

import numpy as np

from negotiations_study.base.spans import Span
from negotiations_study.comparing.estimates import Counted, Counts, estimates
from negotiations_study.comparing.samples import Unit, draw

PERIODS = ("2021-03", "2021-06")
THEMES = {("A", "x"): 0.35, ("A", "y"): 0.15, ("B", "x"): 0.3, ("B", "y"): 0.15, ("B", "z"): 0.05}
LATER = {("A", "x"): 0.2, ("A", "y"): 0.25, ("B", "x"): 0.35, ("B", "y"): 0.15, ("B", "z"): 0.05}
CODERS = {"a fifth": (0.21, 0.15), "half": (0.5, 0.3), "nearly all": (0.95, 0.2)}  # found, made up
SIZES = (60, 240)
WIDTHS = 10  # one draw of so many is also estimated without the machine, for the width


def parts():
    "Side and theme of each cell of a period: all, sides, themes"
    sides = sorted({side for side, _ in THEMES})
    return [("", ""), *sorted([*((side, "") for side in sides), *THEMES])]


def columns(of_theme):
    "Counts of each cell from counts of each theme"
    names = list(THEMES)
    inside = [
        [1.0 * (side in ("", s) and theme in ("", t)) for side, theme in parts()] for s, t in names
    ]
    return of_theme @ np.array(inside)


def corpus(chance, articles, finds, made_up):
    "(by hand, by machine): articles x cells, first those of the earlier period"
    hand, machine = [], []
    for n, odds in enumerate((THEMES, LATER)):
        rate = chance.gamma(0.7, 2 / 0.7, articles)
        there = chance.poisson(rate[:, None] * np.array(list(odds.values())))
        extra = made_up * finds[n] * np.array(list(odds.values())) * 2
        found = chance.binomial(there, finds[n]) + chance.poisson(extra, there.shape)
        empty = np.zeros((articles, len(parts())))
        for out, counts in ((hand, there), (machine, found)):
            both = [columns(counts), empty]
            out.append(np.hstack(both if n == 0 else both[::-1]))
    return np.vstack(hand), np.vstack(machine)


def sampled(hand, machine, drawn, articles):
    "What a study would know: the counts of the sample and those of the machine"
    at = np.array([int(d.unit.article) for d in drawn])
    strata = (at >= articles).astype(int)
    halves = machine.reshape(2, articles, -1)
    sizes = np.array([articles, articles], float)
    counts = Counts(hand[at], machine[at], halves.sum(1), strata, sizes)
    cells = tuple((p, *part) for p in PERIODS for part in parts())
    return Counted(counts, (halves > 0).sum(1).astype(float), cells, counts, PERIODS, "")


def alone(of):
    "The same without the machine; it says only where the sample is large enough"
    zeros = of.counts._replace(
        machine=np.zeros_like(of.counts.machine), totals=np.zeros_like(of.counts.totals)
    )
    return of._replace(counts=zeros)


def units_of(articles):
    "The articles of both periods, to draw from"
    return [Unit(str(i), "", Span(0, 1), PERIODS[i // articles]) for i in range(2 * articles)]


def truth(hand, articles):
    "The true figures: those of a coder that finds what there is"
    of = sampled(hand, hand, draw(units_of(articles), 4), articles)
    return {one[:4]: one.raw for one in estimates(of)}


def kind(one):
    "What a figure is: count or share, of a period or a difference"
    return one.measure if one.period != "difference" else f"difference of {one.measure}s"


def coverage(coder, drops, n, articles, draws, seed):
    "How often each kind of figure has an interval, and how often that holds the true value"
    chance = np.random.default_rng(seed)
    finds_of, made_up = CODERS[coder]
    finds = (finds_of, finds_of * (0.5 if drops else 1))
    hand, machine = corpus(chance, articles, finds, made_up)
    true, units = truth(hand, articles), units_of(articles)
    tally = defaultdict(lambda: defaultdict(list))
    for k in range(draws):
        of = sampled(hand, machine, draw(units, n, seed * draws + k), articles)
        found = estimates(of)
        without = estimates(alone(of)) if k % WIDTHS == 0 else [None] * len(found)
        for one, other in zip(found, without, strict=True):
            at, value = tally[kind(one)], true[one[:4]]
            at["given"].append(one.low is not None)
            if one.low is not None:
                at["held"].append(one.low <= value <= one.high)
                at["raw"].append(one.low <= one.raw <= one.high)
                if other is not None and other.low is not None:
                    at["width"].append((one.high - one.low) / (other.high - other.low))
    mean = lambda x: round(float(np.mean(x)), 3) if x else None  # noqa: E731
    return {
        name: {
            "interval given": mean(at["given"]),
            "held the true value": mean(at["held"]),
            "held the coder's own value": mean(at["raw"]),
            "width, sample alone = 1": mean(at["width"]),
        }
        for name, at in tally.items()
    }


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--draws", type=int, default=250)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    out = []
    for coder in CODERS:
        for drops in (False, True):
            for n in SIZES:
                about = {"coder": coder, "recall": "drops" if drops else "same", "sample": n}
                seed = len(out) + 1
                result = coverage(coder, drops, n, options.articles, options.draws, seed)
                out.append(about | {"figures": result})
                print(about, flush=True)
                for name, figures in result.items():
                    print(f"  {name:22}", *figures.values(), flush=True)
    if options.json:
        about = {"draws": options.draws, "articles in each period": options.articles}
        about |= {"versions": {name: version(name) for name in ("numpy", "scipy")}}
        text = json.dumps(about | {"results": out}, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
