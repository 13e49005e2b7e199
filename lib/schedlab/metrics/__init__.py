"""Floor 3: metrics. Tables in, one number (or sample) per run out, in base units.

One file per metric or per close family of metrics; to add one: write `metrics/<metric>.py` with a
`Metric(...)` and list it in METRICS. `collect` measures runs and says why where it cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from schedlab.errors import UnknownName
from schedlab.metrics import (
    as_told,
    blocked_time,
    cpu_per_request,
    gc,
    goroutine_creation,
    goroutines,
    hardware,
    instruments,
    latency,
    mcall_way,
    mechanism,
    mechanism_load,
    mechanism_series,
    mechanism_stops,
    mechanism_trace,
    preemptions,
    proc_use,
    procs,
    run_queue,
    runnable_latency,
    series,
    set_up,
    stack_depth,
    tcp,
    threads,
    throughput,
    trace_events,
    trace_pauses,
    trace_requests,
)
from schedlab.metrics import function_share as share
from schedlab.metrics.measure import measure
from schedlab.metrics.remember import recall
from schedlab.model.extend import Metric
from schedlab.model.run import Run

#: what the load saw, what the scheduler log, CPU profiles and execution traces show; in the order of tables
LATENCY: tuple[Metric, ...] = latency.METRICS
SCHEDULER: tuple[Metric, ...] = (
    *procs.METRICS,
    *run_queue.METRICS,
    *threads.METRICS,
    *goroutines.METRICS,
    *gc.METRICS,
)
CPU: tuple[Metric, ...] = (*share.METRICS, *mcall_way.METRICS, *stack_depth.METRICS, *hardware.METRICS)
TRACE: tuple[Metric, ...] = (
    *trace_requests.METRICS,
    *goroutine_creation.METRICS,
    *runnable_latency.METRICS,
    *preemptions.METRICS,
    *proc_use.METRICS,
    *blocked_time.METRICS,
    *trace_pauses.METRICS,
)

#: what mechanism programs measured about themselves
MECHANISM: tuple[Metric, ...] = (
    *mechanism.METRICS,
    *mechanism_load.METRICS,
    *mechanism_stops.METRICS,
    *mechanism_series.METRICS,
    *mechanism_trace.METRICS,
)

#: what only claims and doubts ask for: the tail from the send, how runs were set up, which events a trace
#: records, whether a pool grows
CLAIMED: tuple[Metric, ...] = (latency.SERVICE_P99, *set_up.METRICS, goroutines.AT_END, *trace_events.METRICS)

#: every metric, in the order in which tables show them
METRICS: tuple[Metric, ...] = (
    *throughput.METRICS,
    *cpu_per_request.METRICS,
    *tcp.METRICS,
    *LATENCY,
    *SCHEDULER,
    *CPU,
    *TRACE,
    *MECHANISM,
    *CLAIMED,
)


__all__ = [
    "CLAIMED",
    "CPU",
    "LATENCY",
    "MECHANISM",
    "METRICS",
    "SCHEDULER",
    "TRACE",
    "as_told",
    "collect",
    "instruments",
    "mechanism_series",
    "metric",
    "series",
]


def metric(name: str) -> Metric:
    """The metric of that name; `latency_q0.95` and the like are made when asked for."""
    for candidate in METRICS:
        if candidate.name == name:
            return candidate
    if made := latency.of_any_quantile(name):
        return made
    raise UnknownName("metric", name, [m.name for m in METRICS])


def collect(runs: Iterable[Run], metrics: Sequence[Metric | str]) -> pd.DataFrame:
    """One row per run and metric: who, under what, `value` in the metric's unit, and why where it is NaN."""
    wanted = [metric(m) if isinstance(m, str) else m for m in metrics]
    rows = [_row(run, m) for run in runs for m in wanted]
    columns = ["run", "arm", "scenario", "capture", "repetition", "block", "order"]
    return pd.DataFrame(
        rows, columns=[*columns, "metric", "unit", "better", "about", "value", "missing_because"]
    )


def _row(run: Run, m: Metric) -> tuple:
    known = any(m is listed for listed in METRICS)
    value, missing = recall(run, m) if known else measure(run, m)
    who = (run.id, run.arm, run.scenario, run.capture, run.repetition, run.block, run.order)
    return (*who, m.name, m.unit, m.better, m.about, value, missing)
