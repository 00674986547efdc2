"""Themes by likeness: codebooks without any term, order and rounding, what fits nothing."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations_study.base.codebook import Code, load_codebook
from negotiations_study.coding.model import load_coder_model
from negotiations_study.coding.similarity import (
    Likeness,
    clear,
    described,
    likenesses,
    nearest_theme,
)

MODEL = load_coder_model()
THEMES = {
    "withdrawal": ("Withdrawal of troops", "Armed forces leave an area that they hold."),
    "removal": ("Removal of a leader", "A leader or government gives up power or is removed."),
    "neutral_status": ("Neutrality", "The country joins no military alliance."),
    "prisoners": ("Prisoners", "People held by the other side are released or exchanged."),
    "quota": ("Catch limits", "The amount of fish that may be caught is set or shared out."),
}


def book(themes: dict[str, tuple[str, str]]):
    "A codebook without terms"
    codes = {code: Code("theme", code, *texts) for code, texts in themes.items()}
    codes["other"] = Code("theme", "other", "Other", "A condition that fits none of the themes.")
    return replace(load_codebook("harbour"), codes={"theme": codes})


VALLEY = book(THEMES)


@pytest.mark.parametrize(
    ("words", "theme"),
    [
        ("the Armed Forces of Karsava leave the northern districts", "withdrawal"),
        ("all soldiers be pulled out of the valley", "withdrawal"),
        ("the ousting of the president", "removal"),
        ("a neutral stance towards the two blocs", "neutral_status"),
    ],
)
def test_a_definition_is_enough(words, theme):
    found = nearest_theme(words, VALLEY, MODEL)
    assert found is not None
    assert found.theme == theme
    assert found.nearest in THEMES[theme]


@pytest.mark.parametrize(
    "words", ["", " \n", "…", "free parking at the gate", "the minister attend in person"]
)
def test_what_fits_nothing_has_no_theme(words):
    assert nearest_theme(words, VALLEY, MODEL) is None


def test_other_is_never_the_nearest():
    ranked = likenesses("a condition that fits none of the themes", VALLEY, MODEL)
    assert {x.theme for x in ranked} == set(THEMES)


def test_equal_themes_keep_the_order_of_the_codebook_and_neither_is_clear():
    twins = book({"b": THEMES["quota"], "a": THEMES["quota"]})
    ranked = likenesses("larger catches of cod", twins, MODEL)
    assert [x.theme for x in ranked] == ["b", "a"]
    assert ranked[0].similarity == ranked[1].similarity


def test_only_label_and_definition_describe_a_theme():
    code = Code("theme", "pay", "Pay", "Wages rise.", include="bonuses", exclude="hours")
    only = replace(VALLEY, codes={"theme": {"pay": code}})
    assert described(only) == (("pay", ("Pay", "Wages rise.")),)


@given(st.lists(st.floats(-1, 1).map(lambda x: round(x, 3)), max_size=5), st.floats(0, 2))
def test_whoever_is_named_is_the_likest_and_a_higher_threshold_names_no_more(values, enough):
    ranked = [Likeness(str(n), v, "") for n, v in enumerate(sorted(values, reverse=True))]
    found = clear(ranked, enough)
    assert found is None or found == ranked[0]
    assert clear(ranked, enough + 0.1) in (None, found)


@settings(max_examples=10, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_ranked_the_same_twice(words):
    first = likenesses(words, VALLEY, MODEL)
    assert first == likenesses(words, VALLEY, MODEL)
    assert all(-1 <= x.similarity <= 1 for x in first)
