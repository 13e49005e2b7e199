"""The commands are the Makefile's, the hashes those of the files."""

import hashlib
from pathlib import Path

from schedlab.pipeline import reproduce

ROOT = Path(__file__).parents[2]


def test_every_documented_target_is_a_command_with_its_variables():
    found = reproduce.commands(ROOT / "Makefile").set_index("command")
    assert {"make report", "make test", "make lab", "make capture"} <= set(found.index)
    assert found.loc["make report", "with"].startswith("DATA=")
    assert (found["does"] != "").all()


def test_hashes_are_those_of_the_files(monkeypatch):
    monkeypatch.setenv("SCHEDLAB_ROOT", str(ROOT))
    found = reproduce.made_of().set_index("file")["sha256"]
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()
    assert digest.startswith(found["requirements.lock"])
