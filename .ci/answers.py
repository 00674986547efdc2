"""Gives the answers of the tutorial the keys of today's questions: python .ci/answers.py [--check]

A careful reader of the invented articles wrote them; a change of the rules, codes or examples in
the question changes its key, not what stands in the articles. Passages are matched by their
place; one that moved has to be read again.
"""

import json
import sys
from pathlib import Path

from negotiations_study.base.project import Settings
from negotiations_study.coding.questions import facts_of
from negotiations_study.running.asking import plan

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "nbs" / "second_coder.jsonl"


def rekeyed(text: str) -> str:
    "The lines of the file with the present keys; `SystemExit` if a passage has no answer"
    settings = Settings(seeds=ROOT / "nbs" / "example", codebook="harbour", coder="llm:reader")
    found, lines = plan(settings), [json.loads(line) for line in text.splitlines()]
    answers = {line["passage"]: line["answer"] for line in lines}
    if missing := sorted(set(found.passages.values()) - answers.keys()):
        raise SystemExit(f"{FILE.name} has no answer for {', '.join(missing)}: read them, add them")
    out = []
    for key, passage in found.passages.items():
        line = {"key": key, "passage": passage, "sent to": "a reader"}
        line |= facts_of(found.requests[key]) | {"answer": answers[passage]}
        out.append(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
    return "".join(out)


if __name__ == "__main__":
    old = FILE.read_text("utf-8")
    new = rekeyed(old)
    if "--check" not in sys.argv[1:]:
        FILE.write_text(new, "utf-8")
    elif new != old:
        raise SystemExit(f"nbs/{FILE.name} answers other questions: run python .ci/answers.py")
