"""What readers ask in a notebook: rows in words, words in rows, frames, linked charts, speakers"""

import polars as pl
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations_study import Tables, charts
from negotiations_study.base.project import StudyError
from negotiations_study.base.schemas import SCHEMAS
from negotiations_study.showing.linked import linked_charts
from negotiations_study.showing.speaker import speaker_html, speakers

TABLES = Tables.read(ROOT / "outputs" / "study" / "tables")
CODES = {"demand_term", "open_conditional", "explicit_day", "process_format", "said_in"}


@pytest.mark.parametrize("table", SCHEMAS)
def test_every_table_is_shown_in_words(table: str):
    seen = TABLES.look(table, 5)
    data = getattr(TABLES, table)
    assert seen.frame.height == min(5, data.height)
    assert f"{data.height:,}" in seen.title
    shown = {value for row in seen.frame.drop(data.columns[0]).rows() for value in row}
    assert not shown & CODES
    assert "<table" in seen._repr_html_()


def test_what_matters_stands_first():
    assert TABLES.look("conditions").frame.columns[:3] == ["holder", "side", "theme"]
    assert TABLES.look("positions").frame.columns[:4] == ["holder", "side", "target", "stance"]
    assert TABLES.look("statements").frame.columns[:2] == ["speaker", "side"]


@settings(deadline=None, max_examples=12)
@given(st.text(max_size=12))
def test_any_words_are_found_or_refused_in_one_line(words: str):
    try:
        found = TABLES.find(words, 3)
    except StudyError as error:
        assert "\n" not in str(error)
    else:
        assert found.frame.height <= 3


def test_a_found_row_holds_the_words_and_exists():
    found = TABLES.find("talks", 500).frame
    assert found.height and {"conditions", "statements"} & set(found["table"])
    for table, row in found.select("table", "row").rows():
        data = getattr(TABLES, table)
        assert row in set(data[:, 0])
    assert all("talks" in s.replace("⟦", "").replace("⟧", "").lower() for s in found["sentence"])


@pytest.mark.hostile
def test_words_of_an_article_are_no_markup():
    hostile = TABLES.conditions.with_columns(holder=pl.lit("<img src=x onerror=alert(1)>"))
    page = TABLES.replace(conditions=hostile).look("conditions")._repr_html_()
    assert "<img" not in page and "&lt;img" in page


@pytest.mark.parametrize("name", charts.CHARTS)
def test_every_chart_has_its_frame(name: str):
    data = charts.data(TABLES, name)
    assert data.height and data.columns
    ids = {i for table, frame in TABLES if table != "zones" for i in frame[:, 0].to_list()}
    if "rows" in data.columns and name != "reporting_routes":
        assert {i for rows in data["rows"] for i in rows.split()} <= ids
    assert not {v for row in data.rows() for v in row} & CODES


def test_frames_count_what_the_tables_hold():
    n = TABLES.statements.height
    assert charts.data(TABLES, "coverage")["statements"].sum() == n
    assert charts.data(TABLES, "reporting_depth")["statements"].sum() == n
    assert charts.data(TABLES, "date_basis")["statements"].sum() == n
    own = TABLES.conditions.filter(pl.col("ascribed_by") != "outlet").height
    assert charts.data(TABLES, "conditions_over_time").height == own


def test_linked_charts_are_vega_lite_and_hold_every_condition():
    made = linked_charts(TABLES).to_dict(validate=True)
    texts = str(made)
    assert "http" not in texts.replace(made["$schema"], "")
    assert {p["name"] for p in made["params"]} == {"side", "theme"}


def test_every_speaker_has_a_page_that_loads_nothing():
    book = TABLES.codebook()
    for name in list(speakers(TABLES, book))[:8]:
        page = speaker_html(TABLES, name)
        assert "<script" not in page and "src=" not in page and "href=" not in page
        assert page.count("<mark") >= 1
