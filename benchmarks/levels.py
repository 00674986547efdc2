"""How many statements of each rule and confidence level are right, on a part of PolNeAR.

    python benchmarks/polnear.py --data CORPUS --split train --part held --out held.jsonl
    python benchmarks/levels.py --data CORPUS --split train --predictions held.jsonl

A predicted relation is right if its content shares at least half of the words of both with a
content of the corpus that no surer match has taken, and if the two sources share a word (or both
are empty). Shares stand with Wilson's interval at 95 %. Relations with one cue are joined first.
"""

import argparse
import json
import re
from collections import defaultdict
from pathlib import Path
from statistics import NormalDist

WORD = re.compile(r"\w+(?:['’]\w+)*")
SMALL = frozenset(
    "a an the of to in on at by for from with and or but as that this these those "
    "his her its their our my your s".split()
)


def wilson(right: int, of: int) -> tuple[float, float]:
    "Interval of a share at 95 %, after E. B. Wilson 1927"
    z = NormalDist().inv_cdf(0.975)
    share, spread = right / of, z * z / of
    centre = (share + spread / 2) / (1 + spread)
    half = z * ((share * (1 - share) + spread / 4) / of) ** 0.5 / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def gold_of(path: Path) -> list[dict]:
    "Attributions of a brat file: content, source and cue as spans"
    text = path.read_text(encoding="utf-8")
    spans = {
        m[1]: [[int(n) for n in part.split()] for part in m[2].split(";")]
        for m in re.finditer(r"^(T\d+)\t\S+ ([\d ;]+)\t", text, re.MULTILINE)
    }
    out = []
    for m in re.finditer(r"^E\d+\t(Attribution\S*:T\d+(?: \S+:T\d+)*)", text, re.MULTILINE):
        roles = defaultdict(list)
        for name, mark in (arg.rsplit(":", 1) for arg in m[1].split()[1:]):
            roles[re.sub(r"\d+$", "", name).lower()] += spans.get(mark, [])
        if roles["content"]:
            out.append(roles)
    return out


def words_of(text: str, spans: list[list[int]]) -> frozenset[int]:
    "Offsets of the words that some spans touch"
    found = WORD.finditer(text)
    return frozenset(
        m.start() for m in found if any(m.start() < e and s < m.end() for s, e in spans)
    )


def telling(text: str, words: frozenset[int]) -> frozenset[int]:
    "Words without articles, prepositions and the like, unless there are no others"
    return frozenset(o for o in words if WORD.match(text, o)[0].lower() not in SMALL) or words


def joined(relations: list[dict]) -> list[dict]:
    "Relations with the same cue as one"
    by_cue, out = {}, []
    for relation in relations:
        key = json.dumps(relation["cue"])
        if relation["cue"] and key in by_cue:
            by_cue[key]["content"] += relation["content"]
        else:
            out.append(by_cue.setdefault(key, relation) if relation["cue"] else relation)
    return out


def judge(text: str, predicted: list[dict], gold: list[dict]) -> list[bool]:
    "For each predicted relation whether it is right"
    mine = [words_of(text, p["content"]) for p in predicted]
    theirs = [words_of(text, g["content"]) for g in gold]
    pairs = sorted(
        (-len(m & t) / len(m | t), i, j)
        for i, m in enumerate(mine)
        for j, t in enumerate(theirs)
        if m & t and 2 * len(m & t) >= len(m | t)
    )
    taken, right = set(), [False] * len(predicted)
    for _, i, j in pairs:
        if ("p", i) in taken or ("g", j) in taken:
            continue
        taken |= {("p", i), ("g", j)}
        a, b = (telling(text, words_of(text, r["source"])) for r in (predicted[i], gold[j]))
        right[i] = bool(a & b) or not a | b
    return right


def main() -> None:
    "Count right relations by rule and by level"
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("--data", type=Path, required=True, help="folder that holds data/")
    ap.add_argument("--split", default="train", help="a folder below data/")
    ap.add_argument("--predictions", type=Path, required=True, help="output of polnear.py")
    ap.add_argument("--out", type=Path, help="file to write the shares to, as JSON")
    args = ap.parse_args()
    folder, counts = args.data / "data" / args.split, defaultdict(lambda: [0, 0])
    golds = 0
    for line in args.predictions.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = (folder / "text" / f"{row['doc']}.txt").read_bytes().decode("utf-8")
        first = min((folder / "attributions").glob(f"{row['doc']}_????.ann"))  # of its annotators
        predicted = joined(row["relations"])
        gold = gold_of(first)
        golds += len(gold)
        for relation, right in zip(predicted, judge(text, predicted, gold), strict=True):
            for key in (f"level {relation['confidence']}", f"rule {relation['rule']}"):
                counts[key][0] += right
                counts[key][1] += 1
    table = []
    for key, (right, of) in sorted(counts.items(), key=lambda c: -c[1][1]):
        low, high = wilson(right, of)
        kind, name = key.split()
        cells = {"kind": kind, "name": name, "rows": of, "right": right}
        table.append(
            cells | {"share": round(right / of, 3), "low": round(low, 3), "high": round(high, 3)}
        )
    levels = [row for row in table if row["kind"] == "level"]
    right, of = (sum(row[cell] for row in levels) for cell in ("right", "rows"))
    print(f"relation P {right / of:.3f} R {right / golds:.3f} F1 {2 * right / (of + golds):.3f}")
    table.sort(key=lambda row: (row["kind"], -row["rows"], row["name"]))
    for row in table:
        print("{kind:6}{name:16}{rows:6}{share:8.2f}  [{low:.2f}, {high:.2f}]".format(**row))
    if args.out:
        args.out.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
