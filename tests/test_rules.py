"""Every construction finds its examples, from two disputes, and leaves its look-alike alone"""

import pytest

from negotiations_study.base.codebook import load_codebook
from negotiations_study.coding.provisos import CONSTRUCTIONS, tried
from negotiations_study.coding.rules import by_ban
from negotiations_study.coding.talks import Scene, load_words
from negotiations_study.language.parser import load_model


@pytest.mark.parametrize("one", CONSTRUCTIONS, ids=lambda c: c.read.__name__)
def test_each_construction_finds_its_examples_and_no_more(one):
    assert len(one.finds) > 1
    read = tried(one, load_model(), load_codebook())
    assert read["found"].to_list() == read["required"].to_list()


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        (
            "Mediator Odd Brekke criticised a law signed in March by the council banning talks.",
            "council",
        ),
        (
            "Hedda Morn met, under a law passed last spring barring talks with the crews, nobody.",
            None,
        ),
        ("Odd Brekke pointed to a decree issued in March banning any talks with the crews.", None),
        ("The council signed a law in March banning talks with the crews.", "council"),
        (
            "Odd Brekke regrets the council's decree of last spring barring talks with the crews.",
            "council",
        ),
    ],
)
def test_a_ban_is_of_whoever_issued_the_law_and_never_of_a_bystander(text, issuer):
    scene = Scene(load_model()(text), load_codebook(), load_words(load_codebook()))
    owners = {d.owner.text for d in by_ban(scene, list(scene.doc), []) if d.owner is not None}
    assert owners == ({issuer} if issuer else set())
