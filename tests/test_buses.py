"""A second dispute: five invented articles on a strike of bus drivers, with the tables of a reader.

The articles and their tables were written before any rule was tuned on them. Floors stand at what
is found today; what a reader finds and the rules do not is in the tables beside the articles.
"""

import csv
from functools import cache

import pytest
from conftest import ROOT

from negotiations_study import build_tables

BUSES = ROOT / "nbs" / "buses"


@cache
def tables():
    periods = {"before": "2019-04", "after": "2019-09"}
    return build_tables(BUSES, codebook="buses", window="2019-04/2019-09", coder="rules", **periods)


def expected(name):
    with (BUSES / "expected" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def matches():
    "(expected, found) conditions of one article with most words in common, one to one"
    used, out = set(), []
    found = list(tables().conditions.iter_rows(named=True))
    for want in expected("conditions"):
        words = set(want["text"].casefold().split())
        near = [
            (
                len(words & set(g["text"].casefold().split())) / len(words),
                g["theme"] == want["theme"],
                n,
            )
            for n, g in enumerate(found)
            if n not in used and g["article_id"].startswith(want["article"])
        ]
        best = max(near, default=(0, False, -1))
        if best[0] >= 0.5:
            used.add(best[2])
            out.append((want, found[best[2]]))
    return out, [g for n, g in enumerate(found) if n not in used]


def test_conditions_are_those_of_a_reader():
    found, surplus = matches()
    assert len(found) >= 15
    assert len(surplus) <= 1
    for column, most in (("theme", 0), ("kind", 1), ("form", 1), ("ascribed_by", 3)):
        wrong = [(w["text"], w[column], g[column]) for w, g in found if w[column] != g[column]]
        assert len(wrong) <= most, wrong


def test_dates_and_outlets_of_the_articles():
    known = {
        a[:2]: (o, d)
        for a, o, d in tables().articles.select("article_id", "outlet_id", "published_edtf").rows()
    }
    wanted = {r["article"]: (r["outlet_id"], r["published_edtf"]) for r in expected("articles")}
    assert {a: o for a, (o, _) in known.items()} == {a: o for a, (o, _) in wanted.items()}
    assert sum(known[a][1] == d for a, (_, d) in wanted.items()) >= 4


def test_a_remark_of_april_stays_in_april():
    said = {
        g["said_edtf"]
        for w, g in matches()[0]
        if w["article"] == "05" and w["said_edtf"] == "2019-04"
    }
    assert said == {"2019-04"}


@pytest.mark.parametrize("kind", ["list", "date", "kind", "contradiction"])
def test_disagreements_of_each_kind_are_found(kind):
    assert kind in {r["type"] for r in expected("discrepancies")}
    assert kind in set(tables().discrepancies["type"])


def test_the_list_that_two_papers_report_is_one_event():
    joined = tables().events.filter(tables().events["n_articles"] > 1)
    assert "solvay" in set(joined["speaker_id"])
