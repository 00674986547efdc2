"""Conditions in invented articles of many disputes, coded by hand in the JSON beside each text.

`read` was written before the rules and read while they were made, `loose` words every condition in
a way of its own, `unread` was written before the rules and not read by those who made them. The
floors stand a little below what was measured (benchmarks/README.md).
"""

import importlib.util
import json
from functools import cache
from pathlib import Path

import pytest

from negotiations_study.base.codebook import load_codebook
from negotiations_study.language.parser import load_model

HERE = Path(__file__).parent / "invented_articles"
SCRIPT = Path(__file__).parents[1] / "benchmarks" / "conditions.py"


@cache
def scorer():
    spec = importlib.util.spec_from_file_location("score_conditions", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def figures(part):
    return scorer().score([HERE / part], load_codebook(), load_model())


@pytest.mark.parametrize(
    ("part", "precision", "recall"),
    [("read", 0.82, 0.4), ("loose", 0.78, 0.1), ("unread", 0.95, 0.37)],
)
def test_few_rows_are_wrong_and_some_are_found(part, precision, recall):
    found = figures(part)
    assert found["precision"] >= precision, found
    assert found["recall"] >= recall, found


@pytest.mark.parametrize(("part", "wrong"), [("read", 3), ("loose", 0), ("unread", 0)])
def test_articles_without_a_condition_stay_empty(part, wrong):
    found = figures(part)
    assert found["articles without"] - found["of them left empty"] <= wrong


def test_there_are_enough_of_them():
    texts = sorted(HERE.glob("*/*.txt"))
    coded = [json.loads(t.with_suffix(".json").read_text("utf-8"))["conditions"] for t in texts]
    assert len(texts) >= 40
    assert 3 * sum(not rows for rows in coded) >= len(texts)


@pytest.mark.parametrize(
    "path", sorted(HERE.glob("*/*.txt")), ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_codings_quote_their_article(path):
    text = path.read_text("utf-8")
    rows = json.loads(path.with_suffix(".json").read_text("utf-8"))["conditions"]
    assert all(row["text"] in text for row in rows)
