"""Who said what, under which conditions they would negotiate, and how that shifted

Articles in, validated tables out, every row traceable to the characters it came from:

    from negotiations_study import build_tables, compare, read_articles

    tables = build_tables(read_articles("seeds"), codebook="russia_ukraine",
                          before="2022-11", after="2023-08")
    compare(tables)

Written by hand: every public name is imported when it is first used, so that the package itself
imports in milliseconds and without polars, pandera, Altair or spaCy.
"""

__version__ = "0.1.0"

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from negotiations_study.base.project import Settings
    from negotiations_study.comparing.shifts import compare
    from negotiations_study.corpus.exports import corrections, export
    from negotiations_study.corpus.extraction import extract
    from negotiations_study.corpus.tables import Tables, build_tables, complete
    from negotiations_study.reading.articles import read_articles
    from negotiations_study.running.runs import run_study
    from negotiations_study.showing import charts

__all__ = [
    "Settings",
    "Tables",
    "build_tables",
    "charts",
    "compare",
    "complete",
    "corrections",
    "export",
    "extract",
    "read_articles",
    "run_study",
]

_MODULE_OF = {
    "Settings": "base.project",
    "Tables": "corpus.tables",
    "build_tables": "corpus.tables",
    "charts": "showing.charts",
    "compare": "comparing.shifts",
    "complete": "corpus.tables",
    "corrections": "corpus.exports",
    "export": "corpus.exports",
    "extract": "corpus.extraction",
    "read_articles": "reading.articles",
    "run_study": "running.runs",
}


def __getattr__(name: str) -> object:
    "The public `name`, imported now"
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_MODULE_OF[name]}")
    return module if _MODULE_OF[name].endswith(f".{name}") else getattr(module, name)


def __dir__() -> list[str]:
    "The public names"
    return sorted([*__all__, "__version__"])
