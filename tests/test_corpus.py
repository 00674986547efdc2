"""What needs all articles: dates from other articles, periods, copies. Invented corpora."""

import datetime as dt
import random
from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations_study.base.project import edtf_interval
from negotiations_study.base.schemas import frame, validate
from negotiations_study.corpus.copies import find_duplicates, find_near_duplicates
from negotiations_study.corpus.periods import find_periods, membership
from negotiations_study.corpus.redating import date_articles, days_of_report
from negotiations_study.corpus.sameness import anchor_frame
from negotiations_study.time.expressions import Anchor, shift
from negotiations_study.time.resolving import resolve, write_edtf

TERMS = "The crews want a new roster, longer rests and the return of the two dismissed pilots."
OTHER = "Nobody at the ministry has seen any paper about fishing quotas in the north."
LAST_WEEK = Anchor("relative_expression", "on", unit="week", least=-1, most=-1)


def an_article(article_id, published=None, found=None, text=None, basis=None):
    row = dict.fromkeys(frame("articles").columns)
    ends = edtf_interval(published) if published else (None, None)
    row |= dict(article_id=article_id, path=f"{article_id}.txt", sha256="0" * 64, encoding="utf-8")
    row |= dict(published_edtf=published, published_from=ends[0], published_to=ends[1])
    row |= dict(published_basis=basis or ("metadata" if published else "none"))
    row |= dict(published_found=found or published, text=text or article_id)
    for name in ("outlet", "headline", "url"):
        row |= {f"{name}_basis": "none", f"{name}_found_basis": "none"}
    row |= dict(published_found_basis=row["published_basis"])
    return row | dict(n_chars=1, n_words=1)


def study(articles, said):
    """Tables of a corpus; `said` is article -> rows of (speaker, content, anchor, themes)."""
    about = {a["article_id"]: a for a in articles}
    statements, conditions, links, anchors = [], [], [], []
    for article, rows in said.items():
        dates = resolve(
            [row[2] for row in rows],
            about[article]["published_edtf"],
            about[article]["published_basis"],
        )
        ids = [f"{article}:s{n}-{n + 5}" for n in range(len(rows))]
        anchors.append(anchor_frame(article, ids, [row[2] for row in rows]))
        for n, ((speaker, content, _, themes), date) in enumerate(zip(rows, dates, strict=True)):
            row = dict.fromkeys(frame("statements").columns)
            row |= dict(statement_id=ids[n], article_id=article, kind="indirect", act="assertion")
            row |= dict(cue_class="speech", granularity="proposition", voice="attributed")
            row |= dict(content_text=content, start=n, end=n + 5, speaker_id=speaker)
            row |= dict(side="CREWS", said_edtf=date.edtf, said_from=date.from_, said_to=date.to)
            row |= dict(said_basis=date.basis, depth=1, depth_marked=1, rule="x", confidence="high")
            statements.append(row)
            for theme in themes:
                one = dict.fromkeys(frame("conditions").columns)
                one |= {k: row[k] for k in row.keys() & one.keys()}
                one |= dict(
                    condition_id=f"{article}:c{n}-{theme}",
                    theme=theme,
                    kind="precondition",
                    coder="rules",
                )
                one |= dict(form="positive", strength=2, ascribed_by="self", text=theme)
                conditions.append(one)
                links.append(dict(from_id=one["condition_id"], relation="statement", to_id=ids[n]))
    rows = dict(articles=articles, statements=statements, conditions=conditions, links=links)
    names = ("zones", "spans", "chain", "quotes", "positions", "events", "periods")
    tables = {k: frame(k, v) for k, v in rows.items()} | {k: frame(k) for k in names}
    return tables, pl.concat(anchors)


def complete(tables, anchors, before="", after=""):
    """Dates, copies and periods of tables that are no whole study."""
    done = date_articles(tables, anchors)
    done["articles"] = find_duplicates(done["articles"], done["zones"])
    done["articles"] = find_near_duplicates(done["articles"], done["zones"])
    return done | {"periods": find_periods(done, [before, after])}


def day(text):
    return Anchor("explicit_day", "on", "day", day=text)


def corpus():
    articles = [
        an_article("a", "2018-03-09"),
        an_article("b"),
        an_article("c", found="XXXX-03-08"),
        an_article("d"),
        an_article("e", "2019-03-01"),
    ]
    said = {
        "a": [("prat", TERMS, day("2018-03-06"), ["roster", "pilots"])],
        "b": [
            ("prat", "A fair roster, and both men back", LAST_WEEK, ["roster", "pilots"]),
            ("falk", "That is too much", Anchor(), []),
        ],
        "c": [("prat", TERMS.replace("want", "wanted"), Anchor(), [])],
        "d": [("falk", OTHER, LAST_WEEK, [])],
        "e": [("prat", "They were angry about the weather", day("2018-03-06"), [])],
    }
    return study(articles, said)


def dates(tables):
    columns = ("article_id", "published_edtf", "published_basis")
    return {a: (edtf, basis) for a, edtf, basis in tables["articles"].select(columns).rows()}


def test_articles_date_each_other_and_only_where_they_can():
    done = complete(*corpus(), before="2018-03", after="2019-03")
    assert dates(done) == {
        "a": ("2018-03-09", "metadata"),
        "b": ("[2018-03-12..2018-03-18]", "cross_article"),
        "c": ("2018-03-08", "dateline"),
        "d": (None, "none"),
        "e": ("2019-03-01", "metadata"),
    }
    for name, data in done.items():
        validate(name, data)


def test_new_dates_reach_statements_and_conditions():
    done = complete(*corpus())
    b = done["statements"].filter(article_id="b")
    assert b["said_edtf"].to_list() == ["[2018-03-05..2018-03-11]", "[..2018-03-18]"]
    assert set(done["conditions"].filter(article_id="b")["said_basis"]) == {"relative_expression"}


def test_a_condition_in_the_outlets_own_voice_is_as_old_as_its_article_allows():
    tables, anchors = corpus()
    extra = tables["conditions"].filter(condition_id="b:c0-roster")
    extra = extra.with_columns(condition_id=pl.lit("b:c9-own"))
    tables["conditions"] = pl.concat([tables["conditions"], extra])
    done = complete(tables, anchors)
    found = dict(done["conditions"].select("condition_id", "said_edtf").rows())
    assert found["b:c0-roster"] == "[2018-03-05..2018-03-11]"
    assert found["b:c9-own"] == "[..2018-03-18]"


def test_what_stays_undated_has_a_reason_and_no_day():
    done = complete(*corpus())
    (row,) = done["statements"].filter(article_id="d").rows(named=True)
    assert (row["said_edtf"], row["said_from"], row["said_to"]) == (None, None, None)
    assert row["said_basis"] == "none"


@cache
def in_order():
    return complete(*corpus(), before="2018-03", after="2019-03")


@given(st.integers(0, 10_000))
@settings(max_examples=25)  # each puts a whole corpus together
def test_the_order_of_articles_and_rows_changes_nothing(seed):
    tables, anchors = corpus()
    shuffle = random.Random(seed)

    def mixed(data):
        order = list(range(data.height))
        shuffle.shuffle(order)
        return data[order]

    back = complete(
        {k: mixed(v) for k, v in tables.items()}, mixed(anchors), before="2018-03", after="2019-03"
    )
    for name, data in in_order().items():
        assert data.sort(data.columns).equals(back[name].sort(data.columns)), name


def test_a_conflict_between_proofs_dates_nothing():
    tables, anchors = corpus()
    more = study(
        [an_article("f", "2018-05-09")],
        {"f": [("prat", TERMS, day("2018-05-07"), ["roster", "pilots"])]},
    )
    both = {k: pl.concat([v, more[0][k]]) for k, v in tables.items()}
    done = complete(both, pl.concat([anchors, more[1]]))
    assert dates(done)["b"] == (None, "none")


def test_anonymous_and_different_speakers_prove_nothing():
    for speaker in (None, "falk"):
        said = {
            "a": [("prat" if speaker else None, TERMS, day("2018-03-06"), ["roster", "pilots"])],
            "b": [(speaker, TERMS, LAST_WEEK, ["roster", "pilots"])],
        }
        done = complete(*study([an_article("a", "2018-03-09"), an_article("b")], said))
        assert dates(done)["b"] == (None, "none")


def test_evidence_replaces_the_year_of_the_window():
    articles = [
        an_article("a", "2018-03-09"),
        an_article("c", "2017-03-08", found="XXXX-03-08", basis="study_window"),
        an_article("g", "2017-04-08", found="XXXX-04-08", basis="study_window"),
    ]
    said = {
        "a": [("prat", TERMS, day("2018-03-06"), [])],
        "c": [("prat", TERMS, Anchor("publication_date", "about"), [])],
        "g": [("falk", OTHER, Anchor("publication_date", "about"), [])],
    }
    done = complete(*study(articles, said))
    assert dates(done)["c"] == ("2018-03-08", "dateline")
    assert dates(done)["g"] == ("2017-04-08", "study_window")
    assert done["statements"].filter(article_id="c")["said_edtf"].to_list() == ["2018-03-08~"]
    assert done["statements"].filter(article_id="g")["said_basis"].to_list() == ["study_window"]


def test_a_remark_repeated_a_year_later_gives_no_year():
    articles = [an_article("a", "2018-03-09"), an_article("c", found="XXXX-09-20")]
    said = {
        "a": [("prat", TERMS, day("2018-03-06"), [])],
        "c": [("prat", TERMS, Anchor(), [])],
    }
    assert dates(complete(*study(articles, said)))["c"] == (None, "none")


def test_removing_an_article_never_changes_what_the_others_say_for_themselves():
    tables, anchors = corpus()
    done = complete(tables, anchors)
    for gone in "bcde":
        keep = pl.col("article_id") != gone
        fewer = {k: v.filter(keep) if "article_id" in v.columns else v for k, v in tables.items()}
        without = complete(fewer, anchors.filter(keep))
        assert dates(without) == {k: v for k, v in dates(done).items() if k != gone}


# -- periods


DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2022, 12, 31))
PERIODS = st.sampled_from(["2018", "2018-03", "2018-03-09", "2016-11/2019-02"])
BASES = st.sampled_from(["explicit_day", "bounded_by_publication", "iterated", "narrative_order"])


@st.composite
def rows(draw):
    start, end, first, last = sorted(draw(st.tuples(DAYS, DAYS, DAYS, DAYS)))
    how = draw(st.sampled_from(["on", "by", "until", "about"]))
    edtf = draw(st.sampled_from([write_edtf((start, end), how), write_edtf((end, end), how), None]))
    return edtf, draw(BASES), (first, last)


@given(rows(), PERIODS)
def test_membership_says_what_the_days_say(row, period):
    edtf, basis, published = row
    start, end = edtf_interval(edtf) if edtf else (None, None)
    first, last = edtf_interval(period)
    how = membership(edtf, basis, published, (first, last))
    inside = bool(start and end and first <= start and end <= last)
    apart = bool((end and end < first) or (start and start > last))
    assert (how == "said_in") == inside
    assert (how == "outside") == apart
    if how == "reported_in":
        assert start is None and first <= end <= last
        assert first <= published[0] and published[1] <= last


@given(rows())
def test_no_row_is_counted_in_two_separate_periods(row):
    found = [membership(*row, edtf_interval(period)) for period in ("2017", "2018", "2019", "2020")]
    assert sum(how in ("said_in", "reported_in") for how in found) <= 1


@given(rows())
def test_a_remark_of_an_earlier_time_never_moves_into_a_later_period(row):
    edtf, basis, _ = row
    later = edtf_interval("2024")
    assert not edtf or membership(edtf, basis, later, later) == "outside"


@pytest.mark.parametrize(
    ("edtf", "basis", "march", "june"),
    [
        ("2018-03-06", "explicit_day", "said_in", "outside"),
        ("2018-06-08~", "publication_date", "outside", "said_in"),
        ("[..2018-06-08]", "bounded_by_publication", "possible", "reported_in"),
        ("../2018-06-08", "iterated", "possible", "reported_in"),
        ("[..2018-06-08]", "narrative_order", "possible", "possible"),
        ("[..2018-05-31]", "narrative_order", "possible", "outside"),
        ("[2018-05-28..2018-06-03]", "relative_expression", "outside", "possible"),
        ("2018-04", "relative_expression", "outside", "outside"),
        (None, "none", "possible", "possible"),
    ],
)
def test_membership_of_an_article_of_june(edtf, basis, march, june):
    published = edtf_interval("2018-06-08")
    found = [membership(edtf, basis, published, edtf_interval(p)) for p in ("2018-03", "2018-06")]
    assert found == [march, june]


def test_what_lies_outside_all_periods_is_listed():
    done = complete(*corpus(), before="2018-02", after="2019-02")
    far = done["periods"].filter((pl.col("membership") == "outside").all().over("row_id"))
    assert set(far["row_id"]) >= {"a:s0-5", "a:c0-roster", "e:s0-5"}
    counts = done["periods"].group_by("row_id").len()["len"].unique().to_list()
    assert counts == [2]


# -- reports


@given(
    st.sampled_from(["day", "week"]),
    st.integers(-9, 0),
    st.integers(0, 6),
    DAYS,
)
def test_the_day_of_report_is_the_reverse_of_the_relative_date(unit, low, width, published):
    anchor = Anchor("relative_expression", "on", unit=unit, least=low, most=min(0, low + width))
    said = shift((published, published), unit, anchor.least, anchor.most)
    for part in said:
        days = days_of_report(anchor, (part, part))
        assert days and days[0] <= published <= days[1]


@given(st.integers(0, 6), DAYS)
def test_the_day_of_report_for_a_weekday(number, published):
    anchor = Anchor("relative_expression", "on", unit=f"weekday:{number}")
    (found,) = resolve([anchor], f"{published}")
    days = days_of_report(anchor, (found.from_, found.to))
    assert days and days[0] <= published <= days[1]


# -- copies


def test_copies_point_to_the_first_one():
    articles = [
        an_article("x", "2018-03-10", text="No ferry sailed."),
        an_article("y", "2018-03-09", text="“No ferry  SAILED!”"),
        an_article("z", text="no ferry sailed"),
        an_article("w", text="…"),
        an_article("v", text="——"),
    ]
    marked = find_duplicates(frame("articles", articles), frame("zones"))
    found = dict(marked.select("article_id", "duplicate_of").rows())
    assert found == {"x": "y", "y": None, "z": "y", "w": None, "v": None}


def test_furniture_of_the_page_does_not_hide_a_copy():
    articles = [an_article("x", text="A Footer one"), an_article("y", text="A Footer two")]
    zones = [
        dict(zone_id=f"{a}:z0-1", article_id=a, zone="body", start=0, end=1, text="A") for a in "xy"
    ]
    marked = find_duplicates(frame("articles", articles), frame("zones", zones))
    assert marked["duplicate_of"].to_list() == [None, "x"]


@pytest.mark.parametrize(
    ("basis", "edtf"), [("latest_event", "[2018-03-08..]"), ("dateline", "2018-03-08")]
)
def test_the_year_of_a_recalled_day_makes_a_bound_and_no_date(basis, edtf):
    tables, anchors = corpus()
    found = pl.when(article_id="c").then(pl.lit(basis)).otherwise("published_found_basis")
    tables["articles"] = tables["articles"].with_columns(published_found_basis=found)
    done = complete(tables, anchors)
    assert dates(done)["c"][0] == edtf
    own = done["statements"].filter(article_id="c")["said_edtf"].to_list()
    assert own == [None] if basis == "latest_event" else own == ["[..2018-03-08]"]
