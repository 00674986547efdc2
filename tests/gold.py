"""The hand coding of the seeds as tables, to try comparisons and charts on known ground"""

import datetime as dt
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from negotiations_study.base.project import edtf_interval
from negotiations_study.base.schemas import frame
from negotiations_study.corpus.store import Tables

PERIODS = ("2022-11", "2023-08")
OF_THE_REPORT = {"bounded_by_publication", "publication_date"}  # no date of their own
Row = dict[str, Any]


def _load(reference: Path, name: str) -> list[Row]:
    lines = (reference / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def _date(prefix: str, edtf: str | None, basis: str | None) -> Row:
    first, last = edtf_interval(edtf) if edtf else (None, None)
    return {
        f"{prefix}_edtf": edtf,
        f"{prefix}_from": first,
        f"{prefix}_to": last,
        f"{prefix}_basis": basis or "none",
    }


def membership(said: Row, published: Row, period: str) -> str:
    "How a row belongs to `period`, by the date said and the date of the report"
    start, end = edtf_interval(period)
    first, last = said["said_from"], said["said_to"]
    of_report = said["said_basis"] in OF_THE_REPORT or str(said["said_edtf"]).startswith("../")
    inside = lambda a, b: None not in (a, b) and start <= a and b <= end  # noqa: E731
    if inside(first, last):
        return "said_in"
    if of_report and inside(published["published_from"], published["published_to"]):
        return "reported_in"
    if said["said_basis"] == "none":
        return "outside"
    overlaps = (first or dt.date.min) <= end and start <= (last or dt.date.max)
    return "possible" if overlaps else "outside"


def _hull(spans: list[Row], text: str) -> Row:
    start, end = min(s["start"] for s in spans), max(s["end"] for s in spans)
    return {"start": start, "end": end, "text": text[start:end]}


def _article(row: Row, raw: bytes, text: str, outlets: dict[str, str]) -> Row:
    title = (row["title"] or {}).get("text")
    url = (row["url"] or {}).get("text")
    date = _date("published", row["pub_date"]["edtf"], row["pub_date"]["basis"])
    return {
        "article_id": row["article"],
        "path": row["file"],
        "sha256": hashlib.sha256(raw).hexdigest(),
        "encoding": "utf-8",
        "cleaned": None,
        "outlet_id": outlets.get(row["outlet"]),
        "outlet": row["outlet"],
        "outlet_basis": "dateline" if row["outlet"] else "none",
        "outlet_found": row["outlet"],
        "outlet_found_basis": "dateline" if row["outlet"] else "none",
        "headline": title,
        "headline_basis": "title" if title else "none",
        "headline_found": title,
        "headline_found_basis": "title" if title else "none",
        "url": url,
        "url_basis": "url" if url else "none",
        "url_found": url,
        "url_found_basis": "url" if url else "none",
        **date,
        "published_found": date["published_edtf"],
        "published_found_basis": date["published_basis"],
        "duplicate_of": None,
        "near_duplicate_of": None,
        "n_chars": len(text),
        "n_words": len(text.split()),
        "text": text,
    }


def _zones(rows: list[Row], texts: dict[str, str]) -> list[Row]:
    "The typed stretches, each running on to the next so that every character is in one"
    out = []
    for article, text in texts.items():
        mine = sorted((r for r in rows if r["article"] == article), key=lambda r: r["start"])
        starts = [0, *(r["start"] for r in mine[1:])]
        for row, start, end in zip(mine, starts, [*starts[1:], len(text)], strict=True):
            out.append(
                {
                    "zone_id": f"{article}:z{start}-{end}",
                    "article_id": article,
                    "zone": row["zone"],
                    "start": start,
                    "end": end,
                    "text": text[start:end],
                }
            )
    return out


def _statement(row: Row, text: str, outlet: str | None, kept: set[str]) -> Row:
    hull = _hull(row["content"], text)
    return {
        "statement_id": row["id"],
        "article_id": row["article"],
        "parent_id": row["parent"] if row["parent"] in kept else None,
        "kind": row["kind"],
        "act": row["act"],
        "cue_class": "belief" if row["act"] == "belief" else "speech",
        "granularity": row["granularity"],
        "voice": row["voice"],
        "source_text": (row["source"] or {}).get("text"),
        "cue_text": " … ".join(c["text"] for c in row["cue"]) or None,
        "content_text": hull["text"],
        "start": hull["start"],
        "end": hull["end"],
        "speaker_id": row["speaker_id"],
        "speaker": row["speaker"],
        "speaker_type": row["speaker_type"],
        "side": row["side"],
        "addressee": row["addressee"],
        "outlet": outlet,
        **_date("said", row["date"]["edtf"], row["date"]["basis"]),
        "depth": row["depth"],
        "depth_marked": row["depth_marked"],
        "event_id": f"e:{row['event']}" if row["event"] else None,
        "rule": "hand",
        "confidence": row["confidence"],
    }


def _spans(row: Row, parts: dict[str, list[Row]]) -> list[Row]:
    return [
        {
            "row_id": row["id"],
            "article_id": row["article"],
            "role": role,
            "part": n,
            "start": span["start"],
            "end": span["end"],
            "text": span["text"],
        }
        for role, spans in parts.items()
        for n, span in enumerate(s for s in spans if s)
    ]


def _chain(row: Row) -> list[Row]:
    return [
        {
            "statement_id": row["id"],
            "article_id": row["article"],
            "hop": n,
            "entity_id": hop["entity_id"],
            "entity": hop["entity"],
            "entity_type": hop["type"],
            "how": hop["how"],
        }
        for n, hop in enumerate(row["chain"])
    ]


def _coded(row: Row, text: str, outlet: str | None, basis: str, key: str) -> Row:
    "What conditions and positions have in common"
    return {
        key: row["id"],
        "article_id": row["article"],
        "holder_id": row["holder_id"],
        "holder": row["holder"],
        "side": row["side"],
        "ascribed_by": row["ascribed_by"],
        "outlet": outlet,
        **_date("said", row["date"], basis if row["date"] else "none"),
        **_hull(row["spans"], text),
        "event_id": f"e:{row['event']}" if row["event"] else None,
        "rule": "hand",
    }


def _condition(row: Row, common: Row) -> Row:
    own = {k: row[k] for k in ("addressee", "required_actor", "theme", "kind", "form", "strength")}
    coder = {"coder": "hand", "confidence": row["confidence"], "probability": None}
    return common | own | coder | {k: row[k] for k in ("list_id", "list_pos", "depth")}


def _position(row: Row, common: Row) -> Row:
    return common | {k: row[k] for k in ("role", "target", "stance", "ordinal")}


def _links(relation: str, start: str, ends: list[str]) -> list[Row]:
    return [{"from_id": start, "relation": relation, "to_id": end} for end in ends]


def _event(row: Row, actors: dict[str, str], statements: list[Row]) -> Row:
    members = [s for s in statements if s["statement_id"] in row["members"]]
    return {
        "event_id": f"e:{row['id']}",
        "speaker_id": actors.get(row["speaker"]),
        "speaker": row["speaker"],
        **_date("said", row["date"]["edtf"], "cross_article"),
        "n_articles": len({s["article_id"] for s in members}),
        "n_statements": len(members),
    }


def _columns(table: str, rows: list[Row]) -> Any:
    "`rows` as the frame of `table`, whatever order their keys have"
    order = frame(table).columns
    return frame(table, [{k: r[k] for k in order} for r in rows])


@cache
def gold_tables(reference: Path, seeds: Path, tiers: tuple[str, ...] = ()) -> Tables:
    "The hand coding in `reference` of the articles in `seeds`; only statements of `tiers` if given"
    gold = {p.stem: _load(reference, p.stem) for p in sorted(reference.glob("*.jsonl"))}
    raw = {r["article"]: (seeds / r["file"]).read_bytes() for r in gold["articles"]}
    texts = {a: b.decode("utf-8") for a, b in raw.items()}
    outlets = {r["article"]: r["outlet"] for r in gold["articles"]}
    actors = {a["label"]: a["id"] for a in gold["actors"]}
    all_statements = gold["statements"]
    chosen = [s for s in all_statements if not tiers or s["tier"] in tiers]
    kept = {s["id"] for s in chosen}
    basis = {s["id"]: s["date"]["basis"] for s in all_statements}
    articles = [
        _article(r, raw[r["article"]], texts[r["article"]], actors) for r in gold["articles"]
    ]
    statements = [_statement(s, texts[s["article"]], outlets[s["article"]], kept) for s in chosen]
    coded = {"conditions": [], "positions": []}
    for name, key, finish in (
        ("conditions", "condition_id", _condition),
        ("positions", "position_id", _position),
    ):
        for row in gold[name]:
            first = next(iter(row["statements"]), "")
            common = _coded(
                row, texts[row["article"]], outlets[row["article"]], basis.get(first, "none"), key
            )
            coded[name].append(finish(row, common))
    events = [_event(e, actors, statements) for e in gold["events"]]
    events = [e for e in events if e["n_statements"]]
    spans, links = [], []
    for row in chosen:
        spans += _spans(
            row, {"source": [row["source"]], "cue": row["cue"], "content": row["content"]}
        )
    for name, role in (("conditions", "condition"), ("positions", "position")):
        for row in gold[name]:
            spans += _spans(row, {role: row["spans"], "trigger": [row.get("trigger")]})
            links += _links("statement", row["id"], [s for s in row["statements"] if s in kept])
    for row in gold["discrepancies"]:
        links += _links("member", row["id"], row["members"])
    published = {a["article_id"]: a for a in articles}
    ids = {"statement_id": statements, "condition_id": coded["conditions"]}
    ids["position_id"] = coded["positions"]
    periods = [
        {
            "row_id": row[key],
            "article_id": row["article_id"],
            "period": period,
            "membership": membership(row, published[row["article_id"]], period),
        }
        for key, rows in ids.items()
        for row in rows
        for period in PERIODS
    ]
    discrepancies = [
        {
            "discrepancy_id": row["id"],
            "type": row["type"],
            "question": row["description"],
            "reading": row["recommended_reading"],
        }
        for row in gold["discrepancies"]
    ]
    rows = {
        "articles": articles,
        "zones": _zones(gold["zones"], texts),
        "statements": statements,
        "spans": spans,
        "chain": [hop for s in chosen for hop in _chain(s)],
        "conditions": coded["conditions"],
        "positions": coded["positions"],
        "links": links,
        "events": events,
        "periods": periods,
        "discrepancies": discrepancies,
    }
    return Tables.empty().replace(**{name: _columns(name, r) for name, r in rows.items()})
