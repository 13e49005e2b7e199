"""Procs by time, coloured by what they do: an interactive page, and its still twin for paper.

The page is one self-contained HTML file, without network, and works from file://. Names of functions are
untrusted: they travel as JSON and are only ever drawn as text.
"""

from __future__ import annotations

import base64
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from schedlab import units
from schedlab.figures.interactive import Interactive, page
from schedlab.figures.levels import nothing
from schedlab.figures.style import house
from schedlab.metrics import trace_clock, trace_lanes

#: kind -> (colour, colour of text on it); they differ in lightness too
COLOURS = {
    "application": ("#0072B2", "#ffffff"),
    "collector": ("#E69F00", "#000000"),
    "runtime": ("#999999", "#000000"),
    "system call": ("#9bdcc9", "#000000"),
}
CYCLE, STOPPED, ASSIST = "#F0E442", "#D55E00", "#CC79A7"
CAUSES = ("", "create", "unblock", "preempted", "yield", "syscall_exit", "unknown")
#: a page holds at most this many spans; beyond, it shows the beginning of the window and says so
MOST_SPANS = 100_000


def timeline(
    tables: dict[str, pd.DataFrame],
    title: str = "",
    window_s: tuple[float, float] | None = None,
    still_s: float = 0.004,
) -> Interactive | Figure:
    """The procs of one trace: all of it or `window_s` (seconds from its start) to zoom in.

    The still twin shows `still_s` seconds, around the longest backlog of runnable goroutines. Without a trace
    (no tables) it is one line that says so.
    """
    if not tables:
        return nothing(title)
    start, end = trace_clock.observed(tables["GOROUTINE_SPANS"])
    window = (start, end) if window_s is None else tuple(start + int(s * 1e9) for s in window_s)
    rows = trace_lanes.lanes(tables, window)
    queue = trace_lanes.backlog(tables, window)
    ranges = trace_lanes.touching(tables["TRACE_RANGES"], window)
    payload = _payload(rows.iloc[:MOST_SPANS], queue, ranges, window) | {"title": title}
    payload["note"] = _note(len(rows), window)
    height = 120 + 32 * len(payload["lanes"]) + 92
    shown = _busiest(queue, window, still_s)
    return Interactive(
        "timeline", page("timeline", payload), partial(still, tables, shown, start, title), height
    )


def still(tables: dict[str, pd.DataFrame], window: tuple[int, int], zero: int, title: str = "") -> Figure:
    """Lanes of procs above the number of runnable goroutines, within a window of the trace's clock."""
    rows, queue = trace_lanes.lanes(tables, window), trace_lanes.backlog(tables, window)
    procs = sorted(tables["PROC_SPANS"]["proc"].unique())
    with house():
        figure, (top, low) = plt.subplots(
            2, sharex=True, figsize=(6.6, 1.5 + 0.32 * len(procs)), height_ratios=(max(len(procs), 1.5), 1.6)
        )
        for kind, (colour, _) in COLOURS.items():
            for lane, proc in enumerate(procs):
                mine = rows[(rows["kind"] == kind) & (rows["proc"] == proc)]
                top.broken_barh(_bars(mine, zero), (lane - 0.4, 0.8), facecolors=colour, linewidth=0)
        _draw_ranges(top, trace_lanes.touching(tables["TRACE_RANGES"], window), zero)
        low.step((queue["at_ns"] - zero) / 1e6, queue["runnable"], where="post", color="black", linewidth=0.8)
        top.set(yticks=range(len(procs)), yticklabels=[f"proc {p}" for p in procs], title=title)
        top.invert_yaxis()
        limits = [(t - zero) / 1e6 for t in window]
        low.set(xlim=limits, xlabel="time since the trace began (ms)", ylabel="runnable", ylim=(0, None))
        low.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        marks = [Patch(facecolor=c, label=k) for k, c in _legend()]
        figure.legend(handles=marks, loc="outside lower center", ncols=len(marks), fontsize=7)
    plt.close(figure)
    return figure


def _bars(rows: pd.DataFrame, zero: int) -> list[tuple[float, float]]:
    begin = (rows["start_ns"] - zero) / 1e6
    return list(zip(begin, (rows["end_ns"] - rows["start_ns"]) / 1e6, strict=True))


def _draw_ranges(axes, ranges: pd.DataFrame, zero: int) -> None:
    looks = {"gc cycle": (CYCLE, 0.3), "stop-the-world": (STOPPED, 0.6)}
    for row in ranges[ranges["kind"].isin(list(looks))].itertuples():
        colour, opacity = looks[row.kind]
        begin = (row.start_ns - zero) / 1e6
        axes.axvspan(begin, begin + row.duration_s * 1e3, color=colour, alpha=opacity, linewidth=0)


def _legend() -> list[tuple[str, str]]:
    return [(kind, colour) for kind, (colour, _) in COLOURS.items()] + [
        ("gc cycle", CYCLE), ("stop-the-world", STOPPED), ("mark assist", ASSIST),
    ]  # fmt: skip


def _busiest(queue: pd.DataFrame, window: tuple[int, int], still_s: float) -> tuple[int, int]:
    middle = int(queue["at_ns"][queue["runnable"].idxmax()]) if len(queue) else sum(window) // 2
    first = min(max(middle - int(still_s * 5e8), window[0]), max(window[1] - int(still_s * 1e9), window[0]))
    return first, min(first + int(still_s * 1e9), window[1])


def _note(n: int, window: tuple[int, int]) -> str:
    shown = f"n = {units.number(n, 1)} spans of goroutines on procs"
    if n > MOST_SPANS:
        shown = (
            f"the first {units.number(MOST_SPANS, 1)} of {units.number(n, 1)} spans; take a shorter window"
        )
    lasts = units.show((window[1] - window[0]) / 1e9, "s")
    return f"{shown} in {lasts}; where a lane is empty, the proc is idle"


def _payload(rows: pd.DataFrame, queue: pd.DataFrame, ranges: pd.DataFrame, window: tuple[int, int]) -> dict:
    procs = sorted(rows["proc"].unique())
    names = sorted(rows["function"].unique())
    kinds = list(COLOURS)
    spans = {
        "start": _packed(rows["start_ns"] - window[0], 1e9),
        "end": _packed(rows["end_ns"] - window[0], 1e9),
        "lane": _codes(rows["proc"], procs),
        "kind": _codes(rows["kind"], kinds),
        "goroutine": _packed(rows["goroutine"]),
        "name": _codes(rows["function"], names),
        "wait": _packed(rows["wait_s"].fillna(-1)),
        "cause": _codes(rows["cause"], CAUSES),
    }
    return {
        "spans": spans, "lanes": [f"proc {p}" for p in procs], "kinds": kinds, "causes": CAUSES,
        "names": [name or "(began before the trace)" for name in names],
        "colours": [COLOURS[k][0] for k in kinds], "ink": [COLOURS[k][1] for k in kinds], "legend": _legend(),
        "queue": {
            "at": _packed(queue["at_ns"] - window[0], 1e9),
            "n": _bytes(queue["runnable"].to_numpy(np.int32)),
            "most": int(queue["runnable"].max()) if len(queue) else 0,
        },
        "ranges": _range_rows(ranges, procs, window[0]), "duration_s": (window[1] - window[0]) / 1e9,
    }  # fmt: skip


def _range_rows(ranges: pd.DataFrame, procs: list, zero: int) -> list[dict]:
    colours = {"gc cycle": CYCLE, "stop-the-world": STOPPED, "mark assist": ASSIST}
    chosen = ranges[ranges["kind"].isin(list(colours))].head(MOST_SPANS // 10)
    return [
        {
            "start": (row.start_ns - zero) / 1e9,
            "end": (row.start_ns - zero) / 1e9 + row.duration_s,
            "colour": colours[row.kind],
            "all": row.kind == "stop-the-world",
            "lane": procs.index(row.proc) if row.kind == "mark assist" and row.proc in procs else -1,
        }
        for row in chosen.itertuples()
    ]


def _codes(values: pd.Series, known) -> str:
    return _bytes(pd.Categorical(values, categories=list(known)).codes.astype(np.int32))


def _packed(values: pd.Series, per: float = 1.0) -> str:
    return _bytes(values.to_numpy(np.float64) / per)


def _bytes(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")
