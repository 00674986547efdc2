"""CPU seconds of whole articles that are made to be slow, at n, 2n and 4n characters.

    python benchmarks/hostile.py [--characters 12000] [--only KIND...] [--most 60] [--json RESULT]

The exponent is that of the last doubling: 1 is in step with the length. Each article is read as a
study reads it, to its rows; the parse is told apart, because it is not ours. A reading that takes
more than --most seconds is broken off.
"""

import argparse
import json
import math
import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.limits import TooLong, capped
from negotiations_study.coding.model import load_coder_model
from negotiations_study.corpus.extraction import read_article, rows_of
from negotiations_study.language.parser import load_model, parse
from negotiations_study.reading.articles import make_article

PLAIN = (
    "The dockers will return only if the port takes them back, their chairwoman said on Monday. "
    "A spokesman for the company told reporters that it would not talk unless the blockade ends. "
    "“We demand a guarantee,” he added, “and nothing else.”\n\n"
)


def repeated(piece: str) -> Callable[[int], str]:
    "So many characters of `piece` after an article of some sentences"
    return lambda n: PLAIN + (piece * (n // len(piece) + 1))[:n]


KINDS: dict[str, Callable[[int], str]] = {
    "plain": lambda n: (PLAIN * (n // len(PLAIN) + 1))[:n],
    "one sentence": repeated("he said he would not talk unless they leave, "),
    "names in one sentence": repeated("Mara Orrin and "),
    "nested marks": lambda n: PLAIN + "“a " * (n // 6) + "”" * (n // 6),
    "unclosed marks": repeated("“we go "),
    "straight marks": repeated('"we go '),
    "quoted pairs": repeated("“we go” he said. "),
    "paragraphs": repeated("He left.\n\n"),
    "lines": repeated("a\n"),
    "dots": repeated("."),
    "spaced dots": repeated(". "),
    "addresses": repeated("a.b@c.example "),
    "links": repeated("https://a.example/b?c=d "),
    "brackets": repeated("(["),
    "blanks": repeated("a" + " " * 999),
    "a word": repeated("a"),
}


def seconds(kind: str, n: int, most: float) -> dict[str, float] | None:
    "CPU seconds of the parse and of everything else; None if they were too many"
    book, nlp = load_codebook(""), load_model()
    try:
        with capped(most):
            start = time.process_time()
            article = make_article("a.txt", KINDS[kind](n).encode())
            began = time.process_time()
            doc = next(iter(parse([article], nlp)))
            parsed = time.process_time()
            rows_of(read_article(article, doc, book))
    except TooLong:
        return None
    end = time.process_time()
    about = {"to zones": began - start, "parse": parsed - began, "rows": end - parsed}
    return {name: round(value, 3) for name, value in about.items()}


def exponent(two: float, four: float) -> float | None:
    "Of the last doubling; None where nothing can be said"
    return round(math.log2(four / two), 2) if min(two, four) >= 0.05 else None


def main() -> None:
    "Measure every kind"
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("--characters", type=int, default=12_000)
    ap.add_argument("--only", nargs="+", default=list(KINDS), choices=list(KINDS))
    ap.add_argument("--most", type=float, default=60)
    ap.add_argument("--json", type=Path)
    args, found = ap.parse_args(), {}
    load_coder_model()
    seconds("plain", 1000, 60)
    for kind in args.only:
        runs = [seconds(kind, args.characters * k, args.most) for k in (1, 2, 4)]
        row = {"seconds": runs}
        if all(runs):
            own = [run["to zones"] + run["rows"] for run in runs]
            row |= {"exponent": exponent(*own[1:])}
            row |= {"of the parse": exponent(*(run["parse"] for run in runs[1:]))}
        found[kind] = row
        print(kind, row, flush=True)
        if args.json:
            about = {"date": str(date.today()), "characters": args.characters}
            about |= {"load": round(os.getloadavg()[0], 1), "kinds": found}
            args.json.write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
