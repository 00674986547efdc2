"""More than two periods, runs that share one reading, and the picture of the first page"""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from conftest import EXAMPLES, ROOT
from harbour import PERIODS, SETTINGS, harbour_tables
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations_study import compare
from negotiations_study.base.codebook import study_folder
from negotiations_study.base.project import SettingsError, edtf_interval, load_settings, stretches
from negotiations_study.comparing.series import in_series, series_shifts, states, trend
from negotiations_study.corpus import parts
from negotiations_study.running.batch import Planned, _rounds, reading_of, write_joint
from negotiations_study.running.runs import How, read_study
from negotiations_study.running.series import series_files
from negotiations_study.showing.glance import glance
from negotiations_study.showing.pictures import svg
from negotiations_study.showing.trend_charts import trends

MONTHS = ["2021-02", "2021-03", "2021-06", "2021-07"]


@settings(max_examples=12)
@given(
    st.integers(1900, 2100),
    st.integers(1, 12),
    st.integers(0, 40),
    st.sampled_from(["month", "quarter", "year"]),
)
def test_stretches_follow_each_other_and_cover_the_window(year, month, more, every):
    last = year * 12 + month - 1 + more
    window = f"{year}-{month:02}/{last // 12}-{last % 12 + 1:02}"
    found = [edtf_interval(one) for one in stretches(window, every)]
    assert all((b[0] - a[1]).days == 1 for a, b in zip(found, found[1:], strict=False))
    first, end = edtf_interval(window)
    assert found[0][0] <= first <= found[0][1] and found[-1][0] <= end <= found[-1][1]


def test_a_series_says_of_each_pair_what_a_comparison_of_it_says():
    series = in_series(harbour_tables(), MONTHS)
    found = series_shifts(series, MONTHS)
    for before, after in zip(MONTHS, MONTHS[1:], strict=False):
        mine = found.filter(before=before, after=after)
        own = compare(in_series(harbour_tables(), [before, after]), before, after)
        order = ["unit", "side", "holder", "theme"]
        assert mine.sort(order).equals(own.select(mine.columns).sort(order))


def test_two_periods_are_what_they_were():
    tables = harbour_tables()
    assert compare(in_series(tables, PERIODS), *PERIODS).equals(compare(tables, *PERIODS))


def test_a_period_without_articles_is_not_covered_and_no_change():
    series = in_series(harbour_tables(), MONTHS)
    empty = trend(series, MONTHS).filter(articles_in_period=0)
    assert set(empty["period"]) == {"2021-02", "2021-07"}
    assert empty["n_rows"].sum() == 0
    heard = empty.filter(pl.col("state") != "not_covered")
    assert heard.is_empty() or set(heard["period"]) == {"2021-02"}


def test_a_copy_in_a_period_of_its_own_counts_there():
    tables = harbour_tables()
    first, *_, last = tables.articles.sort("published_from")["article_id"]
    same = pl.when(article_id=last).then(pl.lit(first)).alias("duplicate_of")
    copied = tables.replace(articles=tables.articles.with_columns(same))
    column = ("period", "articles_in_period")
    counted = [trend(in_series(t, MONTHS), MONTHS).select(column) for t in (tables, copied)]
    assert counted[0].equals(counted[1]) and counted[0][column[1]].max() == 1


def test_an_open_date_is_counted_once_a_row_and_in_no_cell():
    drawn = trends(harbour_tables(), MONTHS).to_dict()["layer"]
    texts = [row.get("text", "") for layer in drawn for row in layer["data"]["values"]]
    found = states(in_series(harbour_tables(), MONTHS), MONTHS)
    doubtful = {key[:2] for key, one in found.items() if one["possible_articles"]}
    assert len([text for text in texts if text.endswith("?")]) == len(doubtful) > 0
    assert not [text for text in texts if "+" in text]


@pytest.mark.hostile
def test_words_of_articles_are_no_markup_on_the_page():
    page = series_files(harbour_tables(), MONTHS, "<script>alert(1)</script>")[
        "index.html"
    ].decode()
    assert "<script" not in page.lower() and "&lt;script&gt;" in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)


@pytest.mark.parametrize(
    "given, what",
    [
        ({"periods": "2021-03"}, "two or more"),
        ({"periods": "2021-06, 2021-03"}, "one after the other"),
        ({"periods": "2021-03, 2021-03-05"}, "one after the other"),
        ({"periods": "March, June"}, "EDTF"),
        ({"every": "week", "window": "2021"}, "'month' or 'quarter' or 'year'"),
        ({"every": "month", "periods": "2021-03, 2021-04", "window": "2021"}, "either"),
    ],
)
def test_a_series_that_cannot_be_meant_is_refused(tmp_path: Path, given, what: str):
    with pytest.raises(SettingsError, match=what):
        load_settings(tmp_path, **given)


def test_a_series_gives_the_two_periods_unless_they_are_named(tmp_path: Path):
    found = load_settings(tmp_path, every="month", window="2021-03/2021-06")
    assert (found.before, found.after, len(found.series)) == ("2021-03", "2021-06", 4)
    named = load_settings(
        tmp_path, periods="2021-03, 2021-05, 2021-06", before="2021-03", after="2021-05"
    )
    assert (named.before, named.after) == ("2021-03", "2021-05")


def test_runs_that_read_the_same_share_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    runs = [
        Planned(f"m{n}", {"seeds": EXAMPLES, "before": "2021-03", "after": f"2021-{n:02}"}, {})
        for n in (4, 5, 6)
    ]
    other = Planned("other", {"seeds": EXAMPLES, "codebook": "harbour"}, {})
    assert len({reading_of(run) for run in runs}) == 1 != reading_of(other)
    first, late = _rounds([*runs, other])
    assert [p.name for p, _ in first] == ["m4", "other"] and [p.name for p, _ in late] == [
        "m5",
        "m6",
    ]
    times = []
    real = parts.read_part
    monkeypatch.setattr(
        parts, "read_part", lambda part, made: times.append(len(part)) or real(part, made)
    )
    settings = SETTINGS.__class__(
        **{**vars(SETTINGS), "seeds": EXAMPLES, "outputs": tmp_path / "out"}
    )
    how = How(workers=0, shared=tmp_path / ".read")
    once = read_study(settings, how=how)
    read = sum(times)
    later = SETTINGS.__class__(**{**vars(settings), "after": "2021-05"})
    twice = read_study(later, how=how)
    assert read == 2 and sum(times) == read
    assert once.conditions.equals(twice.conditions)


def test_the_joint_table_holds_the_shifts_of_every_run(tmp_path: Path):
    tables = harbour_tables()
    made = tables.replace(shifts=compare(tables, *PERIODS))
    for name in ("a", "b"):
        made.write(tmp_path / name / "tables")
        (tmp_path / name / "manifest.json").write_text("{}")
    write_joint(["a", "b", "lost"], tmp_path, {"a": "", "b": "harbour"})
    joint = pl.read_csv(tmp_path / "shifts.csv")
    assert joint["run"].value_counts().sort("run").rows() == [
        ("a", made.shifts.height),
        ("b", made.shifts.height),
    ]
    assert 'href="b/report/index.html"' in (tmp_path / "index.html").read_text("utf-8")


def test_the_joint_page_finds_a_codebook_of_ones_own(tmp_path: Path):
    shutil.copytree(study_folder("harbour"), tmp_path / "mine")
    tables = harbour_tables()
    own = replace(tables.made, codebook="mine", codebook_sha256="", book=None)
    made = tables.replace(shifts=compare(tables, *PERIODS), made=own)
    made.write(tmp_path / "out" / "a" / "tables")
    (tmp_path / "out" / "a" / "manifest.json").write_text("{}")
    write_joint(["a"], tmp_path / "out", {"a": str(tmp_path / "mine")})
    assert "<td>Union</td>" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_the_picture_of_the_first_page_is_what_the_code_draws():
    def texts(drawing: str) -> list[str]:
        return re.findall(r">([^<>]+)</t(?:ext|span)>", drawing)

    shown = (ROOT / "nbs" / "glance.svg").read_text("utf-8")
    assert texts(shown) == texts(svg(glance(harbour_tables()))) != []
    assert "glance.svg" in (ROOT / "README.md").read_text("utf-8").split("## ")[0]
