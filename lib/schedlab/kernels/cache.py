"""Where compiled kernels are kept: by content. A fresh checkout finds them, an edit never meets old code.

numba keys its cache by the time stamp of the one file that holds a function; a fresh checkout misses it, and
an edit in an imported kernel module goes unnoticed (numba issues 1833, 8359, 9316). Here the folder's name is
a hash over the module, every schedlab module that it imports, numba, numpy and Python.
"""

from __future__ import annotations

import ast
import hashlib
import os
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import llvmlite
import numba
import numpy
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator
from numba.core.runtime import rtsys

PACKAGE = Path(__file__).parents[1]
KEEP_DAYS = 30
_VERSIONS = f"{sys.version} {numba.__version__} {llvmlite.__version__} {numpy.__version__}"


@cache
def key(path: str) -> str:
    """A hash of everything that the kernels in `path` are compiled from."""
    digest = hashlib.sha256(_VERSIONS.encode())
    for source in sorted(closure(Path(path).resolve())):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:20]


def closure(path: Path) -> frozenset[Path]:
    """The file and every schedlab module that it imports, directly or not."""
    found, todo = set(), [path]
    while todo:
        source = todo.pop()
        if source not in found:
            found.add(source)
            todo += _imports(source)
    return frozenset(found)


@cache
def folder() -> Path:
    """SCHEDLAB_KERNEL_CACHE, or the user's cache folder, or a throw-away folder where neither is writable."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    chosen = Path(os.environ.get("SCHEDLAB_KERNEL_CACHE") or Path(home) / "schedlab" / "kernels")
    try:
        chosen.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=chosen).close()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="schedlab-kernels-"))
    return chosen


@cache
def _imports(source: Path) -> tuple[Path, ...]:
    names = set()
    for node in ast.walk(ast.parse(source.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    places = (PACKAGE.joinpath(*n.split(".")[1:]) for n in names if n and n.split(".")[0] == "schedlab")
    files = (f for place in places for f in (place.with_suffix(".py"), place / "__init__.py"))
    return tuple(f for f in files if f.is_file())


class _ContentLocator(_CacheLocator):
    """A numba cache folder named after the content that was compiled."""

    def __init__(self, py_func, py_file):
        self._lines = py_func.__code__.co_firstlineno
        self._path = folder() / f"{Path(py_file).stem}-{key(py_file)}"

    def get_cache_path(self):
        return str(self._path)

    def get_source_stamp(self):
        return "content"

    def get_disambiguator(self):
        return str(self._lines)

    def ensure_cache_path(self):
        if not self._path.is_dir():
            _forget_old(self._path)
        super().ensure_cache_path()

    @classmethod
    def from_function(cls, py_func, py_file):
        return cls(py_func, py_file)


def _forget_old(path: Path) -> None:
    """Drop this module's folders that nobody has written to for a month."""
    oldest = time.time() - KEEP_DAYS * 86400
    for other in path.parent.glob(f"{path.name.rsplit('-', 1)[0]}-*"):
        if other.stat().st_mtime < oldest:
            for file in other.iterdir():
                file.unlink(missing_ok=True)


class _ContentCacheImpl(CompileResultCacheImpl):
    _locator_classes = (_ContentLocator,)


class ContentCache(FunctionCache):
    """numba's cache of compiled functions, in the folders of this module."""

    _impl_class = _ContentCacheImpl

    def load_overload(self, sig, target_context):
        """The kernel as it was compiled before, or None.

        numba would first load everything that compiling may need, scipy.linalg among it; machine code that
        is ready needs the runtime of arrays alone.
        """
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)
