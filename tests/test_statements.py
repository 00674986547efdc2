"""Statements: any text in, valid spans out; and the constructions of news, with other people."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import negotiations_study
from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.spans import covers, hull, slice_text
from negotiations_study.language.parser import load_model, parse
from negotiations_study.language.quotes import find_quotes
from negotiations_study.people.speakers import find_chains, resolve_speakers
from negotiations_study.reading.articles import make_article
from negotiations_study.reading.zones import Zone
from negotiations_study.statements.statements import find_statements, quote_roles

CODEBOOK = load_codebook("")


def read(text):
    article = make_article("any.txt", text.encode(), codebook=CODEBOOK)
    doc = next(parse([article], load_model()))
    return article.text, find_statements(doc, article, CODEBOOK)


def rows(text):
    text, found = read(text)

    def cut(spans):
        return " … ".join(slice_text(text, s) for s in spans)

    return [(cut([s.source] if s.source else []), cut(s.content), s.kind) for s in found]


MARKS = st.sampled_from(list("“”„«»‘’\"'.,?! \n–—-:") + ["''", "said", " he ", "Mara", "talks"])
LETTERS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=4)
SNIPPETS = st.lists(st.one_of(MARKS, LETTERS), max_size=30).map("".join)


@given(SNIPPETS)
@settings(max_examples=200)
def test_quotes_are_inside_the_text_and_inside_a_line(text):
    last = 0
    for q in find_quotes(text, [Zone("body", 0, len(text))]):
        assert last <= q.start <= q.inner_start <= q.inner_end <= q.end <= len(text)
        assert "\n" not in text[q.start : q.end]
        last = q.end


@given(SNIPPETS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_gives_valid_spans_and_the_same_ones_again(snippet):
    text, found = read(f"Mara said: {snippet}")
    for s in found:
        parts = [*s.content, *s.cue, *([s.source] if s.source else [])]
        assert all(0 <= p.start < p.end <= len(text) for p in parts)
        assert list(s.content) == sorted(s.content)
        if s.parent is not None:
            assert covers(hull(found[s.parent].content), hull(s.content))
    assert read(f"Mara said: {snippet}")[1] == found


@pytest.mark.parametrize(
    ("text", "source", "content", "kind"),
    [
        ("“We agree,” said Ada Brandt.", "Ada Brandt", "“We agree,”", "direct"),
        ('"We agree," Brandt told reporters.', "Brandt", '"We agree,"', "direct"),
        ("''We agree,'' she added.", "she", "''We agree,''", "direct"),
        ("„We agree“, said Brandt.", "Brandt", "„We agree“", "direct"),
        ("Brandt said: «We agree.»", "Brandt", "«We agree.»", "direct"),
        ("Brandt said the plan is “dead.”", "Brandt", "the plan is “dead.”", "mixed"),
        ("Brandt said that the plan is dead.", "Brandt", "the plan is dead", "indirect"),
        ("The plan is dead, Brandt said.", "Brandt", "The plan is dead", "indirect"),
        (
            "According to the ministry, prices will rise.",
            "the ministry",
            "prices will rise",
            "indirect",
        ),
        (
            "Prices, according to the ministry, will rise.",
            "the ministry",
            "Prices … will rise",
            "indirect",
        ),
        (
            "As the ministry noted, prices will rise.",
            "the ministry",
            "prices will rise",
            "indirect",
        ),
        (
            "Prices will rise. This was announced by the ministry.",
            "the ministry",
            "Prices will rise",
            "indirect",
        ),
        (
            "The bank promised to lower its fees.",
            "The bank",
            "to lower its fees",
            "indirect",
        ),
        (
            "The mayor urged the drivers to return.",
            "The mayor",
            "to return",
            "indirect",
        ),
        (
            "The mayor called for an early vote.",
            "The mayor",
            "an early vote",
            "indirect",
        ),
        (
            "The judge rejected the claim that the vote was bought.",
            "The judge",
            "the vote was bought",
            "indirect",
        ),
        ("“Come back.” – Ada Brandt, mayor", "Ada Brandt, mayor", "“Come back.”", "direct"),
    ],
)
def test_constructions(text, source, content, kind):
    assert (source, content, kind) in rows(text)


def test_a_quotation_interrupted_by_its_cue_is_one_statement():
    found = rows("“The plan,” Brandt said, “is dead and buried.” The market fell.")
    assert found == [("Brandt", "“The plan,” … “is dead and buried.”", "direct")]


@pytest.mark.hostile
def test_an_unbalanced_mark_does_not_poison_what_follows():
    text = 'A 6" pipe burst. "We knew," Brandt said.\n\n“Nobody was hurt,” she added.'
    assert {content for _, content, _ in rows(text)} == {'"We knew,"', "“Nobody was hurt,”"}


def test_a_report_inside_a_report_is_nested():
    text, found = read("The Gazette reported that Brandt said that the plan is dead.")
    inner = next(s for s in found if slice_text(text, s.content[0]) == "the plan is dead")
    assert inner.parent is not None
    assert slice_text(text, found[inner.parent].source) == "The Gazette"


@pytest.mark.parametrize(
    "text",
    [
        "The market fell on Monday.",
        "The ferry “Queen of the North” sailed at noon.",
        "It is said.",
        "The so-called “experts” left.",
        "",
    ],
)
def test_nothing_is_invented(text):
    if text:
        assert rows(text) == []


def test_an_unrelated_paragraph_changes_nothing_elsewhere():
    text = "“We agree,” said Ada Brandt.\n\nBrandt said that the plan is dead."
    more = f"{text}\n\nThe weather in the harbour was fine on Monday."
    assert rows(more) == rows(text)


PARAGRAPHS = [
    "“We agree,” said Ada Brandt. “But not today.”",
    "Brandt said that the plan is dead, adding that nobody had read it.",
    "The bank, according to the Gazette, has promised to lower its fees.",
    "The mayor urged the drivers to return. This was announced by his office.",
    "“The road is open.” – Ada Brandt, mayor",
    "Asked about the bridge, she smiled. The council seems to be ready for talks.",
    "The clerk went further in a letter: “Nobody here will sign it.”",
]


@given(
    st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=4, unique=True),
    st.integers(0, 4),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_an_unrelated_paragraph_changes_no_other_row(paragraphs, place):
    "Wherever it stands; rows are compared by their words"
    weather = "The weather in the harbour was fine on Monday."
    more = [*paragraphs[:place], weather, *paragraphs[place:]]
    assert rows("\n\n".join(more)) == rows("\n\n".join(paragraphs))


@given(st.permutations(PARAGRAPHS))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_every_row_names_a_known_rule_and_has_its_confidence(paragraphs):
    levels = {row["rule"]: row["confidence"] for row in CODEBOOK.rows("rules")}
    _, found = read("\n\n".join(paragraphs))
    assert found and all(s.confidence == levels[s.rule] for s in found)


def test_every_rule_of_the_vocabulary_is_made_somewhere_in_the_code():
    folder = Path(negotiations_study.__file__).parent
    code = "".join(module.read_text() for module in folder.rglob("*.py"))
    made = {f'"{row["rule"]}"' for row in CODEBOOK.rows("rules")}
    frames = {'"verb_', '"noun_'}  # their second half is the name of the construction
    assert all(rule in code or rule[:6] in frames for rule in made)


PIECES = st.sampled_from(
    list("“”„«»‘’\"'.,?! \n–—―-:()")
    + ["''", "said", " he ", "Mara", "\n\n", "- item;", "MARA: ", "that", "in a poll", "🙂", "\r\n"]
    + ["reportedly", "seems to", "was asked about", "made it clear that", " who ", "if", "É", "中"]
)


@given(st.lists(PIECES, min_size=1, max_size=45).map("".join).filter(str.strip))
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_goes_through_statements_speakers_chains_and_roles(text):
    article = make_article("any.txt", text.encode(), codebook=CODEBOOK)
    doc = next(parse([article], load_model()))
    found = find_statements(doc, article, CODEBOOK)
    speakers = resolve_speakers(doc, article, found, CODEBOOK)
    assert len(find_chains(doc, article, found, speakers, CODEBOOK)) == len(found)
    assert all(n is None or n < len(found) for _, n in quote_roles(article, found))
    sources = [s.source for s in found if s.source is not None]
    assert all(0 <= p.start < p.end <= len(article.text) for p in sources)


APOSTROPHES = ["'", "’", "′", "‛", "‘"]
WITH_APOSTROPHES = [
    "Orrin Falk’s plan demands that the crew’s pay isn’t cut.",
    "The dairy’s owners said they won’t talk unless the price isn’t raised.",
    "“It isn’t fair, and we can’t wait,” said O’Neil of the ferry’s crew.",
    "Tarnfeld’s mayor hasn’t said that the mill’s fate is sealed.",
]


@pytest.mark.parametrize("text", WITH_APOSTROPHES)
@pytest.mark.parametrize("sign", APOSTROPHES)
def test_every_apostrophe_is_read_alike(text, sign):
    _, found = read(text.replace("’", "'"))
    _, other = read(re.sub(r"(?<=\w)’(?=\w)", sign, text))
    assert [replace(s, rule="") for s in other] == [replace(s, rule="") for s in found]


@pytest.mark.parametrize("sign", APOSTROPHES[1:])
def test_offsets_are_those_of_the_article(sign):
    article = make_article("a.txt", f"Falk{sign}s crew said it isn{sign}t fair.".encode())
    doc = next(parse([article], load_model()))
    assert len(doc.text) == len(article.text)
    assert sign in article.text
    assert sign not in doc.text


LOST = [
    "“We will not come back before the gate is opened, said Hedda Morn. “Not this year.”",
    "“We will not come back before the gate is opened, Hedda Morn said on Monday.",
    "We will not come back before the gate is opened,” said Hedda Morn.",
    "Hedda Morn said: We will not come back before the gate is opened.” The crews left.",
    'The mill stays. "We will not come back before the gate is opened, said Hedda Morn.',
    "We will not come back before the gate is opened,» said Hedda Morn.",
]


@pytest.mark.parametrize("text", LOST)
def test_a_lost_mark_tears_no_statement(text):
    found = rows(text)
    assert [source for source, _, _ in found] == ["Hedda Morn"], found
    content = found[0][1]
    assert "We will not come back before the gate is opened" in content
    assert "said" not in content
    assert found[0][2] == "direct"


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("He called it ‘the owners’ last word’ and left.", "the owners’ last word"),
        (
            "She said: ‘The toll isn‘t fair, and talks can wait.’",
            "The toll isn‘t fair, and talks can wait.",
        ),
        ("Mara left at noon. “We will not come back.", "We will not come back."),
        ("He said ‘it’s over’ and left.", "it’s over"),
    ],
)
def test_where_a_quotation_ends(text, inside):
    quotes = find_quotes(text, [Zone("body", 0, len(text))])
    assert [text[q.inner_start : q.inner_end] for q in quotes] == [inside]
