"""Spans: the algebra of half-open stretches, on any text that can be written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations_study.base.project import SpanMismatch
from negotiations_study.base.spans import (
    Span,
    check_span,
    covers,
    hull,
    iou,
    overlaps,
    slice_text,
    trim,
)

spans = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda p: Span(min(p), max(p)))
texts = st.text(min_size=0, max_size=60)


@given(spans, spans)
def test_overlap_is_symmetric_and_needs_a_shared_character(a, b):
    shared = set(range(*a)) & set(range(*b))
    assert overlaps(a, b) == overlaps(b, a)
    if a.length and b.length:
        assert overlaps(a, b) == bool(shared)


@given(spans, spans)
def test_covers_means_every_character(a, b):
    if covers(a, b):
        assert set(range(*b)) <= set(range(*a))


@given(st.lists(spans, min_size=1, max_size=5))
def test_hull_covers_all_and_is_the_smallest(parts):
    whole = hull(parts)
    assert all(covers(whole, part) for part in parts)
    assert whole.start in {p.start for p in parts} and whole.end in {p.end for p in parts}


@given(st.lists(spans, max_size=4), st.lists(spans, max_size=4))
def test_iou_is_symmetric_and_between_0_and_1(a, b):
    assert iou(a, b) == iou(b, a)
    assert 0 <= iou(a, b) <= 1


@given(texts, st.data())
def test_a_cut_always_passes_its_own_check(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    check_span(text, Span(start, end), slice_text(text, Span(start, end)), "any")


@given(texts, st.data())
def test_trim_only_moves_inwards(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    inner = trim(text, Span(start, end), ".,")
    assert covers(Span(start, end), inner)
    cut = slice_text(text, inner)
    assert cut == cut.strip()


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span(0, 2), "👩‍🚀 a"),  # cuts a joined emoji: still code points
        (Span(0, 6), "Привет"),  # Cyrillic
        (Span(1, 3), "e\u0301a\u0301"),  # combining accents are characters of their own
        (Span(3, 3), "abc"),  # empty, at the end
    ],
)
def test_code_points_not_bytes(span, text):
    check_span(text, span, text[span.start : span.end], "any")


@pytest.mark.parametrize("span", [Span(-1, 2), Span(2, 1), Span(0, 99)])
def test_offsets_outside_the_text_are_refused(span):
    with pytest.raises(SpanMismatch, match="outside the text") as caught:
        check_span("short", span, "short", "article-7")
    assert caught.value.article_id == "article-7"
