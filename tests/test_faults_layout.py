"""Faults of pages met elsewhere: each kind with layouts of its own, on zones and facts alone."""

from pathlib import Path

import pytest

from negotiations_study.reading.articles import make_article, read_articles
from negotiations_study.reading.cleaning import clean

HEAD = "Teachers and board far apart\n\n7 June 2021\n\n"
LEAD = "The board said on Friday that it would talk if the teachers gave up their claim.\n\n"
TAIL = "“Nobody wants this,” said Ivo Strand, who leads the teachers. The board is silent."


@pytest.mark.parametrize(
    ("zone", "line"),
    [
        ("comment", "Comments (2)\n\ngull7: The board says no unless we pay."),
        ("comment", "What our readers say\n\ngull7 says: The board must talk!"),
        ("correction", "An earlier version of this story said that the board would resign."),
        ("correction", "Clarification: The board never asked for an end to the strike."),
        ("teaser", "Mayor urges board to give in\n\nPilots demand end to night flights"),
        ("teaser", "• Board says no unless strike ends • Mayor urges talks"),
        ("caption", "Ivo Strand says talks are dead. (Lio Brand / Coast Wire)"),
        ("caption", "Photograph: Lio Brand/Coast Wire"),
        ("template", "Have your say: should the board give in? Vote in our poll."),
        ("template", "This story continues below the ad"),
        ("another", "Strike is over\n\n7 September 2021\n\nThe board said that it was glad of it."),
    ],
)
def test_what_nobody_says_is_no_text(zone: str, line: str) -> None:
    article = make_article("a.txt", f"{HEAD}{LEAD}{TAIL}\n\n{line}\n".encode())
    last = line.splitlines()[-1][:20]
    assert article.zone_at(article.text.index(last)) == zone
    assert article.zone_at(article.text.index("The board said on Friday")) == "body"
    assert article.published.value == "2021-06-07"


@pytest.mark.parametrize(
    ("raw", "text", "done"),
    [
        ("&quot;No,&quot; he said.", '"No," he said.', "entities"),
        ("â€œNo,â€\x9d said JÃ¸rn.", "“No,” said Jørn.", "letters"),
        ("<p>He <b>said</b> no.</p>", "\n\nHe said no.\n\n", "tags"),
        ("**Ivo** [said](https://x.example) no.", "Ivo said no.", "markdown"),
        ("Ivo sa\u200bid\u00ad no.", "Ivo said no.", "invisible characters"),
        ("the set-\ntlement of a long-\nterm row", "the settlement of a long-term row", "broken"),
        ("3 * 4 < 13, snake_case, AT&T 4*", "3 * 4 < 13, snake_case, AT&T 4*", ""),
    ],
)
def test_cleaning_mends_and_says_so(raw: str, text: str, done: str) -> None:
    cleaned = clean(raw)
    assert cleaned.text == text
    assert all(done in name for name in cleaned.done) and bool(cleaned.done) == bool(done)


def test_a_file_that_cannot_be_trusted_stands_in_errors(tmp_path: Path) -> None:
    texts = {
        "lost": f"{HEAD}{LEAD}?We won?t go,? said Ivo Strand.",
        "german": "Die Firma sagte am Montag, sie werde an den Tisch kommen, wenn alle es wollen.",
        "two": f"{HEAD}{LEAD}-----\n\nAll over\n\n7 September 2021\n\n{LEAD}",
        "fine": HEAD + LEAD + TAIL,
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "articles.csv").write_text("file;date\nfine.txt;2021-06-08\n")
    read = read_articles(tmp_path)
    assert {str(e).split(".")[0] for e in read.errors} == {"lost", "german", "two"}
    assert [a.article_id for a in read] == ["fine", "lost", "two"]
    assert read["fine"].published.value == "2021-06-08"
