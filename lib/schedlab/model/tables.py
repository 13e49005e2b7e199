"""The schemas of the tidy tables: one row is one observation, in base units.

Instants are int64 nanoseconds since the Unix epoch (`_ns`; 0 where the source gives none), durations
float64 seconds (`_s`), sizes int64 bytes (`_bytes`). To add a table: write it here and list it in TABLES.
"""

from __future__ import annotations

from schedlab.errors import UnknownName
from schedlab.model.table import Table
from schedlab.model.trace_tables import TRACE_TABLES

REQUESTS = Table(
    "REQUESTS",
    "one request",
    (
        ("intended_ns", "int64", "when the schedule wanted it sent; equal to sent_ns for closed loops"),
        ("sent_ns", "int64", "when it was sent"),
        ("end_ns", "int64", "when its answer was complete or given up"),
        ("latency_s", "float64", "from the intended start to the end"),
        ("service_s", "float64", "from the actual send to the end"),
        ("status", "int32", "the protocol's status; 0 where there was no answer"),
        ("ok", "bool", "whether it counts as a success"),
        ("endpoint", "str", "name of the endpoint or operation; empty where there is only one"),
    ),
)
LATENCY_BINS = Table(
    "LATENCY_BINS",
    "one bin of a latency histogram",
    (
        ("endpoint", "str", "empty where there is only one"),
        (
            "kind",
            "str",
            "as measured; corrected for coordinated omission, by the tool or by us; service time",
        ),
        ("lo_s", "float64", "lower bound, inclusive"),
        ("hi_s", "float64", "upper bound, exclusive"),
        ("count", "float64", "requests in the bin"),
    ),
)
LATENCY_QUANTILES = Table(
    "LATENCY_QUANTILES",
    "one quantile as a tool printed it",
    (
        ("endpoint", "str", "empty where there is only one"),
        ("kind", "str", "as in LATENCY_BINS"),
        ("q", "float64", "in [0, 1]"),
        ("value_s", "float64", "the printed value"),
        ("resolution_s", "float64", "the smallest step that the print can show at this value"),
    ),
)
LOAD_SERIES = Table(
    "LOAD_SERIES",
    "one interval of a load test",
    (
        ("start_ns", "int64", ""),
        ("duration_s", "float64", ""),
        ("endpoint", "str", "empty for the total"),
        ("requests", "float64", ""),
        ("errors", "float64", ""),
        ("users", "float64", "NaN where the tool has none"),
    ),
)
SCHED_SNAPSHOTS = Table(
    "SCHED_SNAPSHOTS",
    "one SCHED line",
    (
        ("snapshot", "int64", "number of the snapshot in its stream"),
        ("process", "int64", "number of the process in its stream, from 0"),
        ("line", "int64", "line number in the file"),
        ("wall_ns", "int64", "wall clock where a prefix gives it"),
        ("since_first_s", "float64", "the printed ms: time since the first print, not since process start"),
        ("gomaxprocs", "int64", ""),
        ("idleprocs", "int64", ""),
        ("threads", "int64", ""),
        ("spinningthreads", "int64", "-1 before Go 1.4"),
        ("needspinning", "int64", "-1 before Go 1.20"),
        ("idlethreads", "int64", ""),
        ("runqueue", "int64", "length of the global run queue"),
        ("local_runqueue", "int64", "sum of the local run queues, runnext excluded; -1 where not printed"),
        ("gcwaiting", "int64", "-1 where not printed (scheddetail=0)"),
        ("nmidlelocked", "int64", "-1 where not printed"),
        ("stopwait", "int64", "-1 where not printed"),
        ("sysmonwait", "int64", "-1 where not printed"),
        ("detail", "bool", "whether P, M and G lines follow"),
        ("damaged", "bool", "doubtful: left out of statistics; exactly rejoined lines are not"),
    ),
)
SCHED_PROCS = Table(
    "SCHED_PROCS",
    "one proc in one snapshot",
    (
        ("snapshot", "int64", ""),
        ("proc", "int64", ""),
        ("status", "int64", "0 idle, 1 running, 2 syscall, 3 gcstop; -1 where not printed"),
        ("schedtick", "int64", "-1 where not printed; wraps at 2^32"),
        ("syscalltick", "int64", "-1 where not printed"),
        ("thread", "int64", "-1 for nil or not printed"),
        ("runqsize", "int64", "local run queue, runnext excluded"),
        ("gfreecnt", "int64", "-1 where not printed"),
        ("timerslen", "int64", "-1 where not printed"),
    ),
)
SCHED_THREADS = Table(
    "SCHED_THREADS",
    "one thread in one snapshot",
    (
        ("snapshot", "int64", ""),
        ("thread", "int64", ""),
        ("proc", "int64", "-1 for nil"),
        ("goroutine", "int64", "curg; -1 for nil"),
        ("mallocing", "int64", ""),
        ("throwing", "int64", ""),
        ("preemptoff", "category", ""),
        ("locks", "int64", "scale differs between Go versions; do not interpret"),
        ("dying", "int64", ""),
        ("spinning", "bool", ""),
        ("blocked", "bool", ""),
        ("locked_goroutine", "int64", "-1 for nil"),
    ),
)
SCHED_GOROUTINES = Table(
    "SCHED_GOROUTINES",
    "one goroutine descriptor in one snapshot (dead ones never disappear)",
    (
        ("snapshot", "int64", ""),
        ("goroutine", "int64", ""),
        (
            "status",
            "int64",
            "GC scan bit removed: 0 idle 1 runnable 2 running 3 syscall 4 waiting 6 dead ...",
        ),
        ("scan", "bool", "the GC scan bit 0x1000"),
        ("reason", "category", "wait reason; meaningful only for status 4"),
        ("thread", "int64", "-1 for nil"),
        ("locked_thread", "int64", "-1 for nil"),
    ),
)
GC_CYCLES = Table(
    "GC_CYCLES",
    "one gctrace line",
    (
        ("gc", "int64", "number of the cycle"),
        ("process", "int64", "number of the process in its stream, from 0"),
        ("line", "int64", ""),
        ("wall_ns", "int64", "wall clock where a prefix gives it"),
        ("since_start_s", "float64", "the printed @: since runtime start"),
        ("gc_cpu_share", "float64", "share of CPU since program start, printed as whole percent"),
        ("sweep_term_s", "float64", "stop-the-world sweep termination, wall"),
        ("mark_s", "float64", "concurrent mark, wall"),
        ("mark_term_s", "float64", "stop-the-world mark termination, wall"),
        ("sweep_term_cpu_s", "float64", ""),
        ("assist_cpu_s", "float64", ""),
        ("background_cpu_s", "float64", ""),
        ("idle_cpu_s", "float64", ""),
        ("mark_term_cpu_s", "float64", ""),
        ("heap_start_bytes", "int64", "printed as whole MiB"),
        ("heap_end_bytes", "int64", ""),
        ("heap_live_bytes", "int64", ""),
        ("goal_bytes", "int64", ""),
        ("procs", "int64", ""),
        ("forced", "bool", ""),
    ),
)
STACK_SAMPLES = Table(
    "STACK_SAMPLES",
    "one value of one distinct stack",
    (
        ("sample", "int64", ""),
        ("kind", "str", "samples, cpu, contentions, delay, ..."),
        ("unit", "str", "count, nanoseconds, bytes as the profile says"),
        ("value", "int64", ""),
        ("depth", "int64", "logical frames in the stack"),
    ),
)
FRAMES = Table(
    "FRAMES",
    "one logical frame of one distinct stack",
    (
        ("sample", "int64", ""),
        ("depth", "int64", "0 is the leaf"),
        ("function", "str", ""),
        ("file", "str", ""),
        ("line", "int64", ""),
        ("inlined", "bool", "inlined into the frame above it"),
    ),
)
GOROUTINES = Table(
    "GOROUTINES",
    "one goroutine of one stack dump",
    (
        ("dump", "int64", "number of the dump in the file"),
        ("line", "int64", "line number in the file"),
        ("goroutine", "int64", "0 is a thread's own stack"),
        ("state", "str", "running, runnable, syscall, waiting, ... as Go names it"),
        ("reason", "str", "what it waits for, in Go's words; empty where it does not wait"),
        ("waited_s", "float64", "printed in whole minutes; 0 below one minute"),
        ("thread", "int64", "-1 where none or not printed"),
        ("thread_locked", "bool", "whether it is locked to its thread"),
        ("leaked", "bool", "Go found that nothing can wake it (1.26 and later)"),
        ("scan", "bool", "the collector was scanning its stack"),
        ("bubble", "int64", "synctest bubble; -1 for none"),
        ("labels", "str", "profiler labels as printed (GODEBUG tracebacklabels); empty for none"),
        ("sample", "int64", "its stack, as FRAMES numbers it"),
        ("depth", "int64", "logical frames printed"),
        ("elided", "int64", "frames left out of the middle; 1 where the number is not printed"),
        ("created_by", "str", "the function with the go statement; empty for the main goroutine"),
        ("creator", "int64", "the goroutine that created it; -1 where not printed (before Go 1.21)"),
    ),
)
GAUGES = Table(
    "GAUGES",
    "one reading of one gauge",
    (
        ("wall_ns", "int64", "0 where the source has no clock"),
        ("name", "str", "as the source names it, e.g. /sched/goroutines:goroutines"),
        ("value", "float64", ""),
        ("unit", "str", ""),
    ),
)
GAUGE_BINS = Table(
    "GAUGE_BINS",
    "one filled bin of a gauge that is a histogram",
    (
        ("wall_ns", "int64", "0 where the source has no clock"),
        ("name", "str", "as the source names it, e.g. /sched/latencies:seconds"),
        ("lo", "float64", "lower bound, inclusive; -inf where open"),
        ("hi", "float64", "upper bound, exclusive; inf where open"),
        ("count", "float64", "cumulative since process start for runtime/metrics"),
        ("unit", "str", ""),
    ),
)

TABLES = (
    REQUESTS,
    LATENCY_BINS,
    LATENCY_QUANTILES,
    LOAD_SERIES,
    SCHED_SNAPSHOTS,
    SCHED_PROCS,
    SCHED_THREADS,
    SCHED_GOROUTINES,
    GC_CYCLES,
    STACK_SAMPLES,
    FRAMES,
    GOROUTINES,
    GAUGES,
    GAUGE_BINS,
    *TRACE_TABLES,
)


def table(name: str) -> Table:
    """The schema of that name."""
    for candidate in TABLES:
        if candidate.name == name:
            return candidate
    raise UnknownName("table", name, [t.name for t in TABLES])
