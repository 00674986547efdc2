"""Runs: parameters refused before anything runs, notebooks that fail, the same bytes twice"""

import base64
import json
import os
import re
from contextlib import nullcontext
from pathlib import Path

import nbformat
import pytest
from conftest import EXAMPLES, ROOT
from harbour import SETTINGS, harbour_tables

from negotiations_study import run_study
from negotiations_study.base.project import (
    EditedError,
    InputError,
    OutputError,
    ParameterError,
    Settings,
    StudyError,
    load_settings,
)
from negotiations_study.corpus.store import Tables
from negotiations_study.corpus.tables import asked_of, build_tables
from negotiations_study.running import outputs, runs
from negotiations_study.running.audit import audit
from negotiations_study.running.notebooks import (
    _VARIABLES,
    Executed,
    Job,
    _execute,
    check_parameters,
    execute_all,
    normalise,
    notebook_parameters,
)
from negotiations_study.running.outputs import publish, staging
from negotiations_study.running.provenance import manifest, premises, settings_facts
from negotiations_study.running.runs import Run, copy_analysis, run_notebook
from negotiations_study.showing.pictures import KEPT, as_json, kept

HARBOUR = {"codebook": "harbour", "before": SETTINGS.before, "after": SETTINGS.after}


def notebook(folder: Path, *cells: str, name: str = "demo.ipynb") -> Path:
    "A notebook whose first cell holds the parameters"
    found = [nbformat.v4.new_code_cell(source) for source in cells]
    found[0]["metadata"]["tags"] = ["parameters"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nb = nbformat.v4.new_notebook(cells=found, metadata={"kernelspec": kernel})
    nbformat.write(nb, folder / name)
    return folder / name


PARAMETERS = 'tables: str = ""\ntop: int = 3\nshare: float = 0.5\nall_: bool = False\nfree = None'


# Parameters


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"tables": "x"},
        {"top": 4},
        {"share": 1},
        {"share": 0.1},
        {"all_": True},
        {"free": [1, "two"]},
    ],
)
def test_fitting_parameters_are_taken(tmp_path: Path, given):
    check_parameters(notebook(tmp_path, PARAMETERS), given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tabels": "x"}, "Did you mean 'tables'"),
        ({"zzz": 1}, "Known: all_, free, share, tables, top"),
        ({"top": "four"}, "expected int, found 'four'"),
        ({"top": True}, "expected int, found True"),
        ({"tables": 4}, "expected str, found 4"),
        ({"share": "half"}, "expected float"),
        ({"all_": 1}, "expected bool"),
    ],
)
def test_misspelt_and_mistyped_parameters_are_refused(tmp_path: Path, given, words):
    path = notebook(tmp_path, PARAMETERS, "1")
    with pytest.raises(ParameterError, match=words):
        run_notebook(path, tmp_path / "out" / "demo.ipynb", given)
    assert not (tmp_path / "out").exists(), "nothing ran and nothing was written"


def test_notebook_without_parameters_says_so(tmp_path: Path):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    nbformat.write(nb, tmp_path / "bare.ipynb")
    assert notebook_parameters(tmp_path / "bare.ipynb") == {}
    with pytest.raises(ParameterError, match="It has no parameters"):
        check_parameters(tmp_path / "bare.ipynb", {"top": 1})


@pytest.mark.fault
@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff\xfe\x00", b'{"cells": 3}'])
def test_what_is_no_notebook_is_refused(tmp_path: Path, content):
    if content is not None:
        (tmp_path / "x.ipynb").write_bytes(content)
    with pytest.raises(ParameterError, match="notebook"):
        run_notebook(tmp_path / "x.ipynb", tmp_path / "out.ipynb")


# Executed notebooks


CHART = """
from negotiations_study import charts
from negotiations_study.corpus.tables import load_tables
charts.shift_matrix(load_tables(tables))
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    "A notebook, executed under another order of hashes"
    home = tmp_path_factory.mktemp("executed")
    harbour_tables().write(home / "tables")
    code = "import sys\nprint(sys.flags.hash_randomization, object, tables)\nobject()"
    warns = "import warnings\nwarnings.warn('careful')"
    path = notebook(home, PARAMETERS, code, warns, CHART)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONHASHSEED", "3")
        done = run_notebook(path, home / "one" / "demo.ipynb", {"tables": home / "tables"})
    assert done.error == "" and done.content == (home / "one" / "demo.ipynb").read_text()
    return home / "one"


@pytest.mark.slow
def test_a_notebook_tells_nothing_of_the_machine(executed: Path):
    "That two runs give the same bytes is tested in test_batch.py"
    text = (executed / "demo.ipynb").read_text("utf-8")
    assert '"0 <class' in text, "sets are in the same order each time"
    for trace in (str(executed.parent), "papermill", "ipykernel_", "start_time"):
        assert trace not in text, trace
    assert re.search(r" at 0x[0-9a-f]+>", text) is None  # where an object lay in memory
    assert "../tables" in text
    nbformat.validate(nbformat.reads(text, as_version=4))


@pytest.mark.slow
def test_a_chart_as_last_line_is_a_picture_that_needs_no_network(executed: Path):
    text = (executed / "demo.ipynb").read_text("utf-8")
    (shown,) = nbformat.reads(text, as_version=4).cells[-1].outputs
    kinds = {"image/png", "application/vnd.vegalite.v5+json", "text/plain"}
    assert set(shown["data"]) == kinds
    code = str({kind: data for kind, data in shown["data"].items() if kind != "image/png"})
    assert "cdn" not in code and "<script" not in text


MADE = [{"mark": "bar", "data": {"values": [{"x": n}]}} for n in (1, 2)]
SHOWS = "from negotiations_study.showing.pictures import bundle\nbundle"
PLACE = "import os\nos.getppid(), os.getcwd()"
DO = {
    "fails": [
        "print('before')",
        "from pathlib import Path\nraise ValueError(f'nothing in {Path.home()}/x')",
        "print('after')",
    ],
    "dies": ["print('before')", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"],
    "shows": [f"{SHOWS}({chart})" for chart in MADE],
    "one": [PLACE],
    "two": [PLACE],
}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, list]]:
    "Error and outputs of notebooks that run one after another, two at a time"
    folder = tmp_path_factory.mktemp("done")
    kept(folder, as_json(MADE[0])).write_bytes(b"a picture that was kept")
    paths = [notebook(folder, PARAMETERS, *DO[name], name=f"{name}.ipynb") for name in DO]
    before = Path.cwd(), dict(os.environ)
    executed = [*execute_all([Job(str(path), {}, (), {KEPT: str(folder)}) for path in paths])]
    assert (Path.cwd(), dict(os.environ)) == before
    assert str(Path.home()) not in executed[0].content
    cells = [nbformat.reads(e.content, as_version=4).cells for e in executed]
    outputs = [[o for cell in found for o in cell.get("outputs", [])] for found in cells]
    return dict(zip(DO, zip([e.error for e in executed], outputs, strict=True), strict=True))


@pytest.mark.fault
@pytest.mark.slow
def test_failing_notebook_is_kept_with_its_error(done):
    error, (before, *_, raised) = done["fails"]
    assert error == "ValueError: nothing in ~/x"
    assert (before.text, raised.output_type) == ("before\n", "error")


@pytest.mark.fault
@pytest.mark.slow
def test_a_killed_kernel_is_the_error_of_its_notebook_only(done):
    error, (before, *_) = done["dies"]
    assert "kernel has died" in error and before.text == "before\n"
    assert [done[name][0] for name in ("shows", "one", "two")] == [""] * 3


@pytest.mark.fault
@pytest.mark.slow
def test_a_cell_that_goes_on_for_ever_is_the_error_of_its_notebook(tmp_path: Path, monkeypatch):
    for name in _VARIABLES:  # set in the process that executes
        monkeypatch.setenv(name, "")
    path = notebook(tmp_path, PARAMETERS, "print('before')", "import time\ntime.sleep(120)")
    given = {"execution_timeout": 2, "shutdown_kernel": "immediate"}
    executed = _execute(Job(str(path), {}), **given)
    assert executed.error == "A cell timed out while it was being executed, after 2 seconds."
    outputs = [c.get("outputs", []) for c in nbformat.reads(executed.content, as_version=4).cells]
    assert "before" in str(outputs)


@pytest.mark.slow
def test_a_kept_picture_is_shown_and_another_chart_is_drawn(done):
    said = [shown.data["text/plain"] for shown in done["shows"][1]]
    words = base64.b64encode(b"a picture that was kept").decode()
    assert words in said[0] and words not in said[1] and "image/png" in said[1]


@pytest.mark.slow
def test_notebooks_run_in_processes_of_their_own(done):
    parents = {done[name][1][-1].data["text/plain"] for name in ("one", "two")}
    assert len(parents) == 2 and not any(str(os.getpid()) in p.split(",")[0] for p in parents)


def test_normalising_twice_changes_nothing(tmp_path: Path):
    nb = nbformat.read(notebook(tmp_path, PARAMETERS, "1"), as_version=4)
    nb["metadata"]["papermill"] = {"start_time": "now"}
    nb["cells"][1]["metadata"] |= {"execution": {"iopub.status.busy": "now"}, "tags": ["keep"]}
    once = normalise(nb)
    assert normalise(json.loads(once)) == once
    assert "now" not in once and "keep" in once


# The analysis notebooks in the package


def test_copies_follow_their_source(tmp_path: Path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    for name in ("a.ipynb", "b.ipynb"):
        notebook(source, PARAMETERS, name=name)
    copy_analysis(source, target)
    (source / "a.ipynb").unlink()
    assert copy_analysis(source, target) == [target / "a.ipynb"]
    assert [p.name for p in target.iterdir()] == ["b.ipynb"]


# In place of the old


def filled(folder: Path, text: str) -> Path:
    for name in ("charts", "tables"):
        (folder / name).mkdir(parents=True)
        (folder / name / "x.txt").write_text(text)
    (folder / "manifest.json").write_text(text)
    return folder


def texts(folder: Path) -> dict[str, str]:
    files = [p for p in folder.rglob("*") if p.is_file()]
    return {p.relative_to(folder).as_posix(): p.read_text() for p in files}


@pytest.mark.fault
@pytest.mark.parametrize("at", range(1, 7))
def test_a_rename_that_fails_brings_the_old_results_back(tmp_path: Path, monkeypatch, at: int):
    outputs = filled(tmp_path / "out", "old")
    before, real, calls = texts(outputs), Path.rename, []

    def breaks(self: Path, target: Path):
        calls.append(self)
        if len(calls) == at:
            raise OSError(5, "Input/output error", str(self))
        return real(self, target)

    with pytest.raises(OutputError), staging(outputs) as waiting:
        filled(waiting, "new")
        monkeypatch.setattr(Path, "rename", breaks)
        publish(waiting, outputs)
    assert texts(outputs) == before


def test_new_results_replace_the_old_and_leave_the_rest(tmp_path: Path):
    outputs = filled(tmp_path / "out", "old")
    (outputs / "charts" / "gone.txt").write_text("old")
    (outputs / "notes.txt").write_text("mine")
    with staging(outputs) as waiting:
        filled(waiting, "new")
        publish(waiting, outputs)
    names = {"charts/x.txt": "new", "tables/x.txt": "new", "manifest.json": "new"}
    assert texts(outputs) == names | {"notes.txt": "mine"}
    assert not [p for p in outputs.iterdir() if p.name.startswith(".")]


@pytest.mark.fault
def test_a_run_that_fails_half_way_loses_nothing(tmp_path: Path, monkeypatch):
    outputs = filled(tmp_path / "out", "old")

    def breaks(*_, **__):
        raise StudyError("half way")

    monkeypatch.setattr(runs, "draw", lambda *_: {})
    monkeypatch.setattr(runs, "ready", lambda *_: nullcontext())
    monkeypatch.setattr(runs, "write_notebooks", breaks)
    with pytest.raises(StudyError, match="half way"):
        run_study(EXAMPLES, outputs=outputs, force=True, **HARBOUR)
    assert set(texts(outputs).values()) == {"old"}
    assert not [p for p in outputs.iterdir() if p.name.startswith(".")]


def test_what_no_run_has_left_is_not_swept_away(tmp_path: Path):
    outputs = filled(tmp_path / "out", "old")
    with pytest.raises(EditedError, match="charts/x.txt, tables/x.txt"):
        run_study(EXAMPLES, outputs=outputs, **HARBOUR)
    assert set(texts(outputs).values()) == {"old"}


def test_a_checkout_without_its_manifest_is_known_by_the_data_package(tmp_path: Path):
    runs.write_files({tmp_path / "tables" / f"{n}.csv": b"a" for n in ("links", "events")})
    runs.write_datapackage(tmp_path / "tables", "A study")
    assert outputs.changed_by_hand(tmp_path) == []
    (tmp_path / "tables" / "events.csv").write_text("b")
    assert outputs.changed_by_hand(tmp_path) == ["tables/events.csv"]


def test_a_hidden_file_is_nobodys_work(tmp_path: Path):
    runs.write_files({tmp_path / "tables" / ".DS_Store": b"", tmp_path / "notes.txt": b""})
    assert outputs.changed_by_hand(tmp_path) == []


@pytest.mark.fault
def test_outputs_are_tried_before_any_article_is_read(tmp_path: Path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(runs, "study_tables", lambda *_: pytest.fail("read too early"))
    with pytest.raises(OutputError, match="file"):
        run_study(EXAMPLES, outputs=tmp_path / "file" / "out", **HARBOUR)


def test_folder_without_articles_leaves_no_trace(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no .txt file"):
        run_study(tmp_path / "empty", outputs=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_failing_analysis_notebook_is_reported_and_the_rest_stands(tmp_path: Path, monkeypatch):
    bad = notebook(tmp_path, 'tables: str = ""', "raise ValueError('no such chart')")
    monkeypatch.setattr(runs, "analysis_notebooks", lambda: [bad])
    monkeypatch.setattr(runs, "draw", lambda *_: {})
    run = run_study(EXAMPLES, outputs=tmp_path / "out", **HARBOUR)
    assert run.failures == ["demo.ipynb: ValueError: no such chart"]
    assert run.page.is_file() and (tmp_path / "out" / "notebooks" / "demo.ipynb").is_file()
    errors = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["errors"]
    assert errors == [{"notebook": "demo.ipynb", "what": "ValueError: no such chart"}]


def test_manifest_says_where_each_setting_came_from(monkeypatch):
    from negotiations_study.base.project import load_settings

    monkeypatch.chdir(ROOT)
    facts = settings_facts(load_settings(before="2022-10"), {"before"})
    assert facts["before"] == {"value": "2022-10", "from": "option"}
    assert facts["after"] == {"value": "2023-08", "from": "settings.ini"}
    assert facts["seeds"] == {"value": "seeds", "from": "settings.ini"}
    assert facts["report_text"]["from"] in ("packaged default", "settings.ini")


def test_a_result_shows_itself_in_one_short_line():
    made = Executed("quay.ipynb", "{}" * 99_999, "")
    done = Run(Settings(outputs=Path("quay")), Tables.empty(), (made,) * 4)
    for shown, words in ((repr(made), "quay.ipynb"), (repr(done), "0 conditions, 0 positions, 4")):
        assert words in shown and "\n" not in shown and len(shown) < 160
    assert "quay" in repr(done)


# What is not read


def test_articles_that_the_filter_sets_aside_are_counted_and_listed(tmp_path: Path) -> None:
    home, out = tmp_path / "articles", tmp_path / "out"
    home.mkdir()
    (home / "talks.txt").write_text("Thomas Okafor will negotiate if the port pays, he said.")
    (home / "=regatta.txt").write_text("The club won the regatta on Sunday.")
    settings = load_settings(seeds=home, outputs=out, articles="talks", codebook="harbour")
    kept: dict[str, Tables] = {}
    first, again = (build_tables(home, **asked_of(settings), kept=kept) for _ in range(2))
    assert again.aside.equals(first.aside)
    assert (first.articles["path"].to_list(), first.aside["path"].to_list()) == (
        ["talks.txt"],
        ["=regatta.txt"],
    )
    first.write(out)
    assert (out / "set_aside.csv").read_text().splitlines()[1].startswith("'=regatta.txt,")
    about = manifest(premises(settings), Tables.read(out))
    assert about["set aside"] == {"articles": 1, "listed": "tables/set_aside.csv"}
    told = dict(audit(about | {"coders": {}})["Text"])
    assert told["articles set aside"] == "1, see tables/set_aside.csv"
    everything = build_tables(home, **(asked_of(settings) | {"only": "all"}))
    assert everything.aside is None and "set aside" not in manifest(premises(settings), everything)
