"""Documents, tables and packed folders, made by the libraries that write them"""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import docx
import polars as pl
import pytest
import rispy
import vl_convert
from conftest import EXAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations_study import build_tables
from negotiations_study.base.project import InputError, SettingsError, load_settings
from negotiations_study.reading import documents
from negotiations_study.reading.articles import read_articles
from negotiations_study.reading.records import Record, read_records, read_zip
from negotiations_study.running.provenance import input_facts

WORDS = "The dockers will return only if the dismissals are taken back, their chairwoman said."
EXPORT = """Port closed|Harbour Gazette|March 4, 2021 Thursday|Copyright 2021 Harbour Gazette|
Section: NEWS|Length: 12 words|Body|{}|Load-Date: March 5, 2021|End of Document|
Port open|Coast Wire|June 18, 2021|Copyright 2021|Body|The dockers went back to work and the
port was open again on Friday, they said.|Load-Date: June 19, 2021|End of Document"""


def word(*lines: str) -> bytes:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    made.save(file := io.BytesIO())
    return file.getvalue()


def rtf(*lines: str) -> bytes:
    body = "\\par ".join("".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in x) for x in lines)
    return f"{{\\rtf1\\ansi {body}}}".encode()


def pdf(text: str) -> bytes:
    look = 'x="10" y="30" font-family="Liberation Sans" font-size="12"'
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="700" height="60">'
    return vl_convert.svg_to_pdf(f"{head}<text {look}>{text}</text></svg>")


def only(folder: Path, name: str, data: bytes, **how):
    (folder / name).write_bytes(data)
    found = read_articles(folder, **how)
    assert not found.errors, found.errors
    return list(found)


@pytest.mark.parametrize("name, make", [("a.docx", word), ("a.rtf", rtf), ("a.pdf", pdf)])
def test_a_document_is_an_article_with_the_hash_of_its_file(tmp_path: Path, name: str, make):
    data = make(WORDS)
    (article,) = only(tmp_path, name, data)
    assert (article.article_id, " ".join(article.text.split())) == ("a", WORDS)
    assert article.sha256 == hashlib.sha256(data).hexdigest()


def test_a_pdf_by_another_name_is_a_pdf(tmp_path: Path):
    (article,) = only(tmp_path, "a.txt", pdf(WORDS))
    assert " ".join(article.text.split()) == WORDS


def page_of(*lines: str) -> bytes:
    "A PDF of one page with so many lines"
    look = 'x="10" font-family="Liberation Sans" font-size="12"'
    rows = "".join(f'<text {look} y="{30 * n}">{line}</text>' for n, line in enumerate(lines, 1))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="{30 * len(lines) + 60}">'
    return vl_convert.svg_to_pdf(f"{head}{rows}</svg>")


def plain(*lines: str) -> bytes:
    return "\n\n".join(lines).encode()


EXPORTS = [("a.docx", word), ("a.rtf", rtf), ("a.pdf", page_of), ("a.txt", plain), ("a.md", plain)]


@pytest.mark.parametrize("name, make", EXPORTS)
def test_an_export_is_as_many_articles_as_it_holds(tmp_path: Path, name: str, make):
    lines = EXPORT.replace("\n", " ").replace("| ", "|").format(WORDS).split("|")
    first, second = only(tmp_path, name, make(*lines))
    assert first.article_id == f"{name}/000001"
    assert [a.outlet.value for a in (first, second)] == ["Harbour Gazette", "Coast Wire"]
    assert [a.published.value for a in (first, second)] == ["2021-03-04", "2021-06-18"]
    assert (first.headline.value, first.headline.basis) == ("Port closed", "metadata")
    text = " ".join(first.text.split())
    assert WORDS in text and "Load-Date" not in text and "Port open" not in text


def test_a_note_in_markdown_is_read_as_its_reader_sees_it(tmp_path: Path):
    front = "---\ntitle: Port closed: they wait\nDate: 2021-03-04\nsource: Coast Wire\n---\n"
    note = f"{front}{WORDS.replace('only', '*only*')} [More](https://a.example)\n\n> “We wait.”\n"
    (article,) = only(tmp_path, "a.md", note.encode())
    assert article.text == f"Port closed: they wait\n\n{WORDS} More\n\n“We wait.”"
    facts = (article.headline, article.published, article.outlet)
    assert [f.value for f in facts] == ["Port closed: they wait", "2021-03-04", "Coast Wire"]
    assert article.sha256 == hashlib.sha256(note.encode()).hexdigest()


@pytest.mark.parametrize("line", ["4/3/2021", "June 2021", "2021", "soon", ""])
def test_what_may_be_two_days_is_none(line: str):
    assert documents._day(line) == ""


def test_rows_are_found_where_words_are(tmp_path: Path):
    (tmp_path / "a.docx").write_bytes(word("PORT ALDER, March 4, 2021 – Coast Wire.", WORDS))
    tables = build_tables(tmp_path, coder="rules", codebook="harbour")
    (text,) = tables.articles["text"]
    rows = tables.conditions.select("start", "end", "text").rows()
    assert rows and all(text[a:b] == words for a, b, words in rows)


ROWS = [{"body": WORDS, "when": "2021-03-04", "who": "Coast Wire"}]
ROWS += [{"body": f"{WORDS} They left.", "when": "2021-06", "who": None}]
MAPPED = "text: body, date: when, outlet: who"


def as_bytes(suffix: str) -> bytes:
    if suffix == "jsonl":
        return "\n".join(map(json.dumps, ROWS)).encode()
    file = io.BytesIO()
    pl.DataFrame(ROWS).write_csv(file) if suffix == "csv" else pl.DataFrame(ROWS).write_parquet(
        file
    )
    return file.getvalue()


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_rows_of_a_table_are_articles_where_the_setting_says_so(tmp_path: Path, suffix: str):
    first, second = only(tmp_path, f"t.{suffix}", as_bytes(suffix), columns=MAPPED)
    assert (first.text, first.outlet.value, first.published.value) == (
        WORDS,
        "Coast Wire",
        "2021-03-04",
    )
    assert second.published.value == "2021-06"
    assert input_facts(tmp_path, True) and not input_facts(tmp_path)
    with pytest.raises(InputError, match="reading.columns"):
        read_articles(tmp_path)


def test_a_list_of_references_is_read_by_its_abstracts(tmp_path: Path):
    entry = {"type_of_reference": "NEWS", "title": "Port closed", "abstract": WORDS}
    entry |= {"secondary_title": "Coast Wire", "date": "2021/03/04"}
    (article,) = only(tmp_path, "a.ris", rispy.dumps([entry]).encode())
    assert article.text == f"Port closed\n\n{WORDS}"
    assert (article.outlet.value, article.published.value) == ("Coast Wire", "2021-03-04")


def test_a_saved_page_is_its_article(tmp_path: Path):
    pytest.importorskip("trafilatura")
    page = f"""<html><head><title>Port closed</title>
    <meta property="og:site_name" content="Coast Wire">
    <meta property="article:published_time" content="2021-03-04T10:00:00Z"></head><body>
    <nav><a href="/">Home</a></nav><article><h1>Port closed</h1><p>{WORDS}</p><p>“We wait,” she
    said, and left the hall with the others.</p></article>
    <footer>Subscribe now</footer></body></html>"""
    (article,) = only(tmp_path, "a.html", page.encode())
    assert WORDS in article.text and "Subscribe" not in article.text
    assert (article.outlet.value, article.published.value) == ("Coast Wire", "2021-03-04")


@pytest.mark.parametrize(
    "name, data", [("a.pdf", pdf(WORDS)), ("a.docx", word(WORDS)), ("a.html", b"<html>")]
)
def test_a_missing_library_is_named_with_the_way_to_get_it(tmp_path: Path, monkeypatch, name, data):
    def absent(module):
        raise ImportError(module)

    monkeypatch.setattr(documents, "import_module", absent)
    (tmp_path / name).write_bytes(data)
    (error,) = read_articles(tmp_path).errors
    extra = "html" if name == "a.html" else "files"
    assert f'pip install "negotiations_study[{extra}]"' in str(error)


def test_what_the_user_knows_reaches_into_files_of_many_articles(tmp_path: Path):
    inside = {"x/a.txt": WORDS.encode(), "x/b.md": WORDS.encode(), "x/old.doc": b"x"}
    inside |= {"x/articles.csv": b"file,date\na.txt,2021\nb.md,2022\nc.txt,2023\n"}
    (tmp_path / "all.zip").write_bytes(packed(inside).getvalue())
    (tmp_path / "t.csv").write_bytes(as_bytes("csv"))
    about = "file,date,outlet\nall.zip,,Coast Wire\nall.zip/x/b.md,2024,\nt.csv/000002.txt,2025,\n"
    (tmp_path / "articles.csv").write_text(f"{about}t.csv/9,2026,\n")
    found = read_articles(tmp_path, columns=MAPPED)
    facts = {a.article_id: (a.published.value, a.outlet.value) for a in found}
    assert facts.pop("t.csv/000001") == ("2021-03-04", "Coast Wire")
    assert facts.pop("t.csv/000002") == ("2025", None)
    assert facts == {"all.zip/x/a": ("2021", "Coast Wire"), "all.zip/x/b": ("2024", "Coast Wire")}
    told = {e.path: e.what for e in found.errors}
    assert set(told) == {"all.zip/x/articles.csv", "all.zip/x/old.doc", "articles.csv"}
    assert "no such article 'c.txt'" in told["all.zip/x/articles.csv"]
    assert "no such article 't.csv/9'" in told["articles.csv"]


def test_what_is_not_read_is_named_with_the_way_out(tmp_path: Path):
    for name in ("old.doc", "book.epub", "all.7z", "README.md", "picture.png", "notes.csv"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "a.txt").write_text(WORDS)
    found = read_articles(tmp_path)
    assert [a.article_id for a in found] == ["a"]
    assert [e.path for e in found.errors] == ["all.7z", "book.epub", "old.doc"]
    assert all("not read; " in e.what for e in found.errors)


def packed(members: dict[str, bytes]) -> io.BytesIO:
    with zipfile.ZipFile(made := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made


def test_a_packed_folder_is_read_as_the_folder(tmp_path: Path):
    inside = {f"x/{p.name}": p.read_bytes() for p in EXAMPLES.glob("*.txt")}
    inside |= {"w.docx": word(WORDS), "__MACOSX/w.docx": b"x", "t.csv": as_bytes("csv")}
    found = only(tmp_path, "all.zip", packed(inside).getvalue(), columns=MAPPED)
    names = "t.csv/000001 t.csv/000002 w x/strike_june x/strike_march".split()
    assert [a.article_id for a in found] == [f"all.zip/{name}" for name in names]
    apart = {a.article_id: a.text for a in read_articles(EXAMPLES)}
    assert {a.article_id[10:]: a.text for a in found[3:]} == apart


@pytest.mark.hostile
@pytest.mark.parametrize(
    "name", ["../a.txt", "/etc/a.txt", "x/../../a.txt", "..\\a.txt", "C:a.txt"]
)
def test_no_name_leads_out_of_an_archive(name: str):
    (found,) = read_zip(packed({name: WORDS.encode()}), "all.zip")
    assert isinstance(found, InputError) and "leads out" in found.what


@pytest.mark.hostile
def test_a_bomb_is_refused_without_being_unpacked(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * 40_000_000)
    bomb = packed({"word/document.xml": b" " * (documents.MAX_BYTES + 1)}).getvalue()
    (tmp_path / "b.docx").write_bytes(bomb)
    (tmp_path / "c.txt").write_text(WORDS)
    found = list(read_records(tmp_path))
    assert [f.path for f in found if isinstance(f, Record)] == ["c.txt"]
    assert all("too long" in f.what for f in found if isinstance(f, InputError))


@pytest.mark.hostile
@settings(max_examples=60)
@given(
    st.sampled_from(["docx", "rtf", "pdf", "ris", "zip", "jsonl", "parquet", "csv"]),
    st.binary(max_size=200),
)
def test_bytes_of_any_kind_make_an_article_or_an_error(tmp_path_factory, suffix: str, data: bytes):
    folder = tmp_path_factory.mktemp("any")
    start = {"docx": b"PK\x03\x04", "zip": b"PK\x03\x04", "pdf": b"%PDF-1.7\n", "rtf": b"{\\rtf1 "}
    (folder / f"a.{suffix}").write_bytes(start.get(suffix, b"") + data)
    found = read_articles(folder, columns=MAPPED)
    assert len(found) + len(found.errors) >= 1 or suffix in ("ris", "jsonl", "csv", "parquet")


@pytest.mark.parametrize("setting", ["body", "text:", "tekst: body", "date: when"])
def test_a_wrong_mapping_is_named(tmp_path: Path, setting: str):
    (tmp_path / "t.csv").write_bytes(as_bytes("csv"))
    with pytest.raises(SettingsError, match="reading.columns.*expected text"):
        read_articles(tmp_path, columns=setting)


def test_the_mapping_is_a_setting(tmp_path: Path):
    (tmp_path / "settings.ini").write_text(f"[reading]\ncolumns = {MAPPED}\n")
    assert load_settings(tmp_path).columns == MAPPED
