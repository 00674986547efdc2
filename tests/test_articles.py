"""Reading articles: faults one by one, zones of many layouts, dates that never come from today."""

import datetime as dt
import hashlib
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.project import InputError, SettingsError
from negotiations_study.reading.articles import make_article, read_articles
from negotiations_study.reading.cleaning import clean
from negotiations_study.reading.days import day_of_url, fill_year, find_days
from negotiations_study.reading.facts import UNKNOWN, Fact, ZonedText, find_published
from negotiations_study.reading.readers import MAX_CHARS, decode
from negotiations_study.reading.zones import TEXT_ZONES, find_zones

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
REFERENCE = ROOT / "tests" / "reference" / "zones.jsonl"
PROSE = "The dockers will return on one condition, their chairwoman said on Monday."
MORE = "The port company refused again to take the forty dismissed drivers back, she said."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.txt").write_text(PROSE, encoding="utf-8")
    return tmp_path


def zones_of(text: str) -> list[tuple[str, str]]:
    return [(z.zone, text[z.start : z.end].strip()) for z in find_zones(text)]


def problem(folder: Path, name: str) -> InputError:
    """The one error about `name`; the good article must have been read all the same."""
    read = read_articles(folder)
    assert "good" in [a.article_id for a in read]
    (error,) = [e for e in read.errors if e.path == name]
    assert error.place and error.what and error.done
    return error


# Faults, each of which must not stop the others


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"%PDF-1.4\x00\x00\x01", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(1, 32)) * 9, "not text"),
        (b"\xff\xfe\x00", "not text"),
        (b"x" * (MAX_CHARS + 1), "too long"),
        (b"x" * (4 * MAX_CHARS + 5), "too long"),
    ],
)
def test_bad_bytes_are_an_error_and_the_rest_goes_on(folder: Path, data: bytes, words: str) -> None:
    (folder / "bad.txt").write_bytes(data)
    error = problem(folder, "bad.txt")
    assert words in error.what
    assert error.done == "skipped"


@pytest.mark.hostile
def test_a_line_of_50_megabytes_is_not_even_read(folder: Path, monkeypatch) -> None:
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(50_000_000)
    read = Path.read_bytes
    names: list[str] = []
    monkeypatch.setattr(Path, "read_bytes", lambda self: (names.append(self.name), read(self))[1])
    assert "too long" in problem(folder, "huge.txt").what
    assert names == ["good.txt"]


@pytest.mark.fault
def test_an_unreadable_file(folder: Path, monkeypatch) -> None:
    (folder / "secret.txt").write_text(PROSE, encoding="utf-8")
    read = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self.name == "secret.txt":
            raise PermissionError(13, "Permission denied", str(self))
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert problem(folder, "secret.txt").what == "unreadable: Permission denied"


@pytest.mark.hostile
def test_two_files_with_one_id(folder: Path) -> None:
    (folder / "good.TXT").write_text("Another text of the same name, it seems.", encoding="utf-8")
    read = read_articles(folder)
    assert [a.path for a in read] == ["good.TXT"]
    assert [(e.path, e.what) for e in read.errors] == [("good.txt", "the same id as good.TXT")]


@pytest.mark.hostile
def test_links(folder: Path, tmp_path_factory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "far.txt").write_text(PROSE, encoding="utf-8")
    (folder / "far.txt").symlink_to(outside / "far.txt")
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "near.txt").symlink_to(folder / "good.txt")
    (folder / "tree").symlink_to(outside)
    read = read_articles(folder)
    assert [a.article_id for a in read] == ["good", "near"]
    assert {e.path: e.what for e in read.errors} == {
        "far.txt": "a link out of the folder",
        "gone.txt": "a broken link",
        "tree": "a link out of the folder",
    }


@pytest.mark.hostile
def test_a_pipe_does_not_block(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    assert problem(folder, "pipe.txt").what == "not a regular file"


@pytest.mark.hostile
def test_a_name_that_is_not_unicode(folder: Path) -> None:
    name = os.fsencode(str(folder)) + b"/caf\xe9.txt"
    with open(name, "wb") as file:  # noqa: PTH123 - pathlib cannot write this name
        file.write(PROSE.encode())
    read = read_articles(folder)
    assert [a.article_id for a in read] == ["good"]
    assert len(read.errors) == 1


def test_other_files_are_no_articles(folder: Path) -> None:
    for name in ("README.md", "articles.csv", "notes.html", ".hidden.txt", "good.txt~"):
        (folder / name).write_text("file\n", encoding="utf-8")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "good-checkpoint.txt").write_text(PROSE, encoding="utf-8")
    assert [a.article_id for a in read_articles(folder)] == ["good"]


def test_no_folder_and_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="existing folder"):
        read_articles(tmp_path / "none")
    with pytest.raises(InputError, match=r"no \.txt file"):
        read_articles(tmp_path)
    (tmp_path / "only.txt").write_bytes(b"")
    read = read_articles(tmp_path)
    assert (len(read), len(read.errors)) == (0, 1)


def test_ids_are_relative_paths_in_order(folder: Path) -> None:
    (folder / "b" / "c").mkdir(parents=True)
    (folder / "b" / "c" / "x.y.txt").write_text(PROSE, encoding="utf-8")
    (folder / "a.txt").write_text(PROSE, encoding="utf-8")
    calls: list[tuple[int, int]] = []
    read = read_articles(folder, progress=lambda done, total: calls.append((done, total)))
    assert [a.article_id for a in read] == ["a", "b/c/x.y", "good"]
    assert calls == [(1, 3), (2, 3), (3, 3)]
    assert read["b/c/x.y"] is read[1]


# Text equality


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"one\r\ntwo\rthree\n", "one\r\ntwo\rthree\n", "utf-8"),
        ("\u201cNo\u201d \U0001f6a2 \u0438".encode(), "\u201cNo\u201d \U0001f6a2 \u0438", "utf-8"),
        (b"\xef\xbb\xbfNo talks", "No talks", "utf-8-sig"),
        ("No talks".encode("utf-16"), "No talks", "utf-16"),
        ("The \u201cport\u201d \u2013 closed, she said.".encode("cp1252"), None, "cp1252"),
        ("e\u0301 and \u00e9".encode(), "e\u0301 and \u00e9", "utf-8"),
    ],
)
def test_nothing_is_normalised(data: bytes, text: str | None, encoding: str) -> None:
    text = data.decode(encoding) if text is None else text
    assert decode(data) == (text, encoding)
    article = make_article("a.txt", data)
    assert article.text == text
    assert article.sha256 == hashlib.sha256(data).hexdigest()


@given(st.text(min_size=1).filter(str.strip))
@example("\ufeffx")
def test_offsets_are_positions_of_the_cleaned_text(text: str) -> None:
    data = text.encode("utf-8", "replace")
    try:
        article = make_article("a.txt", data)
    except ValueError:
        empty = not clean(text).text.strip()
        assert "\0" in text or any(ord(c) < 32 or ord(c) == 127 for c in text) or empty
        return
    assert (article.text, article.cleaned) == clean(decode(data)[0])


# Zones: every character once, whatever the text

WORDS = st.sampled_from(
    "Port strike . , : ; ? ! “We” \" ' ( ) – -- PORT ALDER, March 4 2021 2021-03-04 said that "
    "https://a.example/2021/03/04/b www.x.y @name #tag /html/head[@x] Read also: By Mara Lindqvist "
    "Photo: © 2021 All rights reserved Title: Tags: • * ### \n \n\n \r\n \t \u2028 \u00a0 "
    "12:30 GMT Published Updated MilleyChairman".split(" ")
)
PAGES = st.one_of(
    st.text(), st.lists(WORDS, max_size=60).map(" ".join), st.lists(WORDS).map("\n".join)
)


@pytest.mark.hostile
@given(PAGES)
@example("\n\n")
@example("")
@example("Title:")
@example("Title: \n\n###")
def test_zones_partition_any_text(text: str) -> None:
    zones = find_zones(text)
    assert "".join(text[z.start : z.end] for z in zones) == (text if text.strip() else "")
    assert all(z.start < z.end for z in zones)
    assert all(a.end == b.start for a, b in zip(zones, zones[1:], strict=False))
    codes = {code for code in load_codebook().codes["zone"]}
    assert {z.zone for z in zones} <= codes


@pytest.mark.hostile
@given(PAGES)
def test_reading_any_text_never_fails_and_never_depends_on_a_window(text: str) -> None:
    try:
        article = make_article("a.txt", text.encode("utf-8", "replace"))
    except ValueError:
        return
    assert article.published.value is None or not article.published.value.startswith("XXXX")
    assert "<script" not in article._repr_html_() or "<script" not in text


@pytest.mark.hostile
@pytest.mark.parametrize(
    "unit", ["A", "A.", "A-", "a.a", "(", '"', ".", "4 March ", "share ", "+1"]
)
def test_no_pattern_is_slow_on_a_long_line(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    start = time.process_time()
    make_article("a.txt", text.encode())
    assert time.process_time() - start < 5


LAYOUTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "wire with agency in brackets": (
        f"PORT ALDER, March 4 (Coast Wire) -- {PROSE}\n\n{MORE}\n\n"
        "(Reporting by Ines Abreu; Editing by Jon Dahl)",
        [
            ("dateline", "PORT ALDER"),
            ("body", "The dockers"),
            ("body", "The port"),
            ("metadata", "(Rep"),
        ],
    ),
    "agency first": (
        f"(Coast Wire) - {PROSE}\n{MORE}",
        [("dateline", "(Coast Wire) -"), ("body", "The dockers"), ("body", "The port")],
    ),
    "slashes": (
        f"PORT ALDER, March 4. /CW/. {PROSE}",
        [("dateline", "PORT ALDER, March 4. /CW/."), ("body", "The dockers")],
    ),
    "dash glued to the text": (
        f"Dockers name terms\n\nBy Ines Abreu and Jon Dahl\n\nALDER (Coast Wire) -{PROSE}",
        [("headline", "Dock"), ("metadata", "By"), ("dateline", "ALDER"), ("body", "The dockers")],
    ),
    "day before month": (
        f"PORT ALDER, 4 March. {PROSE}",
        [("dateline", "PORT ALDER, 4 March."), ("body", "The dockers")],
    ),
    "portal with buttons": (
        "Home\nHarbour\nDockers name terms for talks\nPublished: 3 May 2021\n"
        "Updated: 4 May 2021, 10:15\n"
        f"Share on Facebook | Twitter | Print\n{PROSE}\n{MORE}\nSubscribe\n"
        "© 2021 Alder Courier. All rights reserved.",
        [
            ("template", "Home"),
            ("tag", "Harbour"),
            ("headline", "Dockers"),
            ("metadata", "Published"),
            ("metadata", "Updated"),
            ("template", "Share"),
            ("body", "The dockers"),
            ("body", "The port"),
            ("template", "Subscribe"),
            ("footer", "©"),
        ],
    ),
    "crawler header and syndication line": (
        "date 2021-03-04 Dockers name terms -CW\n"
        "Coast Wire | Updated: 04-03-2021 14:25 IST | Created: 04-03-2021 14:20 IST\n"
        f"{PROSE}\nThis story has not been edited by anybody.\nAdvertisement\nALSO READ\n"
        "Port reopens after storm\nWhat you need to know right now",
        [
            ("metadata", "date"),
            ("headline", "Dockers"),
            ("metadata", "Coast Wire |"),
            ("body", "The dockers"),
            ("template", "This story"),
            ("template", "Adv"),
            ("teaser", "ALSO READ"),
            ("teaser", "Port reopens"),
            ("teaser", "What you"),
        ],
    ),
    "markdown": (
        f"# Dockers name terms\n\n{PROSE}\n\n## What the company says\n\n{MORE}\n\n---\n\n###",
        [
            ("headline", "# Dockers"),
            ("body", "The dockers"),
            ("subheading", "## What"),
            ("body", "The port"),
            ("template", "---"),
            ("template", "###"),
        ],
    ),
    "labels": (
        "Title: Dockers name terms\nDate: 2021-03-04\nAuthor: Ines Abreu\n"
        f"URL: https://cw.example/1\n\n{PROSE}\n\n"
        "Tags: port, strike\nSource: Coast Wire",
        [
            ("metadata", "Title:"),
            ("headline", "Dockers"),
            ("metadata", "Date"),
            ("metadata", "Author"),
            ("url", "URL"),
            ("body", "The dockers"),
            ("tag", "Tags"),
            ("metadata", "Source"),
        ],
    ),
    "cookies and photo": (
        "We use cookies to improve your visit. You may opt out.\n\nDockers name terms here\n\n"
        f"FILE PHOTO: Cranes at Pier 7. © Jon Dahl/Coast Wire\n\n{PROSE}",
        [
            ("template", "We use"),
            ("headline", "Dockers"),
            ("caption", "FILE"),
            ("body", "The dockers"),
        ],
    ),
    "key points": (
        f"Dockers name terms here\n\n• Forty drivers return\n• No talks before July\n\n{PROSE}",
        [("headline", "Dock"), ("deck", "• Forty"), ("deck", "• No"), ("body", "The dockers")],
    ),
    "list of demands": (
        f"{PROSE} The conditions are:\n\n1. Reinstatement\n\n2. A 35-hour week\n\n{MORE}",
        [("body", "The dockers"), ("body", "1."), ("body", "2."), ("body", "The port")],
    ),
    "pull quote by repetition": (
        f"{PROSE} “Nobody gains from a closed harbour in this town,” mediator Tomas Okafor told "
        f"reporters at the gate of Pier 7.\n\nNobody gains from a closed harbour\n\n{MORE}",
        [("body", "The dockers"), ("pull_quote", "Nobody"), ("body", "The port")],
    ),
    "pull quote with name": (
        f"{PROSE}\n\n“Nobody gains from a closed harbour.” — Tomas Okafor, mediator\n\n{MORE}",
        [("body", "The"), ("pull_quote", "“Nobody"), ("caption", "— Tomas"), ("body", "The port")],
    ),
    "subheadings": (
        f"{PROSE}\n\nWhat happens next?\n\n{MORE}\n\nA long summer for the port\n\n{PROSE}",
        [
            ("body", "The dockers"),
            ("subheading", "What"),
            ("body", "The port"),
            ("subheading", "A long"),
            ("body", "The dockers"),
        ],
    ),
    "hard-wrapped": (
        "The dockers' union will return to the table only if the port\n"
        "company takes back the dismissals, its chairwoman said on the\n"
        "radio on Monday. She named no day for talks with the company.",
        [("body", "The dockers")],
    ),
    "contacts": (
        f"{PROSE}\n\nNewsroom: desk@courier.example, +49 40 555 0101\n\n@courier\n\n#strike #port",
        [
            ("body", "The dockers"),
            ("footer", "Newsroom"),
            ("template", "@courier"),
            ("tag", "#strike"),
        ],
    ),
    "no furniture at all": (PROSE, [("body", "The dockers")]),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts(name: str) -> None:
    text, expected = LAYOUTS[name]
    found = zones_of(text)
    assert [zone for zone, _ in found] == [zone for zone, _ in expected], found
    for (_, piece), (_, start) in zip(found, expected, strict=True):
        assert piece.startswith(start)


@pytest.mark.parametrize(
    "sentence",
    [
        "Related companies refused the terms of the union on Monday, its director said.",
        "More than forty dismissed drivers must return before any talks, she said again.",
        "Photo evidence of the blockade was shown to the mediator on Friday, he added.",
        "By Friday the port company had refused every condition of the union, she said.",
        "Privacy policy was the theme of the talks between the two sides, she said on Friday.",
        "Source countries must sign the accord before July, the mediator told the Courier.",
        "Print workers joined the strike of the dockers on Monday, their union announced.",
        "Update: the union said on Friday that it would not return without the drivers.",
        "Lindqvist (Harbour Workers' Union) said that the port would stay closed for weeks.",
        "On March 4 the company refused again to meet the union, its chairwoman said.",
    ],
)
def test_sentences_that_look_like_furniture_are_read(sentence: str) -> None:
    text = f"{PROSE}\n\n{sentence}\n\n{MORE}"
    assert zones_of(text)[1] == ("body", sentence)
    assert all(zone == "body" for zone, _ in zones_of(sentence))


@pytest.mark.hostile
def test_repr_escapes_the_page() -> None:
    article = make_article(
        "<b>.txt", b"<script>alert('x')</script> and <img src=x onerror=y> text."
    )
    shown = article._repr_html_()
    assert "<script" not in shown and "<img" not in shown and "<b>.txt" not in shown


# Dates


def test_zones_of_the_seeds_agree_with_the_reference() -> None:
    if not REFERENCE.exists():
        pytest.skip("no reference coding here")
    read = read_articles(SEEDS)
    same = total = 0
    for line in REFERENCE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        article = read[row["article"]]
        wanted = "body" if row["zone"] == "background" else row["zone"]
        for offset in range(row["start"], row["end"]):
            if not article.text[offset].isspace():
                total += 1
                same += article.zone_at(offset) == wanted
    assert total > 12_000
    assert same / total >= 0.95


def test_dates_outlets_and_headlines_of_the_seeds() -> None:
    book = load_codebook("russia_ukraine")
    read = read_articles(SEEDS, codebook=book, window="2022-11-01/2023-08-31")
    assert not read.errors
    facts = [(a.published.value, a.published.basis, a.outlet.basis) for a in read]
    assert facts == [
        ("2022-11-15", "study_window", "dateline"),
        ("2022-11-15", "metadata", "none"),
        ("2023-08-20", "metadata", "url"),
        (None, "none", "none"),
        ("[2022-11-08..]", "study_window", "none"),
    ]
    assert [a.published_found.value for a in read][0] == "XXXX-11-15"
    assert [a.headline.basis for a in read] == ["none", "header", "title", "none", "none"]
    for path, article in zip(sorted(SEEDS.glob("*.txt")), read, strict=True):
        assert article.text == path.read_bytes().decode("utf-8")


@pytest.mark.parametrize(
    ("top", "value", "basis"),
    [
        ("Published: 3 May 2021\nUpdated: 9 May 2021", "2021-05-03", "metadata"),
        ("Updated: 9 May 2021\nPosted on May 3, 2021", "2021-05-03", "metadata"),
        ("Last updated: 9 May 2021", "2021-05-09", "metadata"),
        ("https://cw.example/2021/05/02/terms\n2021-05-03T09:11+0000", "2021-05-03", "metadata"),
        ("https://cw.example/2021/05/02/terms", "2021-05-02", "metadata"),
        ("https://cw.example/20210502/terms-1112735562.html", "2021-05-02", "metadata"),
        ("Monday, 3 May 2021 10:15 GMT", "2021-05-03", "metadata"),
        ("03/05/2021", "[2021-03-05,2021-05-03]", "metadata"),
        ("05.03.2021", "2021-03-05", "metadata"),
        ("Published: 3 May", None, "none"),
        ("Published: 31 February 2021", None, "none"),
        ("Dockers name terms", None, "none"),
    ],
)
def test_date_of_publication(top: str, value: str | None, basis: str) -> None:
    article = make_article("a.txt", f"{top}\n\n{PROSE}\n\n{MORE}".encode())
    assert article.published == Fact(value, basis)


def test_a_stamp_inside_the_text_is_of_another_article() -> None:
    text = f"{PROSE}\n\nOctober 30, 2021, 11:35\n\nPort reopens after storm\n\n{MORE}"
    article = make_article("a.txt", text.encode())
    assert article.published == UNKNOWN
    assert [z for z, _ in zones_of(text)] == ["body", "metadata", "teaser", "body"]


class _Frozen(dt.datetime):
    """A clock that stands in another century."""

    @classmethod
    def now(cls, tz=None):
        return cls(2077, 7, 7, tzinfo=tz)

    @classmethod
    def today(cls):
        return cls(2077, 7, 7)

    @classmethod
    def utcnow(cls):
        return cls(2077, 7, 7)


@pytest.mark.parametrize(
    "text",
    [
        f"PORT ALDER, March 4 – Coast Wire. {PROSE}",
        f"Published: 4 March\n\n{PROSE}",
        f"{PROSE} It began on March 4, she said.",
        "Published: 10:15\n\n" + PROSE,
        "Published: Thursday\n\n" + PROSE,
        "Published: 4 March 2021, 10:15 a.m.\n\n" + PROSE,
    ],
)
def test_dates_never_come_from_today(text: str, monkeypatch) -> None:
    before = make_article("a.txt", text.encode())
    import dateutil.parser._parser as parser

    monkeypatch.setattr(parser.datetime, "datetime", _Frozen)
    after = make_article("a.txt", text.encode())
    assert (after.published, after.published_found) == (before.published, before.published_found)
    assert "2077" not in repr(after)
    assert str(dt.date.today().year) not in str(before.published.value)


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(["%d %B %Y", "%B %d, %Y"])
)
def test_written_days_are_found_again(day: dt.date, form: str) -> None:
    text = f"On {day.strftime(form)} the port was closed."
    assert [d.edtf for d in find_days(text)] == [day.isoformat()]
    yearless = f"On {day.strftime(form[:5])} the port was closed."
    (found,) = find_days(yearless)
    assert found.edtf == f"XXXX-{day:%m-%d}"
    assert yearless[found.span.start : found.span.end] == day.strftime(form[:5])


@pytest.mark.hostile
@given(st.text())
def test_finding_days_never_fails(text: str) -> None:
    assert all(text[d.span.start : d.span.end].strip() for d in find_days(text))
    assert day_of_url(text.replace("[", "").replace("]", "")) is None or text


@pytest.mark.parametrize(
    ("edtf", "window", "filled"),
    [
        ("XXXX-11-15", "2022-11/2023-08", "2022-11-15"),
        ("XXXX-11-15", "2022-11/2023-11", None),
        ("XXXX-10-15", "2022-11/2023-08", None),
        ("XXXX-02-29", "2023-01/2024-12", "2024-02-29"),
        ("XXXX-11-08~", "2022-11/2023-08", "2022-11-08~"),
        ("XXXX-11-15", "", None),
        ("2019-11-15", "2022-11/2023-08", "2019-11-15"),
    ],
)
def test_year_from_the_window_only_if_one_fits(edtf: str, window: str, filled: str | None) -> None:
    assert fill_year(edtf, window) == filled


def test_no_window_no_year() -> None:
    text = f"PORT ALDER, March 4 – Coast Wire. {PROSE}"
    page = ZonedText.of(text)
    assert find_published(page, None) == (UNKNOWN, Fact("XXXX-03-04", "dateline"))


# Outlet and what the user knows


def test_outlet_with_and_without_a_codebook() -> None:
    march = (ROOT / "nbs" / "example" / "strike_march.txt").read_bytes()
    assert make_article("m.txt", march).outlet == Fact("Coast Wire", "dateline")
    known = make_article("m.txt", march, codebook=load_codebook("harbour")).outlet
    assert (known.value, known.basis) == ("Coast Wire", "dateline") and known.id
    bare = make_article("m.txt", f"https://www.cw.example/1\n\n{PROSE}".encode()).outlet
    assert bare == Fact("cw.example", "url")


@pytest.mark.parametrize(
    ("end", "found"),
    [
        ("© 2021 Alder Courier. All rights reserved.", Fact("Alder Courier", "imprint")),
        ("Copyright © Alder Courier 2021", Fact("Alder Courier", "imprint")),
        ("Source: Coast Wire", Fact("Coast Wire", "metadata")),
        ("Alder stays closed.", UNKNOWN),
    ],
)
def test_outlet_from_the_end_of_the_page(end: str, found: Fact) -> None:
    assert make_article("a.txt", f"{PROSE}\n\n{end}".encode()).outlet == found


def test_the_user_wins_and_the_page_is_kept(folder: Path) -> None:
    (folder / "good.txt").write_text(
        f"https://cw.example/2021/03/04/a\n\nDockers name terms today\n\n{PROSE}", encoding="utf-8"
    )
    (folder / "articles.csv").write_text(
        "\ufefffile,date,outlet,url,headline\n"
        "good.txt,2021-03-06,Alder Courier,https://courier.example/9,A better headline\n",
        encoding="utf-8",
    )
    read = read_articles(folder)
    article = read["good"]
    assert not read.errors
    assert article.published == Fact("2021-03-06", "metadata")
    assert article.outlet == Fact("Alder Courier", "user")
    assert article.url == Fact("https://courier.example/9", "user")
    assert article.headline == Fact("A better headline", "user")
    assert article.url_found.value == "https://cw.example/2021/03/04/a"
    assert article.headline_found == Fact("Dockers name terms today", "title")


def test_a_file_in_a_subfolder_by_id_or_windows_path(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "b.txt").write_text(PROSE, encoding="utf-8")
    (folder / "articles.csv").write_text(
        "path,date\ngood,2021-03-06\nsub\\b.txt,2021-03\n,,\n", encoding="utf-8"
    )
    read = read_articles(folder)
    assert not read.errors
    assert [a.published.value for a in read] == ["2021-03-06", "2021-03"]


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        ("date\n2021-03-04\n", "row 1", "no column"),
        ("file,date,editor\ngood.txt,2021-03-04,IA\n", "row 1", "unknown column 'editor'"),
        ("file,date\nbad.txt,2021-03-04\n", "row 2", "no such article"),
        ("file,date\ngood.txt,2021-03-04\ngood.txt,2021-03-05\n", "row 3", "second row"),
        ("file,date\ngood.txt,4 March\n", "row 2, column date", "EDTF"),
        ("file,url\ngood.txt,cw.example\n", "row 2, column url", "https"),
        ("", "file", "empty"),
        ('file,date\n"good.txt,2021\n', "file", "unexpected end"),
    ],
)
def test_mistakes_in_articles_csv(folder: Path, content: str, place: str, words: str) -> None:
    (folder / "articles.csv").write_text(content, encoding="utf-8")
    error = problem(folder, "articles.csv")
    assert error.place == place
    assert words in error.what


def test_one_bad_cell_costs_one_cell(folder: Path) -> None:
    (folder / "articles.csv").write_text(
        "file,date,outlet\ngood.txt,4 March,CW\n", encoding="utf-8"
    )
    article = read_articles(folder)["good"]
    assert (article.published, article.outlet) == (UNKNOWN, Fact("CW", "user"))


def test_zones_that_are_read_are_codes() -> None:
    codes = load_codebook().codes["zone"]
    assert set(codes) >= TEXT_ZONES
    assert MAX_CHARS == 1_000_000


# Stamps, fetches, names of files, bounds


@pytest.mark.parametrize(
    "line",
    [
        "MARCH 4, 2021",
        "Mar 4,2021",
        "4 march 2021",
        "04-Mar-2021 10:15",
        "2021-MAR-04",
        "2021 March 4",
        "March 4, 2021 at 10:15 AM",
        "Posted on Thursday, 4 March 2021 at 10.15 am local time",
        "Published\n4 March 2021\nRetrieved 2 June 2024",
        "Crawled: 2024-06-02T10:11Z\n\nPosted 4 March 2021",
    ],
)
def test_a_stamp_is_read_however_it_is_written(line: str) -> None:
    article = make_article("a.txt", f"Port shut for talks\n\n{line}\n\n{PROSE}\n\n{MORE}".encode())
    assert article.published == Fact("2021-03-04", "metadata")
    assert article.headline.value == "Port shut for talks"


@pytest.mark.parametrize(
    "line",
    [
        "Crawled on 2024-06-02",
        "Fetched: 2 June 2024",
        "Accessed\n2 June 2024",
        "Load-Date: June 2, 2024",
    ],
)
def test_the_day_of_a_fetch_is_no_date_of_publication(line: str) -> None:
    text = f"Port shut for talks\n\n{line}\n\n{PROSE}\n\n{MORE}"
    assert make_article("a.txt", text.encode()).published == UNKNOWN


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("talks_2021-03-04.txt", "2021-03-04"),
        ("in/20210304-talks.txt", "2021-03-04"),
        ("Talks, March 4, 2021.txt", "2021-03-04"),
        ("talks.2021.03.txt", "2021-03"),
        ("000_a20210304f.txt", None),
        ("2021-03-04/talks.txt", None),
    ],
)
def test_a_day_in_the_name_of_the_file(name: str, day: str | None) -> None:
    found = make_article(name, PROSE.encode()).published
    assert found == (Fact(day, "file_name") if day else UNKNOWN)


def test_the_page_is_asked_before_the_name_of_its_file() -> None:
    text = f"Port shut for talks\n\n5 March 2021\n\n{PROSE}"
    assert make_article("a_2024-06-02.txt", text.encode()).published.value == "2021-03-05"


@pytest.mark.parametrize("day", ["March 4, 2021", "4 March 2021"])
def test_a_day_that_the_text_recalls_is_a_bound(day: str) -> None:
    text = f"The port was shut on {day}, and the dockers have not been paid since, she said."
    assert make_article("a.txt", text.encode()).published == Fact("[2021-03-04..]", "latest_event")


@pytest.mark.parametrize(
    "line",
    [
        "Support our nation, donate here",
        "Please donate to keep this page free for everyone",
        "Sign up for the Morning Tide newsletter today",
        "Get the day's news straight to your inbox",
        "We care about your privacy and your data",
        "Home > World > Europe > Harbours and Ports",
        "Home / News / Local News / Harbour",
        "News | Politics | The Harbour",
        "You are here: HomeNewsRead article",
        "HomeNewsDockers name terms for talks with...",
        "Share on Facebook Tweet Copy link Email this",
        "Article continues after this advertisement",
        "More World News and Analysis",
        "Port Alder 13°C, mostly cloudy today",
        "date 2021-03-04 More Local News",
        "date 2021-03",
        "Document 1 of 50",
    ],
)
def test_the_furniture_of_a_page_head_is_no_headline(line: str) -> None:
    text = f" {line}\n\nPort shut for talks today\n\n{PROSE}\n\n{MORE}"
    assert make_article("a.txt", text.encode()).headline.value == "Port shut for talks today"
    alone = make_article("a.txt", f"{line}\n\n{PROSE}".encode())
    assert alone.headline.value is None


@pytest.mark.parametrize(
    "line",
    [
        "Support our strike, union tells town",
        "Help us, dockers tell minister",
        "Home port shut again",
        "Port shut | Harbour Courier",
        "World news agency names new head",
    ],
)
def test_a_headline_that_looks_like_furniture(line: str) -> None:
    assert make_article("a.txt", f"{line}\n\n{PROSE}".encode()).headline.value == line


@pytest.mark.parametrize("end", ["", " (see page 4)", " »", " ■"])
def test_a_short_text_without_a_full_stop_keeps_its_date(end: str) -> None:
    text = f"Port shut\n\n4 March 2021\n\nThe dockers said on Monday that they would wait{end}"
    article = make_article("a.txt", text.encode())
    assert (article.headline.value, article.published.value) == ("Port shut", "2021-03-04")


@pytest.mark.parametrize(
    "head",
    [
        "The Quay Gazette\nSaturday 12 June 2021\n",
        "THE QUAY GAZETTE, Saturday 12 June 2021\n",
        "The Quay Gazette | Saturday 12 June 2021 | Page 4\n",
        "THE QUAY GAZETTE      OSTVIK, SATURDAY 12 JUNE 2021      PRICE 90p\n",
        "Saturday, June 12, 2021\n",
    ],
)
def test_a_masthead_supplies_the_year_that_a_dateline_leaves_out(head):
    body = "OSTVIK, June 12 – The pilots said on Friday that no ship would sail until pay rises.\n"
    article = make_article("any.txt", f"{head}\nPilots keep ships in harbour\n\n{body}".encode())
    assert article.published.value == "2021-06-12"
    assert article.headline.value == "Pilots keep ships in harbour"


@pytest.mark.parametrize(
    "line", ["Pilots Set a Deadline of Saturday 12 June 2021", "It ends on Saturday 12 June 2021"]
)
def test_a_headline_with_a_day_is_no_masthead(line):
    article = make_article(
        "any.txt", f"{line}\n\nThe pilots said on Friday that ships wait.".encode()
    )
    assert article.headline.value == line
