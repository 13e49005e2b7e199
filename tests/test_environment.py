"""pyproject.toml, requirements.lock and environment.yml agree on every direct dependency."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
DIRECT = [*PROJECT["dependencies"], *EXTRAS["test"], *EXTRAS["cluster"]]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", LOCK, re.MULTILINE))
CONDA = (ROOT / "environment.yml").read_text(encoding="utf-8")

#: where conda-forge calls a package otherwise
CONDA_NAMES = {"jupyter-client": "jupyter_client", "matplotlib": "matplotlib-base"}


def split(requirement: str) -> tuple[str, str]:
    """Name and lower bound of a requirement like pandas>=3.1.1."""
    name, _, bound = requirement.partition(">=")
    return name.strip(), bound.strip()


def in_conda(name: str) -> str | None:
    """The exact version in environment.yml, as a conda package or, in the pip part, as a PyPI one."""
    found = re.search(rf"^\s+- {re.escape(CONDA_NAMES.get(name, name))}==?([\w.]+)$", CONDA, re.MULTILINE)
    return found and found[1]


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


@pytest.mark.parametrize("requirement", DIRECT)
def test_every_direct_dependency_is_locked_at_or_above_its_lower_bound(requirement):
    name, bound = split(requirement)
    assert bound, f"{requirement} has no lower bound"
    assert numbers(LOCKED[name]) >= numbers(bound)


@pytest.mark.parametrize("requirement", DIRECT)
def test_environment_yml_has_the_locked_version(requirement):
    name, _ = split(requirement)
    assert in_conda(name) == LOCKED[name]


@pytest.mark.parametrize("requirement", DIRECT)
def test_the_environment_that_runs_the_tests_has_the_locked_version(requirement):
    name, _ = split(requirement)
    assert numbers(version(name)) == numbers(LOCKED[name])


def test_environment_yml_names_nothing_else():
    names = set(re.findall(r"^\s+- ([\w.-]+)=", CONDA, re.MULTILINE))
    wanted = {CONDA_NAMES.get(split(r)[0], split(r)[0]) for r in DIRECT} | {"python"}
    assert names == wanted


def test_every_locked_package_has_hashes():
    blocks = re.split(r"^(?=[a-z0-9._-]+==)", LOCK, flags=re.MULTILINE)
    assert all("--hash=sha256:" in block for block in blocks if block.strip())


def test_the_lock_is_for_the_oldest_python_that_the_project_allows():
    assert PROJECT["requires-python"] == ">=3.11"
    assert "- python=3.11" in CONDA


def test_every_direct_dependency_is_explained_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [split(r)[0] for r in DIRECT if split(r)[0] not in readme]
    assert not missing
