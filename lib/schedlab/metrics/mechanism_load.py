"""At which load a mechanism program really ran, and what queueing theory expects there.

The programs that queue tasks state a load as a share of all procs. What the machine made of it is the CPU
time of the process: beyond the tasks it holds their clock, wake-ups, idle threads that look for work, and
whatever slows a core down. Near saturation a few points of load change waiting many times over, so that the
theory is given for both, the stated and the achieved. One queue for all procs, Poisson arrivals and
exponential tasks are M/M/c (Erlang 1917, formula C).
"""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from schedlab import units
from schedlab.errors import TooFewValues
from schedlab.metrics.mechanism import ARTIFACT, NEEDS, measure
from schedlab.model.extend import Metric
from schedlab.model.run import Run

#: what the programs take where their command line does not say otherwise (data/testbed/mechanisms)
DEFAULTS = {
    "mechanisms/queues": {"-load": "0.6", "-service": "100us", "-workers": "4"},
    "mechanisms/priority": {"-load": "0.7", "-service": "100us", "-workers": "0"},
}


def waiting_share(servers: int, utilisation: float) -> float:
    """The share of tasks that find every server busy: Erlang's formula C, by the recursion of formula B."""
    offered, blocked = servers * utilisation, 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked / (1 - utilisation * (1 - blocked))


def mean_sojourn(servers: int, utilisation: float, service_s: float) -> float:
    """Mean seconds from arrival to end in M/M/c; TooFewValues where work comes faster than it is done."""
    if utilisation >= 1:
        raise TooFewValues(f"at {100 * utilisation:.0f} % of the procs a queue has no steady state")
    wait = waiting_share(servers, utilisation) / (servers * (1 - utilisation))
    return service_s * (1 + wait)


def _said(run: Run, flag: str) -> str:
    """What the command line says of this flag, else the program's default."""
    program = str(run.factors.get("program", ""))
    if program not in DEFAULTS:
        raise TooFewValues(f"{program or 'the program'} states no load")
    words = str(run.factors.get("mode", "")).split()
    return (DEFAULTS[program] | dict(pairwise(words)))[flag]


def _stated_load(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return float(_said(run, "-load"))


def _service(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return units.seconds(_said(run, "-service"))


def _workers(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return int(_said(run, "-workers")) or run.gomaxprocs


def _seconds(run: Run) -> float:
    return (run.window_ns[1] - run.window_ns[0]) / 1e9


def _cores(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """CPU time in the window as the program counted it, else of its whole execution as the harness did."""
    try:
        used_s = measure(tables, "tasks") * measure(tables, "cpu_per_task")
    except TooFewValues:
        share, cores = run.measured.get("server_cpu_share"), run.host.get("cores")
        if not share or not cores:
            raise
        executed_s = (run.clock["end"]["wall_ns"] - run.clock["start"]["wall_ns"]) / 1e9
        used_s = share * cores * executed_s
    return used_s / _seconds(run)


def _utilisation(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return _cores(tables, run) / run.gomaxprocs


def _expected_stated(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return mean_sojourn(run.gomaxprocs, _stated_load(tables, run), _service(tables, run))


def _expected_achieved(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """With all CPU time of the process as the tasks' service, at the rate at which they really came."""
    achieved = _utilisation(tables, run)
    slowed = achieved / _stated_load(tables, run)
    return mean_sojourn(run.gomaxprocs, achieved, slowed * _service(tables, run))


def _over(expected):
    def compute(tables: dict[str, pd.DataFrame], run: Run) -> float:
        return _mean(tables, run) / expected(tables, run)

    return compute


def _mean(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """Mean sojourn of all tasks, urgent or not."""
    if (tables["GAUGES"]["name"] == "sojourn_mean").any():
        return measure(tables, "sojourn_mean")
    counts = [measure(tables, f"{kind}_n") for kind in ("urgent", "rest")]
    means = [measure(tables, f"{kind}_mean") for kind in ("urgent", "rest")]
    return sum(n * mean for n, mean in zip(counts, means, strict=True)) / sum(counts)


def _metric(name: str, unit: str, compute, about: str) -> Metric:
    return Metric(name, unit, "neither", NEEDS, compute, about, ARTIFACT)


METRICS = (
    _metric("workers", "1", _workers, "workers that serve the queues"),
    _metric("service_time", "s", _service, "mean CPU time of a task, as stated"),
    _metric("stated_load", "share", _stated_load, "offered work, of all procs"),
    _metric("utilisation", "share", _utilisation, "CPU time that the process used, of all procs"),
    _metric("cores_used", "1", _cores, "cores that the process kept busy, its CPU time a second"),
    _metric("sojourn_at_stated", "s", _expected_stated, "mean sojourn by Erlang C at the stated load"),
    _metric("sojourn_at_achieved", "s", _expected_achieved, "mean sojourn by Erlang C at the achieved load"),
    _metric("sojourn_all_mean", "s", _mean, "mean sojourn of all tasks"),
    _metric("sojourn_over_stated", "1", _over(_expected_stated), "mean sojourn / Erlang C, stated load"),
    _metric(
        "sojourn_over_achieved", "1", _over(_expected_achieved), "mean sojourn / Erlang C, achieved load"
    ),
)
