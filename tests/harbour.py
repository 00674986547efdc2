"""The invented running example as tables, built once for all tests"""

from functools import cache

import polars as pl
from conftest import EXAMPLES

from negotiations_study import Tables, build_tables
from negotiations_study.base.project import Settings

PERIODS = ("2021-03", "2021-06")
SETTINGS = Settings(study="Harbour", codebook="harbour", before=PERIODS[0], after=PERIODS[1])


@cache
def harbour_tables() -> Tables:
    return build_tables(EXAMPLES, codebook="harbour", before=PERIODS[0], after=PERIODS[1])


def changed(tables: Tables, table: str, **values: object) -> Tables:
    "`tables` with `values` in the first row of `table`"
    data = getattr(tables, table)
    first = data.head(1).with_columns(
        pl.lit(value).cast(data.schema[column]).alias(column) for column, value in values.items()
    )
    return tables.replace(**{table: pl.concat([first, data.slice(1)])})
