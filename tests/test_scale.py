"""How much is compared and shown when a corpus grows: counted, never timed."""

import datetime as dt
from dataclasses import replace
from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_charts import PAIR, large

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.project import edtf_interval
from negotiations_study.comparing import findings, shifts, trials, voices
from negotiations_study.corpus import copies, discrepancies, events
from negotiations_study.corpus.sameness import Occasion, stems
from negotiations_study.showing import evidence, time_axis, time_charts
from negotiations_study.showing.views import view_of
from negotiations_study.time.expressions import Anchor

DAY = dt.date(2021, 3, 4)
WORDS = (
    "drivers harbour reinstated blockade weekend shifts dismissed company mediator wages".split()
)


def remark(n, day=DAY, article=None, words=WORDS, who="chair"):
    text = " ".join(words[(n + k) % len(words)] for k in range(5))
    said = (day, day)
    name = article or f"a{n:05}"
    about = (Anchor(), said, "explicit_day", stems(text), frozenset(), (f"{name}:s{n}",))
    return Occasion(name, who, n, *about, "named", "assertion")


# One speaker of whom everybody reports


def measured(monkeypatch, n):
    count = []
    known = events.likeness
    monkeypatch.setattr(events, "likeness", lambda *a: count.append(1) or known(*a))
    found = events.events_of([remark(k) for k in range(n)])
    monkeypatch.setattr(events, "likeness", known)
    return len(count), found


def test_a_speaker_whom_all_report_is_compared_in_step(monkeypatch):
    costs = [measured(monkeypatch, n)[0] for n in (250, 500, 1000)]
    assert costs[2] <= 1000 * events.FEW + events.CROWD**2
    assert costs[2] / costs[1] < 2.1 and costs[1] / costs[0] < 2.2


def test_reports_of_a_crowd_still_become_one_event(monkeypatch):
    told = [remark(k // 2 * 10, article=f"a{k:05}") for k in range(400)]
    (event,) = events.events_of(told)
    assert len(event) == 400


spans = st.tuples(st.integers(0, 12), st.integers(0, 9)).map(
    lambda x: (DAY + dt.timedelta(x[0]), DAY + dt.timedelta(x[0] + x[1]))
)


@settings(max_examples=60, deadline=None)
@given(st.lists(spans, max_size=events.CROWD), st.integers(0, 3))
def test_few_remarks_all_meet(days, tolerance):
    met = {tuple(sorted(pair)) for pair in events.meeting(days, tolerance)}
    every = product(range(len(days)), repeat=2)
    assert met == {
        (a, b) for a, b in every if a < b and events.days_apart(days[a], days[b]) <= tolerance
    }


reports = st.lists(st.tuples(st.sampled_from("abc"), spans), min_size=1, max_size=5)


@settings(max_examples=80, deadline=None)
@given(reports, reports, st.integers(0, 3))
def test_limits_say_what_all_pairs_say(some, others, tolerance):
    one, two = (
        [remark(0, article=a)._replace(said=said) for a, said in side] for side in (some, others)
    )
    pairs = all(
        events.days_apart(a.said, b.said) <= (0 if a.article_id == b.article_id else tolerance)
        for a, b in product(one, two)
    )
    assert events.compatible(events.limits(one), events.limits(two), tolerance) == pairs


# Copies of one text


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("abc ", max_size=30), min_size=2, max_size=2))
def test_runs_as_numbers_overlap_like_runs_of_words(texts):
    runs = []
    for text in texts:
        words = text.split()
        runs.append({tuple(words[n : n + 5]) for n in range(len(words) - 4)})
    a, b = runs
    expected = len(a & b) / len(a | b) if a and b else 0.0
    assert copies.share(*map(copies.runs_of, texts)) == pytest.approx(expected)


# Findings


def a_claim(n, side="UNION", theme="pay", article=None, **more):
    return {
        "condition_id": f"c{n}",
        "article_id": article or f"a{n}",
        "holder_id": None,
        "holder": f"Holder {n}",
        "side": side,
        "theme": theme,
        "kind": "demand_term",
        "strength": 3,
        "list_id": None,
        "form": "positive",
    } | more


def view(**parts):
    empty = {name: [] for name in ("statements", "conditions", "positions", "quotes")}
    book = load_codebook("harbour")
    return discrepancies.DetectorView(**empty | parts, events={}, codebook=book)


def test_single_conditions_and_lists_of_a_side_stay_in_step():
    def found(n):
        ones = [a_claim(k) for k in range(n)]
        lists = [
            a_claim(k, theme=t, list_id=f"l{k}", strength=2)
            for k in range(n, 2 * n)
            for t in ("hours", "blockade_lifted")
        ]
        return len(list(discrepancies.find_only(view(conditions=ones + lists))))

    assert [found(n) for n in (3, 100, 200)] == [9, 100 * events.FEW, 200 * events.FEW]


def test_denials_of_contacts_stay_in_step():
    def found(n):
        rows = []
        for k in range(n):
            told = k % 2 == 0
            text = "have been talking" if told else "have not been talking"
            side, other = ("UNION", "the company") if told else ("COMPANY", "the union")
            rows.append(
                {
                    "statement_id": f"s{k:04}",
                    "content_text": f"they {text} to Alder Port Company and Harbour Workers' Union",
                    "side": side,
                    "speaker": f"Speaker {k}",
                }
            )
        return sum(len(f.members) for f in discrepancies.find_contacts(view(statements=rows)))

    small, once, twice = (found(n) for n in (4, 200, 400))
    assert small == 2 * (1 + 2) and twice == 2 * once


# One article left out


@pytest.fixture(scope="module")
def study():
    return shifts.comparison(large(240), *PAIR, codebook="harbour")


def test_trials_reuse_the_whole_and_say_the_same(study):
    for article, left in [*trials.left_out(study)][:6]:
        anew = shifts.comparison(trials.without(study.tables, article), *PAIR, "harbour")
        assert left.whole is study and left.gone == {article}
        assert shifts.cells(left) == shifts.cells(anew)
        assert shifts.covered(left) == shifts.covered(anew)
        assert voices.list_items(left).equals(voices.list_items(anew))
        for find in (findings.finding_holders, findings.finding_disclaimer):
            assert find(left) == find(anew)


def test_a_trial_makes_only_what_it_touches_anew(study, monkeypatch):
    made, row = [], shifts._row
    shifts.cells(study)
    monkeypatch.setattr(shifts, "_row", lambda *a: made.append(1) or row(*a))
    for _, left in trials.left_out(study):
        shifts.cells(left)
    n_trials = 40
    assert 0 < len(made) <= 4 * n_trials < len(shifts.cells(study)) * n_trials


@pytest.mark.parametrize(("easy", "n_trials"), [(1000, 40), (60, 10), (1, 8)])
def test_trials_are_fewer_where_conditions_are_many(study, monkeypatch, easy, n_trials):
    monkeypatch.setattr(trials, "_EASY", easy)
    assert len(list(trials.left_out(study))) == n_trials


def test_trials_are_made_once_for_labels_that_say_the_same(monkeypatch):
    made, tried = [], findings._tried
    monkeypatch.setattr(findings, "_tried", lambda *a: made.append(1) or tried(*a))
    tables = large(20)
    for codebook in ("harbour", load_codebook("harbour")):
        findings.findings(tables, *PAIR, codebook=codebook)
    assert len(made) == 1


# The page and the charts


def test_the_page_lists_some_of_every_holder_and_theme_and_what_charts_lead_to():
    tables = large(evidence.MOST_SHOWN + 700)
    linked = tables.conditions["condition_id"].tail(3).to_list()
    shown = evidence.shown_rows(tables, linked)
    assert len(shown) == evidence.MOST_SHOWN and shown.keys() >= set(linked)
    pairs = tables.conditions.filter(pl.col("condition_id").is_in(list(shown)))
    themes = tables.conditions.select("side", "theme").unique().height
    assert pairs.select("side", "theme").unique().height == themes
    few = large(40)
    assert len(evidence.shown_rows(few)) == few.conditions.height


def test_a_crowded_row_is_drawn_as_shares_that_add_up():
    tables = large(600)
    one = tables.conditions.with_columns(theme=pl.lit("pay"), side=pl.lit("UNION"))
    one = one.with_columns(holder_id=pl.lit("lindqvist"), holder=pl.lit("Mara Lindqvist"))
    seen = view_of(tables.replace(conditions=one), *PAIR, "harbour")
    rows, _ = time_charts.time_rows(seen)
    (found,) = rows.values()
    assert len(found) == 600 > time_charts.MOST
    axis = time_charts.time_axis(seen, rows)
    parts = [share for panel in axis for share in time_charts.shares(seen, panel, found)]
    assert sum(k for _, k, _ in parts) == sum(n for *_, n in parts) == 600
    marks, _ = time_charts.time_body(seen, rows)
    assert len(marks) < 600
    text = time_charts.time_limits(seen, rows)
    assert "600 conditions found: 600 drawn" in text


@settings(max_examples=40, deadline=None)
@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 4000))
def test_stretches_hold_every_day_once(first, days):
    panel = time_axis.Panel(first, first + dt.timedelta(days), 0, 300)
    found = time_axis.stretches(panel)
    held = sum((b - a).days + 1 for a, b in found)
    assert held == days + 1 and found[0][0] == first and found[-1][1] == panel.last


@given(
    st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
    st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
    st.sampled_from(["{a}", "[{a}..{b}]", "{a}/{b}", "[..{b}]", "[{a}..]", "../{b}", "{a}/.."]),
)
def test_days_that_are_read_without_the_grammar(a, b, form):
    first, last = edtf_interval(form.format(a=a, b=b))
    assert first == (None if form.startswith(("[..", "..")) else a)
    assert last == (a if form == "{a}" else None if form.endswith(("..]", "/..")) else b)


def test_comparison_keeps_its_whole_when_labels_are_asked_for(study):
    _, left = next(trials.left_out(study))
    again = shifts.comparison(left, codebook=load_codebook("harbour"))
    assert again.whole is study and again.gone == left.gone
    assert replace(left, asked=None).known is left.known
