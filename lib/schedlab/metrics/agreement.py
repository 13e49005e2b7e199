"""Where load tools disagree about the same server under the same offered load, by how much, and why."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from schedlab.metrics.instruments import compare
from schedlab.model.run import Run

OURS = "ours"
#: quantiles within this factor of ours are called equal
EQUAL = 1.10
_WAITS = "waits for each answer and thinks in between: its requests never queue behind each other"
#: what each tool does otherwise than ours, which is open loop, Poisson, and goes before the server
OTHERWISE = {
    "wrk, correction undone": (_WAITS, "no priority over the server"),
    "wrk, as printed": (_WAITS, "no priority over the server", "also holds samples that it filled in"),
    "vegeta": (
        "constant arrivals, which bunch less",
        "no priority over the server",
    ),
    "Locust": (
        _WAITS,
        "one Python process, its event loop in every time",
        "whole milliseconds or two digits",
    ),
    "ghz": ("a goroutine a request", "another gRPC client", "no priority over the server"),
}


def otherwise(found: pd.DataFrame) -> pd.DataFrame:
    """One row per tool in `agreement`'s table: what it does otherwise than ours."""
    tools = [tool for tool in found["instrument"].unique() if tool in OTHERWISE]
    return pd.DataFrame({"instrument": tools, "otherwise": ["; ".join(OTHERWISE[tool]) for tool in tools]})


def agreement(runs: Iterable[Run]) -> pd.DataFrame:
    """One row per arm and tool: medians over runs, ratios to ours, and where they differ.

    Only runs with an offered rate, long connections and no pulse, of arms that more than one tool has loaded.
    """
    table = compare(run for run in runs if _plain(run))
    several = table[table.groupby("arm")["instrument"].transform("nunique") > 1]
    found = several.groupby(["arm", "instrument"], sort=False).agg(
        loop=("loop", "first"),
        runs=("run", "nunique"),
        **{name: (name, "median") for name in ("throughput_per_s", "p50_s", "p99_s")},
        **{name: (name, "sum") for name in ("errors", "requests")},
    )
    return _against_ours(found.reset_index()).sort_values("arm", kind="stable", ignore_index=True)


def quantile(runs: Iterable[Run], column: str, about: str) -> pd.DataFrame:
    """One number of every tool and run, in the form of `metrics.collect`, the tool in the arm's place.

    `clock` says what the latency is measured from, which differs between tools.
    """
    table = compare(run for run in runs if _plain(run))
    value = table[["run", "instrument", column]].rename(columns={"instrument": "arm", column: "value"})
    return value.assign(unit="s", about=about, clock=table["loop"] + " loop, from " + table["clock starts"])


def _plain(run: Run) -> bool:
    factors = run.factors
    special = factors.get("connection_per_request") or factors.get("pulse_rate_per_s")
    return bool(factors.get("rate_per_s")) and not special and not run.left_out


def _against_ours(found: pd.DataFrame) -> pd.DataFrame:
    ours = found[found["instrument"] == OURS].set_index("arm")
    found = found.sort_values("instrument", key=lambda tool: tool.str.lower().ne(OURS), kind="stable")
    for name in ("p50", "p99"):
        reference = found["arm"].map(ours[f"{name}_s"]).astype("float64")
        found[f"{name}_of_ours"] = found[f"{name}_s"] / reference
    return found.assign(says=[_sentence(row) for row in found.itertuples()])


def _sentence(row) -> str:
    if row.instrument == OURS:
        return "the one that the others are held against"
    if pd.isna(row.p99_of_ours):
        return "ours did not load this arm"
    ratios = {"p50": row.p50_of_ours, "p99": row.p99_of_ours}
    differ = {name: r for name, r in ratios.items() if not 1 / EQUAL <= r <= EQUAL}
    if not differ:
        return f"agrees with ours: p50 and p99 within a factor of {EQUAL:g}"
    return " and ".join(f"{name} is {ratio:.2g} times ours" for name, ratio in differ.items())
