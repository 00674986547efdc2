"""Small tables from nothing: rows with defaults, random studies of invented sides and themes"""

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from negotiations_study.base.project import edtf_interval
from negotiations_study.base.schemas import SCHEMAS, frame
from negotiations_study.corpus.store import Tables

PERIODS = ("2021-03", "2021-06")
SIDES = ("COMPANY", "UNION", "ELSEWHERE")
THEMES = ("pay", "hours", "none_declared")


def row(table: str, **given: Any) -> dict[str, Any]:
    "A row of `table`: what is given, and something harmless elsewhere"
    columns = SCHEMAS[table].to_schema().columns
    unknown = given.keys() - columns.keys()
    if unknown:
        raise KeyError(unknown)
    plain = {"Int64": 0, "String": "x"}
    return {
        name: given.get(name, None if column.nullable else plain[str(column.dtype)])
        for name, column in columns.items()
    }


def said(edtf: str | None, basis: str = "explicit_day") -> dict[str, Any]:
    "The four columns of a date"
    first, last = edtf_interval(edtf) if edtf else (None, None)
    basis = basis if edtf else "none"
    return {"said_edtf": edtf, "said_from": first, "said_to": last, "said_basis": basis}


def article(name: str, published: str = "2021-03-04", **given: Any) -> dict[str, Any]:
    "An article published on a day"
    day = dt.date.fromisoformat(published)
    date = {"published_edtf": published, "published_from": day, "published_to": day}
    return row("articles", article_id=name, path=f"{name}.txt", **date, **given)


def condition(n: int, article_id: str, side: str, theme: str, **given: Any) -> dict[str, Any]:
    "A condition of the holder of a side"
    kind = {"kind": "demand_term", "form": "positive", "strength": 2, "ascribed_by": "self"}
    who = {"holder_id": f"holder_{side}", "holder": f"Holder of {side}"}
    known = {"condition_id": f"c{n}", "article_id": article_id, "side": side, "theme": theme}
    return row("conditions", **(kind | who | said("2021-03-03") | known | {"text": "x"} | given))


def statement(n: int, article_id: str, side: str, **given: Any) -> dict[str, Any]:
    "A statement by the holder of a side, one step from the article"
    who = {"speaker_id": f"holder_{side}", "speaker": f"Holder of {side}", "speaker_type": "named"}
    how = {"voice": "attributed", "depth": 1, "depth_marked": 1, "content_text": "x"}
    known = {"statement_id": f"s{n}", "article_id": article_id, "side": side}
    return row("statements", **(who | how | said("2021-03-03") | known | given))


def member(row_id: str, article_id: str, period: str, how: str = "said_in") -> dict[str, Any]:
    "A membership"
    return row("periods", row_id=row_id, article_id=article_id, period=period, membership=how)


def tables(**rows: list[dict[str, Any]]) -> Tables:
    "Tables with these rows"
    return Tables.empty().replace(**{name: frame(name, found) for name, found in rows.items()})


@st.composite
def studies(draw: st.DrawFn) -> Tables:
    "A random study of up to four articles in each of two periods"
    days = {"2021-03": "2021-03-04", "2021-06": "2021-06-18"}
    places = [f"{p}-{n}" for p in PERIODS for n in range(draw(st.integers(0, 4)))]
    articles = [article(name, days[name[:7]]) for name in places]
    found: dict[str, list[dict[str, Any]]] = {"conditions": [], "statements": [], "periods": []}
    how = st.sampled_from(["said_in", "reported_in", "possible", "outside"])
    for n in range(draw(st.integers(0, 12)) if places else 0):
        place = draw(st.sampled_from(places))
        one = condition(
            n,
            place,
            draw(st.sampled_from(SIDES)),
            draw(st.sampled_from(THEMES)),
            form=draw(st.sampled_from(["positive", "negative", "disclaimer"])),
            strength=draw(st.integers(0, 3)),
            kind=draw(st.sampled_from(["precondition", "demand_term", "process_format"])),
            ascribed_by=draw(st.sampled_from(["self", "adversary", "outlet"])),
            event_id=draw(st.sampled_from([None, "e1", "e2"])),
        )
        found["conditions"].append(one)
        found["statements"].append(statement(n, place, one["side"]))
        for name in (f"c{n}", f"s{n}"):
            found["periods"].append(member(name, place, place[:7], draw(how)))
    return tables(articles=articles, **found)
