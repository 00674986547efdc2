"""Dates of statements: invented sentences with other people, places and layouts."""

import datetime as dt
import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.project import edtf_interval
from negotiations_study.language.parser import load_model
from negotiations_study.time import dating, finding, telling, wording
from negotiations_study.time import expressions as times
from negotiations_study.time.dating import date_statements, find_anchors
from negotiations_study.time.examples import an_article, marked, speakers_of
from negotiations_study.time.expressions import Anchor
from negotiations_study.time.finding import find_times
from negotiations_study.time.resolving import resolve

CODEBOOK = load_codebook()
WORDS = times.time_words(CODEBOOK)
THURSDAY = "2019-05-16"


def said(text, published=THURSDAY, parents=None, basis="metadata"):
    plain, statements = marked(text, parents)
    article = an_article(plain, published, basis)
    speakers = speakers_of(plain, statements)
    return date_statements(load_model()(plain), article, statements, speakers, codebook=CODEBOOK)


def edtf(text, **more):
    return [s.edtf for s in said(text, **more)]


# A first sentence that is the news, so that the second one cannot be.
NEWS = "{9The ferry line} <9cancelled> [9all crossings]. "

OWN_WORDS = [
    ("{Ana Prat} <said> on Wednesday [that the line would sail].", "2019-05-15"),
    ("{Ana Prat} <said> Thursday [that the line would sail].", "2019-05-16"),
    ("{Ana Prat} <said> last Thursday [that the line would sail].", "2019-05-09"),
    ("On Friday, {Ana Prat} <told> reporters [that the line would sail].", "2019-05-10"),
    ("[“We will sail,”] {Ana Prat} <said> yesterday.", "2019-05-15"),
    ("[“We will sail,”] <said> {Ana Prat}, the line's director, on Monday.", "2019-05-13"),
    ("[“We will sail,”] {Ana Prat} <told> Radio Nord on 3 May.", "2019-05-03"),
    ("<According to> {Ana Prat}, who spoke on 3 May, [the line would sail].", None),
    ("In an interview on Tuesday {Ana Prat} <insisted> [that the line would sail].", "2019-05-14"),
    ("Speaking in Oslo on Tuesday, {Ana Prat} <warned> [of more strikes].", "2019-05-14"),
    ("In a letter sent on 2 April, {the crews} <demanded> [a new roster].", "2019-04-02"),
    ("Last week {the crews} <demanded> [a new roster].", "[2019-05-06..2019-05-12]"),
    ("{The crews} <demanded> [a new roster] last month.", "2019-04"),
    ("Last December {the crews} <demanded> [a new roster].", "2018-12"),
    ("In March {the crews} <demanded> [a new roster].", "2019-03"),
    ("In June 2017 {the crews} <demanded> [a new roster].", "2017-06"),
    ("Two weeks ago {the crews} <demanded> [a new roster].", "[2019-04-29..2019-05-05]"),
    ("A few days ago {the crews} <demanded> [a new roster].", "[2019-05-09..2019-05-15]"),
    ("Three days ago {the crews} <demanded> [a new roster].", "2019-05-13"),
    ("Earlier this week {the crews} <demanded> [a new roster].", "[2019-05-13..2019-05-16]"),
    ("On 28 December {the crews} <demanded> [a new roster].", "2018-12-28"),
    ("On December 28, 2016, {the crews} <demanded> [a new roster].", "2016-12-28"),
    ("{The crews} <have repeatedly demanded> [a new roster].", "../2019-05-16"),
    ("Again and again {the crews} <demanded> [a new roster].", "../2019-05-16"),
    ("{The crews} <have been demanding> [a new roster] for months.", "../2019-05-16"),
    ("{The crews} <had previously demanded> [a new roster].", "[..2019-05-16]"),
    ("Earlier, {the crews} <demanded> [a new roster].", "[..2019-05-16]"),
    ("At a recent rally {the crews} <demanded> [a new roster].", "[..2019-05-16]"),
    ("{The crews} <demanded> on Tuesday last week [a new roster].", "2019-05-07"),
    ("{The crews} <demanded> on Tuesday of the previous week [a new roster].", "2019-05-07"),
    ("{The crews} <demanded> last week on Tuesday [a new roster].", "2019-05-07"),
    ("{The crews} <demanded> in March last year [a new roster].", "2018-03"),
    ("{The crews} <demanded> on 4 March last year [a new roster].", "2018-03-04"),
    ("{The crews} <demanded> in 2017 [a new roster].", "2017"),
    ("{The crews} <demanded> back in 2017 [a new roster].", "2017"),
    ("{The crews} <demanded> in a 2017 interview [a new roster].", "2017"),
    ("{The crews} <demanded> in the summer of 2017 [a new roster].", "2017"),
    ("{The crews} <demanded> last summer [a new roster].", "[2018-06-01..2019-02-28]"),
    ("{The crews} <demanded> in mid-February [a new roster].", "2019-02"),
    ("{The crews} <demanded> at the end of January [a new roster].", "2019-01"),
    ("{The crews} <demanded> on New Year's Eve [a new roster].", "2018-12-31"),
    ("{The crews} <demanded> on May 1-2 [a new roster].", "[2019-05-01..2019-05-02]"),
    ("{The crews} <demanded> between 1 and 3 May [a new roster].", "[2019-05-01..2019-05-03]"),
    (
        "{The crews} <demanded> between April 30 and May 2 [a new roster].",
        "[2019-04-30..2019-05-02]",
    ),
    ("{The crews} <demanded> in the 1960s [a new roster].", "[1960-01-01..1969-12-31]"),
    ("{The crews} <demanded> years ago [a new roster].", "[..2018-05-15]"),
    ("{The crews} <demanded> more than two years ago [a new roster].", "[..2017-12-31]"),
    ("{The crews} <demanded> before May 1-2 [a new roster].", "[..2019-05-16]"),
    ("{The crews} <demand> [a new roster].", "2019-05-16~"),
    ("{The crews} <are now demanding> [a new roster].", "2019-05-16~"),
]


@pytest.mark.parametrize(("text", "expected"), [row for row in OWN_WORDS if row[1]])
def test_the_words_beside_the_cue_date_a_statement(text, expected):
    assert edtf(NEWS + text)[0] == expected


LEAKS = [
    "{Ana Prat} <said> [that the talks of Monday had failed].",
    "{Ana Prat} <said> [the line would sail on Friday].",
    "[“On Monday we offered talks,”] {Ana Prat} <said>.",
    "[“We met last week and will meet again on 20 May,”] {Ana Prat} <said>.",
    "{Ana Prat}, who took office in March 2015, <said> [the line would sail].",
    "{The crews}, on strike since 2 April, <said> [they would not sail].",
    "{The crews} <called for> [talks on 20 May].",
    "{The crews} <announced> [a strike for next Monday].",
    "Ana Prat was elected on 4 May. {Prat} <said> [pay was low].",
    "The strike began on 4 May. {Ana Prat} <said> [pay was low].",
    "The port reopened on Monday. <According to> {Ana Prat}, [pay was low].",
]


@pytest.mark.parametrize("text", LEAKS)
def test_a_date_of_something_else_does_not_leak(text):
    assert said(NEWS + text)[0].basis == "bounded_by_publication"


CHAINS = [
    (
        "{Ana Prat} <said> on Tuesday [that pay was low]. {1She} <1added> [1that hours were long].",
        ["2019-05-14", "2019-05-14"],
    ),
    (
        "[The line will sail]. This <was announced> on 3 May by {Ana Prat}. "
        "[1“We are ready,”] {1Prat} <1said>.",
        ["2019-05-03", "2019-05-03"],
    ),
    (
        "On Tuesday {Ana Prat} <said> [no]. On Wednesday {1Leo Falk} <1said> [1yes].",
        ["2019-05-14", "2019-05-15"],
    ),
    (
        "On Tuesday {Ana Prat} <said> [no]. On Wednesday {1Leo Falk} <1said> [1yes]. "
        "{2Prat} <2spoke of> [2a mistake].",
        ["2019-05-14", "2019-05-15", "[..2019-05-16]"],
    ),
    (
        "On Tuesday {Ana Prat} <said> [no]. Earlier {1Leo Falk} <1said> [1yes]. "
        "{2He} <2also wanted> [2talks].",
        ["2019-05-14", "[..2019-05-14]", "[..2019-05-16]"],
    ),
    (
        "On 3 May {Ana Prat} <said> [no]. {1Leo Falk} <1agreed> two days later [1to talk].",
        ["2019-05-03", "2019-05-05"],
    ),
    (
        "On 3 May {Ana Prat} <said> [no]. The next day {1Leo Falk} <1answered> [1that he agreed].",
        ["2019-05-03", "2019-05-04"],
    ),
    (
        "On 10 May {Ana Prat} <refused> [talks], three days after {1Leo Falk} <1proposed> [1them].",
        ["2019-05-10", "2019-05-07"],
    ),
    (
        "On 3 May {Ana Prat} <said> [no]. Later {1she} <1said> [1yes].",
        ["2019-05-03", "[2019-05-03..2019-05-16]"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CHAINS)
def test_dates_are_carried_and_related(text, expected):
    assert edtf(NEWS + text)[: len(expected)] == expected


def test_a_date_beside_a_saying_that_is_no_statement_is_carried():
    text = NEWS + "Ana Prat announced the plan on 4 May. {Prat} <said> [pay was low]."
    assert edtf(text)[0] == "2019-05-04"


def test_nested_statements_are_dated_by_the_outer_one():
    outer = "{The Nord Post} <wrote> on Tuesday [that {1the crews} <1had rejected> [1the offer]]."
    assert edtf(NEWS + outer, parents={1: 0})[:2] == ["2019-05-14", "[..2019-05-14]"]
    present = "{The Nord Post} <wrote> on Tuesday [that {1the crews} <1are asking for> [1more]]."
    assert edtf(NEWS + present, parents={1: 0})[:2] == ["2019-05-14", "2019-05-14"]


def test_the_lead_is_the_news_of_the_day():
    lead = "{The ferry line} <cancelled> [all crossings]. {1The crews} <1rejected> [1the offer]."
    assert [s.basis for s in said(lead)] == ["publication_date", "bounded_by_publication"]


def test_an_article_without_a_date_stays_unknown_with_a_reason():
    text = NEWS + "Yesterday {Ana Prat} <said> [no]. On 3 May {1Leo Falk} <1said> [1yes]."
    assert {(s.edtf, s.from_, s.to, s.basis) for s in said(text, published=None)} == {
        (None, None, None, "none")
    }


def test_a_day_spelled_out_needs_no_date_of_the_article():
    text = "On 3 May 2018 {Ana Prat} <said> [no]. {1She} <1added> [1“never”]."
    assert edtf(text, published=None) == ["2018-05-03", "2018-05-03"]


def test_a_year_from_the_window_is_flagged():
    text = NEWS + "On 3 May {Ana Prat} <said> [no]. On 4 May 2018 {1Leo Falk} <1said> [1yes]."
    found = said(text, basis="study_window")
    assert [s.basis for s in found] == ["study_window", "explicit_day", "study_window"]


def test_nothing_comes_from_today():
    """28 years apart the calendar is the same: all dates move with the article, none stays."""
    fixed = re.compile(r"196|201[0-7]")
    rows = [row for row in OWN_WORDS if "201" not in row[0] and not fixed.search(row[1] or "")]
    texts = [NEWS + text for text, _ in rows]
    for year in (1991, 2047):
        for text in texts:
            there = edtf(text, published=THURSDAY.replace("2019", str(year)))
            back = [day.replace(str(year), "2019") for day in there]
            assert [day.replace(str(year - 1), "2018") for day in back] == edtf(text)
    for module in (dating, times, finding, wording, telling):
        source = Path(module.__file__).read_text(encoding="utf-8")
        assert "today(" not in source and "now(" not in source


def test_renaming_people_and_places_changes_no_date():
    text = NEWS + " ".join(text for text, _ in CHAINS[:1])
    other = text.replace("Ana Prat", "Ivo Kranz").replace("ferry line", "tram board")
    assert edtf(text) == edtf(other)


def test_words_found_twice_are_read_once():
    text = "16 May 2019; Thursday, the other day, two weeks ago, in recent months, May 2018"
    shown = [text[t.start : t.end] for t in find_times(text, WORDS)]
    assert shown == [
        "16 May 2019",
        "Thursday",
        "the other day",
        "two weeks ago",
        "in recent months",
        "May 2018",
    ]


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    for time in find_times(text, WORDS):
        assert 0 <= time.start < time.end <= len(text)


DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2080, 1, 1))
UNITS = st.sampled_from(
    ["day", "week", "weekend", "month", "year"]
    + [f"weekday:{n}" for n in range(7)]
    + [f"month:{n}" for n in range(1, 13)]
)


@st.composite
def expressions(draw):
    least, most = sorted(draw(st.tuples(st.integers(-9, 0), st.integers(-9, 0))))
    how = draw(st.sampled_from(["on", "by", "until", "since", "about"]))
    return Anchor("relative_expression", how, unit=draw(UNITS), least=least, most=most)


@given(expressions(), DAYS, st.integers(0, 20))
def test_dates_are_ordered_and_never_after_publication(anchor, day, more):
    last = day + dt.timedelta(days=more)
    published = f"{day}" if not more else f"[{day}..{last}]"
    (found,) = resolve([anchor], published)
    if found.edtf is not None:
        assert edtf_interval(found.edtf) == (found.from_, found.to)
        assert found.to <= last
        assert found.from_ is None or found.from_ <= found.to


@given(expressions(), DAYS)
def test_a_wider_date_of_publication_never_excludes_a_day(anchor, day):
    (narrow,) = resolve([anchor], f"{day}")
    (wide,) = resolve([anchor], f"[{day - dt.timedelta(days=3)}..{day + dt.timedelta(days=3)}]")
    if narrow.edtf and wide.edtf:
        assert wide.from_ is None or (narrow.from_ and wide.from_ <= narrow.from_)
        assert narrow.to <= wide.to


@given(st.lists(st.tuples(st.integers(0, 5), expressions()), min_size=1, max_size=6), DAYS)
def test_anchors_that_hang_on_each_other_end(rows, day):
    anchors = [
        Anchor(a.basis, a.how, "statement", at % len(rows), unit=a.unit, least=a.least, most=a.most)
        for at, a in rows
    ]
    assert len(resolve(anchors, f"{day}")) == len(rows)


@given(DAYS)
def test_a_day_without_year_lies_within_a_year_before_publication(day):
    found = times.with_year(f"XXXX-{day:%m-%d}", day)
    assert found == f"{day}"
    later = times.with_year(f"XXXX-{day + dt.timedelta(days=30):%m-%d}", day)
    assert later is None or edtf_interval(later)[0] <= day + dt.timedelta(days=1)


def test_every_row_of_the_vocabulary_is_found():
    skip = {
        "adds",
        "occasion",
        "limit",
        "last",
        "near",
        "unit",
        "amount",
        "ago",
        "relation",
        "shift",
        "beyond",
        "front",
        "joint",
        "range",
        "season",
        "ahead",
        "within",
        "ordinal",
        "piece",
        "decade",
        "daypart",
        "round",
        "noun",
    }
    for word in WORDS:
        if word.kind in skip or word.kind == "month":
            continue
        found = find_times(f"She spoke {word.term} of it.", WORDS)
        assert found, word


def test_amounts_and_units_go_together():
    amounts = [w.term for w in WORDS if w.kind == "amount"]
    units = [w.term for w in WORDS if w.kind == "unit"]
    for amount, unit in itertools.product(amounts, units):
        (time,) = find_times(f"She left {amount} {unit}s ago.", WORDS)
        assert time.least <= time.most <= 0


def test_statements_keep_their_order():
    plain, statements = marked(NEWS + CHAINS[0][0])
    article = an_article(plain, THURSDAY)
    doc = load_model()(plain)
    who = speakers_of(plain, statements)
    there = find_anchors(doc, article, statements, who, codebook=CODEBOOK)
    back = find_anchors(doc, article, statements[::-1], who[::-1], codebook=CODEBOOK)
    assert [a.day or a.unit for a in there] == [a.day or a.unit for a in back[::-1]]


@pytest.mark.parametrize("basis", ["latest_event", "cross_article"])
def test_nothing_is_counted_from_a_bound(basis):
    text = NEWS + "Yesterday {Ana Prat} <said> [no]. {1Leo Falk} <1says> [1yes]."
    assert {s.basis for s in said(text, published="[2019-05-16..]", basis=basis)} == {"none"}


@pytest.mark.parametrize(
    ("basis", "day"), [("latest_event", None), ("cross_article", "2019-05-03")]
)
def test_only_a_proved_bound_lends_its_year(basis, day):
    text = NEWS + "On 3 May {Ana Prat} <said> [no]."
    assert edtf(text, published="[2019-05-16..]", basis=basis)[0] == day
