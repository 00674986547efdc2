"""Exports, each read back by the library or against the schema of those who will read it"""

import datetime as dt
import io
import json
import sqlite3
import zipfile
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from conftest import ROOT, said
from harbour import changed, harbour_tables
from hypothesis import given
from hypothesis import strategies as st

from negotiations_study import Tables
from negotiations_study.base.project import InputError, SettingsError
from negotiations_study.corpus.exports import FORMATS, corrections, export
from negotiations_study.corpus.leaving import CODED, Leaving, blanked, coded_rows, may_leave
from negotiations_study.corpus.networks import utf16
from negotiations_study.corpus.projects import archive
from negotiations_study.corpus.spreadsheets import sheets_of

LIBRARIES = {"uima": "cassis", "duckdb": "duckdb", "excel": "xlsxwriter"}
LIBRARIES |= dict.fromkeys(("gexf", "graphml"), "networkx")
LIBRARIES |= dict.fromkeys(("spss", "stata"), "pyreadstat")
CHANGED = ("row_id", "column", "before", "after")
WHOLE = {"dna", "qdpx", "uima"}  # formats that hold whole articles


@cache
def nasty() -> Tables:
    "The harbour with an emoji before every row, a form feed, a formula and half the cells unknown"
    tables = harbour_tables()
    shift = [pl.col("start") + 2, pl.col("end") + 2]
    frames = {
        name: data.with_columns(shift) if "start" in data.columns else data for name, data in tables
    }
    text = "😀" + "\x0c" + pl.col("text")
    frames["articles"] = frames["articles"].with_columns(text.alias("text"))
    tables = tables.replace(**frames)
    return changed(
        tables, "conditions", holder='=HYPERLINK("x") Żółć', said_from=None, list_id=None
    )


def made(name: str, tables: Tables | None = None) -> dict[str, bytes]:
    "The files of a format"
    if name in LIBRARIES:
        pytest.importorskip(LIBRARIES[name])
    texts = "full" if name in WHOLE else "evidence"
    return FORMATS[name][0](may_leave(tables or nasty(), texts, "harbour"))


def full() -> Leaving:
    return may_leave(nasty(), "full")


@pytest.mark.parametrize("name", FORMATS)
def test_empty_tables_leave_in_every_format(name):
    assert made(name, Tables.empty().replace(made=None))


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"duckdb"}))
def test_the_same_rows_give_the_same_bytes(name):
    assert made(name) == made(name)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - WHOLE))
def test_no_sentence_leaves_that_proves_nothing(name):
    "Sentences that are in no row must be in no file, packed or not"
    tables = nasty()
    shown = [c for c in ("text", "content_text", "source_text", "sentence", "what", "headline")]
    cells = [
        v
        for table, data in tables
        if table not in ("articles", "zones")
        for c in data.columns
        if c in shown
        for v in data[c].drop_nulls()
    ]
    cells += tables.articles["headline"].drop_nulls().to_list()
    body = tables.zones.filter(pl.col("zone") == "body")["text"].to_list()
    secret = [s for zone in body for s in zone.split(". ") if len(s) > 30]
    secret = [s[:40] for s in secret if not any(s[:40] in cell for cell in cells)]
    assert secret, "every sentence is evidence: the test shows nothing"
    content = b"".join(made(name).values())
    if zipfile.is_zipfile(io.BytesIO(content)):
        zipped = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(zipped.read(one) for one in zipped.namelist())
    assert not [s for s in secret if s.encode() in content]


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_whole_articles_leave_only_when_asked(name, tmp_path):
    with pytest.raises(SettingsError, match="--texts full"):
        export(nasty(), tmp_path / "new", ["plover", name])
    assert not (tmp_path / "new").exists()


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4),
)
def test_blanked_texts_keep_every_offset(text, hidden, shown):
    hidden, shown = ([(a, b) for a, b in part if a <= b <= len(text)] for part in (hidden, shown))
    out = blanked(text, hidden, shown)
    assert len(out) == len(text)
    clean = blanked(text, [])
    assert all(out[a:b] == clean[a:b] for a, b in shown)
    seen = {n for a, b in shown for n in range(a, b)}
    assert all(out[n] in " \n" for a, b in hidden for n in range(a, b) if n not in seen)


@given(st.text(max_size=30), st.integers(0, 30))
def test_utf16_counts_as_java_does(text, at):
    at = min(at, len(text))
    text = text.encode("utf-16-le", "replace").decode("utf-16-le")
    units = text.encode("utf-16-le")
    assert units[: 2 * utf16(text, at)].decode("utf-16-le") == text[:at]


# Excel


@pytest.mark.hostile
def test_excel_holds_every_cell_and_no_formula():
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(made("excel")["tables.xlsx"]))
    leaving = may_leave(nasty())
    assert book.sheetnames == list(leaving.frames)
    for name, data in leaving.frames.items():
        sheet = book[name]
        head, *rows = sheet.iter_rows()
        assert sheet.freeze_panes == "A2" and [c.value for c in head] == data.columns
        assert {c.data_type for row in rows for c in row} <= {"s", "n", "b", "d"}
        assert not [c for row in rows for c in row if c.hyperlink]
        for row, cells in zip(data.rows(), rows, strict=True):
            back = [c.value.date() if isinstance(c.value, dt.datetime) else c.value for c in cells]
            assert [v or None if v == "" else v for v in row] == back


def test_excel_splits_what_is_long():
    data = pl.DataFrame({"n": range(25)})
    parts = list(sheets_of("t", data, rows=10))
    assert [name for name, _ in parts] == ["t", "t (2)", "t (3)"]
    assert pl.concat([part for _, part in parts]).equals(data)


def test_excel_refuses_a_cell_that_it_would_cut(tmp_path):
    pytest.importorskip("xlsxwriter")
    long = changed(harbour_tables(), "conditions", text="😀" * 16_384)
    with pytest.raises(InputError, match="32,768 characters"):
        export(long, tmp_path / "new", ["excel"])
    assert not (tmp_path / "new").exists()


# Stata and SPSS


@pytest.mark.parametrize(("name", "suffix", "label"), [("stata", "dta", 80), ("spss", "sav", 255)])
def test_statistics_files_hold_values_and_labels(name, suffix, label, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    files, leaving = made(name), may_leave(nasty())
    keys = pl.read_csv(files["value_labels.csv"], schema_overrides={"code": pl.String})
    for table, data in leaving.frames.items():
        path = tmp_path / f"{table}.{suffix}"
        path.write_bytes(files[path.name])
        back, about = getattr(pyreadstat, f"read_{suffix}")(path, disable_datetime_conversion=False)
        assert about.column_names == data.columns and about.number_rows in (data.height, None)
        assert all(about.column_labels) and all(
            len(w.encode()) <= label for w in about.column_labels
        )
        for column in data.columns:
            codes = keys.filter(table=table, variable=column)
            named = dict(zip(codes["value"], codes["code"], strict=True))
            for was, now in zip(data[column], back[column], strict=True):
                now = None if now is None or now != now or now == "" else now
                now = named.get(now, now) if now is not None else None
                was = str(was) if named and was is not None else was
                assert now == (was if was != "" else None), (table, column)
            if named:
                assert set(about.variable_value_labels[column]) == set(named)


# Databases


def test_sqlite_holds_values_and_keys():
    base = sqlite3.connect(":memory:")
    base.deserialize(made("sqlite")["tables.sqlite"])
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not base.execute("PRAGMA foreign_key_check").fetchall()
    for name, data in may_leave(nasty()).frames.items():
        rows = base.execute(f'SELECT * FROM "{name}"').fetchall()
        assert rows == data.with_columns(pl.col(pl.Date).cast(pl.String)).rows()
    pointers = base.execute("PRAGMA foreign_key_list(conditions)").fetchall()
    assert {(p[2], p[3]) for p in pointers} == {("articles", "article_id"), ("events", "event_id")}


def test_duckdb_holds_values(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "tables.duckdb"
    path.write_bytes(made("duckdb")[path.name])
    base = duckdb.connect(str(path), read_only=True)
    for name, data in may_leave(nasty()).frames.items():
        assert base.execute(f'SELECT * FROM "{name}"').fetchall() == data.rows()


# Networks


@pytest.mark.parametrize("suffix", ["gexf", "graphml"])
def test_networks_count_the_rows(suffix):
    nx = pytest.importorskip("networkx")
    stream = io.BytesIO(made(suffix)[f"demands.{suffix}"])
    graph = getattr(nx, f"read_{suffix}")(stream)
    assert sum(w for *_, w in graph.edges(data="weight")) == nasty().conditions.height
    assert '=HYPERLINK("x") Żółć' in dict(graph.nodes(data="label")).values()
    themes = {f"theme:{t}" for t in nasty().conditions["theme"]}
    assert themes == {n for n, kind in graph.nodes(data="type") if kind == "theme"}


def test_dna_file_places_every_row_in_java_units():
    base = sqlite3.connect(":memory:")
    base.deserialize(made("dna")["study.dna"])
    assert not base.execute("PRAGMA foreign_key_check").fetchall()
    ask = """SELECT e.Value, d.Text, s.Start, s.Stop FROM STATEMENTS s
    JOIN DOCUMENTS d ON d.ID = s.DocumentId JOIN DATASHORTTEXT t ON t.StatementId = s.ID
    JOIN VARIABLES v ON v.ID = t.VariableId AND v.Variable = 'row'
    JOIN ENTITIES e ON e.ID = t.Entity"""
    back = {
        row: text.encode("utf-16-le")[2 * start : 2 * stop].decode("utf-16-le")
        for row, text, start, stop in base.execute(ask)
    }
    assert back == {row["row_id"]: row["text"] for row in coded_rows(full())}
    every = base.execute(
        "SELECT COUNT(*) FROM VARIABLES v JOIN STATEMENTS s USING (StatementTypeId)"
    )
    stored = base.execute(
        "SELECT (SELECT COUNT(*) FROM DATASHORTTEXT) + (SELECT COUNT(*) FROM DATABOOLEAN)"
    )
    assert every.fetchone() == stored.fetchone(), "DNA wants a value of every variable"


# Annotations


def test_web_annotations_point_at_their_words():
    lines = made("annotations")["annotations.jsonl"].decode("utf-8").splitlines()
    back = {
        one["id"].removeprefix("urn:negotiations-study:"): one for one in map(json.loads, lines)
    }
    rows = coded_rows(full())
    assert set(back) == {row["row_id"] for row in rows}
    for row in rows:
        place, quote = back[row["row_id"]]["target"]["selector"]
        text = full().texts[row["article_id"]]
        assert text[place["start"] : place["end"]] == quote["exact"] == row["text"]


def test_uima_stands_in_its_text():
    cassis = pytest.importorskip("cassis")
    files = made("uima")
    system = cassis.load_typesystem(io.BytesIO(files.pop("TypeSystem.xml")))
    back = {
        one.row_id: (one.get_covered_text(), one.holder, cas.sofa_string)
        for content in files.values()
        for cas in [cassis.load_cas_from_xmi(io.BytesIO(content), typesystem=system)]
        for layer in ("webanno.custom.Condition", "webanno.custom.Position")
        for one in cas.select(layer)
    }
    texts = full().texts
    rows = {
        r["row_id"]: (r["text"], r["holder"], texts[r["article_id"]]) for r in coded_rows(full())
    }
    assert back == rows


@pytest.mark.parametrize(("name", "schema"), [("qdc", "Codebook"), ("qdpx", "Project")])
@pytest.mark.parametrize("empty", [False, True])
def test_refi_qda_is_valid_against_its_schema(name, schema, empty):
    etree = pytest.importorskip("lxml.etree")
    content = next(iter(made(name, Tables.empty() if empty else None).values()))
    if name == "qdpx":
        content = zipfile.ZipFile(io.BytesIO(content)).read("project.qde")
    rules = etree.XMLSchema(etree.parse(ROOT / "tests" / "refi_qda" / f"{schema}.xsd"))
    document = etree.fromstring(content)
    rules.assertValid(document)
    used = {one.get("targetGUID") for one in document.iter("{*}CodeRef")}
    assert used <= {one.get("guid") for one in document.iter("{*}Code")}
    every = [one.get("guid") for one in document.iter() if one.get("guid")]
    assert len(set(every)) == len(every)


def test_a_crate_is_read_by_its_library(tmp_path):
    content = made("rocrate")["run.crate.zip"]
    crate = pytest.importorskip("rocrate.rocrate")
    (tmp_path / "crate.zip").write_bytes(content)
    back = crate.ROCrate(tmp_path / "crate.zip")
    names = {one.id for one in back.data_entities}
    assert names == {f"tables/{name}.csv" for name in may_leave(nasty()).frames}
    assert back.root_dataset["license"].id == "#rights"


# Corrections

DOCUMENT = "project.qde"


def repacked(tmp_path: Path, change) -> Path:
    "The project with `change` made to the text of its document and its files"
    zipped = zipfile.ZipFile(io.BytesIO(made("qdpx")["project.qdpx"]))
    files = {name: zipped.read(name) for name in zipped.namelist()}
    path = tmp_path / "back.qdpx"
    path.write_bytes(archive(change(files)))
    return path


def edited(before: str, after: str):
    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        text = files[DOCUMENT].decode("utf-8")
        assert before in text, before
        return files | {DOCUMENT: text.replace(before, after, 1).encode("utf-8")}

    return change


def test_a_project_comes_back_as_qualcoder_saves_it(tmp_path):
    "A mark at the front of texts, Windows line ends, new ids, folder in lower case"

    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        text = (
            files.pop(DOCUMENT)
            .decode("utf-8")
            .replace(' guid="', ' guid="A')
            .replace('targetGUID="', 'targetGUID="a')
        )
        texts = {
            name.replace("Sources", "sources"): b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")
            for name, content in files.items()
        }
        return {DOCUMENT: text.encode("utf-8")} | texts

    found = corrections(nasty(), repacked(tmp_path, change))
    assert (found.corrections.height, found.problems.rows()) == (0, [])


def first_row(table: str) -> dict:
    return next(row for row in coded_rows(full()) if row["table"] == table)


def test_a_changed_code_is_one_correction(tmp_path):
    from negotiations_study.corpus.projects import guid

    row = first_row("conditions")
    other = next(c for c in full().book.codes["theme"] if c != row["theme"])
    coding = guid("coding", row["row_id"], "theme")

    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        head, tail = files[DOCUMENT].decode("utf-8").split(coding)
        tail = tail.replace(guid("theme", row["theme"]), guid("theme", other), 1)
        return files | {DOCUMENT: (head + coding + tail).encode("utf-8")}

    found = corrections(nasty(), repacked(tmp_path, change))
    assert found.corrections.select(*CHANGED).rows() == [
        (row["row_id"], "theme", row["theme"], other)
    ]
    assert found.problems.is_empty()


def test_a_changed_text_is_reported_and_not_read(tmp_path):
    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        name = next(n for n in files if n.startswith("Sources"))
        return files | {name: files[name] + b" "}

    found = corrections(nasty(), repacked(tmp_path, change))
    assert found.corrections.is_empty()
    assert found.problems.height == 1 and "no article has this text" in found.problems["what"][0]


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ('name="kind: precondition"', 'name="my own code"', "is none of the codebook"),
        ('name="kind: precondition"', 'name="kind: my own"', "is no code of the codebook"),
        ("<Description>strike", "<Description>note strike", "no code of"),
    ],
)
def test_what_does_not_fit_is_said(before, after, what, tmp_path):
    "A code of somebody's own, and a row's id that was lost at one of its codings"
    found = corrections(nasty(), repacked(tmp_path, edited(before, after)))
    assert [w for w in found.problems["what"] if what in w]
    gone = found.corrections.filter(pl.col("column") == "row", pl.col("after").is_null())
    assert gone.is_empty(), "a row with a fault must not be taken for deleted"


@pytest.mark.hostile
@pytest.mark.parametrize("content", [b"", b"no zip", archive({"other": b""})])
def test_a_broken_file_is_one_sentence(content, tmp_path):
    for suffix in ("qdpx", "zip", "xmi"):
        if suffix == "xmi":
            pytest.importorskip("cassis")
        path = tmp_path / f"back.{suffix}"
        path.write_bytes(content)
        if suffix == "zip" and zipfile.is_zipfile(path):
            continue
        with pytest.raises(InputError, match="nothing was read"):
            corrections(nasty(), path)


@pytest.mark.hostile
def test_a_document_type_is_refused(tmp_path):
    path = repacked(tmp_path, edited("<Project", '<!DOCTYPE a [<!ENTITY b "c">]><Project'))
    with pytest.raises(InputError, match="document type"):
        corrections(nasty(), path)


def test_inception_moves_adds_and_deletes(tmp_path):
    cassis = pytest.importorskip("cassis")
    for name, content in made("uima").items():
        (tmp_path / name).write_bytes(content)
    row = first_row("conditions")
    system = cassis.load_typesystem(tmp_path / "TypeSystem.xml")
    for path in tmp_path.glob("*.xmi"):
        cas = cassis.load_cas_from_xmi(path, typesystem=system)
        marks = list(cas.select("webanno.custom.Condition"))
        if row["row_id"] in {one.row_id for one in marks}:
            break
    one = next(one for one in marks if one.row_id == row["row_id"])
    codes = {column: str(row[column]) for column in CODED["conditions"]}
    cas.remove(one)
    cas.add(one.type(begin=4, end=9, row_id=None, holder=None, **codes))
    cas.to_xmi(path)
    found = corrections(nasty(), path)
    assert found.problems.is_empty()
    assert (row["row_id"], "row", "conditions", None) in found.corrections.select(*CHANGED).rows()
    new = found.corrections.filter(pl.col("row_id") == f"{row['article_id']}:c4-9")
    assert ("row", None, "conditions") in new.select(*CHANGED[1:]).rows()
    assert dict(zip(new["column"], new["after"], strict=True)).items() >= codes.items()


# The command


def test_the_command_writes_and_reads_back(tmp_path):
    nasty().write(tmp_path / "tables")
    code, out, err = said("export", tmp_path, "--to", "sqlite, qdpx", "--texts", "full")
    assert (code, err) == (0, "")
    assert [Path(line).name for line in out.splitlines()] == ["tables.sqlite", "project.qdpx"]
    back = tmp_path / "exports" / "qdpx" / "project.qdpx"
    assert said("corrections", back, "--folder", tmp_path) == (
        0,
        "row_id,column,before,after,sha256,text,who,when,why\n",
        "",
    )
    code, _, err = said("export", tmp_path, "--to", "qdpx")
    assert code == 2 and "--texts: expected full" in err and len(err.splitlines()) == 1
    code, _, err = said("export", tmp_path, "--to", "sqlit")
    assert code == 2 and "sqlite" in err


@pytest.mark.parametrize("name", sorted(LIBRARIES))
def test_a_missing_library_says_what_to_type(name, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, LIBRARIES[name], None)
    texts = "full" if name in WHOLE else "evidence"
    with pytest.raises(InputError, match=r'pip install "negotiations_study\[(export|duckdb)\]"'):
        FORMATS[name][0](may_leave(nasty(), texts))
