"""Tables on disk and their truth: round trips, faults, and every lie that a check must notice"""

import csv
import datetime as dt
import io
import os
from pathlib import Path

import polars as pl
import pytest
from conftest import EXAMPLES
from harbour import PERIODS, changed, harbour_tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from negotiations_study import Tables, build_tables, extract, read_articles
from negotiations_study.base.project import InputError, OutputError, TableError
from negotiations_study.base.schemas import SCHEMAS, frame
from negotiations_study.comparing.shifts import compare, evidence
from negotiations_study.corpus.proofs import check_articles, check_tables, problems
from negotiations_study.corpus.store import in_order, read_table, render, to_csv, write_files
from negotiations_study.corpus.tables import counting, load_tables

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)


def rows_of(table: str) -> st.SearchStrategy[list[dict]]:
    "Rows with any text, for a table whose columns are all text"
    return st.lists(st.fixed_dictionaries(dict.fromkeys(frame(table).columns, TEXT)), max_size=6)


# On disk


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(errors=rows_of("errors"), links=rows_of("links"))
def test_what_is_written_is_what_is_read(tmp_path_factory, errors, links):
    folder = tmp_path_factory.mktemp("tables")
    tables = {"errors": frame("errors", errors), "links": frame("links", links)}
    write_files({folder / name: content for name, content in render(tables.items()).items()})
    for name, data in tables.items():
        assert read_table(folder / f"{name}.parquet")[0].equals(in_order(data))


@settings(max_examples=25, deadline=None)
@given(links=rows_of("links"), seed=st.randoms())
def test_order_of_rows_does_not_change_a_byte(links, seed):
    shuffled = links[:]
    seed.shuffle(shuffled)
    one, two = (render([("links", frame("links", rows))]) for rows in (links, shuffled))
    assert one == two


@pytest.mark.hostile
@given(st.builds("".join, st.tuples(st.sampled_from(["", *"=+-@\t\r'"]), TEXT)))
@settings(deadline=None)
def test_no_csv_cell_can_be_a_formula(text):
    data = to_csv(pl.DataFrame({"id": ["a"], "text": [text]})).decode()
    rows = list(csv.reader(io.StringIO(data, newline="")))
    assert rows[1][1][:1] not in tuple("=+-@\t\r")
    assert rows[1][1] in (text, f"'{text}")


def test_round_trip_of_a_study(tmp_path: Path):
    harbour_tables().write(tmp_path)
    assert Tables.read(tmp_path) == harbour_tables()
    assert {p.suffix for p in tmp_path.iterdir()} == {".parquet", ".csv"}


def test_dates_and_unknown_numbers_survive_pandas():
    positions = harbour_tables().to_pandas()["articles"]
    assert positions.loc[0, "published_from"] == dt.date(2021, 6, 18) or str(
        positions.loc[0, "published_from"]
    ).startswith("2021-06-18")


@pytest.mark.fault
@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (lambda p: p.unlink(), InputError, "no such table"),
        (lambda p: p.write_bytes(b""), InputError, "not a Parquet file"),
        (lambda p: p.write_bytes(b"PAR1" + b"\0" * 99 + b"PAR1"), InputError, "not a Parquet"),
        (lambda p: p.write_bytes(p.read_bytes()[:-20]), InputError, "not a Parquet file"),
        (lambda p: pl.DataFrame({"x": [1]}).write_parquet(p), TableError, "does not fit"),
    ],
    ids=["missing", "empty", "garbage", "cut", "another table"],
)
def test_broken_file_is_named(tmp_path: Path, spoil, error, words):
    Tables.empty().write(tmp_path)
    spoil(tmp_path / "links.parquet")
    with pytest.raises(error, match=words) as raised:
        Tables.read(tmp_path)
    assert "links" in str(raised.value)


@pytest.mark.fault
def test_folder_that_is_a_file(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="file"):
        Tables.empty().write(tmp_path / "file" / "tables")


@pytest.mark.fault
@pytest.mark.parametrize("failing", ["write_bytes", "replace"])
def test_interrupted_write_keeps_every_file_whole(tmp_path: Path, monkeypatch, failing: str):
    "The disk is full at the third file, or the third rename is refused"
    write_files({tmp_path / name: b"old" for name in "abcd"})
    real, calls = getattr(Path, failing), []

    def breaks(self: Path, *args):
        calls.append(self)
        if len(calls) == 3:
            raise OSError(28, "No space left on device", str(self))
        return real(self, *args)

    monkeypatch.setattr(Path, failing, breaks)
    with pytest.raises(OutputError, match="No space left"):
        write_files({tmp_path / name: b"new" for name in "abcd"})
    monkeypatch.undo()
    assert sorted(p.name for p in tmp_path.iterdir()) == list("abcd")
    assert {p.read_bytes() for p in tmp_path.iterdir()} <= {b"old", b"new"}
    if failing == "write_bytes":
        assert {p.read_bytes() for p in tmp_path.iterdir()} == {b"old"}


@pytest.mark.fault
@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_folder_without_permission(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="ermission"):
        Tables.empty().write(tmp_path / "tables")


@pytest.mark.hostile
def test_what_a_notebook_shows_is_escaped():
    error = {"path": "a", "place": "b", "what": "<script>x</script>", "done": "c"}
    shown = Tables.empty().replace(errors=frame("errors", [error]))._repr_html_()
    assert "<script" not in shown


# What they were made with


def test_what_they_were_made_with_goes_to_disk_and_comes_back(tmp_path: Path):
    harbour_tables().write(tmp_path)
    made = Tables.read(tmp_path).made
    assert made == harbour_tables().made
    assert (made.codebook, made.before, made.after) == ("harbour", *PERIODS)
    about = {str(pl.read_parquet_metadata(p)) for p in tmp_path.glob("*.parquet")}
    assert all(str(Path.cwd()) not in a and str(tmp_path) not in a for a in about)
    assert load_tables(tmp_path).codebook().study == "harbour"


def test_tables_of_two_studies_in_one_folder_are_refused(tmp_path: Path):
    harbour_tables().write(tmp_path)
    other = harbour_tables().replace(made=None)
    (tmp_path / "links.parquet").write_bytes(render(other)["links.parquet"])
    with pytest.raises(InputError, match="links.parquet.*not made with the same"):
        Tables.read(tmp_path)


def test_another_codebook_is_refused(tmp_path: Path):
    harbour_tables().write(tmp_path)
    with pytest.raises(InputError, match="made with harbour, asked for is buses"):
        load_tables(tmp_path, codebook="buses")


def test_other_periods_leave_no_shift_of_the_old_ones(tmp_path: Path):
    tables = counting(harbour_tables(), "possible")
    shifts = compare(tables)
    tables = tables.replace(shifts=shifts, links=pl.concat([tables.links, evidence(tables)]))
    tables.write(tmp_path)
    other = load_tables(tmp_path, before="2020", after="2021")
    assert other.shifts.height == 0 and (other.made.before, other.made.after) == ("2020", "2021")
    check_tables(other)


@pytest.mark.parametrize("first", ["said_in", "possible"])
def test_a_second_choice_of_what_counts_starts_from_the_dates(first):
    once = counting(harbour_tables(), first)
    assert once.made.membership == first
    assert counting(once, "counted") == harbour_tables()


# Rows


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_row_ids_are_unique_and_keep_their_order(spans):
    from negotiations_study.base.spans import Span, row_ids

    ids = row_ids("folder/a", "c", [Span(a, a + b) for a, b in spans])
    assert len(set(ids)) == len(ids) == len(spans)
    assert ids == row_ids("folder/a", "c", [Span(a, a + b) for a, b in spans])


def test_extract_leaves_what_needs_other_articles_empty():
    articles = read_articles(EXAMPLES)
    tables = extract(articles["strike_june"], codebook="harbour")
    for name in ("statements", "conditions", "positions"):
        data = getattr(tables, name)
        assert data["event_id"].null_count() == data.height
    assert tables.articles["duplicate_of"].to_list() == [None]
    assert tables.periods.height == tables.events.height == tables.shifts.height == 0


def test_extract_does_not_depend_on_the_other_articles():
    articles = read_articles(EXAMPLES)
    alone = extract(articles["strike_march"], codebook="harbour")
    zones = harbour_tables().zones.filter(article_id="strike_march")
    assert alone.zones.equals(zones)
    kept = ["statement_id", "content_text", "speaker", "rule"]
    together = harbour_tables().statements.filter(article_id="strike_march")
    assert alone.statements.select(kept).equals(together.select(kept))


def test_every_statement_has_content_and_every_condition_its_words():
    tables = harbour_tables()
    roles = tables.spans.group_by("row_id").agg("role")
    found = {row_id: set(role) for row_id, role in roles.rows()}
    assert all("content" in found[i] for i in tables.statements["statement_id"])
    assert all("condition" in found[i] for i in tables.conditions["condition_id"])
    assert all("position" in found[i] for i in tables.positions["position_id"])


@pytest.mark.fault
def test_article_that_breaks_the_parser_is_a_row_of_errors(tmp_path: Path):
    (tmp_path / "long.txt").write_text("The union said it would talk. " * 40_000)
    (tmp_path / "short.txt").write_text((EXAMPLES / "strike_march.txt").read_text("utf-8"))
    tables = build_tables(tmp_path, codebook="harbour")
    assert tables.articles["article_id"].to_list() == ["short"]
    assert tables.errors["path"].to_list() == ["long.txt"]
    assert str(tmp_path) not in tables.errors["what"][0]


def test_other_periods_need_no_second_reading(tmp_path: Path):
    harbour_tables().write(tmp_path)
    assert load_tables(tmp_path) == harbour_tables()
    other = load_tables(tmp_path, before="2020", after="2021")
    assert set(other.periods["period"]) == {"2020", "2021"}
    assert other.statements.equals(harbour_tables().statements)


# Truth


def test_the_example_is_true():
    check_tables(harbour_tables(), "harbour")


FIRST = "strike_june:s0-1"
LIES = {
    "text changed": ("statements", {"content_text": "something else"}, "expected"),
    "span outside the text": ("spans", {"end": 10**6}, "outside the text"),
    "words moved": ("conditions", {"start": 0, "end": 4}, "expected"),
    "quote moved": ("quotes", {"start": 0, "end": 3}, "expected"),
    "article unknown": ("positions", {"article_id": "nowhere"}, "article_id"),
    "statement unknown": ("chain", {"statement_id": FIRST}, "is in none of: statements"),
    "row of a span unknown": ("spans", {"row_id": FIRST}, "conditions|positions"),
    "link to nowhere": ("links", {"to_id": FIRST}, "there is no row"),
    "member of a period unknown": ("periods", {"row_id": FIRST}, "no such row"),
    "code unknown": ("statements", {"kind": "shouted"}, "no code of facet statement_kind"),
    "theme of another study": ("conditions", {"theme": "grain_exports"}, "facet theme"),
    "no EDTF": ("articles", {"published_edtf": "last week"}, "not a date in EDTF"),
    "days that EDTF does not mean": (
        "statements",
        {"said_edtf": "2021-02", "said_from": dt.date(2021, 2, 1), "said_to": None},
        "stored are",
    ),
    "days without EDTF": (
        "articles",
        {"published_edtf": None, "published_from": dt.date(2021, 6, 18)},
        "stored are",
    ),
    "zone cut short": ("zones", {"start": 1}, "zone at 1, expected at 0"),
    "length wrong": ("articles", {"n_chars": 3}, "n_chars is 3"),
    "backwards": ("statements", {"start": 9, "end": 8}, "end must not be smaller"),
    "missing where it may not be": ("statements", {"rule": None}, "rule"),
    "negative": ("chain", {"hop": -1}, "greater_than_or_equal_to"),
}


@pytest.mark.parametrize("lie", LIES)
def test_every_lie_is_noticed(lie: str):
    table, values, words = LIES[lie]
    spoilt = changed(harbour_tables(), table, **values)
    with pytest.raises(TableError, match=r"problem") as raised:
        check_tables(spoilt, "harbour")
    assert any(words in row for row in raised.value.rows), raised.value.rows


def test_a_twice_used_id_is_noticed():
    tables = harbour_tables()
    twice = pl.concat([tables.statements, tables.statements.head(1)])
    assert problems(tables.replace(statements=twice), "harbour")


def test_a_child_outside_its_parent_is_noticed():
    statements = harbour_tables().statements
    far = statements["statement_id"][-1]
    spoilt = changed(harbour_tables(), "statements", parent_id=far)
    found = [str(p) for p in problems(spoilt, "harbour")]
    assert any("does not lie inside its parent" in p for p in found)


def test_all_problems_come_at_once():
    spoilt = changed(harbour_tables(), "articles", n_chars=3)
    spoilt = changed(spoilt, "statements", kind="shouted")
    with pytest.raises(TableError) as raised:
        check_tables(spoilt, "harbour")
    assert len(raised.value.rows) == 2


def test_tables_of_other_files_are_noticed(tmp_path: Path):
    for path in EXAMPLES.glob("*.txt"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    check_articles(harbour_tables(), read_articles(tmp_path))
    with (tmp_path / "strike_june.txt").open("a") as file:
        file.write("More.\n")
    with pytest.raises(TableError, match="the file has changed"):
        check_articles(harbour_tables(), read_articles(tmp_path))


def test_schemas_and_tables_name_the_same():
    assert [name for name, _ in Tables.empty()] == list(SCHEMAS)
    assert set(harbour_tables().periods["period"]) == set(PERIODS)
