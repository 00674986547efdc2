"""Positions: whose stance on what, in invented sentences."""

import pytest
from conftest import EXAMPLES
from dispute_texts import WITHOUT
from test_conditions import other_names, renamed  # noqa: F401 (a fixture)

from negotiations_study.base.codebook import load_codebook
from negotiations_study.coding.conditions import find_conditions
from negotiations_study.coding.positions import find_positions
from negotiations_study.language.parser import load_model, parse
from negotiations_study.people.speakers import resolve_speakers
from negotiations_study.reading.articles import make_article
from negotiations_study.statements.statements import find_statements


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
        ("Okafor said there were no plans for talks.", ("talks", "no_plans")),
        ("Per Halvorsen rejected the idea of negotiations.", ("talks", "refuses")),
        (
            "Okafor is opposed to talks between the union and the port company.",
            ("talks", "opposes"),
        ),
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
        ("Okafor said it was too early for talks.", ("talks", "not_now")),
        ("Halvorsen said the union was not ready for talks.", ("talks", "not_ready")),
    ],
)
def test_a_stance_in_its_frame(text, expected):
    assert expected in stances(text)


@pytest.mark.parametrize(
    "text",
    [
        "“I regret that we did not push for talks earlier,” Okafor said.",
        "The dockers were angry about the weather, Lindqvist said.",
        "Okafor said the crane was ready.",
        "Lindqvist called a doctor after the talks.",
        "Okafor said the talks went on until midnight.",
        "“Will the company negotiate?” Lindqvist asked.",
        "Halvorsen has a point on his compass.",
        "“Halvorsen has a right to weigh in,” Lindqvist said.",
        "The league and the clubs agreed to disagree on how to read the treaty.",
        "Okafor said the pause opens up an opportunity for talks.",
        "“We missed a window for talks,” Okafor said.",
        "The elder spoke of the need for talks.",
        "The league was divided over talks with the port.",
        "Calls for talks angered the crews.",
        "“The mayor warned that the town would reconsider its support,” the clerk said.",
        "The mayor praised the union's willingness to discuss a ballot in the talks.",
        "The mayor will push for a two-harbour solution after the talks.",
        "If the port pays, Lindqvist said after the talks, the union would sign the deal.",
        "The union would not be rewarded for opening talks, Halvorsen said.",
    ],
)
def test_no_stance_without_its_frame(text):
    assert stances(text) == []


def test_a_third_party_opposes_where_a_party_refuses():
    roles = {}
    for name in ("Tomas Okafor", "Per Halvorsen"):
        text = f"{name} rejected the idea of negotiations between the union and the port company."
        roles[name] = [(p.role, p.stance) for p in positions_in(text, load_codebook("harbour"))]
    assert roles == {
        "Tomas Okafor": [("third_party", "opposes")],
        "Per Halvorsen": [("party", "refuses")],
    }


def test_who_is_no_party_of_the_study_refuses_in_a_dispute_of_its_own():
    text = "Tomas Okafor rejected the idea of negotiations with the bakers."
    found = positions_in(text, load_codebook("harbour"))
    assert [(p.role, p.stance) for p in found] == [("third_party", "refuses")]


@pytest.mark.parametrize(
    "text",
    [
        "The union had refused to negotiate.",
        "Until now, the union had refused to negotiate until the gates were opened.",
        "Until now the union refused to negotiate.",
        "The union previously refused to negotiate.",
        "The union used to refuse to negotiate.",
        "The union had rejected the company's offer in the talks.",
    ],
)
def test_a_stance_that_may_be_over_is_none(text):
    assert stances(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Lawmakers refuse to negotiate.",
        "Countries will not negotiate with smugglers.",
        "A lot of clubs will not negotiate with the league.",
        "Related Stories Harbour's Brandt calls for talks with the crews.",
        "The list of Late Arrivals is closed. He urged the towns to hold talks.",
        "Some residents urged the council to reject the plan after the talks.",
        "The crews blame him for rejecting proposals in the talks.",
    ],
)
def test_nobody_that_a_reader_could_name_holds_nothing(text):
    assert stances(text) == []


def test_a_ministers_own_government_is_not_somebody_elses():
    text = "Mr Lund said his government is prepared to negotiate if the wells are opened."
    for found in positions_in(text, load_codebook()):
        assert found.ascribed_by == "self"


def test_who_speaks_of_a_third_party_is_not_it():
    text = "Okafor said the town council refuses to negotiate."
    found = positions_in(text, load_codebook("harbour"))
    assert all("Okafor" not in p.holder.name for p in found)


@pytest.mark.parametrize(
    "name", ["stable_condition", "weather", "forecast", "past_event", "dropped"]
)
def test_articles_without_a_condition_take_no_conditional_stance(name):
    found = stances(WITHOUT[name], load_codebook())
    assert not {"open_conditional", "refuses_unless"} & {stance for _, stance in found}


@pytest.mark.parametrize("name", ["strike_march"])
def test_other_names_do_not_change_a_stance(name, other_names):  # noqa: F811
    text = (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    rows = []
    for words, book in ((text, load_codebook("harbour")), (renamed(text), other_names)):
        found = positions_in(words, book)
        rows.append([(p.holder.id, p.target, p.stance, p.ascribed_by, p.role) for p in found])
    assert rows[0] == rows[1]
    assert rows[0]


WITHOUT_A_STANCE = {
    "a protasis": [
        "If a deal cannot be reached, Lindqvist said, the dockers will strike in June.",
        "The umpire said the season is lost if the owners refuse to negotiate.",
        "Should the ministry reject the talks, the herders will block the road, their elder said.",
    ],
    "call off a strike": [
        "The pilots refused to call off the strike during the talks, their captain said.",
        "The nurses will not call off Friday's walkout before the talks, Lindqvist said.",
        "The union wants to call off the strike, Lindqvist said after the talks.",
    ],
    "not advocacy": [
        "Halvorsen called the talks a farce.",
        "The minister called the negotiations with the herders a waste of time.",
        "The captain called off the talks with the airline.",
    ],
    "advice that is asked for": [
        "“Should we begin talks with the herders,” the minister said, “they will ask for more.”",
        "The mayor asked when the league should begin talks.",
        "The captain wondered how the crews should negotiate.",
    ],
    "denied": [
        "Nobody refused talks, Lindqvist said.",
        "It is not true that the ministry refuses to negotiate, its spokesman said.",
        "The airline denied that it refuses to negotiate.",
        "The league denied refusing to negotiate.",
    ],
    "only possible or advised": [
        "The welders could still reject the offer made in the talks, their steward said.",
        "The survey found that readers think the ministry should not negotiate with smugglers.",
    ],
    "by nobody that is named": [
        "“Sadly, the offer we made in the talks was rejected,” Halvorsen said.",
        "The mayor said the owners' latest offer in the talks was rejected.",
    ],
    "in one way only": [
        "“I am not going to negotiate in the press,” Lindqvist said.",
        "The elder expressed a willingness to talk but not without preconditions.",
        "“We are more than willing to talk,” the elder said. But the wells come first.",
        "The skipper signalled his readiness to abandon the talks with the port.",
    ],
    "no talks but a deal": [
        "The deputy skipper recommended the owner to sign a settlement.",
    ],
    "nobody": [
        "Neither side has signalled any willingness to negotiate, the envoy said.",
        "None of the clubs is ready for talks, the umpire said.",
    ],
    "openness to something else": [
        "The dean praised the mayor's openness to striking a deal with the bakers.",
        "The consul told both towns of his willingness to mediate in the talks.",
    ],
    "pressure and pessimism": [
        "Officials worry about growing pressure over the need to start talks.",
        "The goalkeeper says there is no reason to get excited about the talks.",
    ],
    "a mediator's offer": [
        "Okafor said he was ready to mediate in talks between the union and the port company.",
        "The bishop is willing to host talks between the herders and the ministry.",
        "The city is prepared to arrange talks between the pilots and the airline.",
    ],
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in WITHOUT_A_STANCE.items() for text in texts]
)
def test_words_of_talks_that_take_no_stance(kind, text):
    found = stances(text)
    assert not {"refuses", "opposes", "advocates", "open_unconditional"} & {s for _, s in found}


@pytest.mark.parametrize(
    "text",
    [
        "The captain said the crews are ready to talk when the airline reinstates two pilots.",
        "The herders are willing to negotiate, the elder said, if the wells are opened.",
        "Lindqvist said the union was open to talks, provided that the gates are opened.",
        "The league is ready for talks after a clear acceptance of the cap, its spokesman said.",
        "The farmers said they were ready for talks, but the ministry should send a new plan.",
        "The farmers say they are open to talks, but only after the dam is drained.",
        "The minute the airline pays its debts, the crews stand ready to resume negotiations.",
    ],
)
def test_readiness_that_is_tied_to_something_is_not_unconditional(text):
    assert "open_unconditional" not in {stance for _, stance in stances(text)}


@pytest.mark.parametrize(
    "text",
    [
        "A lasting peace would be possible if the herders stopped their raids, the elder said.",
        "Broadmoor's director said the deal would be off the table if its owners vote against it.",
        "“If shops have complaints, they can talk to the district office,” the minister said.",
        "Officials say the herders will only be allowed to take part in a later round of talks.",
        "A chance for talks will appear only when the herders leave the valley, the elder said.",
        "“If I were not the mayor they would not be talking at all now,” the mayor said.",
        "“This is the mayor's moment to seek a solution through talks,” the elder said.",
    ],
)
def test_what_depends_on_something_without_anybody_who_would_talk(text):
    found = {stance for _, stance in stances(text)}
    assert not found & {"open_conditional", "refuses_unless", "sees_opportunity"}


@pytest.mark.parametrize(
    "text",
    [
        "Lindqvist said the union would negotiate without any preconditions.",
        "The elder said the herders are ready for talks without any preconditions.",
        "The airline is ready for talks without any preconditions, its director said.",
        "Mr. Brandt has said he is willing to meet Mrs. Lund anytime for talks as long as there "
        "are no preconditions.",
    ],
)
def test_no_preconditions_is_open(text):
    assert ("talks", "open_unconditional") in stances(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The pilots rejected the airline's latest offer in the talks.",
            ("precondition", "refuses"),
        ),
        ("The herders rejected a peace plan, their elder said.", ("precondition", "refuses")),
        (
            "The nurses have rejected the proposal after a day of talks.",
            ("precondition", "refuses"),
        ),
        ("The talks failed. The herders refuse mediation by the bishop.", ("format", "refuses")),
        ("The negotiations are over. The league rejects mediation.", ("format", "refuses")),
        (
            "The ministry refuses to hold talks with the mediator.",
            ("third_party_talks", "refuses"),
        ),
    ],
)
def test_targets_are_told_apart(text, expected):
    found = stances(text)
    assert expected in found
    assert ("talks", "refuses") not in found
    assert ("talks", "advocates") not in found


@pytest.mark.parametrize(
    ("text", "holder"),
    [
        ("The captain said the airline refuses to negotiate.", "the airline"),
        ("The elder told reporters that the ministry will not negotiate.", "the ministry"),
        ("The mayor accused the league of refusing to negotiate.", "the league"),
        ("The newspaper's staff say management refuses to return to the talks.", "management"),
        ("The steward blasted the airline for refusing to negotiate with crews.", "the airline"),
    ],
)
def test_who_is_said_to_refuse_holds_it(text, holder):
    found = positions_in(text, load_codebook())
    assert [(p.holder.name, p.stance) for p in found] == [(holder, "refuses")]
    assert found[0].ascribed_by != "self"


def test_a_third_party_that_will_not_talk_itself_refuses():
    text = "Tomas Okafor is refusing to negotiate, Lindqvist said."
    assert ("talks", "refuses") in stances(text)


@pytest.mark.parametrize(
    ("text", "holder"),
    [
        ("The elder recalled that the council has banned talks with the herders.", "the council"),
        ("The captain said the airline has banned talks with the pilots.", "the airline"),
        ("The mayor said the league has prohibited talks with the clubs.", "the league"),
        ("That vote prohibits talks with the herders, the elder said.", None),
    ],
)
def test_a_ban_is_its_issuers(text, holder):
    found = [p.holder.name for p in positions_in(text, load_codebook()) if "ban" in p.rule]
    assert set(found) <= {holder}
    assert "The elder" not in found
