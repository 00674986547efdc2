"""Settings: the nearest file, every kind of mistake in it, and dates in EDTF."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations_study.project import SettingsError, edtf_interval, find_settings, load_settings

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
