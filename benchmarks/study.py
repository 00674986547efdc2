"""CPU and wall seconds of a whole study by the command, and of the same command once more.

    python benchmarks/study.py [FOLDER] [--repeat 2] [--beside PYTHON] [--json RESULT]

FOLDER holds articles (default: those of the settings). `--beside` names the interpreter of another
checkout, which takes turns with this one: on a shared machine only the ratio of the two means
something. CPU seconds are those of all processes, user and system.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from negotiations_study.base.project import load_settings
from negotiations_study.running.provenance import package_versions

RUN = "from negotiations_study.running.cli import app; app()"


def spent() -> float:
    "CPU seconds of processes that have ended"
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def timed(python: str, *options: object) -> dict[str, float]:
    "Seconds of one command"
    command = [python, "-c", RUN, "run", *map(str, options)]
    cpu, wall = spent(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return {"cpu": round(spent() - cpu, 2), "wall": round(time.perf_counter() - wall, 2)}


def main() -> None:
    "Run the study in turns and print the smallest and the middle of each figure"
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("folder", nargs="?", type=Path, default=load_settings().seeds)
    ap.add_argument("--repeat", type=int, default=2)
    ap.add_argument("--beside", default="")
    ap.add_argument("--json", type=Path)
    args = ap.parse_args()
    pythons = {"this": sys.executable} | ({"beside": args.beside} if args.beside else {})
    found: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(args.repeat):
            for name, python in pythons.items():
                given = [args.folder, "--outputs", Path(folder) / name]
                found.setdefault(f"{name}: study", []).append(timed(python, *given, "--force"))
                found.setdefault(f"{name}: unchanged", []).append(timed(python, *given))
    rows = {
        name: {
            kind: {"least": min(values), "median": round(statistics.median(values), 2)}
            for kind in ("cpu", "wall")
            for values in [[one[kind] for one in runs]]
        }
        for name, runs in found.items()
    }
    for name, row in rows.items():
        print(
            f"{name:20}", *(f"{k} {v['least']:7.2f} {v['median']:7.2f} s" for k, v in row.items())
        )
    if args.json:
        about = {"date": f"{date.today()}", "runs": args.repeat, "versions": package_versions()}
        args.json.write_text(json.dumps(about | {"seconds": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
