"""Charts: the hand-coded seeds, hostile text, empty and large corpora, and what is written"""

import json
import re
import struct
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import altair as alt
import polars as pl
import pytest
from gold import gold_tables
from harbour import harbour_tables
from invented import article, condition, member, row, statement, tables

from negotiations_study import charts
from negotiations_study.base import project
from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.project import InputError
from negotiations_study.comparing import voices
from negotiations_study.corpus.store import Tables
from negotiations_study.corpus.tables import build_tables
from negotiations_study.showing import canvas, views

HERE = Path(__file__).parent
PAIR = ("2021-03", "2021-06")
HOSTILE = '<img src=x onerror="alert(1)"> {"expr": "datum"} [a](b) $x$ \u202e\n=1+1 🚢'


@pytest.fixture(scope="module")
def gold() -> Tables:
    return gold_tables(HERE / "reference", HERE.parent / "seeds")


@pytest.fixture(scope="module")
def core() -> Tables:
    return gold_tables(HERE / "reference", HERE.parent / "seeds", tiers=("core",))


@pytest.fixture(scope="module")
def book():
    return load_codebook("russia_ukraine")


Spec = dict[str, Any]


@pytest.fixture(scope="module")
def every(gold, book) -> dict[str, alt.LayerChart]:
    "Every chart of the hand coding"
    return charts.all_charts(gold, codebook=book)


@pytest.fixture(scope="module")
def drawn(every) -> dict[str, Spec]:
    "Their specifications, made once: Altair needs a while to check one"
    return {name: json.loads(charts.spec(chart)) for name, chart in every.items()}


def as_spec(chart: alt.LayerChart | Spec) -> Spec:
    "The specification, not checked against the schema again: that takes longer than drawing"
    return chart if isinstance(chart, dict) else chart.to_dict(validate=False)


def layers(chart: alt.LayerChart | Spec) -> list[dict]:
    return as_spec(chart)["layer"]


def values(chart: alt.LayerChart | Spec) -> list[dict]:
    found = as_spec(chart)  # a chart of one layer has its data at the top
    return [v for one in found["layer"] for v in one.get("data", found.get("data"))["values"]]


def texts(chart: alt.LayerChart | Spec) -> list[str]:
    return [v["text"] for v in values(chart) if "text" in v]


def title(chart: alt.LayerChart | Spec) -> str:
    return " ".join(as_spec(chart)["title"]["text"])


# What every chart must be


def test_the_set(drawn):
    assert [*charts.CHARTS, "shift_matrix_phone"] == list(drawn)


@pytest.mark.parametrize("name", [*charts.CHARTS, "shift_matrix_phone"])
def test_valid_and_stable(drawn, gold, book, name):
    found = drawn[name]  # from a chart whose every mark was checked against the schema
    assert values(drawn[name])
    assert alt.Chart.from_json(json.dumps(found)).to_dict(validate=False) == found
    assert found["description"]
    assert found["title"]["subtitle"]
    assert any(t.startswith("Source: five articles") for t in texts(drawn[name]))
    phone = {"width": 360} if name.endswith("_phone") else {}
    again = charts.CHARTS[name.removesuffix("_phone")](gold, codebook=book, **phone)
    assert json.loads(json.dumps(as_spec(again))) == found
    names = [layer["data"]["name"] for layer in layers(drawn[name])]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", [*charts.CHARTS, "shift_matrix_phone"])
def test_title_has_at_most_two_lines(drawn, name):
    assert len(drawn[name]["title"]["text"]) <= 2


def test_colours_come_from_the_palette(drawn):
    for name, chart in drawn.items():
        used = set(re.findall(r"#[0-9a-fA-F]{6}\b", json.dumps(chart)))
        assert used <= charts.PALETTE, name


def test_marks_stay_on_the_page(drawn):
    for name, found in drawn.items():
        for value in values(found):
            assert -2 <= value["x"] <= found["width"] + 2, (name, value)
            assert -30 <= value["y"] <= found["height"] + 12, (name, value)


def test_no_expression_in_any_spec(drawn):
    for chart in drawn.values():
        bare = [{k: v for k, v in layer.items() if k != "data"} for layer in layers(chart)]
        assert "expr" not in json.dumps(bare)


def test_rows_behind_marks_exist(drawn, gold):
    known = {*gold.conditions["condition_id"], *gold.positions["position_id"]}
    known |= {*gold.statements["statement_id"], *gold.discrepancies["discrepancy_id"]}
    for name, chart in drawn.items():
        marks = [v for v in values(chart) if "row_ids" in v]
        assert marks, name
        for mark in marks:
            ids = mark["row_ids"].split()
            assert set(ids) <= known, name
            assert mark["href"] == f"#{ids[0]}"


def test_the_marks_of_each_chart(drawn):
    "A snapshot of the spec without data: how many layers of which mark"
    found = {}
    for name, chart in drawn.items():
        kinds = [layer["mark"]["type"] for layer in layers(chart)]
        found[name] = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
    snapshot = HERE / "snapshots" / "chart_layers.json"
    assert found == json.loads(snapshot.read_text(encoding="utf-8")), "look, then renew it"


# The hand coding, as drawn


def test_matrix_shows_the_numbers(drawn):
    counts = [t for t in texts(drawn["shift_matrix"]) if re.fullmatch(r"[\d +?]+", t)]
    assert sorted(counts) == sorted(
        ["2", "1?"]  # in the key
        + ["2"]
        + ["2 +1?", "1", "1", "1?", "1", "1"]  # RU
        + ["3", "2", "1", "3", "3", "2", "1 +1?", "1?", "1"]  # UA
        + ["2", "1", "1"]  # US
    )
    assert texts(drawn["shift_matrix"]).count("not comparable") == 9
    assert texts(drawn["shift_matrix"]).count("hardens?") == 1
    assert texts(drawn["shift_matrix"]).count("new?") == 1
    assert "Only for Russia are conditions found in both periods" in title(drawn["shift_matrix"])


def test_time_says_who_is_not_covered(drawn):
    found = texts(drawn["conditions_over_time"])
    assert found.count("not covered") == 2
    assert found.count("none found") == 1
    assert "no article for nine months" in found
    assert "36 conditions" in " ".join(drawn["conditions_over_time"]["title"]["subtitle"])


def test_an_outlets_claim_is_never_drawn(drawn):
    for name in ("conditions_over_time", "shift_matrix", "one_list"):
        assert not any("000-C10" in v.get("row_ids", "") for v in values(drawn[name]))


def test_one_list_in_its_words(drawn):
    found = texts(drawn["one_list"])
    assert "respect for the UN charter" in found
    assert found.count("left out") == 3
    assert [t for t in found if t.endswith(" of 5")] == ["4 of 5", "5 of 5", "3 of 5"]


def test_coverage_of_the_core_statements(core, book):
    chart = charts.coverage(core, codebook=book)
    squares = [v for v in values(chart) if v.get("row_ids")]
    assert len(squares) == 85
    assert {"38", "17", "12", "16", "2"} <= set(texts(chart))


def test_routes_of_the_core_statements(core, book):
    found = voices.routes(core)
    assert sum(r.n for r in found) == 85
    chart = charts.reporting_routes(core, codebook=book)
    assert len([v for v in values(chart) if v.get("row_ids")]) == len(found)


def test_state_outlets_are_labelled_by_one_rule(drawn):
    found = " ".join(texts(drawn["reporting_routes"]))
    assert "RIA Novosti (Russian state)" in found
    assert "Sputnik International (Russian state)" in found


# What charts take from the tables, and what they leave out


def test_a_chart_needs_nothing_but_its_tables(tmp_path):
    harbour_tables().write(tmp_path)
    read = Tables.read(tmp_path)
    for name, draw in charts.CHARTS.items():
        known = draw(harbour_tables(), *PAIR, "harbour")
        assert as_spec(draw(read)) == as_spec(known), name


@pytest.mark.parametrize("name", charts.CHARTS)
@pytest.mark.parametrize("asked", [{"codebook": "buses"}, {"after": "2021-07"}])
def test_a_chart_refuses_what_the_tables_were_not_made_with(name, asked):
    with pytest.raises(InputError, match="the tables were made with"):
        charts.CHARTS[name](harbour_tables(), **asked)


def test_without_a_codebook_no_name_of_the_settings_is_drawn():
    bare = build_tables(HERE.parent / "nbs" / "buses", before="2019-04", after="2019-09")
    said = charts.spec(charts.coverage(bare))
    assert not any(a.label in said for a in load_codebook("russia_ukraine").actors.values())


def test_what_has_nothing_to_draw_is_left_out():
    assert charts.all_charts(Tables.empty(), codebook="harbour") == {}
    shown = charts.stance(Tables.empty(), codebook="harbour")._repr_mimebundle_()
    assert list(shown) == ["text/plain"]


def test_both_wordings_stand_whole_under_whoever_said_them(drawn):
    found = [v for v in values(drawn["conditions_over_time"]) if "text" in v]
    rows = {v["text"]: v["y"] for v in found}
    for words, who in (("taking into account", "Zakharova"), ("provided that", "Kremlin")):
        line = next(t for t in rows if words in t and t.startswith("“"))
        assert "…" not in line
        label = next(t for t in rows if t.startswith("Acceptance of") and t.endswith(who))
        assert 0 < rows[line] - rows[label] < 25


KEYS = {
    "carried over from before": {"carried"},
    "inferred, not marked": {"inferred"},
    "source named in the text": {"explicit"},
}


@pytest.mark.parametrize("how", ["explicit", "carried", "inferred"])
def test_links_are_drawn_as_they_are_known_and_the_key_has_no_others(gold, book, how):
    chain = gold.chain.with_columns(
        pl.when(pl.col("how") == "publisher").then("how").otherwise(pl.lit(how)).alias("how")
    )
    chart = charts.reporting_routes(gold.replace(chain=chain), codebook=book)
    assert {KEYS[t].copy().pop() for t in texts(chart) if t in KEYS} == {how}
    dashes = {
        tuple(x["mark"].get("strokeDash", ())) for x in layers(chart) if x["mark"]["type"] == "rule"
    }
    assert dashes == {{"explicit": (), "carried": (6, 3), "inferred": (1.5, 3.5)}[how]}


def test_keys_name_only_what_is_drawn():
    one = tables(
        articles=[article("a")],
        statements=[statement(1, "a", "UNION")],
        conditions=[condition(1, "a", "UNION", "pay")],
        periods=[member(i, "a", PAIR[0]) for i in ("s1", "c1")]
        + [member(i, "a", PAIR[1]) for i in ("s1", "c1")],
    )
    said = {n: texts(charts.CHARTS[n](one, codebook="harbour")) for n in charts.CHARTS}
    for name, absent in {
        "conditions_over_time": ("about that day", "disclaimed", "on or before the tick"),
        "shift_matrix": ("disclaimed", "rejected", "not covered", "possible: date too open"),
        "coverage": ("with an anonymous link", "no source marked"),
        "date_basis": ("no date", "a stretch of days"),
    }.items():
        assert not set(absent) & set(said[name]), name
    assert "day known" in said["conditions_over_time"]


def test_disagreements_show_every_version_and_the_reading_uncut(drawn, gold):
    said = " ".join(texts(drawn["discrepancies"]))
    assert "Reading" in said and "…" not in said.replace(" … ", " ")
    for reading in gold.discrepancies["reading"]:
        first = reading.split()[0]
        assert first in said
    assert "7 Nov 2022" in said and "8 Nov 2022" in said


# Text from articles is data


def hostile_tables() -> Tables:
    places = ("a", "b")
    found = [
        condition(
            n, place, "UNION", HOSTILE, holder=HOSTILE, text=HOSTILE, list_id=place, event_id="e"
        )
        | {"holder_id": None, "outlet": HOSTILE}
        for n, place in enumerate(places)
    ]
    spoken = [statement(n, p, "UNION", speaker=HOSTILE) for n, p in enumerate(places)]
    hops = [
        row("chain", statement_id=f"s{n}", article_id=p, hop=1, entity=HOSTILE, how="explicit")
        for n, p in enumerate(places)
    ]
    return tables(
        articles=[article(p, outlet=HOSTILE, headline=HOSTILE) for p in places],
        conditions=found,
        statements=spoken,
        chain=hops,
        positions=[
            row("positions", position_id="p0", article_id="a", side="UNION", target="talks")
            | {"ordinal": 1, "stance": HOSTILE, "holder": HOSTILE, "text": HOSTILE}
        ],
        periods=[
            *(member(f"c{n}", p, period) for n, p in enumerate(places) for period in PAIR),
            *(member(f"s{n}", p, period) for n, p in enumerate(places) for period in PAIR),
            member("p0", "a", PAIR[0]),
        ],
        links=[{"from_id": "d", "relation": "member", "to_id": "c0"}],
        discrepancies=[row("discrepancies", discrepancy_id="d", question=HOSTILE)],
    )


@pytest.mark.hostile
@pytest.mark.parametrize("name", charts.CHARTS)
def test_hostile_text_stays_data(name):
    chart = charts.CHARTS[name](hostile_tables(), codebook="harbour")
    found = chart.to_dict(validate=True)
    assert values(chart)
    bare = [{k: v for k, v in layer.items() if k != "data"} for layer in found["layer"]]
    assert "onerror" not in json.dumps(bare)
    assert all(isinstance(line, str) for line in found["title"]["text"])
    assert b"<img" not in charts.svg(chart).encode()
    assert charts.png(chart)[:4] == b"\x89PNG"


# Empty, odd and large corpora


@pytest.mark.parametrize("name", charts.CHARTS)
@pytest.mark.parametrize("study", ["", "harbour"])
def test_empty_tables_get_a_sentence(name, study):
    chart = charts.CHARTS[name](Tables.empty(), codebook=study)
    said = " ".join(texts(chart))
    assert said.startswith("Nothing to compare: ")
    assert chart.to_dict()["description"] == said


@pytest.mark.parametrize("name", charts.CHARTS)
def test_statements_only(gold, name):
    bare = Tables.empty().replace(
        articles=gold.articles, statements=gold.statements, chain=gold.chain, periods=gold.periods
    )
    assert values(charts.CHARTS[name](bare, codebook=""))


@pytest.mark.parametrize("name", charts.CHARTS)
def test_undated(gold, name):
    def blank(data: pl.DataFrame) -> pl.DataFrame:
        dates = [c for c in data.columns if c.startswith(("said_", "published_"))]
        dates = [c for c in dates if not c.endswith("_basis")]
        return data.with_columns(pl.lit(None, data.schema[c]).alias(c) for c in dates)

    undated = gold.replace(**{name: blank(data) for name, data in gold})
    assert values(charts.CHARTS[name](undated, codebook="russia_ukraine"))


def large(n: int) -> Tables:
    sides, themes = ("COMPANY", "UNION", "MEDIATOR"), [f"theme {k}" for k in range(60)]
    found: dict[str, list] = {k: [] for k in ("articles", "conditions", "statements", "chain")}
    found["periods"] = []
    for k in range(n):
        name, period = f"a{k}", PAIR[k % 2]
        paper, day = f"Paper {k % 40}", f"{period}-{k % 28 + 1:02}"
        found["articles"].append(article(name, day, outlet=paper))
        side, theme = sides[k % 3], themes[k % 60]
        dates = {"said_edtf": day, "said_from": None, "said_to": None}
        first = project.edtf_interval(day)
        dates |= {"said_from": first[0], "said_to": first[1]}
        found["conditions"].append(condition(k, name, side, theme, **dates))
        found["statements"].append(statement(k, name, side, **dates))
        for hop in range(2):
            entity = paper if not hop else f"Holder of {side} {k % 200}"
            kind = "outlet" if not hop else "named"
            found["chain"].append(
                row(
                    "chain",
                    statement_id=f"s{k}",
                    article_id=name,
                    hop=hop,
                    entity=entity,
                    entity_type=kind,
                    how="explicit",
                )
            )
        found["periods"] += [member(f"c{k}", name, period), member(f"s{k}", name, period)]
    return tables(**found)


@cache
@cache
def of_two_thousand() -> dict[str, alt.LayerChart]:
    return charts.all_charts(large(2000), codebook="harbour")


def test_large_corpus_is_capped_and_says_so():
    found = {name: as_spec(chart) for name, chart in of_two_thousand().items()}
    for name, spec in found.items():
        assert len(json.dumps(spec)) < 1_500_000, name
        assert len(values(spec)) < 6000, name
    said = {name: " ".join(spec["title"]["subtitle"]) for name, spec in found.items()}
    assert "Shown: the 30 rows of 60" in said["conditions_over_time"]
    assert "Shown: 30 of 60 themes" in said["shift_matrix"]
    assert "Shown: the most frequent 40 routes" in said["reporting_routes"]
    assert "30 articles with most" in said["coverage"]


# What is written


def test_png_has_a_palette_and_is_small(every, drawn):
    picture = charts.png(every["shift_matrix"])
    width, height, depth, colour = struct.unpack(">IIBB", picture[16:26])
    page = drawn["shift_matrix"]
    assert width >= 2 * page["width"]
    assert height >= 2 * page["height"]
    assert (depth, colour) == (8, 3)
    assert len(picture) < 200_000
    assert charts.png(every["shift_matrix"]) == picture


def test_shown_as_picture_specification_and_text(every, drawn):
    bundle = every["stance"]._repr_mimebundle_()
    assert set(bundle) == {"image/png", "application/vnd.vegalite.v5+json", "text/plain"}
    assert "v5" in bundle["application/vnd.vegalite.v5+json"]["$schema"]
    assert bundle["text/plain"] == drawn["stance"]["description"]


def test_dark_exchanges_colours_of_the_palette_only(book):
    assert set(charts.DARK) <= charts.PALETTE
    assert len(set(charts.DARK.values())) == len(charts.DARK)
    assert set(charts.side_colours(book)) == set(book.sides)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("hue", [*charts.SIDES, charts.OTHER, charts.PRESS])
def test_words_can_be_read(hue):
    assert contrast(hue.text, charts.PAPER) >= 4.5
    assert contrast(hue.on, hue.fill) >= 4.5
    assert contrast(charts.DARK[hue.text], charts.DARK[charts.PAPER]) >= 4.5


def test_the_theme_is_registered_and_not_imposed():
    assert "study" in alt.theme.names()
    assert alt.theme.active != "study"


# Four corpora: the hand coding, another dispute, two thousand articles, none

SHIFT = re.compile(r"translate\(([-\d.e]+)(?:[ ,]+([-\d.e]+))?\)")


def lines(node: ElementTree.Element, x: float = 0, y: float = 0) -> Iterator[tuple]:
    "(left, top, right, bottom, text) of every line of text in an SVG, by the chart's own widths"
    for found in SHIFT.finditer(node.get("transform") or ""):
        x, y = x + float(found[1]), y + float(found[2] or 0)
    if node.tag.endswith("}text"):
        size, at = float((node.get("font-size") or "11").rstrip("px")), node.get("text-anchor")
        for part in [t for t in node if t.tag.endswith("}tspan")] or [node]:
            y += float(part.get("dy") or 0)
            words = "".join(part.itertext())
            width = canvas.text_width(words, size)
            left = x - {"middle": width / 2, "end": width}.get(at or "", 0)
            if words.strip():
                yield left, y - size * 0.7, left + width, y + size * 0.15, words
    for child in node:
        yield from lines(child, x, y)


def overlapping(drawing: str) -> list[tuple[str, str]]:
    found = list(lines(ElementTree.fromstring(drawing)))
    return [
        (a[4], b[4])
        for a, b in combinations(found, 2)
        if min(a[2], b[2]) - max(a[0], b[0]) > 1.5 and min(a[3], b[3]) - max(a[1], b[1]) > 1.5
    ]


def buses() -> Tables:
    return build_tables(
        HERE.parent / "nbs" / "buses",
        codebook="buses",
        before="2019-04",
        after="2019-09",
        window="2019-02/2019-12",
    )


CORPORA = {
    "other dispute": lambda: charts.all_charts(buses(), codebook="buses"),
    "two thousand": of_two_thousand,
    "none": lambda: charts.all_charts(Tables.empty(), codebook="harbour"),
}


@pytest.mark.parametrize("make", CORPORA.values(), ids=CORPORA)
def test_charts_of_other_corpora(make):
    for name, chart in make().items():
        about = chart.to_dict(validate=make is not of_two_thousand)  # many rows, the same layers
        title = about["title"]["text"]
        assert len([title] if isinstance(title, str) else title) <= 2, name
        assert about["description"].strip(), name
        assert not overlapping(charts.svg(chart)), name


def test_no_text_lies_on_another(every):
    for name, chart in every.items():
        assert not overlapping(charts.svg(chart)), name


def test_text_that_lies_on_another_is_noticed():
    data = pl.DataFrame({"x": [1.0, 1.1], "t": ["overlapping words", "more of them"]})
    chart = alt.Chart(data).mark_text().encode(x="x:Q", text="t:N").properties(width=100)
    assert overlapping(charts.svg(chart))


# Colours as others see them


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("sight", ["", "Deuteranomaly", "Protanomaly", "Tritanomaly"])
def test_sides_can_be_told_apart_by_everybody(sight):
    "CIEDE2000 after Machado et al. 2009 at full severity; 10 is far beyond a noticeable step"
    import colour

    def lab(code: str):
        light = colour.models.eotf_sRGB(colour.notation.HEX_to_RGB(code))
        if sight:
            light = (colour.matrix_cvd_Machado2009(sight, 1) @ light).clip(0, 1)
        return colour.XYZ_to_Lab(colour.RGB_to_XYZ(light, "sRGB"))

    fills = [lab(side.fill) for side in charts.SIDES]
    apart = [colour.delta_E(a, b, method="CIE 2000") for a, b in combinations(fills, 2)]
    assert min(apart) > 15
    if not sight:  # in grey only lightness is left
        grey = [a[0] for a in fills]
        assert min(abs(a - b) for a, b in combinations(grey, 2)) > 10


def test_no_side_is_said_to_be_there_in_periods_that_are_not_compared(gold):
    told = views.gaps(views.view_of(gold.replace(made=None, periods=gold.periods.clear())))
    assert told == "No two periods are compared."


LONG = "some forty of the older pilots and engineers who sail the northern ferries at night"


@pytest.fixture(scope="module")
def long_named() -> Tables:
    hop = {"statement_id": "s1", "article_id": "a", "entity_type": "collective", "how": "explicit"}
    who = {"holder_id": None, "holder": LONG}
    stance = {"position_id": "p1", "article_id": "a", "side": "UNION", "target": "talks"}
    stance |= {"stance": "advocates", "ordinal": 2, "ascribed_by": "self", "text": "x"}
    day = {"said_edtf": "2021-03-03", "said_from": None, "said_to": None}
    one = condition(1, "a", "UNION", "pay", **who, text="higher pay", ascribed_by="adversary")
    day |= {k: one[k] for k in ("said_from", "said_to", "said_basis")}
    return tables(
        articles=[article("a")],
        statements=[statement(1, "a", "UNION", speaker_id=None, speaker=LONG)],
        chain=[row("chain", hop=1, entity_id=None, entity=LONG, **hop)],
        conditions=[one],
        positions=[row("positions", **stance, **who, **day)],
        periods=[member(i, "a", PAIR[0]) for i in ("s1", "c1", "p1")]
        + [member("c1", "a", PAIR[1], "outside")],
    )


@pytest.mark.parametrize("name", ["conditions_over_time", "stance", "reporting_routes"])
def test_a_long_name_is_whole_or_ends_at_a_word_and_the_tooltip_has_it(long_named, name):
    found = values(charts.CHARTS[name](long_named, *PAIR, codebook="harbour"))
    assert any(LONG in v.get("what", "") for v in found)
    said = {word for v in found for word in re.findall(r"[\w’]+(?=…)", v.get("text", ""))}
    assert said <= set(LONG.split())
    if name == "conditions_over_time":
        assert any("(per others)" in v.get("text", "") or v.get("text") == "others)" for v in found)
