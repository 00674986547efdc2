"""Reviewing rows and learning from it: who may ask, what is refused, when too little was decided"""

import json
import urllib.request
from urllib.error import HTTPError

import pytest
from conftest import EXAMPLES, said

from negotiations_study.base.project import InputError, StudyError
from negotiations_study.coding.decisions import decide, read_corrections, to_csv
from negotiations_study.coding.layer import SIZE, Layer, layer_file, read_layer
from negotiations_study.coding.model import load_coder_model
from negotiations_study.corpus.tables import build_tables
from negotiations_study.running.learning import Enough, is_held, learn
from negotiations_study.running.reviewing import open_review, review_notebook, served
from negotiations_study.showing.review import Review, answer, widget


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    "A run on the example, as far as a review needs it"
    folder = tmp_path_factory.mktemp("run")
    made = build_tables(EXAMPLES, codebook="harbour", before="2021-03", after="2021-06")
    made.write(folder / "tables")
    about = {"run": {"seeds": str(EXAMPLES)}, "outputs": {}, "inputs": {}}
    (folder / "manifest.json").write_text(json.dumps(about), "utf-8")
    return folder


@pytest.fixture
def review(run, tmp_path):
    return open_review(run, tmp_path / "corrections.csv", "ann")


def asked(address: str, data: bytes | None = None, **headers: str) -> int:
    "The code that comes back"
    request = urllib.request.Request(address, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status
    except HTTPError as error:
        return error.code


@pytest.mark.hostile
def test_the_page_answers_nobody_else(review):
    typed = {"Content-Type": "application/json"}
    decision = json.dumps({"id": review.items[0]["id"], "lines": [["row", "conditions", ""]]})
    with served(review) as address:
        assert asked(address) == asked(address + "review.js") == asked(address + "state") == 200
        root, _, secret = address.rstrip("/").rpartition("/")
        assert root.startswith("http://127.0.0.1:") and len(secret) >= 20
        foreign = [
            (root + "/", None, {}),
            (root + "/state", None, {}),
            (address, None, {"Host": "evil.example"}),
            (address + "../../pyproject.toml", None, {}),
            (address + "answer", decision.encode(), {"Content-Type": "text/plain"}),
            (address + "answer", decision.encode(), typed | {"Host": "evil.example"}),
            (address + "answer", b" " * 200_000, typed),
        ]
        assert {asked(place, data, **headers) for place, data, headers in foreign} == {404}
        assert asked(address + "answer", b"{", **typed) == 400
        assert not review.path.exists()
        assert asked(address + "answer", decision.encode(), **typed) == 200
    assert len(read_corrections(review.path).lines) == 1


def test_what_makes_no_sense_writes_nothing(review):
    row = next(item["id"] for item in review.items if item["table"] == "conditions")
    maybe = next(item["id"] for item in review.items if item["table"] == "suggestions")
    for message in (
        None,
        {},
        {"id": "x", "lines": []},
        {"id": row, "lines": []},
        {"id": row, "lines": [["kind", "", "nonsense"]]},
        {"id": row, "lines": [["holder", "", "The Moon"]]},
        {"id": row, "lines": [["outlet", "", "x"]]},
        {"id": row, "lines": [["strength", "", "0"]]},  # of a condition that is none
        {"id": row, "lines": [["end", "", "9" * 9]]},
        {"id": maybe, "lines": [["row", "conditions", "conditions"]]},  # it is no row yet
        {"id": row, "lines": [["row", "", ""]]},
        {"id": row, "new": {"table": "conditions", "start": 9**9, "end": 9**9 + 1}, "lines": [[1]]},
        {
            "id": row,
            "new": {"table": "conditions", "start": 1, "end": 0},
            "lines": [["row", "", "x"]],
        },
        {"do": "undo"},
    ):
        assert answer(review, message).get("error"), message
    assert not review.path.exists()


def test_undo_takes_out_its_own_lines_only(review):
    first, second = (
        next(item["id"] for item in review.items if item["table"] == table)
        for table in ("conditions", "suggestions")
    )
    assert answer(review, {"id": first, "lines": [["row", "conditions", "conditions"]]})["id"]
    assert answer(review, {"id": second, "lines": [["row", "suggestions", ""]]})["id"]
    data = review.path.read_bytes()
    review.path.write_bytes(data + data.splitlines(keepends=True)[1].replace(b"ann", b"ben"))
    assert "error" not in answer(review, {"do": "undo"})
    assert [(x.row_id, x.who) for x in read_corrections(review.path).lines] == [
        (first, "ann"),
        (first, "ben"),
    ]
    review.path.write_text("somebody else's\n")
    assert "changed elsewhere" in answer(review, {"do": "undo"})["error"]


def test_a_mended_row_that_another_person_finds_right_stays_mended(review):
    conditions = (i for i in review.items if i["table"] == "conditions")
    row = next(i["id"] for i in conditions if i["values"]["holder"] != "Mara Lindqvist")
    right = {"id": row, "lines": [["row", "conditions", "conditions"]]}
    assert "error" not in answer(review, {"id": row, "lines": [["holder", "", "lindqvist"]]})
    found = read_corrections(review.path)
    again = Review(review.tables, review.path, "ann").state()["items"]
    assert [(i["id"], i["status"]) for i in again if i["status"]] == [(row, "changed")]
    same = {"codebook": "harbour", "before": "2021-03", "after": "2021-06"}
    made = build_tables(EXAMPLES, **same, corrections=found)
    for tables, agreed in ((made, True), (review.tables, False)):
        review.path.write_text(to_csv(found.lines), "utf-8")
        told = answer(Review(tables, review.path, "ben"), right)
        (lines,) = read_corrections(review.path).rows[found.lines[0].sha256].values()
        assert dict(decide(lines).values) == {"holder": "Mara Lindqvist"}
        assert ("error" not in told) == agreed
    assert "people contradict each other on holder" in told["error"]


def test_the_notebook_holds_nothing_but_the_call(run):
    cells = json.loads(review_notebook(run, who="O'Neil\"; x"))["cells"]
    source = "".join(cells[1]["source"])
    compile(source, "cell", "exec")
    assert len(cells) == 2 and "Neil" in source and not cells[1]["outputs"]


def test_the_widget_writes_what_the_page_writes(review):
    pytest.importorskip("anywidget")
    shown, sent = widget(review), []
    shown.send = lambda content, buffers=None: sent.append(content)
    assert json.loads(shown.data)["items"][0]["id"] == review.items[0]["id"]
    message = {"id": review.items[0]["id"], "lines": [["row", "conditions", ""]], "number": 7}
    shown._handle_custom_msg(message, None)
    assert sent == [{"id": review.items[0]["id"], "number": 7}]
    assert read_corrections(review.path).lines[0].who == "ann"


def test_too_few_decisions_are_said_with_their_number(run, review):
    with pytest.raises(InputError, match="no decisions on this run yet"):
        learn(run, review.path)
    for item in review.items[:3]:
        answer(review, {"id": item["id"], "lines": [["row", item["table"], ""]]})
    code, out, err = said("learn", run, "--corrections", review.path)
    assert code == 2 and "too few decisions: to learn from 0 right and" in err
    assert "not 20 of each" in err and "3 decisions on conditions in 2 articles" in out
    assert not review.path.with_name("learned.json").exists()


def test_what_was_learned_is_used_by_a_run_that_names_it(run, review, tmp_path):
    "Whoever rejects everything, and is heard, gets nothing from the model"
    for item in review.items:
        if item["table"] != "positions":
            answer(review, {"id": item["id"], "lines": [["row", item["table"], ""]]})
    sha = load_coder_model().card["sha256"]["model.onnx"]
    weights = (-30.0, *(0.0,) * (SIZE - 1))
    (tmp_path / "learned.json").write_bytes(layer_file(Layer(weights), sha, {}))
    never = read_layer(tmp_path / "learned.json", sha)
    made = build_tables(EXAMPLES, codebook="harbour", coder="model", layer=never)
    assert made.conditions.is_empty() and made.suggestions.is_empty()
    assert made.made.learned == never.sha256
    with pytest.raises(StudyError, match="too few"):
        learn(run, review.path, Enough(1, 1))
    assert is_held("00" * 32) and not is_held("ff" * 32)
