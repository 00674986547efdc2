"""Wall and CPU seconds from finished tables to the report, and the size of the page.

    python benchmarks/report.py [TABLES] [--articles N] [--json RESULT]

TABLES: a folder of tables, by default those of outputs/study; --articles N instead makes tables of
N synthetic articles, each with a statement and a condition. Measured: the comparison, all charts
as specification, PNG and SVG, the analysis notebooks, the page. CPU seconds include those of the
processes in which notebooks run; on few articles most of them go into the start of the kernels.
"""

import argparse
import importlib.metadata
import json
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))


def cpu():
    "CPU seconds of this process and of those that it waited for"
    kinds = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(u.ru_utime + u.ru_stime for u in used)


def measured(steps):
    "Seconds of each step"
    out = {}
    for name, step in steps.items():
        wall, used = time.perf_counter(), cpu()
        step()
        out[name] = {
            "wall": round(time.perf_counter() - wall, 2),
            "CPU": round(cpu() - used, 2),
        }
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tables", type=Path, nargs="?", default=Path("outputs/study/tables"))
    parser.add_argument("--articles", type=int, default=0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()

    from negotiations_study.base.project import load_settings
    from negotiations_study.comparing.shifts import compare
    from negotiations_study.corpus.store import Tables
    from negotiations_study.running.runs import draw, notebook_jobs, write_notebooks
    from negotiations_study.showing.report import write_report

    settings = load_settings()
    tables = None
    if given.articles:
        from test_charts import PAIR, large

        settings = load_settings(before=PAIR[0], after=PAIR[1], codebook="harbour")
        tables = large(given.articles)
    tables = tables or Tables.read(given.tables)
    with TemporaryDirectory() as folder:
        place = Path(folder)
        tables.write(place / "tables")
        jobs = notebook_jobs(settings, place / "tables")
        page, drawn = place / "report.html", {}
        found = measured(
            {
                "comparison": lambda: compare(tables, settings.before, settings.after),
                "charts": lambda: drawn.update(draw(tables, settings)),
                "notebooks": lambda: write_notebooks(jobs, place / "notebooks"),
                "report": lambda: write_report(
                    tables, page, [f for *_, f in drawn.values()], settings
                ),
            }
        )
        size = page.stat().st_size
    found["all"] = {k: round(sum(s[k] for s in found.values()), 2) for k in ("wall", "CPU")}
    facts = {
        "articles": tables.articles.height,
        "conditions": tables.conditions.height,
        "seconds": found,
        "report, bytes": size,
        "versions": {
            n: importlib.metadata.version(n) for n in ("altair", "vl-convert-python", "polars")
        },
    }
    print(json.dumps(facts, indent=1))
    if given.json:
        given.json.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
