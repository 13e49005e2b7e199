"""What the tests of the pipeline share; the helpers themselves are in `pipeline_helpers`."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The root of a project with two tiny notebooks."""
    from pipeline_helpers import make_project

    return make_project(tmp_path, monkeypatch)
