"""Settings: the nearest file, every kind of mistake in it, and dates in EDTF."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations_study.base.project import (
    ARGUMENT,
    CodebookError,
    InputError,
    ModelMissing,
    ParameterError,
    SettingsError,
    edtf_hint,
    edtf_interval,
    find_settings,
    load_settings,
)

DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))


def write(folder, text):
    (folder / "settings.ini").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("[periods]\nbefor = 2021-03\n", "periods.befor", "before"),
        ("[period]\nbefore = 2021-03\n", "period", "periods"),
        ("[periods]\nbefore = March\nafter = 2021-06\n", "before", "EDTF"),
        ("[periods]\nbefore = 2021-13\nafter = 2021-06\n", "before", "EDTF"),
        ("[periods]\nbefore = 2021-03\n", "before/after", "both"),
        ("[window]\nfrom = 2021-03\n", "window", "both from and to"),
        ("[report]\ntext = all\n", "report_text", "evidence"),
        ("no section\n", "file", "INI"),
        ("[study]\nname = a\nname = b\n", "file", "INI"),
    ],
)
def test_a_bad_settings_file_names_the_place(tmp_path, text, place, hint):
    with pytest.raises(SettingsError, match=hint) as caught:
        load_settings(write(tmp_path, text))
    assert caught.value.key == place
    assert "settings.ini" in caught.value.path


def test_a_settings_file_that_is_not_utf8(tmp_path):
    (tmp_path / "settings.ini").write_bytes(b"[study]\nname = caf\xe9\n")
    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings(tmp_path)


def test_layers(tmp_path):
    write(
        tmp_path, "[study]\nname = file\nseeds = texts\n[periods]\nbefore=2021-03\nafter=2021-06\n"
    )
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    settings = load_settings(inner, study="option", before=None)
    assert settings.study == "option"
    assert settings.before == "2021-03"
    assert settings.seeds == tmp_path.resolve() / "texts"
    assert settings.source == str(find_settings(inner))


def test_an_unknown_option_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="codebook"):
        load_settings(tmp_path, codebok="x")


def test_a_percent_sign_is_a_percent_sign(tmp_path):
    assert load_settings(write(tmp_path, "[study]\nname = 100% strike\n")).study == "100% strike"


@given(DAYS, DAYS)
def test_edtf_intervals_give_back_their_days(a, b):
    start, end = min(a, b), max(a, b)
    assert edtf_interval(f"{start}/{end}") == (start, end)
    assert edtf_interval(f"[{start}..{end}]") == (start, end)
    assert edtf_interval(f"../{end}") == edtf_interval(f"/{end}") == (None, end)
    assert edtf_interval(f"[..{end}]") == (None, end)
    assert edtf_interval(f"{start}~") == (start, start)


@pytest.mark.parametrize("text", ["", "today", "2022-11-31", "8 November", "2022/13", "[2022"])
def test_what_is_not_edtf_is_an_error_not_a_guess(text):
    with pytest.raises(ValueError, match="not a date in EDTF"):
        edtf_interval(text)


@pytest.mark.parametrize(
    "values",
    [
        {"before": "Dec 2022", "after": "2023-01"},
        {"window": "soon"},
        {"before": "2022-12", "after": ""},
        {"membership": "some"},
        {"report_text": "all"},
        {"event_tolerance_days": "three"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_the_blame_falls_on_whoever_set_the_value(tmp_path, values):
    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, "[study]\nname = x\n"), **values)
    assert caught.value.path == ARGUMENT and "defaults" not in str(caught.value)
    with pytest.raises(SettingsError, match="^--typed: expected"):
        raise caught.value.at("--typed")


def test_the_file_is_blamed_for_what_stands_in_it(tmp_path):
    write(tmp_path, "[periods]\nbefore = Dec 2022\nafter = 2023-01\n")
    with pytest.raises(SettingsError, match="settings.ini.*Did you mean '2022-12'"):
        load_settings(tmp_path, codebook="harbour")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Dec 2022", "2022-12"),
        ("December 2022", "2022-12"),
        ("12/2022", "2022-12"),
        ("2022/12", "2022-12"),
        ("2022.12", "2022-12"),
        ("202212", "2022-12"),
        ("2022-1", "2022-01"),
        ("8 November 2022", "2022-11-08"),
        ("31.12.2022", "2022-12-31"),
        ("Nov 2022 to Aug 2023", "2022-11/2023-08"),
        ("2022-13", ""),
        ("2022-11-31", ""),
        ("December", ""),
        ("Dezember 2022", ""),
        ("last week", ""),
        ("Aug 2023 to Nov 2022", ""),
    ],
)
def test_the_right_spelling_or_none(typed, meant):
    assert edtf_hint(typed) == (f"Did you mean '{meant}'?" if meant else "")


@given(st.text(max_size=20))
def test_a_hint_is_always_a_date_that_would_be_taken(text):
    if hint := edtf_hint(text):
        assert None not in edtf_interval(hint.split("'")[1])


@pytest.mark.parametrize("written", ["mine", "./mine", "books/../mine"])
def test_a_codebook_in_the_file_is_seen_from_the_file(tmp_path, monkeypatch, written):
    for name in ("mine", "books", "work"):
        (tmp_path / name).mkdir()
    (tmp_path / "mine" / "actors.csv").touch()
    monkeypatch.chdir(tmp_path / "work")
    write(tmp_path, f"[study]\ncodebook = {written}\n")
    assert load_settings().codebook == str((tmp_path / "mine").resolve())
    assert load_settings(codebook="../mine").codebook == str((tmp_path / "mine").resolve())
    assert load_settings(codebook="mine").codebook == "mine", "there is none here"


def test_a_folder_of_articles_is_no_codebook(tmp_path, monkeypatch):
    (tmp_path / "harbour").mkdir()
    (tmp_path / "harbour" / "articles.csv").touch()
    monkeypatch.chdir(tmp_path)
    assert load_settings(codebook="harbour").codebook == "harbour"


@pytest.mark.parametrize(
    "error",
    [
        SettingsError("settings.ini", "before", "x", "a date"),
        InputError("a.txt", "byte 0", "empty", "skipped"),
        ParameterError("a.ipynb", "befor", "unknown"),
        CodebookError("actors.csv", 3, "twice"),
        ModelMissing("en_core_web_md"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_notebook_shows_one_line(error):
    from IPython.core.interactiveshell import InteractiveShell

    shell, shown = InteractiveShell(), []
    shell._showtraceback = lambda kind, value, lines: shown.extend(lines)
    shell.user_ns["error"] = error
    shell.run_cell("def f():\n    raise error\nf()")
    assert shown == [f"{type(error).__name__}: {error}"]
