"""The model that ships is the one on its card, and points at the text"""

import hashlib
import json
import shutil
import unicodedata
from pathlib import Path

import pytest
from conftest import EXAMPLES, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.marked import read_corpus
from negotiations_study.base.project import InputError
from negotiations_study.base.spans import Span
from negotiations_study.coding.model import (
    FOLDER,
    KINDS,
    SIZE,
    ProposedSentence,
    load_coder_model,
    propose_conditions,
    sentences_of,
    windows,
)
from negotiations_study.language.parser import load_model, parse
from negotiations_study.reading.articles import make_article, read_articles

CARD = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))
FILES = ("model.onnx", "tokenizer.json", "marks.parquet", "holders.json")


@pytest.fixture(scope="module")
def read_examples():
    "The example articles with their parses"
    articles = list(read_articles(EXAMPLES, codebook=load_codebook("harbour")))
    return list(zip(parse(articles, load_model()), articles, strict=True))


def test_card_names_every_file_that_is_run():
    assert set(CARD["sha256"]) == set(FILES)
    assert {p.name for p in FOLDER.iterdir()} == {*FILES, "card.json"}


@pytest.mark.parametrize("name", FILES)
def test_file_is_what_the_card_says(name: str):
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == CARD["sha256"][name]


def test_card_says_what_it_was_made_from():
    assert CARD["licence"] == "Apache-2.0"
    assert CARD["base"] and len(CARD["base_sha256"]) == 64
    learned = read_corpus(ROOT / "corpus", "learn")
    assert 0 < CARD["articles"] <= len(learned)
    assert 0 < CARD["marks"] <= sum(len(marked.marks) for marked in learned)
    slope, _ = CARD["calibration"]
    assert slope > 0


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused_by_name(tmp_path: Path, name: str):
    folder = shutil.copytree(FOLDER, tmp_path / "model")
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(InputError, match=name):
        load_coder_model(folder)


def test_tokenizer_neither_pads_nor_cuts():
    "A window is longer than what the base was set to cut at"
    tokenizer = load_coder_model().tokenizer
    assert (tokenizer.padding, tokenizer.truncation) == (None, None)
    assert len(tokenizer.encode("talks " * 600, add_special_tokens=False).ids) == 600


def test_twice_loaded_twice_read_the_same(read_examples):
    once, again = load_coder_model.__wrapped__(), load_coder_model.__wrapped__()
    assert once.session is not again.session
    found = [
        [propose_conditions(*read, model) for read in read_examples] for model in (once, again)
    ]
    assert found[0] == found[1]
    assert any(found[0])


def test_what_is_proposed_stands_in_the_text(read_examples):
    for doc, article in read_examples:
        sentences = [s.span for s in sentences_of(doc, article)]
        found = propose_conditions(doc, article, load_coder_model())
        for p in found:
            assert any(s.start <= p.span.start < p.span.end <= s.end for s in sentences)
            words = article.text[slice(*p.span)]
            assert words == words.strip()
            assert p.kind in KINDS and p.strength in range(4)
            for at, _ in p.holders:
                assert article.text[at].strip() and not p.span.start <= at < p.span.end
        assert all(a.span.end <= b.span.start for a, b in zip(found, found[1:], strict=False))


def test_probabilities_are_rounded_and_within_bounds(read_examples):
    "Last places differ between processors; what is compared and shown must not"
    for doc, article in read_examples:
        for p in propose_conditions(doc, article, load_coder_model()):
            assert sum(share for _, share in p.holders) <= 1.01
            for share in (p.probability, p.edges, *(share for _, share in p.holders)):
                assert 0 <= share <= 1 and share == round(share, 3)


@pytest.mark.parametrize("text", ["“", "🕊️", "No.", "\n\nNo\n", "demands " * 400])
def test_odd_texts_are_read(text: str):
    article = make_article("odd.txt", text.encode(), codebook=load_codebook())
    doc = next(parse([article], load_model()))
    for p in propose_conditions(doc, article, load_coder_model()):
        assert article.text[slice(*p.span)].strip()


# Characters and pieces

ODD = [
    "“",
    "”",
    "’s",
    "‘",
    "„",
    "…",
    "—",
    "\n",
    "\u00a0",
    "\u200b",
    "🕊️",
    "👩🏽‍🚒",
    "Zürich",
    "e\u0301",
]
PLAIN = ["demands", "unless", "talks", "the", "withdrawal", ",", "10%", "U.N.", "İstanbul", "Київ"]


def plain(text: str) -> str:
    "As the pieces of words are written: small letters without accents, straight quotation marks"
    straight = text.translate(str.maketrans("’‘“”„", '\'\'"""'))
    letters = unicodedata.normalize("NFD", straight.lower())
    return "".join(c for c in letters if unicodedata.category(c) != "Mn")


@given(st.lists(st.tuples(st.sampled_from(ODD + PLAIN), st.sampled_from(["", " "])), max_size=60))
@settings(max_examples=60)
def test_a_piece_points_at_its_own_letters(parts: list[tuple[str, str]]):
    text = "He " + "".join(word + gap for word, gap in parts) + " said."
    tokenizer = load_coder_model().tokenizer
    whole = Span(0, len(text))
    for window in windows(
        text, [ProposedSentence(whole, [Span(0, 2)], [(-1, 0, -1)], [0])], tokenizer
    ):
        assert len(window.ids) == len(window.pieces) + 2 <= SIZE + 2
        assert window.places == [(1, 1, 0, 1, 0)] and window.nouns == [1]
        for number, span in zip(window.ids[1:-1], window.pieces, strict=True):
            token = tokenizer.id_to_token(number).removeprefix("##")
            assert token == "[UNK]" or token in plain(text[slice(*span)])
            assert 0 <= span.start < span.end <= len(text)


@given(st.lists(st.integers(1, 90), min_size=1, max_size=12))
@settings(max_examples=40)
def test_each_sentence_is_read_once_and_whole(lengths: list[int]):
    "Whatever the sentences are like, every stretch is in one window, at its own words"
    sentences, text = [], ""
    for n in lengths:
        start = len(text)
        text += "War " + "talk " * n + "end. "
        stretch, nothing = Span(start, start + 3), (-1, -1, -1)
        sentences.append(
            ProposedSentence(Span(start, len(text) - 1), [stretch], [nothing], [start])
        )
    found = list(windows(text, sentences, load_coder_model().tokenizer))
    assert [s for w in found for s in w.stretches] == [s.stretches[0] for s in sentences]
    for window in found:
        for stretch, place in zip(window.stretches, window.places, strict=True):
            assert window.pieces[place.first - 1].start == stretch.start
            assert window.pieces[place.last - 1].end == stretch.end
            assert place[2:] == (0, 0, 0)
