"""From the rows of a merge to the tidy tables of a trace."""

from __future__ import annotations

import numpy as np
import pandas as pd

from schedlab.ingest.go_trace_merge import Reached
from schedlab.ingest.go_trace_rows import Rows
from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_names import N_FRAMES, N_STACKS, N_STRINGS
from schedlab.model import trace_tables as schemas
from schedlab.model.table import Table

STATES = ("undetermined", "runnable", "running", "syscall", "waiting", "not_exist")
CAUSES = ("", "create", "unblock", "preempted", "yield", "syscall_exit", "unknown")
KINDS = ("gc cycle", "stop-the-world", "mark assist", "sweep", "region")
#: all but the last count bytes
GAUGES = ("heap live", "heap goal", "gomaxprocs")


def tables(reached: Reached, events: dict[int, str]) -> dict[str, pd.DataFrame]:
    """Every table of a merged trace except TRACE_GENERATIONS."""
    texts = _texts(reached)
    reasons = [texts[k] for k in reached.state.string_of[: reached.state.now[t.REASONS]]]
    stacks = _stacks(reached, texts)
    rows = reached.rows
    made = {
        schemas.GOROUTINE_SPANS: _goroutine_spans(rows, reasons),
        schemas.PROC_SPANS: _proc_spans(rows),
        schemas.TRACE_RANGES: _ranges(rows.rows("ranges"), texts),
        schemas.TRACE_GAUGES: _gauges(rows.rows("gauges")),
        schemas.TRACE_GOROUTINES: _goroutines(reached, texts),
        schemas.TRACE_TASKS: _tasks(reached, texts),
        schemas.TRACE_LOGS: _logs(rows.rows("logs"), texts),
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
        if kind not in ("category", "str", "int"):
            values = np.asarray(values).astype(kind, copy=False)
        made[name] = pd.Series(values, dtype=None if kind in ("category", "int") else kind, copy=False)
    return schema.check(pd.DataFrame(made, copy=False))


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
    codes, present = pd.factorize(rows)
    names = [texts[k] for k in present]
    categories = list(dict.fromkeys(names))
    place = np.array([categories.index(name) for name in names], np.int32)
    return _category(place[codes], categories)


def _category(codes: np.ndarray, names) -> pd.Categorical:
    """A categorical that shares the memory of its codes."""
    return pd.Categorical.from_codes(
        codes, dtype=pd.CategoricalDtype(pd.Index(names, dtype="str")), validate=False
    )


def _goroutine_spans(rows: Rows, reasons: list[str]) -> dict:
    return {
        "goroutine": rows.spans("span_goroutine"),
        "state": _category(rows.spans("span_state"), STATES),
        "reason": _category(rows.spans("span_reason"), reasons),
        "start_ns": rows.spans("span_start"),
        "duration_s": rows.spans("span_duration"),
        "thread": rows.spans("span_thread"),
        "proc": rows.spans("span_proc"),
        "stack": rows.spans("span_stack"),
        "cause": _category(rows.spans("span_cause"), CAUSES),
        "by_goroutine": rows.spans("span_by"),
        "whole": rows.spans("span_whole").view(bool),
    }


def _proc_spans(rows: Rows) -> dict:
    proc, running, start, duration, thread, whole = rows.split("proc_spans")
    return {
        "proc": proc,
        "state": _category(running, ("idle", "running")),
        "start_ns": start,
        "duration_s": duration,
        "thread": thread,
        "whole": whole.view(bool),
    }


def _ranges(rows: np.ndarray, texts: list[str]) -> dict:
    return {
        "kind": _category(rows[:, 0], KINDS),
        "detail": _named(rows[:, 1], texts),
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
        "name": _category(rows[:, 0], GAUGES),
        "time_ns": rows[:, 1],
        "value": rows[:, 2],
        "unit": _category((rows[:, 0] == len(GAUGES) - 1).astype(np.int8), ("bytes", "1")),
    }


def _goroutines(reached: Reached, texts: list[str]) -> dict:
    """The function a goroutine began in is the outermost frame of its start stack."""
    goroutine, begin, duration, created, ended, creator, start, creation = reached.rows.split("lives")
    names, known = reached.names, start >= 0
    last = names.stack_rows[:, 0] + names.stack_rows[:, 1] - 1
    functions = np.full(len(start), -1)
    functions[known] = names.frames[last[start[known]], 1]
    return {
        "goroutine": goroutine,
        "start_ns": begin,
        "duration_s": duration,
        "created": created.view(bool),
        "ended": ended.view(bool),
        "creator": creator,
        "function": _named(functions, texts),
        "start_stack": start,
        "creation_stack": creation,
    }


def _tasks(reached: Reached, texts: list[str]) -> dict:
    """Begins joined with the first end of the same task; a begin or an end may be missing."""
    columns = ["begins", "task", "parent", "name", "time", "goroutine", "stack"]
    rows = pd.DataFrame(reached.rows.rows("tasks"), columns=columns)
    begins = rows[rows["begins"] == 1]
    ends = rows.loc[rows["begins"] == 0, ["task", "time"]].drop_duplicates("task")
    both = begins.merge(ends, on="task", how="outer", suffixes=("", "_end"))
    whole = both["time"].notna() & both["time_end"].notna()
    first = both["time"].fillna(both["time_end"])
    filled = both.fillna({"parent": -1, "name": -1, "goroutine": -1, "stack": -1})
    return {
        "task": both["task"].to_numpy(),
        "parent": filled["parent"].to_numpy(),
        "name": _named(filled["name"].to_numpy().astype(np.int64), texts),
        "start_ns": first.to_numpy(),
        "duration_s": ((both["time_end"].fillna(reached.last_ns) - first) / 1e9).to_numpy(),
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
