"""What mechanism programs measured about themselves: one metric per number of their reports, by its name.

The programs compute from every single value they saw (`data/testbed/mechanisms/mech`); nothing is estimated
here. To add one: a row in MEASURES.
"""

from __future__ import annotations

import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.model.extend import Metric
from schedlab.model.run import Run

#: the kind of artifact that holds the program's report
ARTIFACT = "mechanism"

#: name of the measure, unit, which is better, what it is
MEASURES = (
    ("sojourn_mean", "s", "lower", "time of a task from its intended arrival to its end, mean"),
    ("sojourn_p50", "s", "lower", "sojourn of a task, quantile 0.5"),
    ("sojourn_p99", "s", "lower", "sojourn of a task, quantile 0.99"),
    ("contended_per_second", "1/s", "lower", "lock acquisitions a second that found the lock held"),
    ("contended_share", "share", "lower", "lock acquisitions that found the lock held"),
    ("stolen_share", "share", "neither", "tasks taken from another worker's queue"),
    ("bursts", "1", "neither", "bursts of tasks submitted"),
    ("stranded_per_million_bursts", "1", "lower", "bursts of which a task was left while all workers slept"),
    ("lateness_p50", "s", "lower", "how late a sleeping goroutine woke, quantile 0.5"),
    ("lateness_p99", "s", "lower", "how late a sleeping goroutine woke, quantile 0.99"),
    ("gc_stop_mean", "s", "lower", "stopped time a GC cycle, the sum of its stops, mean"),
    ("gc_stop_p99", "s", "lower", "stopped time a GC cycle, the sum of its stops, quantile 0.99"),
    ("gc_stop_max", "s", "lower", "stopped time a GC cycle, the sum of its stops, longest"),
    ("tasks_per_second", "1/s", "higher", "tasks a second"),
    ("cpu_per_task", "s", "lower", "CPU time of the process a task"),
    ("switches_per_task", "1", "lower", "context switches of threads a task"),
    (
        "allocated_per_task",
        "bytes",
        "lower",
        "bytes of heap allocated a task, stacks of goroutines not counted",
    ),
    ("gc_per_1000_tasks", "1", "lower", "GC cycles a thousand tasks"),
    ("request_latency_mean", "s", "lower", "latency of a request from its intended start, mean"),
    ("request_latency_p50", "s", "lower", "latency of a request from its intended start, quantile 0.5"),
    ("request_latency_p99", "s", "lower", "latency of a request from its intended start, quantile 0.99"),
    ("request_latency_max", "s", "lower", "latency of a request from its intended start, longest"),
    ("failed_share", "share", "lower", "requests without a good answer"),
    ("empty_polls_per_second", "1/s", "lower", "calls of epoll_wait a second that found nothing"),
    ("gc_per_second", "1/s", "lower", "GC cycles a second"),
    ("gc_share_of_cpu", "share", "lower", "CPU time of the collector, of what it and the program used"),
    ("assist_share_of_gc", "share", "lower", "the collector's CPU time that allocating goroutines paid"),
    ("urgent_p99", "s", "lower", "sojourn of urgent tasks, quantile 0.99"),
    ("rest_p99", "s", "lower", "sojourn of tasks that are not urgent, quantile 0.99"),
    ("urgent_mean", "s", "lower", "sojourn of urgent tasks, mean"),
    ("rest_mean", "s", "lower", "sojourn of tasks that are not urgent, mean"),
    ("rest_max", "s", "lower", "sojourn of tasks that are not urgent, longest"),
    ("switch_time", "s", "lower", "time from one goroutine to the other and its share of the work"),
    ("longest_gap", "s", "lower", "longest time that a hundred rounds took"),
    ("trace_bytes_per_switch", "bytes", "lower", "bytes of execution trace a switch"),
    ("rounds_per_second", "1/s", "higher", "acquisitions of the planted lock a second"),
    ("mutex_planted_share_of_locks", "share", "neither", "delay in the mutex profile under the planted lock"),
    ("block_planted_share_of_locks", "share", "neither", "delay of Lock in the block profile: planted lock"),
    ("block_locks_share_of_delay", "share", "neither", "delay in the block profile that is at locks at all"),
    ("fastest_growth", "1/s", "lower", "growth of the fastest-growing stack, goroutines a second"),
    ("fastest_is_send", "share", "neither", "whether the fastest-growing stack waits in chan send"),
    ("fastest_is_receive", "share", "neither", "whether the fastest-growing stack waits in chan receive"),
    ("serve_elsewhere", "1", "neither", "goroutines with conn.serve and without readRequest"),
    ("serve_in_read_request", "1", "neither", "goroutines with conn.serve in readRequest"),
    ("reuse_share", "share", "neither", "requests that did not open a connection"),
    ("opened_per_second", "1/s", "neither", "TCP connections accepted a second, whole network namespace"),
    ("time_wait_most", "1", "lower", "most connections in TIME_WAIT beyond those before"),
    ("listen_overflows", "1", "lower", "connections refused because the listen queue was full"),
    ("ports_used_share", "share", "lower", "most local ports in TIME_WAIT, of those a client may use"),
    ("spike_latency_p50", "s", "lower", "latency of requests meant for the spike, quantile 0.5"),
    ("spike_latency_p99", "s", "lower", "latency of requests meant for the spike, quantile 0.99"),
    ("spike_latency_max", "s", "lower", "latency of requests meant for the spike, longest"),
    ("spike_rise", "s", "neither", "time until the rate reached 80 % of the spike's"),
    ("depth_handler", "frames", "neither", "frames of goroutines held inside the handler, mean"),
    ("depth_router", "frames", "neither", "frames between the server and the handler, mean"),
    ("depth_all", "frames", "neither", "frames of all goroutines while handlers are held, mean"),
)


def measure(tables: dict[str, pd.DataFrame], name: str) -> float:
    """The number of that name in a program's report; TooFewValues where the run gave none."""
    gauges = tables["GAUGES"]
    found = gauges.loc[(gauges["name"] == name) & (gauges["wall_ns"] == 0), "value"]
    if found.empty:
        raise TooFewValues(f"the program reports no {name}: it does not measure it, or saw too few values")
    return float(found.iloc[0])


def _of(name: str):
    def compute(tables: dict[str, pd.DataFrame], run: Run) -> float:
        return measure(tables, name)

    return compute


def _urgent_over_rest(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return measure(tables, "urgent_p99") / measure(tables, "rest_p99")


NEEDS = ("GAUGES",)
URGENT = Metric(
    "urgent_over_rest", "1", "lower", NEEDS, _urgent_over_rest,
    "sojourn of urgent tasks / of the others, both quantile 0.99", ARTIFACT,
)  # fmt: skip
METRICS = (
    *(
        Metric(name, unit, better, NEEDS, _of(name), about, ARTIFACT)
        for name, unit, better, about in MEASURES
    ),
    URGENT,
)
