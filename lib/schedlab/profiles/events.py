"""Execution traces beside profiles: the same symbols, but with what the scheduler says happened at them.

A CPU profile knows symbols and not time spent waiting; a trace knows both for every wait. `waits` makes of a
trace a profile of blocked time with the scheduler's reason as a label, `cpu_samples` one of its CPU samples
with the state that the trace gives the goroutine at that instant; `agreement` says how far symbols and events
tell the same.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.model.profile import Profile
from schedlab.profiles import from_tables
from schedlab.profiles.classes import attribute
from schedlab.profiles.filters import label_texts


def waits(tables: dict[str, pd.DataFrame], state: str = "waiting") -> Profile:
    """Waits that began within the trace, by stack and reason: their count, and the nanoseconds they lasted.

    `state` runnable is the wait for a proc instead of the wait for an event.
    """
    spans = tables["GOROUTINE_SPANS"]
    spans = spans[(spans["state"] == state) & spans["whole"]]
    keys = pd.DataFrame(
        {"stack": spans["stack"].to_numpy(), "reason": spans["reason"].astype("str").to_numpy()}
    )
    keys["delay"] = np.rint(spans["duration_s"].to_numpy() * 1e9).astype(np.int64)
    groups = keys.groupby(["stack", "reason"], sort=False)["delay"].agg(["size", "sum"]).reset_index()
    kinds = (("contentions", "count"), ("delay", "nanoseconds"))
    values, labels = groups[["size", "sum"]].to_numpy(), groups[["reason"]]
    return from_tables.profile(groups["stack"].to_numpy(), values, kinds, tables["TRACE_STACKS"], labels)


def cpu_samples(tables: dict[str, pd.DataFrame]) -> Profile:
    """The CPU samples of a trace taken while profiling, labelled with the goroutine's state just then."""
    samples = tables["TRACE_CPU_SAMPLES"]
    state = _states(samples, tables["GOROUTINE_SPANS"])
    keys = pd.DataFrame({"stack": samples["stack"].to_numpy(), "state": state})
    groups = keys.groupby(["stack", "state"], sort=False).size().reset_index(name="n")
    kinds = (("samples", "count"),)
    return from_tables.profile(
        groups["stack"].to_numpy(), groups[["n"]].to_numpy(), kinds, tables["TRACE_STACKS"], groups[["state"]]
    )


def agreement(found: Profile, label: str) -> pd.DataFrame:
    """Mechanism by symbols against the event's word: one row a pair with each type's sum, largest first."""
    about = attribute(found)
    frame = pd.DataFrame(
        {
            "mechanism": np.array(about.mechanisms, object)[about.mechanism],
            label: label_texts(found, label),
            **{name: found.value(name) for name, _ in found.types},
        }
    )
    last = found.types[-1][0]
    table = frame.groupby(["mechanism", label], sort=False).sum().reset_index()
    table = table.sort_values(last, ascending=False, ignore_index=True)
    return table.assign(share=table[last] / max(table[last].sum(), 1))


def _states(samples: pd.DataFrame, spans: pd.DataFrame) -> np.ndarray:
    """The state of each sample's goroutine at its instant; `scheduler` without one, empty where unseen."""
    spans = spans.sort_values(["goroutine", "start_ns"], kind="stable")
    begin = spans["start_ns"].to_numpy()
    end = begin + spans["duration_s"].to_numpy() * 1e9
    owner, state = spans["goroutine"].to_numpy(), spans["state"].astype("str").to_numpy(object)
    out = []
    for time_ns, goroutine in zip(samples["time_ns"], samples["goroutine"], strict=True):
        first, last = np.searchsorted(owner, [goroutine, goroutine + 1])
        at = first + np.searchsorted(begin[first:last], time_ns, side="right") - 1
        inside = at >= first and time_ns <= end[at] + 1
        out.append("scheduler" if goroutine <= 0 else state[at] if inside else "")
    return np.array(out, object)
