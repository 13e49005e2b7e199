"""Compiled kernels survive a fresh checkout and are never stale."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import schedlab
from schedlab.kernels import cache

LIB = Path(schedlab.__file__).parent

PROGRAM = """
import numpy as np
from schedlab.kernels.cache import ContentCache
seen = []
load = ContentCache.load_overload
def spy(self, sig, context):
    found = load(self, sig, context)
    seen.append(found is not None)
    return found
ContentCache.load_overload = spy
from schedlab.kernels.likelihood import weighted_sums
print(weighted_sums(np.ones((1, 3)), np.ones(3))[0], all(seen))
"""


def checkout(tmp_path: Path, name: str) -> Path:
    """A copy of the library with new time stamps, as a fresh clone has."""
    place = tmp_path / name / "schedlab" / "kernels"
    shutil.copytree(LIB / "kernels", place, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("__init__.py", "errors.py"):
        shutil.copy(LIB / file, tmp_path / name / "schedlab" / file)
    return tmp_path / name


def run(tree: Path, kept: Path) -> list[str]:
    env = {
        **os.environ,
        "PYTHONPATH": str(tree),
        "SCHEDLAB_KERNEL_CACHE": str(kept),
        "NUMBA_DISABLE_JIT": "0",
        "PYTHONDONTWRITEBYTECODE": "1",  # Python's own cache trusts time stamps, which the tests set back
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_a_fresh_checkout_finds_what_another_compiled(tmp_path):
    kept = tmp_path / "kept"
    assert run(checkout(tmp_path, "first"), kept) == ["3.0", "False"]
    assert run(checkout(tmp_path, "second"), kept) == ["3.0", "True"]


def test_an_edited_kernel_is_compiled_again(tmp_path):
    tree, kept = checkout(tmp_path, "tree"), tmp_path / "kept"
    run(tree, kept)
    file = tree / "schedlab" / "kernels" / "likelihood.py"
    stamp = file.stat()
    file.write_text(file.read_text().replace("sums[r] = ", "sums[r] = 2.0 * "))
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert run(tree, kept) == ["6.0", "False"]


def test_an_edit_in_an_imported_kernel_module_counts():
    """numba's own cache misses this: the key covers everything that a module imports from schedlab."""
    sources = {p.name for p in cache.closure(LIB / "dist" / "weibull.py")}
    assert {"weibull.py", "elementary.py", "extend.py"} <= sources
