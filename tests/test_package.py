"""What is in the package, in the archives and in the repository, and what must never be"""

import ast
import csv
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from conftest import EXAMPLES, ROOT, tracked
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import negotiations_study
from negotiations_study.running.codebooks import memories

PACKAGE = ROOT / "negotiations_study"
MODULES = sorted(p for p in PACKAGE.glob("*/*.py") if p.stem != "__init__")
PUBLIC = sorted(
    "Settings Tables build_tables charts compare complete corrections export extract".split()
)
PUBLIC += ["read_articles", "run_study"]
HEAVY = "polars pandera altair spacy papermill pandas pyarrow numpy typer rich".split()


# The package


def python(code: str) -> str:
    "What a fresh interpreter prints"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_import_is_light():
    loaded = python("import sys, negotiations_study; print(*sys.modules)").split()
    assert not [name for name in HEAVY if name in loaded]


def test_public_names():
    assert sorted(negotiations_study.__all__) == sorted(PUBLIC)
    assert set(PUBLIC) <= set(dir(negotiations_study))


@pytest.mark.parametrize("name", PUBLIC)
def test_public_name_is_there_and_says_what_it_is(name: str):
    assert getattr(negotiations_study, name).__doc__


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = negotiations_study.nothing


def test_version_is_said_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" in project["dynamic"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == negotiations_study.__version__
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{negotiations_study.__version__}]" in changes or (
        f"the next version is {negotiations_study.__version__}." in changes
    )


def imports(module: Path) -> list[str]:
    "Full names of the modules that `module` imports, at any depth"
    found = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = [PACKAGE.name, module.parent.name][: 3 - node.level] if node.level else []
            home = ".".join([*above, *filter(None, [node.module])])
            inside = [f"{home}.{alias.name}" for alias in node.names]
            found += inside if home.count(".") < 2 and home.startswith(PACKAGE.name) else [home]
    return found


@cache
def numbers() -> dict[str, str]:
    "Module, with its floor, to the number of the notebook that it comes from, such as 05 or 54a"
    found = {}
    for notebook in (ROOT / "nbs").glob("*/[0-9][0-9]*_*.ipynb"):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if match := re.match(r"#\|\s*default_exp\s+([\w.]+)", "".join(cell["source"])):
                found[match[1]] = notebook.name.split("_")[0]
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.stem)
def test_module_imports_only_modules_with_a_lower_number(module: Path):
    order = numbers()
    wanted = {name.removeprefix(f"{PACKAGE.name}.") for name in imports(module)} & order.keys()
    here = order[f"{module.parent.name}.{module.stem}"]
    assert not [name for name in wanted if order[name] >= here]


def test_every_import_is_a_declared_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked_for = sum((extras[name] for name in extras if name not in ("dev", "lab", "train")), [])
    wanted = project["dependencies"] + asked_for
    declared = {canonicalize_name(Requirement(d).name) for d in wanted}
    away = ("pyannote", "pygamma_agreement")  # half a gigabyte, which is not installed here
    providers = dict.fromkeys(away, ["pygamma-agreement"]) | packages_distributions()
    for module in MODULES:
        for top in {name.split(".")[0] for name in imports(module)} - {PACKAGE.name}:
            if top not in sys.stdlib_module_names:
                from_whom = {canonicalize_name(d) for d in providers.get(top, [])}
                assert from_whom & declared, f"{module.name} imports {top}"


def test_analysis_notebooks_travel_with_the_package():
    def contents(folder: Path) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in folder.glob("*.ipynb")}

    assert contents(PACKAGE / "analysis") == contents(ROOT / "nbs" / "analysis")
    assert len(contents(PACKAGE / "analysis")) >= 4


def test_the_example_travels_with_the_package():
    copies = {p.name: p.read_bytes() for p in (PACKAGE / "example" / "articles").glob("*.txt")}
    assert copies == {p.name: p.read_bytes() for p in EXAMPLES.glob("*.txt")} != {}


def test_library_notebooks_show_what_they_do_and_nothing_of_the_machine():
    outputs = [
        json.dumps(cell["outputs"])
        for notebook in (ROOT / "nbs").glob("*/[0-9]*.ipynb")
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if cell.get("outputs")
    ]
    assert len(outputs) >= 300
    alien = re.compile(rf"{re.escape(str(ROOT))}|/tmp/|/home/|/root/|\b0x[0-9a-f]{{8,}}")
    assert not [m[0] for shown in outputs if (m := alien.search(shown))]
    assert max(map(len, outputs)) < 150_000


def test_no_notebook_changes_how_tables_of_others_are_printed():
    # Notebooks share a process when they are tested and saved; those of a study have one each
    kept = [p for p in (ROOT / "nbs").rglob("*.ipynb") if "analysis" not in p.parts]
    assert not [p.name for p in kept if "pl.Config.set_" in p.read_text(encoding="utf-8")]


def test_each_folder_of_modules_opens_with_an_index_of_its_notebooks():
    def texts(notebook: Path, part: str) -> str:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if part == "source":
            return "\n".join("".join(cell["source"]) for cell in cells)
        shown = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
        return "\n".join("".join(data.get("text/markdown", "")) for data in shown)

    folders = {path.parent for path in (ROOT / "nbs").glob("*/[0-9][0-9]*_*.ipynb")}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(folders) == 11
    for folder in folders:
        index, *others = sorted(folder.glob("*.ipynb"))
        assert index.name == "00_index.ipynb" and "default_exp" not in texts(index, "source")
        assert index.relative_to(ROOT).as_posix() in readme
        rows = [line for line in texts(index, "outputs").splitlines() if ".ipynb)" in line]
        assert len(rows) == len(others)
        for row, notebook in zip(rows, others, strict=True):
            subtitle = re.search(r"^> (.+)", texts(notebook, "source"), re.MULTILINE)
            assert f"[{notebook.stem}]({notebook.name})" in row and f"| {subtitle[1]} |" in row


def test_notebooks_that_prose_names_are_there():
    stems = {path.stem for path in (ROOT / "nbs").glob("*/*.ipynb")}
    lost = []
    for notebook in (ROOT / "nbs").rglob("*.ipynb"):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        links = re.findall(r"\]\(([^)#:]+\.ipynb)", text)
        lost += [(notebook.name, to) for to in links if not (notebook.parent / to).is_file()]
        named = re.findall(r"\b\d\d[a-z]?_[a-z]+\b", text)
        lost += [(notebook.name, name) for name in named if name not in stems]
    assert not lost


# The archives


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    "Files of the sdist and of the wheel that is built from it"
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    sdist, wheel = next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))
    with tarfile.open(sdist) as tar, zipfile.ZipFile(wheel) as archive:
        return {
            "sdist": {m.name: tar.extractfile(m).read() for m in tar if m.isfile()},
            "wheel": {name: archive.read(name) for name in archive.namelist()},
        }


def sentences() -> list[bytes]:
    "A stretch out of each paragraph of each seed, long enough to be nobody else's"
    texts = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "seeds").glob("*.txt"))]
    return [p[:80].encode() for text in texts for p in text.split("\n") if len(p) >= 80]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sdist", "wheel"])
def test_archive_holds_no_article_no_reference_and_no_report(archives, kind: str):
    alien = re.compile(r"(^|/)(seeds|reference|outputs|tests|nbs|report)/|\.(jsonl|html|parquet)$")
    ours = "models/conditions/marks.parquet"  # conditions of the corpus, none of an article
    assert [n for n in archives[kind] if alien.search(n) and not n.endswith(ours)] == []
    blob = b"\0".join(archives[kind].values())
    assert not [s for s in sentences() if s in blob]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sdist", "wheel"])
def test_archive_holds_the_package_and_its_data(archives, kind: str):
    packed = {name.split(f"{PACKAGE.name}/", 1)[-1] for name in archives[kind]}
    ours = {p.relative_to(PACKAGE).as_posix() for p in tracked() if PACKAGE in p.parents}
    assert {"base/project.py", "py.typed", "codebook/files.csv"} <= ours
    assert not ours - packed
    assert [n for n in archives[kind] if n.endswith("LICENSE")]
    assert [n for n in archives[kind] if n.endswith("NOTICE")]


@pytest.mark.slow
def test_wheel_needs_no_nbdev(archives):
    (metadata,) = (v for k, v in archives["wheel"].items() if k.endswith("METADATA"))
    needed = [x for x in metadata.decode().splitlines() if x.startswith("Requires-Dist:")]
    assert needed
    assert not [line for line in needed if "nbdev" in line and "extra ==" not in line]


# The repository

TEXT = {".py", ".md", ".ipynb", ".toml", ".ini", ".yml", ".yaml", ".cff", ".csv", ".json", ".html"}
TEXT |= {".txt", ".jsonl", ".lock", ".in", ".svg", ""}


def test_no_folder_of_somebodys_machine_is_named():
    machine = re.compile(r"(?<![\w.:/])/(home|root|Users|work|mnt|scratch|opt)/(?!me/)\w")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.suffix in TEXT and path != Path(__file__)
        for match in machine.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found


def test_seeds_are_what_their_readme_says():
    listed = (ROOT / "seeds" / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"\| `(\w+\.txt)` \| `([0-9a-f]{64})`", listed))
    files = {p.name: p.read_bytes() for p in (ROOT / "seeds").glob("*.txt")}
    assert rows == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert len(rows) == 5


def test_what_the_user_knows_of_the_seeds_is_left_empty():
    with (ROOT / "seeds" / "articles.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(not value for row in rows for key, value in row.items() if key != "file")


def test_citation_names_nobody_in_person():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert all({"name"} == author.keys() for author in citation["authors"])


def test_notebooks_are_committed_without_outputs_and_counts():
    notebooks = [p for p in tracked() if p.suffix == ".ipynb" and "outputs" not in p.parts]
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            assert cell.get("execution_count") is None, path
            if "analysis" in path.parts:
                assert not cell.get("outputs"), path


# Generality


def csv_rows(folder: Path) -> list[tuple[str, dict[str, str]]]:
    "Place and cells of each row of each file of a codebook"
    found = []
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            place = path.relative_to(PACKAGE / "codebook").as_posix()
            found += [(f"{place}:{n}", row) for n, row in enumerate(csv.DictReader(file), 2)]
    return found


def test_no_entry_of_the_codebook_is_a_memory_of_one_article():
    texts = [p.read_text(encoding="utf-8") for p in (ROOT / "seeds").glob("*.txt")]
    assert not list(memories(csv_rows(PACKAGE / "codebook"), texts))
    entry = " ".join(texts[0].split()[:4])
    assert list(memories([("aliases.csv", {"alias": entry})], texts))


@cache
def proper_names() -> list[str]:
    "Names of the studies that no code may know: of actors, outlets and articles"
    names = {p.stem for p in [*(ROOT / "seeds").glob("*.txt"), *EXAMPLES.glob("*.txt")]}
    for place, row in csv_rows(PACKAGE / "codebook" / "studies"):
        if Path(place.split(":")[0]).stem in ("actors", "aliases", "outlets"):
            names |= {row.get(column) or "" for column in ("alias", "label", "short")}
    return sorted(n for n in names if len(n) > 3 and any(c.isupper() or c.isdigit() for c in n))


def code_strings(path: Path) -> str:
    "All strings and names of a module, without its comments"
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        found += [getattr(node, key) for key in ("id", "attr", "name", "arg") if hasattr(node, key)]
    return "\n".join(filter(lambda x: isinstance(x, str), found))


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.stem)
def test_code_knows_no_actor_outlet_or_article(module: Path):
    strings = code_strings(module)
    assert proper_names(), "the studies name nobody: this test would not find anything"
    known = re.compile(rf"\b(?:{'|'.join(map(re.escape, proper_names()))})\b")
    assert not known.findall(strings)
