"""Speakers: the right person, or nobody; and the chain of reports."""

import pytest

from negotiations_study.articles import make_article
from negotiations_study.codebook import load_codebook
from negotiations_study.language import load_model, parse
from negotiations_study.speakers import find_chains, resolve_speakers
from negotiations_study.statements import find_statements

BOOK = load_codebook("harbour")


def read(text):
    article = make_article("any.txt", text.encode(), codebook=BOOK)
    doc = next(parse([article], load_model()))
    found = find_statements(doc, article, BOOK)
    people = resolve_speakers(doc, article, found, BOOK)
    return found, people, find_chains(doc, article, found, people, BOOK)


def names(text):
    return [p.name for p in read(text)[1]]


MARA = "Mara Lindqvist"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"“Yes,” {MARA} said. She added that the talks had failed.", [MARA, MARA]),
        (f"{MARA} spoke first. According to her, the talks had failed.", [MARA]),
        (f"{MARA}, the chairwoman, said it was over. “It is over,” Lindqvist said.", [MARA, MARA]),
        ("Ingrid Solheim said it was over. “It is over,” Solheim said.", ["Ingrid Solheim"] * 2),
        (f"{MARA} said: “We are tired. I think that we will lose.”", [MARA, MARA]),
    ],
)
def test_words_that_point_back(text, expected):
    assert names(text) == expected


def test_two_people_of_one_surname_stay_apart():
    text = "Ingrid Solheim and Olav Solheim came. Solheim said that the talks had failed."
    assert names(text) == ["Solheim"]


def test_a_name_in_a_quotation_is_not_who_goes_on_speaking():
    text = f"“Per Halvorsen is tired,” {MARA} said.\n\n“He will give in,” she added."
    assert names(text)[-1] == MARA


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("an official", "anonymous"),
        ("officials", "anonymous_collective"),
        ("some sources in the company", "anonymous_collective"),
        ("the newspaper", "media"),
        ("Ingrid Solheim", "named"),
    ],
)
def test_nobody_is_guessed(source, kind):
    person = read(f"The talks have failed, {source} said.")[1][0]
    assert person.id is None
    assert person.type == kind
    assert person.name


def test_a_pronoun_without_anybody_before_it_stays_open():
    person = read("He said that the talks had failed.")[1][0]
    assert person.id is None and person.side == "UNKNOWN"


def test_the_chain_goes_through_everybody():
    found, people, chains = read(
        "The Alder Courier reported that Mara Lindqvist said that the talks had failed."
    )
    inner = next(k for k, s in enumerate(found) if s.parent is not None)
    hops = [hop.entity for hop in chains[inner]]
    assert hops == [None, "Alder Courier", MARA]
    assert [hop.how for hop in chains[inner]] == ["publisher", "explicit", "explicit"]


def test_a_cited_source_stands_behind_the_report():
    _, _, chains = read("The talks have failed, the Alder Courier writes, citing two managers.")
    assert [hop.entity_type for hop in chains[0]] == ["outlet", "media", "anonymous_collective"]
