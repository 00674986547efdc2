"""CPU time of every regular expression of the package on repeated letters of n, 2n and 4n.

    python benchmarks/patterns.py [--n 2000] [--json RESULT]

A pattern that takes more than 2.8 times as long on twice the text is printed.
"""

import argparse
import json
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from patterns import PIECES, Use, uses


def seconds(use: Use, text: str) -> float:
    "Least CPU time of three goes of `use` over `text`, which no match covers to its end"
    best, as_bytes = float("inf"), isinstance(use.pattern.pattern, bytes)
    whole = [text + end for end in ("", "!", "\0")]
    for read in (list(map(str.encode, whole)) if as_bytes else whole,) * 3:
        start = time.process_time()
        for words in read:
            if use.anywhere:
                sum(1 for _ in use.pattern.finditer(words))
            else:
                use.pattern.match(words)
                use.pattern.fullmatch(words)
        best = min(best, time.process_time() - start)
    return best


def stop(*_) -> None:
    "A pattern has taken ten seconds of CPU"
    raise TimeoutError


def main() -> None:
    "Try every pattern on every piece"
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("--n", type=int, default=2000)
    ap.add_argument("--json", type=Path)
    args, rows = ap.parse_args(), []
    signal.signal(signal.SIGPROF, stop)
    for use in uses():
        for piece in PIECES:
            texts = [(piece * (args.n * k))[: args.n * k] for k in (1, 2, 4)]
            signal.setitimer(signal.ITIMER_PROF, 10)
            try:
                spent = [seconds(use, text) for text in texts]
            except TimeoutError:
                spent = [0.0, 0.0, 10.0]
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            if spent[2] > 0.002 and spent[2] > 2.8 * spent[1]:
                print(use.name, repr(piece), [round(s, 5) for s in spent])
                rows.append({"name": use.name, "piece": piece, "seconds": spent})
    if args.json:
        args.json.write_text(json.dumps({"n": args.n, "slow": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
