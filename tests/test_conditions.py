"""Conditions: what invented articles on invented disputes state, and what they do not."""

import csv
import shutil
from functools import cache

import pytest
from conftest import EXAMPLES
from dispute_texts import WITH, WITHOUT

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.sheets import codebook_folder
from negotiations_study.base.spans import covers, slice_text
from negotiations_study.coding.conditions import find_conditions
from negotiations_study.language.parser import load_model, parse
from negotiations_study.people.speakers import resolve_speakers
from negotiations_study.reading.articles import make_article
from negotiations_study.statements.statements import find_statements


def conditions_in(text, book):
    article = make_article("any.txt", text.encode(), codebook=book)
    doc = next(parse([article], load_model()))
    statements = find_statements(doc, article, book)
    speakers = resolve_speakers(doc, article, statements, book)
    return article, find_conditions(doc, article, statements, speakers, book)


@cache
def read(name):
    text = WITH[name][0] if name in WITH else WITHOUT[name]
    return conditions_in(text, load_codebook())


@pytest.mark.parametrize("name", WITH)
def test_each_stated_condition_is_one_row(name):
    article, found = read(name)
    rows = [(c.holder.name, c.kind, c.strength, slice_text(article.text, c.span)) for c in found]
    for holder, kind, strength, words in WITH[name][1]:
        fitting = [r for r in rows if holder in r[0] and r[1:3] == (kind, strength)]
        assert any(words in r[3] for r in fitting), (words, rows)
    assert len(rows) == len(WITH[name][1]), rows


@pytest.mark.parametrize("name", WITHOUT)
def test_nothing_is_invented(name):
    assert read(name)[1] == ()


@pytest.mark.parametrize("name", WITH)
def test_spans_lie_in_the_text(name):
    article, found = read(name)
    for c in found:
        assert slice_text(article.text, c.span).strip(" ,;") == slice_text(article.text, c.span)
        assert all(0 <= s.start < s.end <= len(article.text) for s in (c.span, c.trigger))


def test_items_of_a_list_share_an_id_and_are_counted():
    found = read("nurses_colon_list")[1]
    assert [c.list_pos for c in found] == [1, 2, 3]
    assert len({c.list_id for c in found}) == 1


def test_a_disclaimer_is_never_netted_against_its_exception():
    assert [c.form for c in read("islands_except")[1]] == ["disclaimer", "positive"]


@pytest.mark.parametrize("bullet", "-•*")
def test_bullets_after_an_announcement(bullet):
    lines = ("a lower fuel tax", "a ban on cheap imports", "the resignation of the minister")
    text = "The farmers named their conditions for talks, their leader Jan Novak said:\n"
    text += "".join(f"\n{bullet} {line}\n" for line in lines)
    article, found = conditions_in(text, load_codebook())
    assert [slice_text(article.text, c.span) for c in found] == list(lines)


NAMES = {
    "Mara Lindqvist": "Oona Petrides",
    "M. Lindqvist": "O. Petrides",
    "Lindqvist": "Petrides",
    "Per Halvorsen": "Dario Quint",
    "Halvorsen": "Quint",
    "Tomas Okafor": "Lech Abara",
    "Okafor": "Abara",
    "Alder Port Company": "Selby Dock Company",
    "Port Alder": "Port Selby",
    "PORT ALDER": "PORT SELBY",
    "Alder Courier": "Selby Mirror",
    "aldercourier": "selbymirror",
    "the Courier": "the Mirror",
    "Coast Wire": "Inland Press",
}


def renamed(text):
    for old, new in NAMES.items():
        text = text.replace(old, new)
    return text


@pytest.fixture
def other_names(tmp_path):
    "The harbour codebook with other people, companies and papers in it"
    shutil.copytree(codebook_folder() / "studies" / "harbour", tmp_path / "harbour")
    for path in (tmp_path / "harbour").glob("*.csv"):
        path.write_text(renamed(path.read_text(encoding="utf-8")), encoding="utf-8")
    return load_codebook("harbour", tmp_path)


@pytest.mark.parametrize("name", ["strike_march", "strike_june"])
def test_other_names_do_not_change_a_code(name, other_names):
    text = (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    codes = []
    for words, book in ((text, load_codebook("harbour")), (renamed(text), other_names)):
        found = conditions_in(words, book)[1]
        codes.append(
            [
                (c.holder.id, c.ascribed_by, c.theme, c.kind, c.form, c.strength, c.list_pos)
                for c in found
            ]
        )
    assert codes[0] == codes[1]
    assert codes[0]


def test_an_item_lies_in_the_statement_that_holds_it():
    text = (EXAMPLES / "strike_march.txt").read_text(encoding="utf-8")
    book = load_codebook("harbour")
    article = make_article("any.txt", text.encode(), codebook=book)
    doc = next(parse([article], load_model()))
    statements = find_statements(doc, article, book)
    speakers = resolve_speakers(doc, article, statements, book)
    for c in find_conditions(doc, article, statements, speakers, book):
        assert any(covers(part, c.span) for part in statements[c.statement].content)


@pytest.mark.parametrize("table", ["talks", "triggers", "stances"])
def test_no_entry_is_a_phrase(table):
    "Vocabulary is words and short frames, never somebody's sentence"
    path = codebook_folder() / "language_en" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    column = {"talks": "lemma", "triggers": "trigger", "stances": "cue"}[table]
    assert all(len(row[column].split()) <= 4 for row in rows)
