"""Citations against the official schemas, and the form of the changelog"""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from conftest import ROOT, said
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations_study.running.citing import FORMS, Work, csl, package_work

SCHEMAS = Path(__file__).parent / "citation"
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]


def schema(name: str) -> dict:
    "An official schema, as it was published"
    return json.loads((SCHEMAS / name).read_text("utf-8"))


def citation() -> dict:
    "CITATION.cff; a day in it is text, as its schema wants"
    return yaml.load((ROOT / "CITATION.cff").read_text("utf-8"), Loader=yaml.BaseLoader)


def test_citation_file_is_valid():
    jsonschema.validate(citation(), schema("cff-1.2.0.json"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(citation() | {"type": "sofware"}, schema("cff-1.2.0.json"))


def test_package_is_cited_as_the_citation_file_says():
    told, work = citation(), package_work()
    (author,) = told["authors"]
    assert (work.title, work.version) == (told["title"], told["version"])
    assert work.author == author["name"]
    assert (work.kind, work.date) == (told["type"], told.get("date-released", ""))


@pytest.mark.parametrize("what", [("package",), ("codebook", "harbour"), ("model",)])
def test_every_form_of_every_work(what: tuple[str, ...]):
    found = {}
    for form in FORMS:
        code, found[form], err = said("cite", *what, "--form", form)
        assert (code, err) == (0, "")
    (item,) = json.loads(found["csl"])
    assert item["version"] in found["apa"] and item["version"] in found["bibtex"]
    assert what[0] == "package" or what[-1] in item["title"].lower() or "Model" in item["title"]


def test_package_codebooks_and_model_have_versions_of_their_own():
    works = [
        ("package",),
        ("codebook", "harbour"),
        ("codebook", "buses"),
        ("codebook", ""),
        ("model",),
    ]
    found = [json.loads(said("cite", *w, "--form", "csl")[1])[0] for w in works]
    assert len({one["version"] for one in found}) == len({one["id"] for one in found}) == len(works)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@settings(deadline=None, max_examples=30)
@given(
    TEXT, TEXT, TEXT, st.sampled_from(["", "2026-03-01"]), st.sampled_from(["software", "dataset"])
)
def test_any_name_gives_well_formed_citations(title, author, note, date, kind):
    work = Work("key", title, "0.1.0", kind, author, date, note)
    jsonschema.validate(json.loads(csl(work)), schema("csl-data.json"))
    entry = re.sub(r"\\[a-z]+\{\}|\\[&%$#_{}]", "", FORMS["bibtex"](work))
    depth = 0
    for sign in entry:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0 and not re.search(r"[&%$#_^~\\]", entry)


def test_changelog_keeps_a_changelog():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    head, *releases = re.split(r"^## ", text, flags=re.MULTILINE)
    assert head.startswith("# Changelog\n") and "keepachangelog.com" in head
    titles = [release.splitlines()[0] for release in releases]
    assert titles[0] == "[Unreleased]"
    dated = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)", t) for t in titles[1:]]
    assert all(dated)
    assert [d[2] for d in dated] == sorted((d[2] for d in dated), reverse=True)
    for release in releases:
        kinds = re.findall(r"^### (.*)$", release, re.MULTILINE)
        assert kinds == [kind for kind in KINDS if kind in kinds]
        body = re.split(r"^### .*$", release, flags=re.MULTILINE)[1:]
        assert all(re.match(r"\n\n- ", part) for part in body)
