"""What each step after the reading costs at n, 2n, 4n articles: CPU seconds, memory, growth.

    python benchmarks/rows.py --articles 25000 50000 100000 [--json RESULT] [--only STEP...]

Articles are not parsed by the hundred thousand. One in --every of the marked corpus is read once;
its rows are recombined: a copy gets other words of the same length at the same places (so every
offset still holds), other speakers and holders, another outlet and another day of two years.
Vocabulary and names grow with the corpus as they do in news: every fortieth word is a new one, the
names of a copy are drawn from as many sets as the root of the number of copies, and a tenth of all
speakers are the actors of the codebook whatever the size. Every second copy reports what the one
before it reports, in its own words; 2 % are verbatim copies, 3 % nearly so, 10 % have no date.
Growth is the exponent b of cost = a·n^b, fitted over the sizes. Memory is what the step adds at
its peak to what the process holds before it (Linux).
"""

import argparse
import json
import math
import random
import re
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

ROOT = Path(__file__).parents[1]
BOOK, BEFORE, AFTER = "harbour", "2021", "2022"
TEXTS = {name: "text" for name in "zones spans quotes conditions positions suggestions".split()}
TEXTS |= {"statements": "content_text"}
WORD = re.compile(r"(\b[a-z]{5,}\b)")


def base_tables(every: int):
    "Tables of one in `every` articles of the marked corpus, read once, as they were extracted"
    from negotiations_study.base.marked import read_corpus
    from negotiations_study.corpus.extraction import extract
    from negotiations_study.corpus.tables import together
    from negotiations_study.reading.articles import read_articles

    with TemporaryDirectory() as folder:
        for marked in read_corpus(ROOT / "corpus")[::every]:
            path = Path(folder) / f"{marked.article_id}.txt"
            path.write_text(marked.text, encoding="utf-8")
        return together([extract(a, codebook=BOOK) for a in read_articles(folder)])


def plan(base, n: int) -> pl.DataFrame:
    "One row for each of `n` articles: what it is made from, its new id, day, words and names"
    ids = base.articles["article_id"].to_list()
    copies = math.ceil(n / len(ids))
    rows = []
    for k in range(n):
        copy, at = divmod(k, len(ids))
        rng = random.Random(k)
        fate = rng.random()
        how = "verbatim" if fate < 0.02 else "near" if fate < 0.05 else "own"
        pair = random.Random(f"{copy // 2} {at}")
        day = date(2021, 1, 1) + timedelta(pair.randrange(728) + copy % 2)
        known = None if rng.random() < 0.1 else day
        names = pair.randrange(max(1, math.isqrt(copies)))
        rows.append((ids[at], f"{copy:05}/", pair.random(), how, known, names, rng.randrange(400)))
    columns = ("of", "prefix", "seed", "how", "day", "names", "outlet_n")
    types = (pl.String, pl.String, pl.Float64, pl.String, pl.Date, pl.Int64, pl.Int64)
    return pl.DataFrame(rows, schema=dict(zip(columns, types, strict=True)), orient="row")


def varied(parts: list[str], same: dict[int, list[str]], seed: float, own: random.Random, share):
    "The text cut into `parts` with other words of the same length, `share` of them of its own"
    rng, out = random.Random(seed), list(parts)
    for n in range(1, len(parts), 2):
        long = len(parts[n])
        source = own if own.random() < share else rng
        if source.random() < 0.025:
            out[n] = "".join(source.choices("abcdefghilmnoprstuvz", k=long))
        else:
            words = same[long]
            out[n] = words[int(source.random() * len(words))]
    return "".join(out)


def texts_of(base, planned: pl.DataFrame) -> dict[str, str]:
    "New article id -> its text"
    cut = {a: WORD.split(text) for a, text in base.articles.select("article_id", "text").rows()}
    same: dict[int, list[str]] = {}
    for parts in cut.values():
        for word in parts[1::2]:
            same.setdefault(len(word), []).append(word)
    share = {"verbatim": 0, "near": 0.02, "own": 0.3}
    return {
        prefix + of: varied(cut[of], same, seed, random.Random(prefix + of), share[how])
        for of, prefix, seed, how in planned.select("of", "prefix", "seed", "how").iter_rows()
    }


def named(data: pl.DataFrame, who: str) -> pl.DataFrame:
    "`data` with its speakers or holders drawn again: an actor of the codebook, or a name in a set"
    from negotiations_study.base.codebook import load_codebook

    actors = [a for a in load_codebook(BOOK).actors.values() if not a.type.startswith("anonym")]
    keys = ("id", "side", "label")

    def drawn(name: str, names: int) -> dict[str, Any]:
        mark = zlib.crc32(f"{name} {names}".encode())
        if mark % 10 == 0:
            actor = actors[mark // 10 % len(actors)]
            return {"id": actor.id, "side": actor.side, "label": actor.label}
        side = ("COMPANY", "UNION", "MEDIATOR", "UNKNOWN")[mark // 10 % 4]
        return {"id": None, "side": side, "label": f"{name} {names}"}

    pairs = data.select(who, "names").unique().drop_nulls()
    rows = [(*pair, *(drawn(*pair)[k] for k in keys)) for pair in pairs.rows()]
    types = {who: pl.String, "names": pl.Int64} | dict.fromkeys(
        (f"new_{k}" for k in keys), pl.String
    )
    new = pl.DataFrame(rows, schema=types, orient="row")
    joined = data.join(new, on=[who, "names"], how="left", maintain_order="left")
    anew = {f"{who}_id": pl.col("new_id"), who: pl.coalesce("new_label", who)}
    anew["side"] = pl.coalesce("new_side", "side")
    return joined.with_columns(**anew)


def recombined(base, n: int):
    "Tables of `n` articles, as they come from the reading: dated, and still to be completed"
    from negotiations_study.base.schemas import SCHEMAS
    from negotiations_study.corpus.redating import redate
    from negotiations_study.corpus.sameness import ANCHORS

    planned = plan(base, n)
    texts = texts_of(base, planned)
    frames = {}
    for name, data in [*base, ("anchors", base.anchors)]:
        columns = data.columns
        schema = SCHEMAS[name].to_schema().columns if name in SCHEMAS else {}
        keys = {c for c, f in schema.items() if (f.metadata or {}).get("key") or f.unique}
        keys |= {"article_id", "path", "list_id", "statement_id", "from_id", "to_id", "row_id"}
        keys = [c for c in columns if c in keys and c not in ("speaker_id", "holder_id")]
        owner = (
            pl.col("from_id").str.split(":").list.first()
            if name == "links"
            else pl.col("article_id")
        )
        if "article_id" not in columns and name != "links":
            frames[name] = data
            continue
        made = data.with_columns(of=owner).join(planned, on="of", how="inner")
        made = made.with_columns(pl.concat_str("prefix", c).alias(c) for c in keys)
        for who in ("speaker", "holder"):
            made = named(made, who) if who in columns and name != "shifts" else made
        if name == "articles":
            day, iso = pl.col("day"), pl.col("day").dt.to_string("%Y-%m-%d")
            basis = pl.when(day.is_null()).then(pl.lit("none")).otherwise(pl.lit("dateline"))
            dates = {f"published_{k}": v for k, v in (("edtf", iso), ("from", day), ("to", day))}
            made = made.with_columns(**dates, published_basis=basis, published_found=iso)
            made = made.with_columns(published_found_basis=basis)
            made = made.with_columns(
                text=pl.Series([texts[i] for i in made["article_id"]], dtype=pl.String)
            )
        if "outlet" in columns:
            made = made.with_columns(outlet=pl.format("Paper {}", "outlet_n"))
        if name in TEXTS:
            places = made.select("article_id", "start", "end").iter_rows()
            cut = [texts[a][s:e] for a, s, e in places]
            made = made.with_columns(pl.Series(TEXTS[name], cut, pl.String))
        if name == "conditions":
            made = made.with_columns(theme=theme(made))
        frames[name] = made.select(columns)
    anchors = frames.pop("anchors").cast(dict(ANCHORS))
    dated = redate(frames, anchors, frames["articles"]["article_id"])
    return base.replace(**dated, anchors=anchors)


def theme(data: pl.DataFrame) -> pl.Series:
    "Themes of the codebook for two thirds of the conditions without one, by place in the article"
    from negotiations_study.base.codebook import load_codebook

    codes = sorted(set(load_codebook(BOOK).codes["theme"]) - {"other", "none_declared"})
    rows = data.select("theme", "start", "names").iter_rows()
    return pl.Series(
        [codes[(s + n) % len(codes)] if t == "other" and s % 3 else t for t, s, n in rows],
        dtype=pl.String,
    )


# Steps


def steps() -> Iterator[tuple[str, Callable[[dict[str, Any]], Any]]]:
    "Name and work of each step; a step reads and writes the state it is given"
    from negotiations_study.base.project import load_settings
    from negotiations_study.base.schemas import validate
    from negotiations_study.comparing.findings import findings
    from negotiations_study.comparing.shifts import compare, comparison, evidence
    from negotiations_study.corpus.copies import find_duplicates, find_near_duplicates
    from negotiations_study.corpus.discrepancies import find_discrepancies
    from negotiations_study.corpus.events import find_events
    from negotiations_study.corpus.periods import find_periods
    from negotiations_study.corpus.proofs import problems
    from negotiations_study.corpus.redating import date_articles
    from negotiations_study.corpus.store import in_order, render
    from negotiations_study.running.runs import draw
    from negotiations_study.showing.report import report_html

    settings = load_settings(before=BEFORE, after=AFTER, codebook=BOOK)

    def step(name):
        def put(work):
            found.append((name, work))

        return put

    found: list[tuple[str, Callable[[dict[str, Any]], Any]]] = []

    @step("dates of undated articles")
    def _(state):
        state["done"] = date_articles(dict(state["tables"]), state["tables"].anchors)

    @step("copies")
    def _(state):
        done = state["done"]
        done["articles"] = find_duplicates(done["articles"], done["zones"])

    @step("near copies")
    def _(state):
        done = state["done"]
        done["articles"] = find_near_duplicates(done["articles"], done["zones"])

    @step("periods")
    def _(state):
        state["done"]["periods"] = find_periods(state["done"], [BEFORE, AFTER])

    @step("sameness and events")
    def _(state):
        state["done"] = find_events(state["done"], state["tables"].anchors, 3)

    @step("discrepancies and links")
    def _(state):
        state["done"] = find_discrepancies(state["done"], state["tables"].codebook(BOOK))

    @step("order")
    def _(state):
        done = {name: in_order(data) for name, data in state["done"].items()}
        state["tables"] = type(state["tables"])(**done, made=state["tables"].made)

    @step("schemas (pandera)")
    def _(state):
        for name, data in state["tables"]:
            validate(name, data)

    @step("proofs, schemas among them")
    def _(state):
        if wrong := problems(state["tables"], BOOK):
            raise SystemExit(f"{len(wrong)} problems, the first: {wrong[0]}")

    @step("shifts and their evidence")
    def _(state):
        tables = state["tables"]
        study = comparison(tables, BEFORE, AFTER)
        links = pl.concat([tables.links, evidence(study)])
        state["tables"] = tables.replace(shifts=in_order(compare(study)), links=in_order(links))

    @step("tables as Parquet and CSV")
    def _(state):
        for name, data in state["tables"]:
            render([(name, data)])

    @step("findings")
    def _(state):
        findings(state["tables"], BEFORE, AFTER, codebook=BOOK)

    @step("charts")
    def _(state):
        state["drawn"] = draw(state["tables"], settings)

    @step("page")
    def _(state):
        figures = [figure for *_, figure in state["drawn"].values()]
        page = report_html(state["tables"], figures, settings)
        state["facts"]["bytes of the page"] = len(page.encode("utf-8"))

    yield from found


def validated(base, n: int) -> dict[str, Any]:
    "What pandera takes for `n` rows of statements"
    from negotiations_study.base.schemas import validate

    times = pl.DataFrame({"copy": range(math.ceil(n / base.statements.height))})
    prefix = pl.format("{}/{}", "copy", "statement_id")
    data = base.statements.join(times, how="cross").head(n).with_columns(statement_id=prefix)
    state = {"data": data.select(base.statements.columns)}
    return {"rows": n} | measured(state, "", lambda s: validate("statements", s["data"]))


def memory(what: str) -> float:
    "VmRSS or VmHWM of this process in MB; not a number where there is no /proc"
    status = Path("/proc/self/status")
    if not status.is_file():
        return math.nan
    return int(re.search(rf"{what}:\s+(\d+)", status.read_text())[1]) / 1024


def measured(state: dict[str, Any], name: str, work: Callable[[dict[str, Any]], Any]):
    "CPU and wall seconds of one step, and the memory that it needs at its peak"
    peak = Path("/proc/self/clear_refs")
    if peak.exists():
        peak.write_text("5")  # the peak is counted anew
    held, cpu, wall = memory("VmRSS"), time.process_time(), time.perf_counter()
    work(state)
    took = time.process_time() - cpu, time.perf_counter() - wall
    about = {"CPU seconds": round(took[0], 2), "wall seconds": round(took[1], 2)}
    return about | {"MB at the peak": round(memory("VmHWM")), "MB before": round(held)}


def growth(sizes: list[int], costs: list[float]) -> float | None:
    "Exponent b of cost = a·n^b by least squares over logarithms; None if nothing can be said"
    if len(sizes) < 2 or min(costs) < 0.05:
        return None
    x, y = ([math.log(v) for v in values] for values in (sizes, costs))
    mx, my = sum(x) / len(x), sum(y) / len(y)
    over = sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True))
    return round(over / sum((a - mx) ** 2 for a in x), 2)


def main() -> None:
    "Measure the steps at each size"
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, nargs="*", default=[2500, 5000, 10000])
    parser.add_argument("--every", type=int, default=20, help="one in so many articles is read")
    parser.add_argument("--cache", type=Path, help="folder for the rows that were read")
    parser.add_argument("--only", nargs="+", help="steps to stop after, by name")
    parser.add_argument("--page", type=Path, help="folder for charts and page of the largest")
    parser.add_argument("--validate", type=int, nargs="+", default=[], help="rows of statements")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    base, runs = read_once(given.every, given.cache), []
    checked = [validated(base, n) for n in given.validate]
    print(*checked, sep="\n", flush=True)
    for n in given.articles:
        state: dict[str, Any] = {"facts": {}}
        about = measured(state, "rows", lambda s, n=n: s.update(tables=recombined(base, n)))
        print(f"{n:,} articles made: {about}", flush=True)
        costs = {}
        for name, work in steps():
            costs[name] = measured(state, name, work)
            print(f"  {name:30} {costs[name]}", flush=True)
            if given.only and name in given.only:
                break
        rows = {name: data.height for name, data in state["tables"]}
        runs.append({"articles": n, "rows": rows, "steps": costs} | state["facts"])
        print(f"  {rows} {state['facts']}", flush=True)
    if given.page and "drawn" in state:
        keep(state, given.page)
    names = list(runs[-1]["steps"]) if runs else []
    exponents = {
        s: growth(given.articles, [r["steps"][s]["CPU seconds"] for r in runs]) for s in names
    }
    print(json.dumps(exponents, indent=1))
    if given.json:
        from importlib.metadata import version

        versions = {p: version(p) for p in ("polars", "pandera", "altair", "vl-convert-python")}
        facts = {
            "date": str(date.today()),
            "versions": versions,
            "validation": checked,
            "runs": runs,
        }
        text = json.dumps(facts | {"exponents": exponents}, indent=1) + "\n"
        given.json.write_text(text, encoding="utf-8")


def keep(state: dict[str, Any], folder: Path) -> None:
    "Charts and page as files, to be looked at"
    from negotiations_study.base.project import load_settings
    from negotiations_study.showing.report import report_html

    folder.mkdir(parents=True, exist_ok=True)
    for name, (_, png, _) in state["drawn"].items():
        (folder / f"{name}.png").write_bytes(png)
    settings = load_settings(before=BEFORE, after=AFTER, codebook=BOOK)
    figures = [figure for *_, figure in state["drawn"].values()]
    page = report_html(state["tables"], figures, settings)
    (folder / "index.html").write_text(page, encoding="utf-8")


def read_once(every: int, cache: Path | None):
    "The rows that are recombined, from `cache` if they stand there"
    from negotiations_study.corpus.store import Tables

    if cache and (cache / "anchors.parquet").is_file():
        return Tables.read(cache).replace(anchors=pl.read_parquet(cache / "anchors.parquet"))
    base = base_tables(every)
    if cache:
        base.write(cache)
        base.anchors.write_parquet(cache / "anchors.parquet")
    return base


if __name__ == "__main__":
    main()
