"""A new study, and codebooks begun from articles and held against them"""

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from conftest import said
from harbour import SETTINGS, harbour_tables
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.project import SettingsError, load_settings
from negotiations_study.running.codebooks import Remark, codebook_files, remarks
from negotiations_study.running.provenance import premises
from negotiations_study.running.runs import notebook_jobs
from negotiations_study.running.starting import new_study


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    new_study(tmp_path / "demo")
    return tmp_path / "demo"


def test_notebooks_of_a_study_are_what_its_runs_execute(demo: Path):
    now = load_settings(demo)
    jobs = notebook_jobs(now, demo / "tables")
    assert {Path(job.notebook).parent for job in jobs} == {(demo / "notebooks").resolve()}
    before = premises(now)
    changed = demo / "notebooks" / "shift.ipynb"
    changed.write_text(changed.read_text("utf-8").replace("How did", "How then did"), "utf-8")
    assert premises(now) != before
    assert "notebooks" not in premises(SETTINGS)


def test_a_folder_without_notebooks_is_named(demo: Path):
    for path in (demo / "notebooks").glob("*"):
        path.unlink()
    with pytest.raises(SettingsError, match="notebooks.*no .ipynb"):
        notebook_jobs(load_settings(demo), demo / "tables")


def test_nothing_of_somebodys_is_overwritten(demo: Path):
    before = {p: p.read_bytes() for p in demo.rglob("*") if p.is_file()}
    for command in (("new", demo), ("codebook", "--new", demo / "codebook", demo / "articles")):
        code, _, wrong = said(*command)
        assert code == 2 and "something is there already" in wrong
    assert {p: p.read_bytes() for p in demo.rglob("*") if p.is_file()} == before


@settings(max_examples=6)
@given(st.lists(st.text(min_size=1, max_size=30), min_size=2, max_size=6), st.sampled_from("=+-@"))
def test_names_of_any_kind_make_a_codebook_that_loads(tmp_path_factory, names, sign):
    rows = [name for name in (*names, f"{sign}SUM(A1) Ltd", "May", "the", "will") for _ in (0, 1)]
    first = harbour_tables().statements.head(1)
    found = pl.concat([first.with_columns(speaker=pl.lit(n), speaker_id=None) for n in rows])
    found = found.with_columns(speaker_type=pl.lit("named"), speaker_id=pl.lit(None, pl.String))
    made = codebook_files(Fake(harbour_tables(), found), "any")
    folder = tmp_path_factory.mktemp("any")
    for name, content in made.items():
        (folder / name).write_bytes(content)
    assert load_codebook(folder).sides
    sheets = [data.decode() for name, data in made.items() if name.endswith("csv")]
    cells = [cell for text in sheets for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [c for c in cells if c[:1] in tuple("=+-@")]


class Fake:
    "Tables with statements of one's own"

    def __init__(self, tables, statements):
        self.statements, self.articles = statements, tables.articles
        self.conditions = tables.conditions.clear()


def test_the_check_finds_what_is_taken_out(tmp_path: Path):
    new_study(tmp_path / "demo")
    codebook = tmp_path / "demo" / "codebook"
    terms, aliases = codebook / "theme_terms.csv", codebook / "aliases.csv"
    terms.write_text(terms.read_text("utf-8") + "pay,moonlight,,,\n", "utf-8")
    aliases.write_text(aliases.read_text("utf-8") + "the quay barons,union,\n", "utf-8")
    tables = harbour_tables()
    before = set(remarks(tables.codebook(), tables))
    more = set(remarks(load_codebook(codebook), tables)) - before
    assert more == {
        Remark("theme_terms.csv", "pay: moonlight", "fits no condition"),
        Remark("aliases.csv", "the quay barons", "stands in no article"),
    }
