"""The seeds with other people, states, papers and things in them are coded as before."""

import re
import shutil

import pytest
from conftest import ROOT

from negotiations_study import build_tables
from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.sheets import codebook_folder

NAMES = {
    "Zelensky": "Morava",
    "Volodymyr": "Stefan",
    "Zaluzhny": "Hronek",
    "Valery": "Anton",
    "Putin": "Lundin",
    "Vladimir": "Gustav",
    "Milley": "Barlow",
    "Milli": "Barlo",
    "Rudenko": "Petrov",
    "Zakharova": "Ivanova",
    "Grushko": "Dolin",
    "Kirby": "Sutton",
    "Sullivan": "Morgan",
    "Patrushev": "Belov",
    "Ushakov": "Orlov",
    "Macron": "Dubois",
    "Price": "Stone",
    "Biden": "Carter",
    "Blinken": "Foster",
    "Ukrainian": "Portuguese",
    "Ukraine": "Portugal",
    "Russian": "Moroccan",
    "Russia": "Morocco",
    "Kyiv": "Lisbon",
    "Kiev": "Lisboa",
    "Moscow": "Rabat",
    "Kremlin": "Residence",
}
THINGS = {
    "compensation": "repayment",
    "compensate": "repay",
    "integrity": "unity",
    "goodwill": "courage",
    "guarantees": "promises",
    "guarantee": "promise",
    "charter": "statute",
}


def renamed(text, words):
    for old, new in words.items():
        text = re.sub(rf"\b{old}\b", new, text)
        text = re.sub(rf"\b{old.upper()}\b", new.upper(), text)
    return text


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    "(articles, codebook) of the seeds with other names and things in both"
    folder = tmp_path_factory.mktemp("other")
    shutil.copytree(codebook_folder() / "studies" / "russia_ukraine", folder / "russia_ukraine")
    for path in (folder / "russia_ukraine").glob("*.csv"):
        head, _, rows = path.read_text(encoding="utf-8").partition("\n")
        lower = {k.lower(): v.lower() for k, v in NAMES.items()}
        lower |= {"zelensk*": "morav*", "ukrainians": "portuguese", "compensat*": "repay*"}
        stems = THINGS | lower if path.name == "theme_terms.csv" else {}
        for old, new in {**stems, **NAMES}.items():
            rows = re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", new, rows)
        path.write_text(f"{head}\n{rows}", encoding="utf-8")
    (folder / "articles").mkdir()
    for path in (ROOT / "seeds").glob("*.txt"):
        text = renamed(path.read_text(encoding="utf-8"), NAMES | THINGS)
        (folder / "articles" / path.name).write_text(text, encoding="utf-8")
    return folder / "articles", load_codebook("russia_ukraine", folder)


def codes(tables):
    columns = ["article_id", "holder_id", "theme", "kind", "form", "strength", "list_pos"]
    return sorted(map(str, tables.conditions.select(columns).rows()))


@pytest.mark.slow
def test_conditions_keep_their_codes(other):
    "Of the rules, which know no name; a trained model has read names and may lean on them"
    folder, book = other
    known = {"window": "2022-11/2023-08", "coder": "rules"}
    before = codes(build_tables(ROOT / "seeds", codebook="russia_ukraine", **known))
    after = codes(build_tables(folder, codebook=book, **known))
    lost = [row for row in before if row not in after]
    new = [row for row in after if row not in before]
    assert len(lost) <= 1 and not new, (lost, new)  # a name can turn the parse of a sentence
