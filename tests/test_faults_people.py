"""Quotations, speakers and names that other tools are known to read wrong, a table for each."""

import pytest

from negotiations_study import build_tables

HEAD = "Dispute over the ferry pier\n\n4 March 2021\n\n"

LEAD_INS = {  # text → speaker of its quotation
    "And this from Mayor Lotte Quill:\n\n“Nobody will load a boat in this port.”": "Lotte Quill",
    "From the desk of Lotte Quill, mayor.\n\n“Nobody will load a boat here.”": "Lotte Quill",
    "This from the pilots’ union:\n\n“Nobody will load a boat here.”": "the pilots’ union",
    "On the pier this morning:\n\n“Nobody will load a boat in this port.”": None,
}
MANNERS = {
    "“Not a cent,” snapped Lotte Quill, closing her folder.": "Lotte Quill",
    "“The fee stays,” beamed Oskar Anstad, surrounded by members of his crew.": "Oskar Anstad",
    "The sign read “no boats today”, blocking Oskar Anstad, who was waiting.": None,
}
NOBODY_SAYS = {
    "The first complaint was ‘where is my boat today’ and the second ‘who pays for it’.": None,
    "The song is called “Nobody rows the boat home tonight”, and the tickets cost ten.": None,
    "“Ready to lift the fee at once” if the storms pass, it was hoped.": None,
}
SPOKEN = LEAD_INS | MANNERS | NOBODY_SAYS

SOURCES = {  # text → words of a source, speaker
    "Mrs Will said on Monday that the fee was dead.": ("Mrs Will", "Mrs Will"),
    "Dame June Friday left. Friday said she would wait.": ("Friday", "June Friday"),
    "Wednesday said nothing new about the fee.": ("Wednesday", None),
    "Oskar Anstad Junior left. Anstad said the fee was dead.": ("Anstad", "Oskar Anstad Junior"),
    "The head of the U.K. Navy Lotte Quill said the fee was dead.": (
        "The head of the U.K. Navy Lotte Quill",
        "Lotte Quill",
    ),
    "Lotte Quill and her deputy, Oskar Anstad, left. He said the fee was dead.": (
        "He",
        "Oskar Anstad",
    ),
    "The chairwoman, Lotte Quill, left. Oskar Anstad, a father, came. He said it was so.": (
        "He",
        "Oskar Anstad",
    ),
    "Oskar Anstad and Lotte Quill met at the Nordvik Museum. They said the fee was dead.": (
        "They",
        "Oskar Anstad and Lotte Quill",
    ),
    "The Nordvik Treaty sets the fee. It was hated. They said the fee was dead.": ("They", None),
    "Anstad, a lecturer at Nordvik College, left. He said the fee was dead.": ("He", "Anstad"),
    "Pilots slam Anstad’s claim that the fee is dead.": ("Pilots slam Anstad", None),
    "6:45 p.m. GMT Oskar Anstad said the fee was dead.": ("Oskar Anstad", "Oskar Anstad"),
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    "All texts, read once"
    folder = tmp_path_factory.mktemp("texts")
    for number, text in enumerate([*SPOKEN, *SOURCES]):
        (folder / f"{number:03}.txt").write_text(HEAD + text, encoding="utf-8")
    return build_tables(folder)


def rows(table, text):
    "Rows of the article that is `text`"
    number = [*SPOKEN, *SOURCES].index(text)
    return [r for r in table.to_dicts() if r["article_id"].startswith(f"{number:03}")]


@pytest.mark.parametrize("text", SPOKEN)
def test_quotations_have_the_speaker_that_the_text_names(tables, text):
    assert {r["speaker"] for r in rows(tables.quotes, text)} == {SPOKEN[text]}


@pytest.mark.parametrize("text", SOURCES)
def test_sources_mean_whom_the_text_means(tables, text):
    words, speaker = SOURCES[text]
    found = {r["speaker"] for r in rows(tables.statements, text) if r["source_text"] == words}
    assert found <= {speaker} and (speaker is None or found)
