"""The figures that travel with the package: python benchmarks/ship.py

Run it after the results have changed. A test compares the two.
"""

import json
from pathlib import Path

from negotiations_study.comparing.reliability import collect

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    text = json.dumps(collect(ROOT / "benchmarks" / "results"), indent=1) + "\n"
    path = ROOT / "negotiations_study" / "quality" / "figures.json"
    path.write_text(text, encoding="utf-8")
