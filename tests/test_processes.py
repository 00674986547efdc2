"""Calls in other processes: answers, faults, and nothing that outlives whoever asked"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from negotiations_study.base.project import StudyError
from negotiations_study.running.processes import COPIES, call, prepared, processes


def test_a_call_answers():
    assert call("operator:add", [1], [2]) == [1, 2]


def test_what_is_printed_does_not_disturb_the_answer():
    assert call("builtins:print", '["done", "wrong"]') is None


@pytest.mark.fault
@pytest.mark.parametrize(
    ("target", "arguments", "words"),
    [
        ("operator:truediv", [1, 0], "ZeroDivisionError"),
        (
            "negotiations_study.base.project:check_date",
            ["Dec 2022", "before"],
            "Did you mean '2022-12'",
        ),
        ("os:_exit", [7], "exit code 7"),
        ("os:abort", [], "has died"),
        ("no_such_module:f", [], "ModuleNotFoundError"),
    ],
)
def test_a_fault_there_is_a_sentence_here(target, arguments, words):
    with pytest.raises(StudyError, match=words):
        call(target, *arguments)


def gone(pid: int, seconds: float = 60) -> bool:
    "Whether the process ends; one that waits to be buried counts as ended"
    for _ in range(int(seconds * 10)):
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True
        )
        if state.stdout.strip()[:1] in ("", "Z"):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.fault
def test_leaving_the_block_ends_what_still_works():
    heard = []
    with processes(1) as ask:
        ask("test_processes:tells_and_sleeps", tell=heard.append)
        while not heard:
            time.sleep(0.05)
    assert gone(heard[0])


def tells_and_sleeps(tell) -> None:
    "For another process: say which it is, and work on"
    tell(os.getpid())
    time.sleep(10_000)


PARENT = """
import json, sys
import nbformat
from negotiations_study.running.notebooks import Job, execute_all
cell = nbformat.v4.new_code_cell(
    "import json, os, pathlib, time\\n"
    "ids = json.dumps([os.getpid(), os.getppid()])\\n"
    "pathlib.Path('{ids}.new').write_text(ids)\\n"
    "pathlib.Path('{ids}.new').rename('{ids}')\\n"
    "time.sleep(10_000)"
)
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
nb = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
nbformat.write(nb, "endless.ipynb")
list(execute_all([Job("{here}/endless.ipynb", {})]))
"""


@pytest.mark.fault
@pytest.mark.slow
def test_nothing_is_left_when_a_script_without_a_main_guard_is_killed(tmp_path: Path):
    ids = tmp_path / "ids.json"
    text = PARENT.replace("{ids}", str(ids)).replace("{here}", str(tmp_path))
    (tmp_path / "parent.py").write_text(text)
    with subprocess.Popen([sys.executable, "parent.py"], cwd=tmp_path) as parent:
        while not ids.exists() and parent.poll() is None:
            time.sleep(0.1)
        parent.kill()
    kernel, worker = json.loads(ids.read_text())
    assert gone(worker) and gone(kernel)


def test_a_package_that_is_not_installed_is_found_by_the_other_process(monkeypatch, tmp_path: Path):
    (tmp_path / "my_own.py").write_text("def five():\n    return 5\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert call("my_own:five") == 5


@pytest.mark.fault
def test_copies_of_a_prepared_process_answer_and_die_like_others():
    with prepared(["decimal", "no_such_module"], {"FROM": "here"}) as start:
        assert call("test_processes:decimal_and_place", start=start) == [True, "here"]
        assert len({call("os:getpid", start=start) for _ in range(3)}) == 3
        for target, words in (("os:abort", "exit code -6"), ("no_such_module:f", "ModuleNotFound")):
            with pytest.raises(StudyError, match=words):
                call(target, start=start)
        with processes(2, start) as ask:
            heard = []
            ask("test_processes:tells_and_sleeps", tell=heard.append)
            while not heard:
                time.sleep(0.05)
        assert gone(heard[0])


def decimal_and_place() -> tuple[bool, str]:
    "For another process: whether it is prepared, and what its environment says"
    return not COPIES or "decimal" in sys.modules, os.environ["FROM"] if COPIES else "here"
