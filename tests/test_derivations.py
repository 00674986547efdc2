"""Properties of conditions, events and disagreements: names, order and company change nothing."""

import json
import re
from functools import cache

import polars as pl
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations_study import Tables, build_tables
from negotiations_study.base.codebook import load_codebook
from negotiations_study.reading.articles import Articles, read_articles
from negotiations_study.showing.explain import explain

BUSES = ROOT / "nbs" / "buses"
CODES = ["holder_id", "side", "ascribed_by", "theme", "kind", "form", "strength", "list_pos"]


@pytest.fixture(scope="module")
def seeds(seeds_run):
    return Tables.read(seeds_run / "tables")


@cache
def buses(order=(0, 1, 2, 3, 4)):
    book = load_codebook("buses")
    read = read_articles(BUSES, codebook=book, window="2019-04/2019-09")
    articles = Articles(tuple(read.items[n] for n in order), read.errors)
    return build_tables(articles, codebook=book)


@settings(max_examples=5, deadline=None)
@given(st.permutations(range(5)))
def test_the_order_of_articles_changes_no_row(order):
    one, two = dict(buses()), dict(buses(tuple(order)))
    for name in ("conditions", "positions", "events", "discrepancies", "statements"):
        assert one[name].equals(two[name]), name


@pytest.mark.parametrize("left_out", range(5))
def test_an_article_less_adds_no_condition_to_another(left_out):
    rest = tuple(n for n in range(5) if n != left_out)
    before, after = buses().conditions, buses(rest).conditions
    assert set(after["condition_id"]) <= set(before["condition_id"])
    gone = set(before["article_id"]) - set(after["article_id"])
    kept = before.filter(~pl.col("article_id").is_in(list(gone)))
    assert kept.select("condition_id", *CODES).equals(after.select("condition_id", *CODES))


def test_nested_rows_share_the_event_of_the_outermost(seeds):
    statements = {r["statement_id"]: r for r in seeds.statements.iter_rows(named=True)}
    for row in statements.values():
        if row["parent_id"]:
            assert row["event_id"] == statements[row["parent_id"]]["event_id"]


def test_two_remarks_of_one_speaker_with_overlapping_dates_stay_apart(seeds):
    "The two that the reference keeps apart (D18) are different events, though their days overlap"
    outer = seeds.statements.filter(pl.col("speaker_id") == "milley", pl.col("parent_id").is_null())
    first = outer.filter(pl.col("article_id").str.starts_with("001"))
    second = outer.filter(pl.col("article_id").str.starts_with("003"))
    assert first.height and second.height
    assert not set(first["event_id"]) & set(second["event_id"])
    assert first["said_to"].max() >= second["said_from"].min()


def test_reports_of_the_list_are_one_event(seeds):
    listed = seeds.conditions.filter(pl.len().over("list_id") > 2, pl.col("list_id").is_not_null())
    assert listed["event_id"].n_unique() == 1
    assert listed["article_id"].n_unique() == 3


def test_whole_articles_do_not_show_it(seeds):
    "Reports of one event need not be copies: no two seeds are marked as such"
    for column in ("duplicate_of", "near_duplicate_of"):
        assert seeds.articles[column].is_null().all()


def _members(tables):
    links = tables.links.filter(relation="member").select("from_id", "to_id").rows()
    out: dict[str, set[str]] = {}
    for start, end in links:
        out.setdefault(start, set()).add(end)
    return out


def _places(row_ids):
    "(article, start, end) of reference rows or of rows of the tables"
    out = set()
    for row_id in row_ids:
        found = re.fullmatch(r"(.+):[a-z](\d+)-(\d+)", row_id)
        out.add((found[1][:3], int(found[2]), int(found[3])))
    return out


def _reference(name):
    lines = (ROOT / "tests" / "reference" / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _spans(row):
    parts = row.get("spans") or row["content"]
    return row["article"][:3], min(p["start"] for p in parts), max(p["end"] for p in parts)


WANTED = [
    d for d in _reference("discrepancies") if d["type"] in ("date", "list", "kind", "contradiction")
]


@pytest.mark.parametrize("wanted", WANTED, ids=lambda d: d["id"])
def test_disagreements_of_the_reference_are_found(seeds, wanted):
    "One of the same type shares places with two of its members"
    rows = {
        r["id"]: r for name in ("statements", "conditions", "positions") for r in _reference(name)
    }
    places = [_spans(rows[m]) for m in wanted["members"]]
    best, members = 0, _members(seeds)
    for row_id, kind in seeds.discrepancies.select("discrepancy_id", "type").rows():
        if kind == wanted["type"]:
            found = _places(members[row_id])
            best = max(
                best,
                sum(any(a == p[0] and s < p[2] and p[1] < e for a, s, e in found) for p in places),
            )
    assert best >= 2, wanted["description"]


def test_every_condition_can_be_explained(seeds):
    book = load_codebook("russia_ukraine")
    for row_id, text in seeds.conditions.select("condition_id", "text").rows():
        told = explain(seeds, row_id, book)
        assert " ".join(text.split())[:40] in " ".join(told.split())
        assert "rule" in told
