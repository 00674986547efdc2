"""Attacks on the codebook loader (bad files, hostile arguments) and properties of the names."""

import csv
import pickle
import re
import shutil
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import negotiations_study
from negotiations_study.base import codebook as cb
from negotiations_study.base.aliases import _acronym, even, fold
from negotiations_study.base.codebook import load_codebook
from negotiations_study.base.project import CodebookError
from negotiations_study.base.terms import atom_fits, parse_terms

STUDIES = sorted(p.name for p in (cb.codebook_folder() / "studies").iterdir() if p.is_dir())
LIBRARY = sorted(Path(negotiations_study.__file__).parent.rglob("*.py"))


@pytest.fixture
def own(tmp_path):
    """A study of one's own: a copy of the invented one."""
    folder = tmp_path / "ferry"
    shutil.copytree(cb.study_folder("harbour"), folder)
    return folder


def load(folder):
    return load_codebook(folder.name, root=folder.parent)


def append(folder, name, line):
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def replace(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# what ships


@pytest.mark.parametrize("study", ["", *STUDIES])
def test_every_shipped_study_loads(study):
    codebook = load_codebook(study)
    assert codebook.study == study
    assert {"none_declared", "other"} <= codebook.codes["theme"].keys()
    assert {"MEDIA", "UNKNOWN"} <= codebook.sides.keys()


@pytest.mark.parametrize("study", STUDIES)
def test_every_label_and_alias_finds_its_actor(study):
    codebook = load_codebook(study)
    for actor in codebook.actors.values():
        assert codebook.alias(actor.label) == actor.id, actor
        assert codebook.alias(actor.short) == actor.id or actor.type == "media", actor
    for row in codebook.rows("aliases"):
        assert codebook.alias(row["alias"]) == row["actor"], row
    for outlet in codebook.outlets.values():
        for domain in outlet.domains:
            assert codebook.outlet_by_url(f"https://www.{domain}/a?b#c") == outlet.id


@pytest.mark.parametrize("study", STUDIES)
def test_two_actors_of_a_study_never_share_a_name_in_charts(study):
    shorts = [actor.short for actor in load_codebook(study).actors.values()]
    assert len(shorts) == len(set(shorts))


@pytest.mark.parametrize("path", sorted(cb.codebook_folder().rglob("*.csv")), ids=lambda p: p.stem)
def test_files_are_utf8_with_plain_line_ends(path):
    raw = path.read_bytes()
    assert b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\n")
    raw.decode("utf-8")


def test_files_csv_describes_every_file_and_only_those():
    general = cb.codebook_folder()
    found = {p.relative_to(general).as_posix() for p in general.rglob("*.csv")}
    generic = {re.sub(r"^studies/[^/]+/", "studies/*/", name) for name in found}
    assert generic == set(cb.describe_files())


def test_definitions_of_general_codes_are_general():
    names = {c.casefold() for study in STUDIES for c in load_codebook(study).actors}
    for by in load_codebook().codes.values():
        for code in by.values():
            words = set(re.findall(r"\w+", f"{code.definition} {code.include}".casefold()))
            assert not words & (names - {"union", "company", "time", "west", "us"}), code
            assert len(code.definition.split()) > 1


def test_no_actor_or_alias_in_the_code():
    # words that are also ordinary English or names of formats are no evidence
    names = set()
    for study in STUDIES:
        codebook = load_codebook(study)
        names |= {a.id for a in codebook.actors.values() if len(a.id) > 5}
        names |= {a.label for a in codebook.actors.values() if len(a.label) > 5}
        names |= {r["alias"] for r in codebook.rows("aliases") if len(r["alias"]) > 5}
    names = {n for n in names if n.casefold() not in {"sources", "the parties", "both parties"}}
    for path in LIBRARY:
        text = path.read_text(encoding="utf-8")
        words = " ".join(re.findall(r"\w+", text))
        found = {n for n in names if n in text and re.search(rf"\b{re.escape(n)}\b", words)}
        assert not {n for n in found if n[0].isupper() or "_" in n}, path.name


def test_module_wins_over_the_folder_of_the_same_name():
    assert cb.__file__.endswith("codebook.py")
    assert not list(cb.codebook_folder().rglob("__init__.py"))


# malformed files


def test_unknown_study_names_the_closest():
    with pytest.raises(CodebookError, match="Did you mean 'harbour'"):
        load_codebook("harbuor")


@pytest.mark.parametrize(
    "name", ["../ferry", "ferry/../ferry", "/etc", "..", ".", "ferry/", "fer\x00ry", "~", "a b"]
)
def test_a_name_cannot_climb_out_of_its_root(own, name):
    with pytest.raises(CodebookError):
        load_codebook(name, root=own.parent)


@pytest.mark.parametrize("name", ["no/such/folder", "./nothing", "../../../../etc/passwd"])
def test_a_path_that_is_no_folder(name):
    with pytest.raises(CodebookError, match="no such folder"):
        load_codebook(name)


def test_a_folder_without_a_study(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CodebookError, match="file is missing"):
        load_codebook("empty", root=tmp_path)
    with pytest.raises(CodebookError, match="no study 'x'"):
        load_codebook("x", root=tmp_path / "nowhere")


def test_path_and_name_load_the_same(own):
    assert load_codebook(own).actors == load(own).actors == load_codebook(str(own)).actors


def test_duplicate_id(own):
    append(own, "actors.csv", "okafor,Someone Else,Else,MEDIATOR,named,,")
    with pytest.raises(CodebookError, match=r"ferry/actors.csv, row 10: id 'okafor'"):
        load(own)


@pytest.mark.parametrize("alias", ["the  Port Company", "The port company", "Port Company"])
def test_duplicate_alias(own, alias):
    append(own, "aliases.csv", f"{alias},union,")
    with pytest.raises(CodebookError, match="names two actors, 'company' and 'union'") as error:
        load(own)
    assert error.value.row == len((own / "aliases.csv").read_text().splitlines())


def test_the_same_alias_twice_for_one_actor_in_other_words_is_fine(own):
    append(own, "aliases.csv", "Port Company,company,")
    assert load(own).alias("port company") == "company"


def test_alias_without_letters(own):
    append(own, "aliases.csv", "’,union,")
    with pytest.raises(CodebookError, match="has no letters"):
        load(own)


def test_outlet_and_actor_share_one_space_of_ids(own):
    append(own, "outlets.csv", "union,Union News,MEDIA,,,")
    with pytest.raises(CodebookError, match="'union' is the id of an outlet"):
        load(own)


def test_domain_of_two_outlets(own):
    append(own, "outlets.csv", "other,Other Wire,MEDIA,,CoastWire.example,")
    with pytest.raises(CodebookError, match="belongs to 'coast_wire'"):
        load(own)


@pytest.mark.parametrize(
    "name, line, complaint",
    [
        ("actors.csv", "x,X,X,UNIO,named,,", "Did you mean 'UNION'"),
        ("actors.csv", "x,X,X,UNION,nmaed,,", "Did you mean 'named'"),
        ("aliases.csv", "somebody of theirs,lindqist,", "Did you mean 'lindqvist'"),
        ("theme_terms.csv", "pey,raise,,,", "Did you mean 'pay'"),
        ("theme_terms.csv", "pay,raise @side:UNIO,,,", "Did you mean 'UNION'"),
        ("theme_terms.csv", "pay,raise,@actor:nobody,,", "'nobody' is not in actors"),
        ("theme_terms.csv", "pay,raise||pay,,,", "not a pattern"),
        ("sides.csv", "X,X,,first,no,,", "no whole number"),
        ("sides.csv", "X,X,,7,maybe,,", "not one of: yes, no"),
        ("sides.csv", ",X,,7,no,,", "'code' is empty"),
        ("sides.csv", "X,X", "2 fields where the header has 7"),
        ("actors.csv", "x,X, Y,X,UNION,named,,", "8 fields where the header has 7"),
        ("actors.csv", 'x,"X,X,UNION,named,,', "not CSV"),
    ],
)
def test_bad_rows(own, name, line, complaint):
    append(own, name, line)
    with pytest.raises(CodebookError) as error:
        load(own)
    assert complaint in str(error.value)
    assert Path(error.value.file).name == name and error.value.row


def test_missing_column(own):
    replace(own, "actors.csv", ",type,", ",sort,")
    with pytest.raises(CodebookError, match="unknown column 'sort'"):
        load(own)
    (own / "actors.csv").write_text("id,label,type\nx,X,named\n", encoding="utf-8")
    with pytest.raises(CodebookError, match="column 'side' is missing"):
        load(own)


def test_optional_columns_may_be_left_out(own):
    (own / "outlets.csv").write_text("id,label,side\nbugle,Bugle,MEDIA\n", encoding="utf-8")
    replace(own, "aliases.csv", "the Courier,alder_courier,\n", "")
    outlet = load(own).outlets["bugle"]
    assert (outlet.state, outlet.domains) == ("", ())
    assert load(own).rows("outlets")[0]["domains"] == ""


def test_repeated_column(own):
    replace(own, "actors.csv", "id,label", "label,label")
    with pytest.raises(CodebookError, match="stands twice"):
        load(own)


def test_semicolons_get_a_hint(own):
    (own / "sides.csv").write_text("code;label\nX;Y\n", encoding="utf-8")
    with pytest.raises(CodebookError, match="by commas"):
        load(own)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1251"])
def test_other_encodings(own, encoding):
    text = "id,label,side,type\nx,Ж,UNION,named\n" if encoding == "cp1251" else "id,é\n"
    (own / "actors.csv").write_bytes(text.encode(encoding))
    with pytest.raises(CodebookError, match="not UTF-8"):
        load(own)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"   "])
def test_empty_file(own, content):
    (own / "aliases.csv").write_bytes(content)
    with pytest.raises(CodebookError, match="the file is empty"):
        load(own)


def test_header_only_is_a_file_without_rows(own):
    (own / "aliases.csv").write_text("alias,actor\n", encoding="utf-8")
    assert load(own).rows("aliases") == ()


def test_byte_order_mark_windows_lines_and_blank_lines(own):
    text = (own / "actors.csv").read_text(encoding="utf-8").replace("\n", "\r\n\r\n")
    (own / "actors.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load(own).alias("Lindqvist") == "lindqvist"


def test_undescribed_file(own):
    (own / "actor.csv").write_text("id\nx\n", encoding="utf-8")
    with pytest.raises(CodebookError, match=r"not described.*actors.csv"):
        load(own)


def test_other_files_in_the_folder_do_not_matter(own):
    (own / "README.md").write_text("notes", encoding="utf-8")
    (own / ".actors.csv.swp").write_bytes(b"\x00\xff")
    assert load(own).actors


@pytest.mark.parametrize("name", ["sides.csv", "actors.csv", "outlets.csv", "themes.csv"])
def test_files_that_a_study_needs(own, name):
    (own / name).unlink()
    with pytest.raises(CodebookError, match=f"ferry/{name}: file is missing"):
        load(own)


def test_an_edit_is_seen(own):
    first = load(own)
    assert load(own) is first
    append(own, "aliases.csv", "the harbour folk,union,")
    assert first.alias("the harbour folk") is None
    assert load(own).alias("the harbour folk") == "union"


# what comes out


def test_frozen(own):
    codebook = load(own)
    with pytest.raises(AttributeError):
        codebook.study = "x"
    for mapping in (codebook.codes, codebook.codes["kind"], codebook.actors, codebook.index):
        with pytest.raises(TypeError):
            mapping["x"] = None
    with pytest.raises(TypeError):
        codebook.rows("aliases")[0]["alias"] = "x"


def test_pickle_and_hash(own):
    codebook = load(own)
    assert pickle.loads(pickle.dumps(codebook)) is codebook
    assert {codebook: 1}[load(own)] == 1


def test_vocabulary_that_does_not_exist():
    with pytest.raises(CodebookError, match="Did you mean 'titles'"):
        load_codebook("harbour").rows("titels")
    assert load_codebook().rows("aliases") == ()


def test_a_study_may_reword_a_general_code(own):
    replace(own, "themes.csv", "other,Other,Other,", "other,Anything else,Else,")
    assert load(own).codes["theme"]["other"].label == "Anything else"
    assert load_codebook().codes["theme"]["other"].label == "Other"


@pytest.mark.hostile
def test_pages_escape_what_they_show(own):
    append(own, "actors.csv", "x,<script>alert(1)</script>,a|b,UNION,named,,")
    codebook = load(own)
    table = cb.codebook_table("actors", codebook)
    assert table.height == len(codebook.rows("actors"))
    page = cb.markdown_table(table.cast(str).to_dicts())
    assert "a\\|b" in page and "<script" not in page + codebook._repr_markdown_()


@pytest.mark.parametrize(
    "url",
    ["", "https://", "coastwire.example.evil.example", "xcoastwire.example", "http://[::1", "::"],
)
def test_addresses_of_nobody(url):
    assert load_codebook("harbour").outlet_by_url(url) is None


# the look-up of names


@pytest.mark.parametrize(
    "text, actor",
    [
        ("US", "us_government"),
        ("us", None),
        ("Us", None),
        ("the U.S.", "us_government"),
        ("U.S.’s", "us_government"),
        ("us officials", None),
        ("US Officials", "us_officials_unnamed"),
        ("UN", "united_nations"),
        ("un", None),
        ("MOSCOW", "russia"),
        ("Moscow’s", "russia"),
        ("price", None),
        ("Price", "price"),
        ("Milli", "milley"),
        ("the white house", "white_house"),
        ("the hill", None),
        ("Hill", None),
        ("The Hill", "the_hill"),
        ("the West", "west"),
        ("the west", None),
        ("sources", "sources_unnamed"),
        ("Orban", "orban"),
        ("Orbán", "orban"),
        ("Erdogan's", "erdogan"),
        ("Le\u00a0Figaro", "le_figaro"),
        ("“Voice of America”", "voice_of_america"),
        ("Johnson", None),
        ("", None),
        ("the", None),
        ("'s", None),
    ],
)
def test_names_of_the_shipped_study(text, actor):
    assert load_codebook("russia_ukraine").alias(text) == actor


ALIASES = [
    (row["alias"], row["actor"])
    for study in STUDIES
    for row in load_codebook(study).rows("aliases")
]
OWNER = {study: load_codebook(study) for study in STUDIES}


def owner(alias, actor):
    return next(c for c in OWNER.values() if c.alias(alias) == actor)


def swap_case(text, flips):
    """`text` with the case of some words changed, acronyms left alone."""
    words = text.split()
    return " ".join(
        w if _acronym(fold(w)) else (w.upper() if flip else w.lower())
        for w, flip in zip(words, flips, strict=False)
    )


@given(st.sampled_from(ALIASES), st.lists(st.booleans(), min_size=12, max_size=12))
def test_case_of_several_words_does_not_matter(pair, flips):
    alias, actor = pair
    bare = re.sub(r"^(the|a|an)\s+", "", alias, flags=re.IGNORECASE)
    assume(len(bare.split()) > 1)
    assert owner(alias, actor).alias(swap_case(bare, flips)) == actor


@given(
    st.sampled_from(ALIASES),
    st.sampled_from(["", "the ", "The ", "THE\n"]),
    st.sampled_from([" ", "  ", "\t", "\u00a0", " \r\n "]),
    st.sampled_from(["", "'s", "’s", " ", ",", "”", "\u200b"]),
)
def test_article_blanks_and_possessive_do_not_matter(pair, article, blank, ending):
    alias, actor = pair
    known = owner(alias, actor)
    bare = re.sub(r"^the\s+", "", alias)
    # an alias that begins with a capital article, or that is one word shared with a name, is itself
    assume(known.alias(f"The {bare}") == actor)
    assert known.alias(article + bare.replace(" ", blank) + ending) == actor


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_look_up_never_fails(text):
    codebook = load_codebook("russia_ukraine")
    found = codebook.alias(text)
    assert found is None or found in codebook.actors
    assert codebook.outlet_by_url(text) is None or codebook.outlet_by_url(text) in codebook.outlets
    assert codebook.outlet_by_text(text) is None or found is None or found in codebook.actors


@given(st.text(max_size=40))
def test_fold_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


# patterns

WORD = st.text(string.ascii_lowercase + "-'", min_size=1, max_size=8)
GROUP = st.lists(WORD, min_size=1, max_size=3)


@given(st.lists(GROUP, min_size=1, max_size=3), st.data())
def test_one_word_of_every_group_is_enough_and_less_is_not(groups, data):
    need = " ".join("|".join(group) for group in groups)
    chosen = frozenset(data.draw(st.sampled_from(group)) for group in groups)

    def holds(lemmas):
        return all(any(atom_fits(a, lemmas) for a in group) for group in parse_terms(need))

    assert holds(chosen)
    assert not holds(chosen - set(groups[0]))


@given(st.text(max_size=30))
def test_a_pattern_is_read_or_refused(text):
    try:
        groups = parse_terms(text)
    except ValueError:
        return
    assert len(groups) == len(text.split())
    assert all(atom.value for group in groups for atom in group)


@pytest.fixture
def longest() -> Iterator[int]:
    "How long a field may be in this test: the limit is one of the process, and packages raise it"
    before = csv.field_size_limit(100_000)
    yield 100_000
    csv.field_size_limit(before)


def test_csv_module_limit_is_an_error_not_a_crash(own, longest: int):
    append(own, "actors.csv", f'x,"{"y" * (longest + 1)}",X,UNION,named,,')
    with pytest.raises(CodebookError, match="not CSV"):
        load(own)


@pytest.mark.parametrize("alias", ["I", "i", "he", "He", "They", "this", "of", "will", "the it"])
def test_an_alias_that_is_a_word_of_the_grammar_is_refused_with_its_row(own, alias):
    append(own, "aliases.csv", f"{alias},lindqvist,")
    with pytest.raises(CodebookError) as error:
        load(own)
    assert error.value.row == len((own / "aliases.csv").read_text().splitlines())
    assert "aliases.csv" in str(error.value)
    assert repr(alias) in str(error.value)


@pytest.mark.parametrize("alias", ["US", "IT", "WHO", "Will", "May", "Hers Ltd"])
def test_names_that_only_look_like_grammar_are_kept(own, alias):
    append(own, "aliases.csv", f"{alias},lindqvist,")
    assert load(own).alias(alias) == "lindqvist"


@given(st.text(alphabet="ab’‘′‛ʼ`´' s\n“”", max_size=30))
def test_one_apostrophe_of_the_same_length(text):
    assert len(even(text)) == len(text)
    assert even(even(text)) == even(text)
