"""From the rows of a merge to the tidy tables of a trace."""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.ingest.go_trace_v2 import Reached
from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_names import N_FRAMES, N_STACKS, N_STRINGS
from schedlab.model import trace_tables as schemas
from schedlab.model.table import Table

STATES = ("undetermined", "runnable", "running", "syscall", "waiting", "not_exist")
CAUSES = ("", "create", "unblock", "preempted", "yield", "syscall_exit", "unknown")
KINDS = ("gc cycle", "stop-the-world", "mark assist", "sweep", "region")
GAUGES = (("heap live", "bytes"), ("heap goal", "bytes"), ("gomaxprocs", "1"))


def tables(reached: Reached, events: dict[int, str]) -> dict[str, pd.DataFrame]:
    """Every table of a merged trace except TRACE_GENERATIONS."""
    texts = _texts(reached)
    reasons = [texts[k] for k in reached.state.string_of[: reached.state.now[t.REASONS]]]
    stacks = _stacks(reached, texts)
    made = {
        schemas.GOROUTINE_SPANS: _goroutine_spans(reached.state, reasons),
        schemas.PROC_SPANS: _proc_spans(_rows(reached.state.proc_spans, reached.state.fill[t.N_PROCS])),
        schemas.TRACE_RANGES: _ranges(reached.state.ranges[: reached.state.fill[t.N_RANGES]], reasons),
        schemas.TRACE_GAUGES: _gauges(reached.state.gauges[: reached.state.fill[t.N_GAUGES]]),
        schemas.TRACE_GOROUTINES: _goroutines(reached, texts),
        schemas.TRACE_TASKS: _tasks(reached.state, texts),
        schemas.TRACE_LOGS: _logs(reached.state.logs[: reached.state.fill[t.N_LOGS]], texts),
        schemas.TRACE_CPU_SAMPLES: _samples(reached.samples),
        schemas.TRACE_STACKS: stacks,
        schemas.TRACE_EVENTS: _events(reached.state.counts, events),
    }
    return {schema.name: _frame(schema, columns) for schema, columns in made.items()}


def _frame(schema: Table, columns: dict) -> pd.DataFrame:
    """A frame of the schema that shares the memory of its columns, where types agree."""
    made = {}
    for name, kind, _ in schema.columns:
        values = columns[name]
        if kind not in ("category", "str"):
            values = np.asarray(values).astype(kind, copy=False)
        made[name] = pd.Series(values, dtype=None if kind == "category" else kind, copy=False)
    return schema.check(pd.DataFrame(made, copy=False))


def coded(codes, names) -> pd.Categorical:
    """A categorical from numbers; equal names share one category, unused ones are dropped."""
    codes = np.asarray(codes)
    used = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(names))[: len(names)])
    categories = list(dict.fromkeys(names[k] for k in used))
    place = np.full(len(names) + 1, -1, np.int16 if len(categories) < 1 << 15 else np.int32)
    for k in used:
        place[k] = categories.index(names[k])
    return pd.Categorical.from_codes(place[codes], pd.Index(categories, dtype="str"))


def _rows(table: np.ndarray, n: int) -> np.ndarray:
    return table[:n]


def _texts(reached: Reached) -> list[str]:
    """Every distinct string; the extra last one stands for none."""
    names = reached.names
    n = names.used[N_STRINGS]
    pool = names.pool.tobytes()
    spans = names.texts[:n, :2].tolist()
    return [pool[start : start + length].decode("utf-8", "replace") for start, length in spans] + [""]


def _stacks(reached: Reached, texts: list[str]) -> dict:
    names = reached.names
    n = names.used[N_STACKS]
    counts = names.stack_rows[:n, 1]
    frames = names.frames[: names.used[N_FRAMES]]
    return {
        "stack": np.repeat(np.arange(n), counts),
        "depth": np.arange(len(frames)) - np.repeat(names.stack_rows[:n, 0], counts),
        "function": _named(frames[:, 1], texts),
        "file": _named(frames[:, 2], texts),
        "line": frames[:, 3],
    }


def _named(rows: np.ndarray, texts: list[str]) -> pd.Categorical:
    """A categorical from rows of the strings; -1 is the empty string."""
    present, codes = np.unique(rows, return_inverse=True)
    return coded(codes, [texts[k] for k in present])


def _goroutine_spans(s: t.State, reasons: list[str]) -> dict:
    n = int(s.fill[t.N_SPANS])
    return {
        "goroutine": s.span_goroutine[:n],
        "state": pd.Categorical.from_codes(s.span_state[:n], STATES),
        "reason": coded(s.span_reason[:n], reasons),
        "start_ns": s.span_start[:n],
        "duration_s": s.span_duration[:n],
        "thread": s.span_thread[:n],
        "proc": s.span_proc[:n],
        "stack": s.span_stack[:n],
        "cause": pd.Categorical.from_codes(s.span_cause[:n], CAUSES),
        "by_goroutine": s.span_by[:n],
        "whole": s.span_whole[:n],
    }


def _proc_spans(rows: np.ndarray) -> dict:
    return {
        "proc": rows[:, 0],
        "state": pd.Categorical.from_codes(rows[:, 1], ("idle", "running")),
        "start_ns": rows[:, 2],
        "duration_s": (rows[:, 3] - rows[:, 2]) / 1e9,
        "thread": rows[:, 4],
        "whole": rows[:, 5],
    }


def _ranges(rows: np.ndarray, reasons: list[str]) -> dict:
    return {
        "kind": pd.Categorical.from_codes(rows[:, 0], KINDS),
        "detail": coded(rows[:, 1], reasons),
        "goroutine": rows[:, 2],
        "proc": rows[:, 3],
        "thread": rows[:, 4],
        "start_ns": rows[:, 5],
        "duration_s": (rows[:, 6] - rows[:, 5]) / 1e9,
        "stack": rows[:, 7],
        "swept_bytes": rows[:, 8],
        "reclaimed_bytes": rows[:, 9],
        "task": rows[:, 10],
        "whole": rows[:, 11],
    }


def _gauges(rows: np.ndarray) -> dict:
    return {
        "name": pd.Categorical.from_codes(rows[:, 0], [name for name, _ in GAUGES]),
        "time_ns": rows[:, 1],
        "value": rows[:, 2],
        "unit": coded(rows[:, 0], [unit for _, unit in GAUGES]),
    }


def _goroutines(reached: Reached, texts: list[str]) -> dict:
    """The function a goroutine began in is the outermost frame of its start stack."""
    rows = reached.state.lives[: reached.state.fill[t.N_LIVES]]
    names, start = reached.names, rows[:, 6]
    last = names.stack_rows[:, 0] + names.stack_rows[:, 1] - 1
    known = start >= 0
    functions = np.full(len(rows), -1)
    functions[known] = names.frames[last[start[known]], 1]
    return {
        "goroutine": rows[:, 0],
        "start_ns": rows[:, 1],
        "duration_s": (rows[:, 2] - rows[:, 1]) / 1e9,
        "created": rows[:, 3],
        "ended": rows[:, 4],
        "creator": rows[:, 5],
        "function": _named(functions, texts),
        "start_stack": start,
        "creation_stack": rows[:, 7],
    }


def _tasks(s: t.State, texts: list[str]) -> dict:
    """Begins joined with the first end of the same task; a begin or an end may be missing."""
    columns = ["begins", "task", "parent", "name", "time", "goroutine", "stack", "none"]
    rows = pd.DataFrame(s.tasks[: s.fill[t.N_TASKS]], columns=columns)
    begins = rows[rows["begins"] == 1]
    ends = rows.loc[rows["begins"] == 0, ["task", "time"]].drop_duplicates("task")
    both = begins.merge(ends, on="task", how="outer", suffixes=("", "_end"))
    whole = both["time"].notna() & both["time_end"].notna()
    last = int(t.nanoseconds.py_func(s, s.now[t.LAST])) if hasattr(t.nanoseconds, "py_func") else 0
    first = both["time"].fillna(both["time_end"])
    filled = both.fillna({"parent": -1, "name": -1, "goroutine": -1, "stack": -1})
    return {
        "task": both["task"].to_numpy(),
        "parent": filled["parent"].to_numpy(),
        "name": _named(filled["name"].to_numpy().astype(np.int64), texts),
        "start_ns": first.to_numpy(),
        "duration_s": ((both["time_end"].fillna(last) - first) / 1e9).to_numpy(),
        "goroutine": filled["goroutine"].to_numpy(),
        "stack": filled["stack"].to_numpy(),
        "whole": whole.to_numpy(),
    }


def _logs(rows: np.ndarray, texts: list[str]) -> dict:
    return {
        "time_ns": rows[:, 0],
        "goroutine": rows[:, 1],
        "task": rows[:, 2],
        "category": [texts[k] for k in rows[:, 3]],
        "message": [texts[k] for k in rows[:, 4]],
        "stack": rows[:, 5],
    }


def _samples(parts: list[np.ndarray]) -> dict:
    rows = np.concatenate(parts) if parts else np.empty((0, 5), np.int64)
    return dict(zip(("time_ns", "thread", "proc", "goroutine", "stack"), rows.T, strict=True))


def _events(counts: np.ndarray, names: dict[int, str]) -> dict:
    seen = [int(k) for k in np.flatnonzero(counts)]
    return {"event": [names.get(k, f"event {k}") for k in seen], "count": [int(counts[k]) for k in seen]}
