"""The report: hostile text stays text, nothing leads out, every link arrives"""

import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from harbour import PERIODS, SETTINGS, changed, harbour_tables
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations_study import Tables
from negotiations_study.base.project import OutputError, Settings
from negotiations_study.base.spans import Span, trim
from negotiations_study.showing import evidence
from negotiations_study.showing.drawings import Figure, clean_svg
from negotiations_study.showing.evidence import Highlight, Ref, pieces, private, sentences
from negotiations_study.showing.report import policy, report_html, write_report

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;b"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


class Page(HTMLParser):
    "Every element of a page with its attributes, and the text between them"

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, attribute: str) -> list[str]:
        return [v for _, a in self.elements if (v := a.get(attribute)) is not None]

    def tags(self, *names: str) -> list[dict[str, str | None]]:
        return [a for tag, a in self.elements if tag in names]


def page(tables: Tables, *figures: Figure, **values) -> Page:
    return Page(report_html(tables, figures, Settings(**(vars(SETTINGS) | values))))


def shifted(tables: Tables, article_id: str, text: str) -> Tables:
    "`tables` with `text` in place of all words of the first statement, condition and holder"
    tables = changed(tables, "conditions", text=text, holder=text)
    return changed(tables, "articles", outlet=text, outlet_id=None, headline=text)


def outward(link: dict[str, str | None]) -> bool:
    "Whether a link is the address of a source, which is followed without a word about this page"
    polite = link.get("rel") == "noreferrer noopener nofollow"
    return polite and link["href"].startswith(("https://", "http://"))


def harmless(found: Page) -> None:
    assert not found.tags("img", "iframe", "object", "embed", "link", "base", "form")
    assert found.tags("script") in ([], [{}])  # the filter of rows, which a hash names
    assert not [name for _, a in found.elements for name in a if name.startswith("on")]
    assert not [name for _, a in found.elements for name in a if name in ("style", "src")]
    assert all(a["href"].startswith("#") or outward(a) for a in found.tags("a") if "href" in a)
    assert len(found.all("href")) == len([a for a in found.tags("a") if "href" in a])


def test_page_of_the_example_loads_nothing():
    harmless(page(harbour_tables()))


@pytest.mark.hostile
def test_hostile_rows_stay_text():
    tables = shifted(harbour_tables(), "strike_june", EVIL)
    error = pl.DataFrame([dict.fromkeys(("path", "place", "what", "done"), EVIL)])
    found = page(tables.replace(errors=error), study=EVIL)
    harmless(found)
    assert found.text.count("<script>alert(1)</script>") >= 5


@pytest.mark.hostile
def test_hostile_article_stays_text(tmp_path: Path):
    from negotiations_study import build_tables

    text = f"Mara Lindqvist said the union will return to talks only if the {EVIL} are reinstated."
    (tmp_path / 'a"><b onload=x>.txt').write_text(f"PORT ALDER, March 4, 2021 – {text}\n")
    tables = build_tables(tmp_path, codebook="harbour", before="2021-03", after="2021-06")
    found = page(tables, report_text="full")
    harmless(found)  # what a page had around its words is cleaned away before it is read
    assert "return to talks only if" in found.text and "are reinstated" in found.text


@pytest.mark.hostile
def test_hostile_chart_is_cut_down_to_shapes():
    parts = (
        "<script>x()</script><style>*{}</style><foreignObject><b/></foreignObject>"
        '<image href="https://x.example/a.png"/><use href="https://x.example/b.svg#a"/>'
        '<a xlink:href="javascript:x()"><path d="M0,0h1" onclick="x()" style="fill:url(//x)"/></a>'
        '<a xlink:href="https://x.example/#a:c1-2"><rect fill="url(https://x.example/#g)"/></a>'
        '<g filter="url(#f)" clip-path="url(#clip0)"/><set attributeName="href" to="//x"/>'
    )
    svg = clean_svg(SVG.format(parts), "one", EVIL, {"a:c1-2"})
    found = Page(svg)
    harmless(found)
    assert found.all("href") == ["#text-a%3Ac1-2"]
    assert found.all("aria-label") == [EVIL]
    assert "x.example" not in svg and "javascript" not in svg
    assert found.all("clip-path") == ["url(#chart-one-clip0)"]


def test_ids_of_two_charts_do_not_collide():
    drawing = SVG.format('<clipPath id="clip0"/><g clip-path="url(#clip0)"/>')
    found = page(harbour_tables(), Figure("a", drawing, "A"), Figure("b", drawing, "B"))
    ids = found.all("id")
    assert len(ids) == len(set(ids))


def test_every_link_arrives():
    found = page(harbour_tables())
    inside = [link for link in found.all("href") if link.startswith("#")]
    assert inside and {link[1:] for link in inside} <= set(found.all("id"))
    rows = [i for i in found.all("id") if i.startswith("row-")]
    assert rows and all(f"#{i}" in found.all("href") for i in rows)
    assert all(i.replace("row-", "text-", 1) in found.all("id") for i in rows)


def test_page_has_landmarks_one_h1_and_words_for_every_chart():
    found = page(harbour_tables(), Figure("a", SVG.format(""), "Dots by date."))
    names = [tag for tag, _ in found.elements]
    assert [names.count(tag) for tag in ("h1", "main", "nav", "header", "footer")] == [1] * 5
    assert {"class": "skip", "href": "#main"} in found.tags("a")
    assert found.tags("svg")[0]["aria-label"] == "Dots by date."
    assert all(a["tabindex"] == "0" for a in found.tags("div") if a.get("class") == "scroll")
    levels = [int(tag[1]) for tag in names if re.fullmatch(r"h\d", tag)]
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def test_policy_fits_the_style_that_is_there():
    html = report_html(harbour_tables(), (), SETTINGS)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.S)
    (told,) = [a["content"] for a in Page(html).tags("meta") if a.get("http-equiv")]
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.S)
    assert told == policy(style, script)
    assert "default-src 'none'" in told and "unsafe" not in told
    assert "@import" not in style and "url(" not in style


def test_page_without_rows_runs_no_script():
    html = report_html(Tables.empty(), (), SETTINGS)
    assert "<script" not in html and "script-src" not in html


def test_every_chip_stands_for_a_row():
    found = page(harbour_tables())
    tags = {tag for a in found.tags("tr") for tag in (a.get("data-tags") or "").split()}
    chips = {a["data-tag"] for a in found.tags("button") if "data-tag" in a}
    assert chips and chips <= tags
    assert {c.split("-")[0] for c in chips} <= {"side", "theme", "kind", "outlet"}


def test_sources_name_every_article():
    tables = harbour_tables()
    text = page(tables).text
    assert all(row["sha256"][:16] in text for row in tables.articles.rows(named=True))


def test_evidence_shows_less_than_the_article_and_full_says_so():
    few, all_ = page(harbour_tables()), page(harbour_tables(), report_text="full")
    last = "The strike began on February 15"
    assert last not in few.text and last in all_.text
    assert "whole articles" in all_.text.lower() and "own desk" not in few.text


def test_metadata_and_private_addresses_are_not_shown():
    tables = harbour_tables()
    full = page(tables, report_text="full").text  # its own address stands among the sources only
    assert full.count("aldercourier.example") == 1
    row = tables.conditions["text"][0]
    found = page(changed(tables, "conditions", text=f"{row} call +1 (555) 010-9999, a@b.example"))
    assert "010-9999" not in found.text and "a@b.example" not in found.text


def test_what_an_outlet_says_in_its_own_voice_is_counted_not_shown():
    tables = changed(harbour_tables(), "conditions", ascribed_by="outlet")
    found = page(tables)
    assert len([i for i in found.all("id") if i.startswith("row-")]) == tables.conditions.height - 1
    assert "1 in an outlet’s own voice, left out" in found.text


def test_page_without_anything_to_show_is_still_a_page():
    found = page(Tables.empty(), before="", after="")
    harmless(found)
    assert "No chart was made." in found.text and "Everything was read." in found.text


def test_same_tables_same_bytes():
    assert report_html(harbour_tables(), (), SETTINGS) == report_html(
        harbour_tables(), (), SETTINGS
    )


def test_page_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "report").write_text("in the way")
    with pytest.raises(OutputError, match="report"):
        write_report(harbour_tables(), tmp_path / "report" / "index.html", (), SETTINGS)


@given(st.text("Ab. !?\n\"“”'x1é🚢", max_size=60), st.data())
@settings(deadline=None)
def test_sentences_hold_every_visible_character_once(text, data):
    whole = [Span(a, b) for a, b in data.draw(spans_in(text))]
    found = sentences(text, Span(0, len(text)), whole)
    shown = [i for s in found for i in range(*s)]
    assert shown == sorted(set(shown))
    assert all(i in set(shown) for i, c in enumerate(text) if not c.isspace())
    for s in whole:
        kept = trim(text, s)
        assert not kept.length or any(f.start <= kept.start and kept.end <= f.end for f in found)


def spans_in(text: str) -> st.SearchStrategy[list[tuple[int, int]]]:
    end = st.integers(0, len(text))
    pair = st.tuples(end, end).map(sorted).map(tuple).filter(lambda p: p[0] < p[1])
    return st.lists(pair, max_size=4) if text else st.just([])


@given(st.text("Ab.,x é🚢<&", min_size=1, max_size=40), st.data())
@settings(deadline=None)
def test_pieces_put_together_are_the_sentence(text, data):
    refs = iter(range(99))
    passages = [
        Highlight(
            Span(a, b), kind, "union", Ref(str(next(refs)), "C") if kind != "statement" else None
        )
        for a, b in data.draw(spans_in(text))
        for kind in [data.draw(st.sampled_from(["statement", "condition", "position"]))]
    ]
    whole = Span(0, len(text))
    found = pieces(text, whole, passages, {"union": "side-1"})
    assert "".join(p.text for p in found) == text
    named = [p.ref for p in passages if p.ref]
    assert sorted(r for p in found for r in p.starts) == sorted(named)
    assert sorted(r for p in found for r in p.ends) == sorted(named)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a.b-c@mail.example.org", 1),
        ("+44 20 7946 0000", 1),
        ("(555) 010-9999", 1),
        ("on 2021-03-04 and 2021-06-18", 0),
        ("1,200,000 crowns, 35 hours, pier 7", 0),
        ("@courier", 0),
    ],
)
def test_private_addresses(text, found):
    assert len(private(text)) == found


def test_title_names_the_periods():
    assert all(str(int(p[:4])) in page(harbour_tables()).text for p in PERIODS)


def mark(what: str, words: str = "") -> Figure:
    "A chart with one mark, named as Vega names it"
    label = f"x: 1; y: 2; what: {what}; detail: one article; words: {words}; href: undefined"
    return Figure("coverage", SVG.format(f'<rect aria-label="{label}"/>'), "A chart")


def test_marks_are_named_by_words_which_the_pointer_shows():
    html = report_html(harbour_tables(), [mark("Union, Pay", "9 per cent")], SETTINGS)
    named = "Union, Pay. one article. “9 per cent”"
    assert f'aria-label="{named}"' in html and f"<title>{named}</title>" in html
    assert "what: Union" not in html


def test_a_chart_stands_with_its_numbers():
    found = page(harbour_tables(), mark("Union"))
    assert "The chart as a table" in found.text and "Statements" in found.text
    assert "The chart as a table" not in page(harbour_tables(), Figure("own", SVG, "")).text


def test_page_says_what_it_is():
    html = report_html(harbour_tables(), (), SETTINGS, made="2026-03-01")
    head = Page(html.partition("<main")[0]).text
    for words in ("Dispute", "Question", "Licence", "To cite", "1 Mar 2026", "harbour"):
        assert words in head
    assert "n.d." in report_html(harbour_tables(), (), SETTINGS) and "undated" not in head
    opened = changed(harbour_tables(), "articles", published_to=None)  # *from 8 November on*
    assert ", 1 undated" in page(opened).text


def test_files_are_offered_only_where_they_stand_beside_the_page():
    found = Page(report_html(harbour_tables(), [mark("Union")], SETTINGS, beside=True))
    out = {link for link in found.all("href") if link.startswith("../")}
    tables = {
        f"../tables/{name}.{kind}" for name, _ in harbour_tables() for kind in ("csv", "parquet")
    }
    charts = {f"../charts/coverage.{kind}" for kind in ("svg", "png", "vl.json")}
    assert out == tables | charts | {"../datapackage.json"}


@pytest.mark.hostile
@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//x.example", EVIL]
)
def test_only_an_address_of_the_web_is_a_link(address: str):
    tables = changed(harbour_tables(), "articles", url=address)
    harmless(page(tables))
    assert address.split()[0][:9] in page(tables).text


def test_an_address_of_a_source_can_be_followed():
    tables = changed(harbour_tables(), "articles", url="https://x.example/a?b=1&c=2")
    found = page(tables)
    (link,) = {a["href"]: a for a in found.tags("a") if a["href"].startswith("http")}.values()
    assert link == {"href": "https://x.example/a?b=1&c=2", "rel": "noreferrer noopener nofollow"}


def test_whole_articles_that_a_page_cannot_hold_are_left_out_and_it_says_so(monkeypatch):
    tables = harbour_tables()
    monkeypatch.setattr(evidence, "WHOLE", tables.articles["n_chars"].max())
    found = page(tables, report_text="full")
    assert f"The first 1 of {tables.articles.height} articles in full" in found.text
