"""Do two runs of a study agree? python .ci/agree.py SHIPPED FRESH

Tables agree by values, chart specifications and the manifest (without its run block) as data,
notebooks by their cells and text outputs. Of pictures and pages only the presence is compared:
their bytes belong to the renderer.
"""

import json
import math
import subprocess
import sys
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal


def same(a: object, b: object) -> bool:
    "Equal as data; floats to nine digits"
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    return a == b


def read_json(path: Path) -> object:
    return json.loads(path.read_text(encoding="utf-8"))


def manifest(path: Path) -> object:
    "What the manifest says of the study: not when and where it ran, and not with which packages"
    return {k: v for k, v in read_json(path).items() if k not in ("run", "packages", "outputs")}


def cells(path: Path) -> list[tuple]:
    "Sources and text outputs of a notebook"
    text = ("text/plain", "text/markdown", "text")
    return [
        (
            cell["cell_type"],
            "".join(cell["source"]),
            [
                ["".join(v) for k, v in {**out, **out.get("data", {})}.items() if k in text]
                for out in cell.get("outputs", [])
            ],
        )
        for cell in read_json(path)["cells"]
    ]


def difference(a: Path, b: Path) -> str:
    "Why file `a` and file `b` disagree; empty if they agree"
    if a.suffix in (".parquet", ".csv"):
        read = pl.read_parquet if a.suffix == ".parquet" else pl.read_csv
        options = {} if a.suffix == ".parquet" else {"infer_schema": False}
        try:
            assert_frame_equal(read(a, **options), read(b, **options))
        except AssertionError as error:
            return str(error).splitlines()[0]
        return ""
    if a.name == "manifest.json":
        return "" if same(manifest(a), manifest(b)) else "facts differ"
    if a.suffix == ".json":
        return "" if same(read_json(a), read_json(b)) else "specifications differ"
    if a.suffix == ".ipynb":
        return "" if cells(a) == cells(b) else "cells or text outputs differ"
    return ""


def files(folder: Path) -> set[Path]:
    return {p.relative_to(folder) for p in folder.rglob("*") if p.is_file()}


def ignored(path: Path) -> bool:
    "Is `path` one of those that are not committed on purpose?"
    return subprocess.run(["git", "check-ignore", "-q", str(path)]).returncode == 0


def disagreements(shipped: Path, fresh: Path) -> list[str]:
    "A line for each file that is missing on one side or differs"
    old, new = files(shipped), files(fresh)
    lines = [f"{p}: not made again" for p in sorted(old - new)]
    lines += [f"{p}: not shipped" for p in sorted(new - old) if not ignored(shipped / p)]
    both = ((p, difference(shipped / p, fresh / p)) for p in sorted(old & new))
    return lines + [f"{p}: {why}" for p, why in both if why]


if __name__ == "__main__":
    shipped, fresh = map(Path, sys.argv[1:])
    if not shipped.is_dir():
        sys.exit(f"{shipped}: no such folder; make it with `make study` and commit it")
    found = disagreements(shipped, fresh)
    if found:
        print(*found, sep="\n")
        sys.exit(f"{shipped} is out of step with the code: run `make study` and commit it")
    print(f"{len(files(shipped))} files of {shipped} agree with a fresh run")
