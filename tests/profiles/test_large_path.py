"""Large profiles go through compiled kernels: the numpy and plain Python paths are their slow twins."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from schedlab import profiles
from schedlab.profiles.entries import entries

FILES = sorted((Path(__file__).parents[1] / "fixtures" / "pprof").glob("*.pb.gz"))
MODULES = [
    importlib.import_module(f"schedlab.profiles.{m}") for m in ("entries", "depth", "classes", "descent")
]


def everything(profile):
    """All arrays that have a compiled path."""
    attribution, nodes = profiles.attribute(profile), profiles.tree(profile)
    whole = MODULES[0].totals(profile, entries(profile))
    below = MODULES[1]._below(profile, MODULES[1].re.compile(r"runtime\.mcall|net/http\..*"))
    physical = MODULES[1]._physical(profile)
    found = (attribution.mechanism, attribution.owner, attribution.unclassified)
    return (*whole, below, physical, *found, nodes.name, nodes.parent, nodes.value, nodes.start)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_compiled_and_plain_paths_give_the_same_arrays(path, monkeypatch):
    profile = profiles.read(path)
    plain = everything(profile)
    for module in MODULES:
        monkeypatch.setattr(module, "LARGE", 0)
    for one, other in zip(plain, everything(profile), strict=True):
        np.testing.assert_array_equal(one, other)
