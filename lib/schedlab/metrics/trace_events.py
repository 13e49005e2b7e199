"""How often an execution trace records each kind of event of a goroutine's life."""

from __future__ import annotations

import pandas as pd

from schedlab.metrics.trace_coverage import begun
from schedlab.model.extend import Metric
from schedlab.model.run import Run

#: what Go calls waiting for the network and for channels
NETWORK_AND_CHANNELS = ("network", "chan send", "chan receive", "select")


def _creations(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return float(tables["TRACE_GOROUTINES"]["created"].sum())


def _ends(tables: dict[str, pd.DataFrame], run: Run) -> float:
    return float(tables["TRACE_GOROUTINES"]["ended"].sum())


def _starts(tables: dict[str, pd.DataFrame], run: Run) -> float:
    spans = tables["GOROUTINE_SPANS"]
    return float((spans.loc[begun(spans), "state"] == "running").sum())


def _other_blocks(tables: dict[str, pd.DataFrame], run: Run) -> float:
    spans = tables["GOROUTINE_SPANS"]
    waits = spans.loc[begun(spans) & (spans["state"] == "waiting"), "reason"].astype("str")
    return float((~waits.isin(("", *NETWORK_AND_CHANNELS))).sum())


SPANS, LIVES = ("GOROUTINE_SPANS",), ("TRACE_GOROUTINES",)
METRICS = (
    Metric("traced_creations", "1", "neither", LIVES, _creations, "goroutines whose creation a trace holds"),
    Metric("traced_starts", "1", "neither", SPANS, _starts, "times the trace saw a goroutine begin to run"),
    Metric(
        "traced_other_blocks", "1", "neither", SPANS, _other_blocks,
        "times the trace saw a goroutine begin to wait for neither network nor channel",
    ),
    Metric("traced_ends", "1", "neither", LIVES, _ends, "goroutines whose end a trace holds"),
)  # fmt: skip
