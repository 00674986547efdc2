"""What people decide on rows: applied on every run, reported where it does not fit"""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import EXAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.project import InputError, OutputError, SettingsError, load_settings
from negotiations_study.coding.coders import code_article
from negotiations_study.coding.corrections import Here, settled
from negotiations_study.coding.decisions import (
    Corrections,
    Line,
    add_lines,
    corrections_of,
    read_corrections,
    strangers,
    to_csv,
)
from negotiations_study.corpus.tables import asked_of, build_tables
from negotiations_study.language.parser import load_model, parse
from negotiations_study.people.speakers import resolve_speakers
from negotiations_study.reading.articles import read_articles
from negotiations_study.running.audit import audit
from negotiations_study.running.provenance import manifest, premises
from negotiations_study.statements.statements import find_statements

PERIODS = {"codebook": "harbour", "before": "2021-03", "after": "2021-06"}


@pytest.fixture(scope="module")
def coded():
    "The example as the coder in force reads it"
    return build_tables(EXAMPLES, **PERIODS)


@pytest.fixture(scope="module")
def march():
    "An article, and what the coder in force makes of it"
    book = load_codebook("harbour")
    article = read_articles(EXAMPLES, codebook=book)["strike_march"]
    doc = next(iter(parse([article], load_model())))
    statements = find_statements(doc, article, book)
    here = Here(doc, article, statements, resolve_speakers(doc, article, statements, book), book)
    said = (doc, article, statements, here.speakers, book)
    return here, code_article(*said)


def line(tables, row: dict, column: str, after: str, who: str = "ann", **more) -> Line:
    "A decision on a row of `tables`"
    row_id = next(iter(row.values()))
    sha256 = tables.articles.filter(article_id=row["article_id"])["sha256"].item()
    table = "positions" if ":p" in row_id else "conditions"
    before = table if column == "row" else str(row[column])
    return Line(row_id, column, before, after, sha256, row["text"], who, "", "")._replace(**more)


def file(*lines: Line) -> Corrections:
    numbered = tuple(one._replace(number=n) for n, one in enumerate(lines, 2))
    return Corrections("c.csv", "ab" * 32, numbered)


def first(tables, **what) -> dict:
    return tables.conditions.filter(**what).row(0, named=True)


def added(tables, row: dict, row_id: str, text: str, **facts: str) -> list[Line]:
    "The lines that add a row to the article of `row`"
    table = "positions" if ":p" in row_id else "conditions"
    new = line(tables, row, "row", table, before="", row_id=row_id, text=text)
    return [new, *(new._replace(column=k, before="", after=v) for k, v in facts.items())]


@pytest.fixture(scope="module")
def done(coded):
    "The example with a decision of each sort, and what the decisions were on"
    free = first(coded, kind="declared_non_precondition")
    moved = first(coded, article_id="strike_march", side="UNION")
    gone = first(coded, article_id="strike_june", kind="precondition")
    stance = coded.positions.filter(stance="advocates").row(0, named=True)
    text = coded.articles.filter(article_id="strike_march")["text"].item()
    start = text.index("higher pay")
    lines = [
        line(coded, free, "kind", "precondition"),
        line(coded, free, "form", "positive"),
        line(coded, free, "strength", "3"),
        line(coded, moved, "start", str(moved["start"] + 4)),
        line(coded, moved, "holder", "Alder Port Company"),
        line(coded, gone, "row", ""),
        line(coded, stance, "row", ""),
        *added(coded, moved, f"strike_march:c{start}-{start + 10}", "higher pay",
               kind="demand_term", form="positive", strength="1", holder="union"),
        *added(coded, stance, f"strike_march:p{stance['start']}-{stance['end'] - 3}", "",
               target="talks", stance="not_now", holder="lindqvist"),
    ]  # fmt: skip
    made = build_tables(EXAMPLES, **PERIODS, corrections=file(*lines))
    return made, {"free": free, "moved": moved, "gone": gone, "stance": stance}


def test_a_change_goes_through_to_everything_that_follows(coded, done):
    made, rows = done
    assert made.errors.is_empty()
    new = first(made, condition_id=rows["free"]["condition_id"])
    assert (new["kind"], new["form"], new["strength"]) == ("precondition", "positive", 3)
    assert (new["coder"], new["confidence"]) == (f"{rows['free']['coder']}+person", "high")
    was = {"stance": "open_unconditional", "article_id": rows["free"]["article_id"]}
    assert coded.positions.filter(**was).height == 1
    assert made.positions.filter(**was).is_empty()


def test_a_moved_row_keeps_its_id_and_its_words_are_those_of_the_text(done):
    made, rows = done
    row = rows["moved"]
    new = first(made, condition_id=row["condition_id"])
    assert (new["start"], new["text"]) == (row["start"] + 4, row["text"][4:])
    spans = made.spans.filter(row_id=row["condition_id"], role="condition")
    assert spans["text"].to_list() == [row["text"][4:]]


def test_a_holder_brings_its_id_and_side(done):
    made, rows = done
    new = first(made, condition_id=rows["moved"]["condition_id"])
    assert (new["holder_id"], new["side"]) == ("company", "COMPANY")
    assert new["ascribed_by"] != "self"


def test_what_is_rejected_is_gone_and_no_suggestion(coded, done):
    made, rows = done
    row = rows["gone"]
    for table in (made.conditions, made.suggestions):
        same = table.filter(article_id=row["article_id"], start=row["start"], end=row["end"])
        assert same.is_empty()
    assert row["condition_id"] not in made.links["from_id"].to_list()
    lost = set(coded.conditions["condition_id"]) - set(made.conditions["condition_id"])
    assert lost == {row["condition_id"]}
    assert rows["stance"]["position_id"] not in made.positions["position_id"].to_list()


def test_added_rows_stand_beside_the_coders(coded, done):
    made, _ = done
    new = first(made, coder="person")
    assert (new["text"], new["holder_id"], new["rule"]) == ("higher pay", "union", "person")
    assert made.conditions.height == coded.conditions.height
    mine = made.positions.filter(rule="person").select("stance", "holder_id", "side")
    assert mine.rows() == [("not_now", "lindqvist", "UNION")]


@pytest.mark.parametrize(
    "change, said",
    [
        ({"column": "kind", "after": "precondtion"}, "Did you mean 'precondition'"),
        ({"column": "theme", "after": "weather"}, "no code of the codebook"),
        ({"column": "strength", "after": "7"}, "no code of the codebook"),
        ({"column": "strength", "after": "0"}, "contradict each other"),
        ({"column": "holder", "after": "The Moon"}, "no actor and no words of the article"),
        ({"column": "start", "after": "99999"}, "outside the text"),
        ({"column": "end", "after": "1"}, "outside the text"),
        ({"column": "end", "after": "soon"}, "whole numbers"),
        ({"column": "start", "after": "³"}, "whole numbers"),
        ({"text": "other words"}, "expected the words 'other words'"),
        ({"row_id": "strike_march:c999999-1000000"}, "outside the text"),
        ({"row_id": "strike_march:c1-5", "text": ""}, "does not find this row"),
        ({"row_id": "strike_march:c94-134", "text": "", "after": ""}, "it has c92-134 there"),
        ({"before": "", "row_id": "strike_march:c1-5", "text": ""}, "needs kind, form, strength"),
    ],
)
def test_what_does_not_fit_is_reported_and_changes_nothing(coded, march, change, said):
    here, coding = march
    row = first(coded, article_id="strike_march", kind="precondition")
    bad = line(coded, row, "row", "conditions")._replace(**change)
    left, problems = settled(here, "c", coding.conditions, file(bad))
    assert [replace(c, key="") for c in left] == list(coding.conditions)
    (problem,) = problems
    assert said in problem.what and problem.path == "c.csv" and problem.done == "not applied"
    assert problem.place == f"row 2, {bad.row_id}"


def test_two_people_who_contradict_each_other_leave_the_row_to_the_coder(coded, march):
    here, coding = march
    rows = coded.conditions.filter(article_id="strike_march").rows(named=True)
    lines = [
        line(coded, rows[0], "kind", "demand_term"),
        line(coded, rows[0], "row", "", who="ben"),
    ]
    left, (problem,) = settled(
        here, "c", coding.conditions, file(*lines, line(coded, rows[1], "row", ""))
    )
    assert "contradict each other on row (ann in row 2: a row; ben in row 3" in problem.what
    assert replace(left[0], key="") == coding.conditions[0]
    assert len(left) == len(coding.conditions) - 1


def test_a_row_that_was_added_and_then_found_right_stays(coded, march):
    here, coding = march
    row, start = first(coded, article_id="strike_march"), here.article.text.index("higher pay")
    facts = {"kind": "demand_term", "form": "positive", "strength": "1", "holder": "union"}
    lines = added(coded, row, f"strike_march:c{start}-{start + 10}", "higher pay", **facts)
    for who in ("ann", "ben"):
        right = [line._replace(before=line.after, who=who) for line in lines]
        left, problems = settled(here, "c", coding.conditions, file(*lines, *right))
        assert not problems and len(left) == len(coding.conditions) + 1


def test_rows_on_the_same_words_stay_told_apart(coded, march):
    "Two holders of one condition: the first is rejected, the second keeps its id on the next run"
    here, coding = march
    row = first(coded, article_id="strike_march", kind="precondition")
    facts = {"kind": "precondition", "form": "positive", "strength": "3", "holder": "okafor"}
    lines = added(coded, row, f"{row['condition_id']}.2", row["text"], **facts)
    left, problems = settled(
        here, "c", coding.conditions, file(*lines, line(coded, row, "row", ""))
    )
    key = row["condition_id"].rpartition(":")[2]
    assert not problems and left[0].key == f"{key}.2"
    assert key not in [c.key for c in left] and len({c.key for c in left}) == len(left)


def test_an_article_that_was_changed_or_left_out_is_said(coded):
    row = first(coded, article_id="strike_march")
    bad = line(coded, row, "row", "", sha256="cd" * 32)
    far = bad._replace(row_id="elsewhere:c1-9")
    hashes, ids = set(coded.articles["sha256"]), set(coded.articles["article_id"])
    said = [x.what for x in strangers(file(bad, far), hashes, ids)]
    assert "strike_march was another text" in said[0] and "no article that was read" in said[1]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


@settings(max_examples=25)
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=4))
def test_every_line_comes_back_as_it_was_written(tmp_path_factory, cells):
    base = Line("a:c1-9", "holder", "", "", "ab" * 32, "", "", "", "")
    lines = [base._replace(after=a, text=b, before=c) for a, b, c in cells]
    folder = tmp_path_factory.mktemp("lines")
    for name in ("c.csv", "c.jsonl"):
        add_lines(folder / name, lines[:1])
        add_lines(folder / name, lines[1:])
        found = read_corrections(folder / name)
        assert [x._replace(number=0) for x in found.lines] == lines and not found.problems


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"\0\0", b"row_id\n", b'row_id,column,after,sha256\n"open', b"{}", b"[1]\n"],
)
@pytest.mark.parametrize("name", ["c.csv", "c.jsonl"])
def test_any_file_is_read_or_refused_in_a_sentence(tmp_path, content, name):
    (tmp_path / name).write_bytes(content)
    try:
        found = read_corrections(tmp_path / name)
    except InputError as error:
        assert name in str(error)
    else:
        assert not found.lines and (found.problems or not content)


@pytest.mark.fault
def test_a_full_disk_loses_nothing(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    (link := tmp_path / "corrections.jsonl").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="what was there is kept"):
        add_lines(link, [Line("a:c1-9", "row", "conditions", "", "ab" * 32, "", "", "", "")])


def test_a_setting_that_names_no_file_is_said(tmp_path):
    (tmp_path / "settings.ini").write_text("[coding]\ncorrections = mine.csv\n", "utf-8")
    named = load_settings(tmp_path)
    assert named.corrections == str(tmp_path / "mine.csv")
    with pytest.raises(SettingsError, match="mine.csv"):
        corrections_of(named)


def test_the_manifest_says_what_was_corrected(coded, tmp_path):
    shutil.copytree(EXAMPLES, tmp_path / "articles")
    row = first(coded, article_id="strike_june", kind="precondition")
    lines = [
        line(coded, row, "row", "", why="=1+1"),
        line(coded, first(coded, article_id="strike_march"), "row", "conditions"),
        line(coded, row, "row", "", sha256="cd" * 32),
    ]
    kept = tmp_path / "articles" / "corrections.csv"
    kept.write_text(to_csv(lines), "utf-8")
    named = load_settings(seeds=tmp_path / "articles", **PERIODS)
    made = build_tables(named.seeds, **asked_of(named))
    about = premises(named)
    found = manifest(about, made, None, corrections_of(named))
    counts = found["corrections"]
    assert counts["file"] == "corrections.csv"
    assert counts["sha256"] == about["corrected"] == made.made.corrected
    assert [counts[k] for k in ("accepted", "rejected", "changed", "not applied")] == [1, 1, 0, 1]
    assert made.conditions.height == coded.conditions.height - 1
    assert made.errors["place"].to_list() == [f"row 4, {row['condition_id']}"]
    told = dict(audit(found | {"coders": {}})["Annotations"])
    assert told["decisions in corrections.csv"] == "accepted (1), rejected (1), not applied (1)"
    off = load_settings(seeds=tmp_path / "articles", corrections="off")
    assert "corrected" not in premises(off) and asked_of(off)["corrections"] is None
    add_lines(kept, [lines[1]])
    assert premises(named) != about
