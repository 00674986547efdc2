"""Input made to break: patterns on repeated letters, odd bytes and links."""

import random
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patterns import Use, hard_for, uses

from negotiations_study import build_tables, read_articles
from negotiations_study.language.quotes import find_quotes
from negotiations_study.reading.articles import make_article

PROSE = (
    "The dockers will return only if the port takes them back, their chairwoman said on Monday. "
)


# Bytes and links


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n", "PDF"),
        (PROSE.encode("utf-16-le"), "NUL"),
        (PROSE.encode("utf-32-be"), "NUL"),
        (bytes(random.Random(3).randrange(128, 256) for _ in range(40)), "not text"),
        (b"PK\x03\x04\x14\x00\x00\x00", "NUL"),
        (PROSE.encode() + b"\x00", "NUL"),
    ],
    ids=["pdf", "utf-16 without mark", "utf-32", "random", "zip", "NUL"],
)
def test_bytes_that_are_no_text(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "bad.txt").write_bytes(data)
    (tmp_path / "good.txt").write_text(PROSE)
    read = read_articles(tmp_path)
    assert [a.article_id for a in read] == ["good"]
    (error,) = read.errors
    assert (error.path, error.place != "", words in error.what) == ("bad.txt", True, True)


@pytest.mark.hostile
def test_a_loop_of_links(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(PROSE)
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "round").symlink_to(tmp_path)
    read = read_articles(tmp_path)
    assert [a.article_id for a in read] == ["good"]
    assert {e.path: e.what for e in read.errors} == dict.fromkeys(
        ("a.txt", "b.txt"), "a loop of links"
    )


@pytest.mark.hostile
@pytest.mark.parametrize("given", ["../secret.txt", "/etc/passwd", "..\\secret.txt", "good/../x"])
def test_no_path_in_articles_csv_leaves_the_folder(tmp_path: Path, given: str) -> None:
    home = tmp_path / "articles"
    home.mkdir()
    (tmp_path / "secret.txt").write_text(PROSE)
    (home / "good.txt").write_text(PROSE)
    (home / "articles.csv").write_text(f"file,outlet\n{given},Far\n")
    read = read_articles(home)
    assert [(a.article_id, a.outlet.value) for a in read] == [("good", None)]
    assert ["no such article" in e.what for e in read.errors] == [True]


# Quotation marks that nothing closes


@pytest.mark.hostile
@pytest.mark.parametrize("mark", ['"', "“", "‘", "''", "``", "'", "«", "„"])
def test_marks_without_a_partner_are_sought_once(mark: str, monkeypatch) -> None:
    """The characters looked at for closing marks grow with the text, not with its square."""
    from negotiations_study.language import quotes

    looked, closing = [], quotes._closing_mark

    def counted(text, start, end, opening):
        found = closing(text, start, end, opening)
        again = text.find(opening, start, end) if opening in "“„«‘" else -1
        looked.append((found.end if found else again if again >= 0 else end) - start)
        return found

    monkeypatch.setattr(quotes, "_closing_mark", counted)
    text = PROSE + f"{mark}we go " * 400
    find_quotes(text, make_article("a", text.encode()).zones)
    assert sum(looked) <= 2 * len(text)


# Whole articles

PIECES = [
    "\u202eevil\u202c",
    "\u200b",
    "\ufeff",
    "\x1b",
    "=HYPERLINK(1)",
    "@SUM(1)",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "../../etc/passwd",
    "“",
    "”",
    '"',
    "‘",
    "''",
    "(",
    "[",
    "...",
    "a@b.example",
    "https://a.example/b",
    "\n\n",
    "\n",
    "\t",
    "not",
    "unless",
    "that",
    "said",
    "only if",
    "Mara Orrin",
    "he",
    "𝔘",
    "é",
    "-",
    "—",
    ":",
    "condition",
    "demands",
]


@pytest.mark.hostile
@given(st.lists(st.sampled_from([PROSE, *PIECES]), min_size=1, max_size=60))
@settings(max_examples=8)
def test_any_mixture_ends_in_tables(tmp_path_factory, pieces: list[str]) -> None:
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "mixed.txt").write_text(PROSE + " ".join(pieces), encoding="utf-8")
    tables = build_tables(folder)
    raised = [e for e in tables.errors["what"] if "Error:" in e]
    assert not raised
    assert tables.articles.height + tables.errors.height >= 1


@pytest.mark.hostile
def test_a_sentence_that_was_cut_is_an_error_with_place_and_length(tmp_path: Path) -> None:
    start = "The port is shut. "
    (tmp_path / "long.txt").write_text(start + "and the union waits " * 300)
    (tmp_path / "short.txt").write_text(start + "and the union waits " * 20)
    tables = build_tables(tmp_path, coder="rules")
    (row,) = tables.errors.rows(named=True)
    assert tables.articles["article_id"].to_list() == ["long", "short"]
    assert (row["path"], row["place"]) == ("long.txt", "characters 18 to 6017")
    assert "no sentence ends in 1200 words" in row["what"] and "into 3 sentences" in row["done"]


@pytest.mark.hostile
def test_a_word_that_was_cut_is_an_error_with_place_and_length(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text(PROSE + "([" * 600)
    (tmp_path / "short.txt").write_text(PROSE + "([" * 400)
    tables = build_tables(tmp_path, coder="rules")
    words = tables.errors.filter(pl.col("what").str.contains("no blank in 1200 characters"))
    assert [len(t) - len(PROSE) for t in tables.articles["text"]] == [1200, 800]
    assert words["path"].to_list() == ["long.txt"]
    assert words["place"][0] == f"characters {len(PROSE)} to {len(PROSE) + 1200}"


# Patterns


@pytest.mark.hostile
def test_steps_of_a_pattern_grow_with_the_text() -> None:
    assert hard_for(Use("old", re.compile(r"\s*[>›]\s*"), True))  # the count sees what it is to see
    read = uses()
    assert len(read) > 100 and "zones.DATELINE" in {use.name for use in read}
    assert {use.name for use in read if hard_for(use)} == set()
