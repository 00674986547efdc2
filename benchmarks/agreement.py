"""How far coders agree, from runs over the same articles.

    python benchmarks/agreement.py "reader A=RUN" "reader B=RUN" rules=RUN model=RUN [--json RESULT]

Each RUN is the folder of a run with one coder; that of a reader who answered `ask --write` is a run
with `--set coder=llm:NAME`. Every pair is compared, on conditions and on positions, by the
functions of `negotiations-study agree`; and for a reader it is said how many claims were made and
how many the verifier refused. Nothing of the articles is kept but their number and length.
"""

import argparse
import json
from collections import Counter
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

from negotiations_study.comparing.agreement import agreement, coding_of
from negotiations_study.corpus.store import Tables


def figures(runs, a, b, table):
    "The figures of a pair that have a value"
    two = (coding_of(runs[name], name=name, table=table) for name in (a, b))
    digits = lambda value: None if value is None else round(value, 3)  # noqa: E731
    return {
        one.name: {"value": digits(one.value), "low": digits(one.low), "high": digits(one.high)}
        | {"n": one.n}
        for one in agreement(*two)
        if one.value is not None
    }


def refused(tables):
    "Why claims on conditions and positions were refused, and how often"
    rows = tables.errors.rows(named=True)
    return Counter(r["what"].split(":")[0] for r in rows if r["place"].startswith("llm:"))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", nargs="+", metavar="NAME=RUN")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folders = dict(one.split("=", 1) for one in given.runs)
    runs = {name: Tables.read(Path(folder) / "tables") for name, folder in folders.items()}
    words = next(iter(runs.values())).articles["n_words"]
    found = {"version": version("negotiations_study"), "articles": len(words)}
    found |= {"words": int(words.sum())}
    found["rows"] = {name: tables.conditions.height for name, tables in runs.items()}
    found["refused"] = {name: why for name, t in runs.items() if (why := refused(t))}
    for table in ("conditions", "positions"):
        pairs = (p for p in combinations(runs, 2) if all(getattr(runs[n], table).height for n in p))
        found[table] = {f"{a} and {b}": figures(runs, a, b, table) for a, b in pairs}
    text = json.dumps(found, indent=1) + "\n"
    if given.json:
        given.json.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
