"""What an answer costs: CPU time of the server process for each successful answer."""

from __future__ import annotations

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.metrics.latency import refuse_behind
from schedlab.model.extend import Metric
from schedlab.model.run import Run


def _cpu_per_request(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """Core seconds of the server in the window (as the harness counted them) over its good answers."""
    refuse_behind(run)
    share, cores, ok = run.measured.get("server_cpu_share"), run.host.get("cores"), run.measured.get("ok")
    if not share or not cores:
        raise TooFewValues("the harness recorded no CPU time of the server")
    if not ok:
        raise TooFewValues("no successful answer in the window to share the CPU time among")
    start, end = run.window_ns
    return share * cores * (end - start) / 1e9 / ok


ABOUT = "CPU time of the server a successful answer"
CPU_PER_REQUEST = Metric("cpu_per_request", "s", "lower", (), _cpu_per_request, ABOUT)
METRICS = (CPU_PER_REQUEST,)
