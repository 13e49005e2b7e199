"""What a forked kernel finds imported (see `fork`); nothing here computes, draws or starts a thread.

What needs the one parallel kernel is left out: to load it starts threads, which no fork survives.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

from schedlab.pipeline.execute import ONE_THREAD

_OTHERS = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "IPython.core.pylabtools",
    "matplotlib.pyplot",
    "pyarrow.parquet",
    "seaborn",
    "scipy.stats",
)
_FLOORS = ("model", "ingest", "dist", "metrics", "stats", "profiles", "figures", "claims")
_PARALLEL = "schedlab.kernels.resample"
#: nobody debugs a notebook of the report, and each kernel would import it anew
_DEBUGGER = "debugpy"


def _warm() -> None:
    os.environ.update(ONE_THREAD)
    sys.modules[_DEBUGGER] = None
    sys.modules[_PARALLEL] = None
    for name in (*_OTHERS, *_ours()):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    del sys.modules[_PARALLEL]
    gc.freeze()


def _ours() -> Iterator[str]:
    library = Path(__file__).parents[1]
    for floor in _FLOORS:
        for module in pkgutil.iter_modules([str(library / floor)], f"schedlab.{floor}."):
            yield module.name


_warm()
