"""From the rows of a merge to the tidy tables of a trace."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from schedlab.ingest.go_trace_merge import Reached
from schedlab.ingest.go_trace_rows import Rows
from schedlab.kernels import trace_state as t
from schedlab.kernels.trace_names import N_FRAMES, N_STACKS, N_STRINGS
from schedlab.model import trace_tables as schemas
from schedlab.model.table import Table

STATES = ("undetermined", "runnable", "running", "syscall", "waiting", "not_exist")
KINDS = ("gc cycle", "stop-the-world", "mark assist", "sweep", "region")
_WAKEUP = ("goroutine", "time_ns", "by_goroutine")
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
        schemas.TRACE_WAKEUPS: dict(zip(_WAKEUP, rows.split("wakeups"), strict=True)),
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


#: kinds of columns that come as an array of the right type
_AS_THEY_ARE = ("category", "int", "bool[pyarrow]")


def _frame(schema: Table, columns: dict) -> pd.DataFrame:
    """A frame of the schema that shares the memory of its columns, where types agree."""
    made = {}
    for name, kind, _ in schema.columns:
        values = columns[name]
        if kind not in _AS_THEY_ARE and kind != "str":
            values = np.asarray(values).astype(kind, copy=False)
        made[name] = pd.Series(values, dtype=None if kind in _AS_THEY_ARE else kind, copy=False)
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
        "proc": rows.spans("span_proc"),
        "stack": rows.spans("span_stack"),
        "whole": _all_but(rows.rows("cuts")[:, 0], len(rows.spans("span_state"))),
    }


def _all_but(rows: np.ndarray, n: int) -> pd.arrays.ArrowExtensionArray:
    """n flags of one bit, all set but those of some rows."""
    bits = np.full(-(-n // 8), 255, np.uint8)
    np.bitwise_and.at(bits, rows >> 3, ~(1 << (rows & 7)).astype(np.uint8))
    return pd.arrays.ArrowExtensionArray(pa.Array.from_buffers(pa.bool_(), n, [None, pa.py_buffer(bits)]))


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
    goroutine, begin, duration, created, ended, creator, start, creation = reached.rows.split("lives")
    return {
        "goroutine": goroutine,
        "start_ns": begin,
        "duration_s": duration,
        "created": created.view(bool),
        "ended": ended.view(bool),
        "creator": creator,
        "function": _outermost(reached, start, texts),
        "start_stack": start,
        "creation_stack": creation,
    }


def _outermost(reached: Reached, stacks: np.ndarray, texts: list[str]) -> pd.Categorical:
    """The functions in the outermost frames of stacks, found once for each distinct one."""
    rows = reached.names.stack_rows[: reached.names.used[N_STACKS]]
    functions = np.append(reached.names.frames[rows[:, 0] + rows[:, 1] - 1, 1], -1)
    present = pd.unique(stacks)
    named = _named(functions[present], texts)
    codes = np.zeros(len(functions), named.codes.dtype)
    codes[present] = named.codes
    return _category(codes[stacks], named.categories)


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
