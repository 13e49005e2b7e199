"""The thread of a goroutine, worked out from its proc, against what the CPU profiler saw."""

from pathlib import Path

import pandas as pd
import pytest

from schedlab.ingest import go_trace
from schedlab.metrics.trace_threads import threads

FIXTURES = Path(__file__).parents[1] / "fixtures" / "go_trace"
#: traces of Go 1.21 and earlier do not say on which thread a CPU sample was taken
MIXED = sorted(p for p in FIXTURES.glob("mixed-*.gz") if p.name >= "mixed-1.22")
#: strings and stacks are found by a hash that wraps around; Python says so where kernels are not compiled
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered in scalar multiply")


@pytest.mark.parametrize("path", MIXED, ids=lambda path: path.name)
def test_a_goroutine_runs_on_the_thread_that_the_profiler_interrupted_it_on(path):
    """Independent source: the CPU samples in the trace, which name goroutine and thread themselves."""
    tables = go_trace.open_trace(path).tables
    samples = tables["TRACE_CPU_SAMPLES"].query("goroutine > 0 and proc >= 0")
    spans = tables["GOROUTINE_SPANS"].assign(on=threads(tables)).query("state == 'running'")
    both = samples.merge(spans, on="goroutine", suffixes=("_seen", ""))
    after = both["time_ns"] - both["start_ns"]
    inside = both[(after >= 0) & (after < both["duration_s"] * 1e9)]
    assert len(inside) >= 2
    pd.testing.assert_series_equal(inside["on"], inside["thread"], check_names=False)
