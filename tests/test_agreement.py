"""Two coders, samples and estimates, attacked: properties, known answers, spoilt files"""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from conftest import EXAMPLES, ROOT
from harbour import PERIODS, SETTINGS, harbour_tables
from hypothesis import given
from hypothesis import strategies as st

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.project import InputError, Settings, StudyError
from negotiations_study.base.spans import Span
from negotiations_study.comparing.agreement import (
    Coded,
    CodedText,
    CoderResult,
    agreement,
    coding_of,
    disagreements,
    match,
    places,
    together,
)
from negotiations_study.comparing.estimates import (
    NO_SAMPLE,
    Counts,
    moments,
    sampled,
    solve,
    solved,
    spread_of,
)
from negotiations_study.comparing.samples import (
    PLAN,
    Drawable,
    draw,
    passages,
    read_sample,
    units,
    write_sample,
)
from negotiations_study.corpus.store import to_csv
from negotiations_study.reading.articles import read_articles
from negotiations_study.showing.report import report_html

spans = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 20)).map(lambda p: Span(p[0], p[0] + p[1])),
    max_size=6,
)


# Agreement


@given(spans, spans)
def test_each_row_is_matched_once_with_one_that_shares_half(a, b):
    pairs = match(a, b)
    assert len(set(pairs.values())) == len(pairs)
    assert all(2 * len(set(range(*a[i])) & set(range(*b[j]))) >= min(a[i].length, b[j].length)
               for i, j in pairs.items())  # fmt: skip


@given(spans)
def test_everybody_agrees_with_themselves(a):
    a = sorted(set(a))
    texts = {"x": CodedText("", ((0, "w" * 200),))}
    one = CoderResult("one", tuple(Coded("x", s, {"kind": "precondition"}) for s in a), texts)
    assert not disagreements(one, one._replace(name="other"))
    f1 = next(places(together(one, one), ("a", "b")))
    assert f1.value == (1.0 if a else None)


def test_only_what_both_read_is_compared():
    text = "a" * 50 + "b" * 50
    rows = (Coded("x", Span(0, 9)), Coded("x", Span(60, 70)))
    whole = CoderResult("run", rows, {"x": CodedText("", ((0, text),))})
    part = CoderResult("person", rows[1:], {"y": CodedText("", ((50, text[50:]),))})
    part = part._replace(rows=tuple(r._replace(article="y") for r in part.rows))
    (met,) = together(whole, part)
    assert (len(met.pairs), met.only_a, met.only_b) == (1, (), ())


def test_intervals_come_from_articles_and_are_the_same_twice():
    rng = np.random.default_rng(1)
    text = CodedText("", ((0, "w" * 99),))
    texts = {f"a{n}": CodedText("", ((0, f"{n:03}" + "w" * 99),)) for n in range(30)}
    rows = [
        Coded(name, Span(10, 20), {"kind": k}) for name, k in zip(texts, "pq" * 15, strict=True)
    ]
    other = [r._replace(codes={"kind": "p"}) if rng.random() < 0.2 else r for r in rows[:25]]
    a, b = CoderResult("a", tuple(rows), texts), CoderResult("b", tuple(other), texts)
    found = {m.name: m for m in agreement(a, b)}
    assert found == {m.name: m for m in agreement(a, b)}
    f1 = found["span F1"]
    assert f1.value == pytest.approx(50 / 55) and f1.low < f1.value < f1.high <= 1
    assert text.holds(Span(0, 1)) and not text.holds(Span(99, 100))


def test_a_row_of_two_coders_has_the_codes_of_one():
    rules, model = (coding_of(harbour_tables(), name) for name in ("rules", "model"))
    both = {r.row_id for r in rules.rows} & {r.row_id for r in model.rows}
    assert both and all(r.codes for r in rules.rows)
    assert all(bool(r.codes) != (r.row_id in both) for r in model.rows)
    found = {m.name: m for m in agreement(rules, model)}
    assert "alpha of kind" not in found and found["not compared"].n == len(both)


@pytest.mark.parametrize("table, facet", [("conditions", "kind"), ("positions", "stance")])
def test_rows_that_two_runs_have_alike_count_as_agreement(table, facet):
    one, other = (coding_of(harbour_tables(), name=n, table=table) for n in ("one", "other"))
    found = {m.name: m for m in agreement(one, other)}
    assert found["span F1"].value == 1 and "not compared" not in found
    assert found[f"alpha of {facet}"].n == len(one.rows) > 0


def test_alpha_of_a_published_example():
    pytest.importorskip("krippendorff")
    from negotiations_study.comparing.agreement import alpha_of

    ben, gerry = "aabbdcccedda", "babbbccceddd"
    assert alpha_of(zip(ben, gerry, strict=True)) == pytest.approx(0.692, abs=0.001)


# Samples


def test_units_are_drawn_with_the_probability_that_the_plan_says():
    there = units([Drawable(f"{n}", f"{n:02}", None, "x" * 50) for n in range(8)])
    drawn = [d for seed in range(400) for d in draw(there, 3, seed)]
    times = pl.Series([d.unit.article for d in drawn]).value_counts()["count"]
    assert all(d.probability == 3 / 8 for d in drawn[:3])
    assert times.len() == 8 and all(abs(n - 150) < 5 * (400 * 0.375 * 0.625) ** 0.5 for n in times)


@given(st.text(st.sampled_from("ab \n."), max_size=1500))
def test_passages_hold_every_word_once(text):
    found = passages(text)
    assert "".join("".join(text[s.start : s.end].split()) for s in found) == "".join(text.split())
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    "A sample of the two articles of the example, coded: the rows of the rules, and no other"
    articles = list(read_articles(EXAMPLES, codebook=load_codebook("harbour")))
    write_sample(articles, tmp_path / "s", 2, coders=2, periods=PERIODS)
    fill(tmp_path / "s" / "coder1.csv", coding_of(harbour_tables()).rows)
    return tmp_path / "s" / "coder1.csv"


def fill(path: Path, rows) -> None:
    "Fill a coder's file with these rows"
    known = dict(harbour_tables().articles.select("article_id", "sha256").rows())
    texts = dict(harbour_tables().articles.select("article_id", "text").rows())
    out = []
    for line in pl.read_csv(path, infer_schema=False).fill_null("").rows(named=True):
        inside = [
            r
            for r in rows
            if known[r.article] == line["sha256"]
            and int(line["start"]) <= r.span.start < int(line["end"])
        ]
        for r in inside:
            words = texts[r.article][r.span.start : r.span.end]
            out.append(line | {"words": words, "holder": r.holder} | dict(r.codes))
        out += [] if inside else [line | {"kind": "none"}]
    path.write_bytes(to_csv(pl.DataFrame(out)))


def test_a_filled_file_gives_the_rows_that_were_filled_in(coded: Path):
    run, sample = coding_of(harbour_tables()), read_sample(coded, load_codebook("harbour"))
    assert not disagreements(run, sample.coding)
    assert {r.span for r in sample.coding.rows} == {r.span for r in run.rows}


def spoilt(path: Path, column: str, value: str, line: int = 0) -> None:
    data = pl.read_csv(path, infer_schema=False)
    cells = [value if n == line else old for n, old in enumerate(data[column].to_list())]
    path.write_bytes(to_csv(data.with_columns(pl.Series(column, cells))))


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("words", "no such words", "does not stand in the passage"),
        ("words", "", "'words' is empty"),
        ("kind", "", "not coded"),
        ("kind", "ultimatum", "no code 'ultimatum'"),
        ("strength", "9", "no code '9'"),
        ("side", "PIRATES", "no code 'PIRATES'"),
        ("said", "last week", "not a date"),
        ("start", "x", "is no number"),
        ("sha256", "0" * 64, "has no line"),
    ],
)
def test_a_slip_has_a_line_and_a_remedy(coded: Path, column: str, value: str, says: str):
    spoilt(coded, column, value)
    if column == "sha256":  # all lines of the unit
        data = pl.read_csv(coded, infer_schema=False)
        coded.write_bytes(to_csv(data.filter(pl.col("unit") != data["unit"][0])))
    with pytest.raises(StudyError, match=says) as caught:
        read_sample(coded, load_codebook("harbour"))
    assert "coder1.csv" in str(caught.value)


def test_a_file_without_its_plan_is_refused(coded: Path):
    coded.with_name(PLAN).unlink()
    with pytest.raises(InputError, match="not the plan"):
        read_sample(coded, load_codebook("harbour"))


def test_words_that_a_spreadsheet_would_run_come_back(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("=1+1 must be paid, the union said.\n", "utf-8")
    articles = list(read_articles(tmp_path / "in"))
    write_sample(articles, tmp_path / "s", 1)
    path = tmp_path / "s" / "coder1.csv"
    cells = pl.read_csv(path, infer_schema=False)
    assert cells["passage"][0].startswith("'=")
    for column, value in {"words": "'=1+1 must be paid", "kind": "demand_term"}.items():
        spoilt(path, column, value)
    (row,) = read_sample(path, load_codebook("")).coding.rows
    assert row.span == Span(0, 17)


# Estimates


def counts_of(hand, machine, everything, strata=None, sizes=None) -> Counts:
    "Counts of one column; one stratum unless said"
    hand, machine = (np.array(v, float)[:, None] for v in (hand, machine))
    strata = np.zeros(len(hand), int) if strata is None else np.array(strata)
    totals = np.array(everything, float).reshape(-1, 1)
    return Counts(hand, machine, totals, strata, np.array(sizes, float))


COUNT = [(1, 0, None)]
_PHOTO = "10 12 7 13 13 6 17 16 15 10 14 12 10 5 12 10 10 9 6 11 7 9 11 10 10"
_FIELD = "15 14 9 14 8 5 18 15 13 15 11 15 12 8 13 9 11 12 9 12 13 11 10 9 8"
PHOTO, FIELD = ([int(n) for n in plots.split()] for plots in (_PHOTO, _FIELD))


def test_a_published_example():
    "Lohr, Sampling: dead trees of 100 plots, regression estimate 11.99, standard error 0.408"
    forest = counts_of(FIELD, PHOTO, [1130], sizes=[100])
    found = moments(forest)
    (value, *_), (factor, *_) = solve(forest, found, COUNT)
    assert (round(value / 100, 2), round(factor, 3)) == (11.99, 0.613)
    left = np.array(FIELD) - 11.56 - factor * (np.array(PHOTO) - 10.6)
    assert (0.75 / 25 * (left @ left) / 24) ** 0.5 == pytest.approx(0.408, abs=0.001)
    variance, _ = spread_of(forest, found, solve(forest, found, COUNT)[0])
    assert 0.408 < variance**0.5 / 100 < 0.45  # λ is not taken as known


def test_beside_the_library():
    ppi = pytest.importorskip("ppi_py")
    rng = np.random.default_rng(0)
    f = rng.poisson(2, 5000).astype(float)
    y = np.maximum(f + rng.integers(-1, 2, 5000), 0)
    drawn = counts_of(y[:200], f[:200], [f.sum()], sizes=[5000])
    (value, *_), (factor, *_) = solve(drawn, moments(drawn), COUNT)
    theirs = ppi.ppi_mean_pointestimate(y[:200], f[:200], f, lam=factor)
    assert value / 5000 == pytest.approx(float(np.squeeze(theirs)), rel=1e-9)
    low, high = ppi.ppi_mean_ci(y[:200], f[:200], f, alpha=0.05, lam=factor)
    _, mine_low, mine_high = solved(drawn, COUNT, "difference")
    theirs, mine = float(np.squeeze(high - low)), (mine_high - mine_low) / 5000
    assert mine == pytest.approx(theirs, rel=0.1)


def test_a_census_leaves_nothing_to_estimate():
    everything = counts_of(FIELD, PHOTO, [sum(PHOTO)], sizes=[25])
    value, low, high = solved(everything, COUNT, "count")
    assert value == low == high == sum(FIELD)


def test_the_sample_alone_where_the_machine_knows_nothing():
    silent = counts_of(FIELD, [0] * 25, [0], sizes=[100])
    value, low, high = solved(silent, COUNT, "count")
    assert value == pytest.approx(4 * sum(FIELD)) and low < value < high


def test_a_good_machine_narrows_the_interval_and_a_wrong_one_does_not_move_it_far():
    rng = np.random.default_rng(5)
    y = rng.poisson(3, 400)
    good, bad = y + rng.integers(-1, 2, 400), rng.poisson(30, 400)
    ends = {}
    for name, f in (("none", 0 * y), ("good", good), ("bad", bad)):
        _, low, high = solved(counts_of(y[:60], f[:60], [f.sum()], sizes=[400]), COUNT, "count")
        assert low < y.sum() < high
        ends[name] = high - low
    assert ends["good"] < 0.6 * ends["none"] < ends["bad"] * 0.9


def test_the_mean_over_all_samples_is_the_truth_where_the_factor_is_fixed():
    y, f = [3, 0, 2, 5, 1], [0, 0, 0, 0, 0]
    found = [
        solved(counts_of([y[i] for i in s], [f[i] for i in s], [0], sizes=[5]), COUNT, "count")[0]
        for s in combinations(range(5), 3)
    ]
    assert np.mean(found) == pytest.approx(sum(y))


def test_simulated_intervals_hold_what_they_promise():
    found = json.loads((ROOT / "benchmarks/results/coverage.json").read_text("utf-8"))
    held = [
        figures["held the true value"]
        for one in found["results"]
        for figures in one["figures"].values()
        if figures["interval given"] and figures["interval given"] > 0.2
    ]
    assert len(held) > 20 and min(held) > 0.9 and 0.93 < np.mean(held) < 0.98


# The page


def test_without_a_sample_the_page_says_so():
    page = report_html(harbour_tables(), settings=SETTINGS)
    assert str(NO_SAMPLE) in page and "Counts of the coder, and estimates" not in page


def test_with_a_sample_the_page_shows_estimates(coded: Path):
    settings = Settings(**vars(SETTINGS) | {"sample": str(coded)})
    page = report_html(harbour_tables(), settings=settings)
    assert str(NO_SAMPLE) not in page and "Counts of the coder, and estimates" in page
    assert "Two units drawn by chance and coded by hand hold" in page
    table = page.partition("Counts of the coder, and estimates")[2].partition("</table>")[0]
    assert "<td>all</td><td>all</td>" in table and table.count("too few in the sample") == 3
    assert "figures by side and theme, with too few in the sample" in page


def test_what_an_outlet_claims_itself_is_in_no_estimate(coded: Path):
    lines = pl.read_csv(coded, infer_schema=False).fill_null("")
    by_hand = []
    for voice in ("", "self", "outlet"):
        own = pl.when(pl.col("kind") == "none").then(pl.lit("")).otherwise(pl.lit(voice))
        coded.write_bytes(to_csv(lines.with_columns(own.alias("ascribed_by"))))
        said = sampled(harbour_tables(), *PERIODS, codebook="harbour", sample=coded)
        by_hand.append(said.counts.hand.sum())
    assert by_hand[0] == by_hand[1] > by_hand[2] == 0


def test_a_sample_of_other_articles_says_nothing(coded: Path):
    fewer = harbour_tables()
    fewer = fewer.replace(articles=fewer.articles.slice(1))
    said = sampled(fewer, *PERIODS, codebook="harbour", sample=coded)
    assert "says nothing of these articles" in said and "draw a sample" in said
