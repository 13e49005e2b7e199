"""The schemas of what an execution trace tells, in instants of the trace's own clock.

`unix_offset_ns` among the facts of a Reading turns those instants into Unix time where the trace knows it.
`whole` tells whether both ends of a row were seen: rows cut by the start or end of the trace are not.
Columns with few different values are categories and columns of numbers (`int`) are as narrow as the trace
allows, because a trace has tens of millions of rows.
"""

from __future__ import annotations

from schedlab.model.table import Table

_START = ("start_ns", "int64", "on the trace's clock")
_WHOLE = ("whole", "bool", "both its start and its end were seen")
_STACK = ("stack", "int32", "row of TRACE_STACKS, -1 where none")

GOROUTINE_SPANS = Table(
    "GOROUTINE_SPANS",
    "one goroutine in one state, in the order in which the states ended",
    (
        ("goroutine", "int", ""),
        ("state", "category", "runnable, running, syscall, waiting"),
        (
            "reason",
            "category",
            "waiting: what for; running: its label; "
            "runnable: create, unblock, preempted, yield, syscall_exit, unknown",
        ),
        _START,
        ("duration_s", "float64", ""),
        ("proc", "int", "where it runs, -1 where it does not; PROC_SPANS has the thread"),
        ("stack", "int", "row of TRACE_STACKS, of what put it into the state; -1 where none"),
        ("whole", "bool[pyarrow]", "both its start and its end were seen; a bit, as nearly all are"),
    ),
)
TRACE_WAKEUPS = Table(
    "TRACE_WAKEUPS",
    "one goroutine that ended the wait of another; who created whom is in TRACE_GOROUTINES",
    (
        ("goroutine", "int", "the one that waited"),
        ("time_ns", "int64", "where its runnable span starts"),
        ("by_goroutine", "int", "the one that let it go on"),
    ),
)
PROC_SPANS = Table(
    "PROC_SPANS",
    "one proc in one state",
    (
        ("proc", "int", ""),
        ("state", "category", "running (system calls included), idle"),
        _START,
        ("duration_s", "float64", ""),
        ("thread", "int", "-1 where none"),
        _WHOLE,
    ),
)
TRACE_RANGES = Table(
    "TRACE_RANGES",
    "one range of time: a collector's cycle, stop-the-world, mark assist, sweep or user region",
    (
        ("kind", "category", "gc cycle, stop-the-world, mark assist, sweep, region"),
        ("detail", "category", "why the world was stopped; the region's name"),
        ("goroutine", "int64", "-1 where none"),
        ("proc", "int32", "-1 where none"),
        ("thread", "int32", "-1 where none"),
        _START,
        ("duration_s", "float64", ""),
        _STACK,
        ("swept_bytes", "int64", "0 except for sweep"),
        ("reclaimed_bytes", "int64", "0 except for sweep"),
        ("task", "int64", "the region's task, -1 where none"),
        _WHOLE,
    ),
)
TRACE_GAUGES = Table(
    "TRACE_GAUGES",
    "one reading of one gauge",
    (
        ("name", "category", "heap live, heap goal, gomaxprocs"),
        ("time_ns", "int64", "on the trace's clock"),
        ("value", "float64", ""),
        ("unit", "category", "bytes, 1"),
    ),
)
TRACE_GOROUTINES = Table(
    "TRACE_GOROUTINES",
    "one goroutine's life within the trace",
    (
        ("goroutine", "int", ""),
        _START,
        ("duration_s", "float64", "until its end, or the end of the trace"),
        ("created", "bool", "its creation was seen"),
        ("ended", "bool", "its end was seen"),
        ("creator", "int", "the goroutine that created it, -1 where unknown"),
        ("function", "category", "the function it began in; empty where unknown"),
        ("start_stack", "int", "row of TRACE_STACKS, -1 where none"),
        ("creation_stack", "int", "row of TRACE_STACKS, -1 where none"),
    ),
)
TRACE_TASKS = Table(
    "TRACE_TASKS",
    "one user task",
    (
        ("task", "int64", ""),
        ("parent", "int64", "0 or -1 where none"),
        ("name", "category", ""),
        _START,
        ("duration_s", "float64", ""),
        ("goroutine", "int64", "which began it, -1 where unknown"),
        _STACK,
        _WHOLE,
    ),
)
TRACE_LOGS = Table(
    "TRACE_LOGS",
    "one user log message",
    (
        ("time_ns", "int64", "on the trace's clock"),
        ("goroutine", "int64", "-1 where none"),
        ("task", "int64", ""),
        ("category", "str", ""),
        ("message", "str", ""),
        _STACK,
    ),
)
TRACE_CPU_SAMPLES = Table(
    "TRACE_CPU_SAMPLES",
    "one CPU profile sample taken while tracing",
    (
        ("time_ns", "int64", "on the trace's clock"),
        ("thread", "int64", "-1 where the format does not say"),
        ("proc", "int64", "-1 where none"),
        ("goroutine", "int64", "0 where none"),
        _STACK,
    ),
)
TRACE_STACKS = Table(
    "TRACE_STACKS",
    "one frame of one distinct stack",
    (
        ("stack", "int32", "the number that the other tables give"),
        ("depth", "int32", "0 is the leaf"),
        ("function", "category", ""),
        ("file", "category", ""),
        ("line", "int32", ""),
    ),
)
TRACE_EVENTS = Table(
    "TRACE_EVENTS",
    "one kind of event",
    (("event", "str", "as Go names it"), ("count", "int64", "")),
)
TRACE_GENERATIONS = Table(
    "TRACE_GENERATIONS",
    "one generation (about a second); a trace of Go 1.21 or earlier is one",
    (
        ("generation", "int64", ""),
        ("offset_bytes", "int64", "where it begins in the file"),
        ("size_bytes", "int64", ""),
        _START,
        ("clock_ns", "int64", "an instant of the trace's clock; 0 where the format gives no wall clock"),
        ("wall_ns", "int64", "the same instant in Unix time; 0 where the format gives none"),
        ("problem", "str", "why it is left out or incomplete; empty where it is whole"),
    ),
)

TRACE_TABLES = (
    GOROUTINE_SPANS,
    TRACE_WAKEUPS,
    PROC_SPANS,
    TRACE_RANGES,
    TRACE_GAUGES,
    TRACE_GOROUTINES,
    TRACE_TASKS,
    TRACE_LOGS,
    TRACE_CPU_SAMPLES,
    TRACE_STACKS,
    TRACE_EVENTS,
    TRACE_GENERATIONS,
)
