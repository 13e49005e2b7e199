"""What requests of a mechanism program wait for and make, from the execution trace in the middle of its run.

The program marks each request as a region of that name; a wait belongs to a request when it lies inside the
request's region on the same goroutine. A wait or request cut by an end of the trace counts as far as seen.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.errors import TooFewValues
from schedlab.metrics import mechanism, trace_clock
from schedlab.metrics.blocked_time import GROUPS
from schedlab.model.extend import Metric
from schedlab.model.run import Run

REGION = "request"


def requests(ranges: pd.DataFrame) -> pd.DataFrame:
    """The regions that a program marked as requests; TooFewValues where the trace has none."""
    found = ranges[(ranges["kind"] == "region") & (ranges["detail"] == REGION)]
    if found.empty:
        raise TooFewValues("the trace has no region named request")
    return found


def inside(events: pd.DataFrame, regions: pd.DataFrame, goroutine: str = "goroutine") -> np.ndarray:
    """Which events (column start_ns) begin within a region of the same goroutine."""
    asked = _instants(events, goroutine).assign(row=range(len(events)))
    known = _instants(regions, "goroutine")
    known["end_ns"] = known["at_ns"] + (regions["duration_s"].to_numpy() * 1e9).astype(np.int64)
    latest = pd.merge_asof(asked.sort_values("at_ns"), known.sort_values("at_ns"), on="at_ns", by="goroutine")
    return (latest["at_ns"] < latest["end_ns"])[np.argsort(latest["row"])].to_numpy()


def _instants(table: pd.DataFrame, goroutine: str) -> pd.DataFrame:
    columns = {"at_ns": table["start_ns"], "goroutine": table[goroutine]}
    return pd.DataFrame({name: values.to_numpy(np.int64) for name, values in columns.items()})


def _share(reasons: tuple[str, ...]):
    def compute(tables: dict[str, pd.DataFrame], run: Run) -> float:
        regions, spans = requests(tables["TRACE_RANGES"]), tables["GOROUTINE_SPANS"]
        waits = spans[(spans["state"] == "waiting") & spans["reason"].isin(reasons)]
        waited = waits.loc[inside(waits, regions), "duration_s"].sum()
        return float(waited / regions["duration_s"].sum())

    return compute


def _made(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """Goroutines created inside handlers, per request."""
    regions, all_goroutines = requests(tables["TRACE_RANGES"]), tables["TRACE_GOROUTINES"]
    created = all_goroutines[all_goroutines["created"]]
    return float(inside(created, regions, "creator").sum() / len(regions))


def _network_blocks(tables: dict[str, pd.DataFrame], run: Run) -> float:
    """Begun waits for the network a task; tasks of the trace are its share of the window's."""
    spans = tables["GOROUTINE_SPANS"]
    waits = (spans["state"] == "waiting") & (spans["reason"] == "network")
    window_s = (run.window_ns[1] - run.window_ns[0]) / 1e9
    tasks = mechanism.measure(tables, "tasks") * trace_clock.seconds(spans) / window_s
    return float(waits.sum() / tasks)


NEEDS = ("TRACE_RANGES", "GOROUTINE_SPANS")
NETWORK = Metric(
    "request_network_share", "share", "lower", NEEDS, _share(GROUPS["network"]),
    "time of requests that their handlers waited for the network",
)  # fmt: skip
BLOCKED = Metric(
    "request_blocked_share", "share", "lower", NEEDS, _share((*GROUPS["channel"], *GROUPS["lock"])),
    "time of requests that their handlers waited for channels and locks",
)  # fmt: skip
MADE = Metric(
    "goroutines_per_handler", "1", "lower", ("TRACE_RANGES", "TRACE_GOROUTINES"), _made,
    "goroutines that a handler creates a request",
)  # fmt: skip
NETWORK_BLOCKS = Metric(
    "network_blocks_per_task", "1", "neither", ("GOROUTINE_SPANS", "GAUGES"), _network_blocks,
    "waits of goroutines for the network a task",
)  # fmt: skip
METRICS = (NETWORK, BLOCKED, MADE, NETWORK_BLOCKS)
