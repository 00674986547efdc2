"""Positions: whose stance on what, in invented sentences."""

import pytest
from conftest import EXAMPLES
from dispute_texts import WITHOUT
from test_conditions import other_names, renamed  # noqa: F401 (a fixture)

from negotiations_study.articles import make_article
from negotiations_study.codebook import load_codebook
from negotiations_study.conditions import find_conditions
from negotiations_study.language import load_model, parse
from negotiations_study.positions import find_positions
from negotiations_study.speakers import resolve_speakers
from negotiations_study.statements import find_statements


def positions_in(text, book):
    article = make_article("any.txt", text.encode(), codebook=book)
    doc = next(parse([article], load_model()))
    statements = find_statements(doc, article, book)
    speakers = resolve_speakers(doc, article, statements, book)
    conditions = find_conditions(doc, article, statements, speakers, book)
    return find_positions(doc, article, statements, speakers, conditions, book)


def stances(text, book=None):
    return [(p.target, p.stance) for p in positions_in(text, book or load_codebook("harbour"))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Mediator Tomas Okafor called for the resumption of the negotiations.",
            ("talks", "advocates"),
        ),
        ("Okafor said both sides should look for a negotiated settlement.", ("talks", "advocates")),
        ("Okafor said the pause opens up an opportunity for talks.", ("talks", "sees_opportunity")),
        ("“We missed a window for talks,” Okafor said.", ("talks", "retrospective_regret")),
        (
            "“We may have missed a window to push for earlier talks,” Okafor said.",
            ("talks", "retrospective_regret"),
        ),
        ("Per Halvorsen rejected the idea of negotiations.", ("talks", "refuses")),
        ("Okafor is opposed to talks in public.", ("talks", "opposes")),
        (
            "The port company is open to negotiations, Per Halvorsen said.",
            ("talks", "open_unconditional"),
        ),
        (
            "The union will not negotiate until the gates are opened, Lindqvist said.",
            ("talks", "refuses_unless"),
        ),
        (
            "Lindqvist said the union would negotiate if the gates were opened.",
            ("talks", "open_conditional"),
        ),
        (
            "Halvorsen said the negotiations should be held with the town.",
            ("format", "open_conditional"),
        ),
        (
            "The preconditions of the union for talks are unacceptable, Halvorsen said.",
            ("precondition", "refuses"),
        ),
        (
            "Okafor said there was no pressure on the union to negotiate.",
            ("talks", "defers_to_party"),
        ),
        ("Okafor said it was too early for talks.", ("talks", "not_now")),
        ("Halvorsen said the union was not ready for talks.", ("talks", "not_ready")),
        ("The town council is preparing the ground for talks.", ("talks", "prepares")),
        (
            "Okafor advised the union to show openness to negotiations.",
            ("signal_of_openness", "advocates"),
        ),
    ],
)
def test_a_stance_in_its_frame(text, expected):
    assert expected in stances(text)


@pytest.mark.parametrize(
    "text",
    [
        "The dockers were angry about the weather, Lindqvist said.",
        "Okafor said the crane was ready.",
        "Lindqvist called a doctor after the talks.",
        "Okafor said the talks went on until midnight.",
        "“Will the company negotiate?” Lindqvist asked.",
        "Halvorsen has a point on his compass.",
    ],
)
def test_no_stance_without_its_frame(text):
    assert stances(text) == []


def test_a_third_party_opposes_where_a_party_refuses():
    roles = {}
    for name in ("Tomas Okafor", "Per Halvorsen"):
        found = positions_in(f"{name} rejected the idea of negotiations.", load_codebook("harbour"))
        roles[name] = [(p.role, p.stance) for p in found]
    assert roles == {
        "Tomas Okafor": [("third_party", "opposes")],
        "Per Halvorsen": [("party", "refuses")],
    }


@pytest.mark.parametrize(
    "name", ["stable_condition", "weather", "forecast", "past_event", "dropped"]
)
def test_articles_without_a_condition_take_no_conditional_stance(name):
    found = stances(WITHOUT[name], load_codebook())
    assert not {"open_conditional", "refuses_unless"} & {stance for _, stance in found}


@pytest.mark.parametrize("name", ["strike_march", "strike_june"])
def test_other_names_do_not_change_a_stance(name, other_names):  # noqa: F811
    text = (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    rows = []
    for words, book in ((text, load_codebook("harbour")), (renamed(text), other_names)):
        found = positions_in(words, book)
        rows.append([(p.holder.id, p.target, p.stance, p.ascribed_by, p.role) for p in found])
    assert rows[0] == rows[1]
    assert rows[0]
