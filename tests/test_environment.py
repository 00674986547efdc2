"""Dependencies are said in pyproject.toml; environment.yml and the lock say nothing else"""

import re
import tomllib

import yaml
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==([^\s;]+)", LOCK, re.MULTILINE)

# conda-forge splits pandera by backend
CONDA_NAMES = {"pandera-polars": "pandera"}


def bounds(lines: list[str]) -> dict[str, str]:
    "Name to bounds, both in one spelling"
    found = {}
    for requirement in map(Requirement, lines):
        name = canonicalize_name(requirement.name)
        found[CONDA_NAMES.get(name, name)] = str(requirement.specifier)
    return found


def conda() -> dict[str, str]:
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    names = [d for d in content["dependencies"] if isinstance(d, str) and d != "pip"]
    pip = next(d["pip"] for d in content["dependencies"] if isinstance(d, dict))
    return bounds(names + pip)


def test_environment_names_every_core_dependency_with_the_same_bounds():
    core = bounds(PROJECT["dependencies"])
    assert {name: conda().get(name) for name in core} == core


def test_environment_names_nothing_else():
    known = bounds(PROJECT["dependencies"]) | bounds(EXTRAS["dev"]) | bounds(EXTRAS["lab"])
    known["python"] = PROJECT["requires-python"]
    assert {name: known.get(name) for name in conda()} == conda()


def test_every_core_dependency_is_bounded():
    assert all(bounds(PROJECT["dependencies"]).values())


def test_lock_satisfies_the_bounds():
    for line in PROJECT["dependencies"] + EXTRAS["dev"]:
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        versions = [Version(version) for other, version in LOCKED if other == name]
        assert versions, f"{name} is not in requirements.lock: run make lock"
        assert all(requirement.specifier.contains(v) for v in versions), f"run make lock: {name}"


def test_lock_pins_what_is_asked_for_with_extras():
    "pip --require-hashes refuses name[extra] from a pin of the bare name once a newer one is out"
    assert re.search(r"^coverage\[toml\]==", LOCK, re.MULTILINE), "make lock lost its extras"


def test_lock_names_no_address_and_no_folder():
    assert not re.search(r"://|--(extra-)?index-url|--find-links|^-|(^|\s)/\w", LOCK, re.MULTILINE)


def test_lock_has_a_hash_for_each_version():
    entries = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(LOCKED)
    assert all("--hash=sha256:" in entry for entry in entries)
