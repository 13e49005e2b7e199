"""The kernels of execution traces give the same tables when Python runs them as when they are compiled."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from schedlab.ingest import go_trace

FIXTURES = Path(__file__).parents[1] / "fixtures" / "go_trace"
NAMES = ("known-1.19.8", "known-1.21.13", "known-1.22.10", "mixed-1.23.9", "known-1.27.3")
PROGRAM = """
import json, sys, warnings
warnings.filterwarnings("ignore", "overflow encountered")  # hashes wrap around
sys.path.insert(0, sys.argv[1])
from test_trace_uncompiled import NAMES, digest
import numba
assert numba.config.DISABLE_JIT
print(json.dumps({name: digest(name) for name in NAMES}))
"""


def digest(name: str) -> dict[str, str]:
    """A hash of each table of a trace."""
    tables = go_trace.open_trace(FIXTURES / f"{name}.trace.gz").tables
    return {title: hashlib.sha256(_bytes(frame)).hexdigest() for title, frame in tables.items()}


def _bytes(frame: pd.DataFrame) -> bytes:
    return pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()


@pytest.fixture(scope="module")
def uncompiled():
    command = [sys.executable, "-c", PROGRAM, str(Path(__file__).parent)]
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    return json.loads(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("name", NAMES)
def test_python_and_machine_code_read_the_same(name, uncompiled):
    assert digest(name) == uncompiled[name]
