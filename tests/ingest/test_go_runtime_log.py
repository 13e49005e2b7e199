"""Scheduler and GC logs: every version, every wrapping, and nothing torn becomes a wrong number."""

import json
import random
import re

import golden_files as golden
import pytest

from schedlab.errors import FormatError
from schedlab.ingest import go_runtime_log

LOGS = {path.name: path.read_text() for path in golden.fixtures("go-runtime-log") if path.suffix == ".log"}
every_log = pytest.mark.parametrize("name", LOGS)
DETAIL = LOGS["go1.21.13-detail1.log"]
SUMMARY = LOGS["go1.21.13-detail0.log"]
APP = "2024/05/01 12:00:00 [INFO] worker=9 queue=3 status=200\n"
SCHED = ("SCHED_SNAPSHOTS", "SCHED_PROCS", "SCHED_THREADS", "SCHED_GOROUTINES", "GC_CYCLES")


def read(text: str):
    return go_runtime_log.READER.read("x.log", text.encode())


def values(found, *without: str) -> dict[str, list[tuple]]:
    """The rows of every table; where they stood in the file may differ."""
    dropped = {"line", "wall_ns", *without}
    frames = {name: found.tables[name] for name in SCHED}
    kept = {name: [c for c in frame if c not in dropped] for name, frame in frames.items()}
    return {
        name: list(frame[kept[name]].itertuples(index=False, name=None)) for name, frame in frames.items()
    }


def kinds(found) -> dict[str, int]:
    return dict(zip(found.damage["kind"], found.damage["count"], strict=True))


# Against an independent count: what grep would say.


@every_log
def test_every_record_of_a_clean_log_is_a_row(name):
    text, found = LOGS[name], read(LOGS[name])
    for table, pattern in (
        ("SCHED_SNAPSHOTS", r"^SCHED "),
        ("SCHED_THREADS", r"^  M\d"),
        ("SCHED_GOROUTINES", r"^  G\d"),
        ("GC_CYCLES", r"^gc \d"),
    ):
        assert len(found.tables[table]) == len(re.findall(pattern, text, re.M)), table
    procs = sum(int(n) for n in re.findall(r"gomaxprocs=(\d+)", text))
    assert len(found.tables["SCHED_PROCS"]) == procs
    assert found.damage.empty
    assert not found.tables["SCHED_SNAPSHOTS"]["damaged"].any()


@every_log
def test_runnable_goroutines_are_near_the_queues(name):
    """A law of the scheduler: status 1 = global + local queues + runnext and goroutines in transit."""
    tables = read(LOGS[name]).tables
    snapshots = tables["SCHED_SNAPSHOTS"]
    if not snapshots["detail"].all():
        pytest.skip("no goroutine lines")
    runnable = tables["SCHED_GOROUTINES"].query("status == 1").groupby("snapshot").size()
    slack = runnable.reindex(snapshots["snapshot"], fill_value=0).to_numpy()
    slack = slack - snapshots["runqueue"] - snapshots["local_runqueue"]
    assert slack.between(-1, 2 * snapshots["gomaxprocs"] + 1).all()


def test_a_snapshot_counted_by_hand():
    tables = read(
        "SCHED 500ms: gomaxprocs=2 idleprocs=1 threads=5 spinningthreads=1 needspinning=0 idlethreads=2"
        " runqueue=3 gcwaiting=true nmidlelocked=1 stopwait=0 sysmonwait=false\n"
        "  P0: status=1 schedtick=18 syscalltick=7 m=0 runqsize=4 gfreecnt=1 timerslen=5\n"
        "  P1: status=0 schedtick=19 syscalltick=0 m=nil runqsize=0 gfreecnt=0 timerslen=0\n"
        + "".join(
            f"  M{m}: p=nil curg=nil mallocing=0 throwing=0 preemptoff= locks=1 dying=0 spinning=false"
            " blocked=true lockedg=nil\n"
            for m in range(4, 0, -1)
        )
        + "  M0: p=0 curg=7 mallocing=1 throwing=0 preemptoff=GC worker init locks=2 dying=0 spinning=true"
        " blocked=false lockedg=1\n"
        "  G1: status=4101(chan receive (nil chan)) m=nil lockedm=0\n"
        "  G7: status=2(sleep) m=0 lockedm=nil\n"
    ).tables
    snapshot = tables["SCHED_SNAPSHOTS"].iloc[0]
    assert snapshot[["gomaxprocs", "idleprocs", "threads", "idlethreads", "runqueue"]].tolist() == [
        2,
        1,
        5,
        2,
        3,
    ]
    assert snapshot[["local_runqueue", "gcwaiting", "nmidlelocked", "sysmonwait"]].tolist() == [4, 1, 1, 0]
    assert (snapshot["since_first_s"], snapshot["damaged"]) == (0.5, False)
    assert tables["SCHED_PROCS"]["thread"].tolist() == [0, -1]
    running = tables["SCHED_THREADS"].iloc[-1]
    assert running[["proc", "goroutine", "locked_goroutine"]].tolist() == [0, 7, 1]
    assert (running["preemptoff"], running["spinning"], running["blocked"]) == ("GC worker init", True, False)
    goroutines = tables["SCHED_GOROUTINES"]
    assert goroutines["status"].tolist() == [5, 2]
    assert goroutines["scan"].tolist() == [True, False]
    assert goroutines["reason"].tolist() == ["chan receive (nil chan)", "sleep"]


# The versions that no wheel carries: their print statements as reference sources give them.

HISTORY = {
    "1.2 summary": "SCHED 1009ms: gomaxprocs=2 idleprocs=0 threads=3 idlethreads=1 runqueue=5 [1 2]\n",
    "1.2 detail": (
        "SCHED 9ms: gomaxprocs=1 idleprocs=0 threads=1 idlethreads=0 runqueue=5 gcwaiting=0 nmidlelocked=0"
        " nmspinning=1 stopwait=0 sysmonwait=0\n"
        "  P0: status=1 schedtick=3 syscalltick=4 m=0 runqsize=2/128 gfreecnt=0\n"
        "  M0: p=0 curg=1 mallocing=0 throwing=0 gcing=0 locks=1 dying=0 helpgc=0 spinning=0 lockedg=-1\n"
        "  G1: status=2() m=0 lockedm=-1\n"
    ),
    "1.5 detail": (
        "SCHED 9ms: gomaxprocs=1 idleprocs=0 threads=1 spinningthreads=0 idlethreads=0 runqueue=5 gcwaiting=0"
        " nmidlelocked=0 stopwait=0 sysmonwait=0\n"
        "  P0: status=1 schedtick=3 syscalltick=4 m=0 runqsize=2 gfreecnt=0\n"
        "  M0: p=0 curg=1 mallocing=0 throwing=0 preemptoff= locks=1 dying=0 helpgc=0 spinning=false"
        " blocked=false lockedg=-1\n"
        "  G1: status=2(stack growth) m=0 lockedm=-1\n"
    ),
    "1.19 summary": (
        "SCHED 9ms: gomaxprocs=2 idleprocs=0 threads=3 spinningthreads=0 idlethreads=1 runqueue=5 [1 2]\n"
    ),
    "1.27 summary": (
        "SCHED 9ms: gomaxprocs=2 idleprocs=0 threads=3 spinningthreads=0 needspinning=1 idlethreads=1"
        " runqueue=5 [ 1 2 ] schedticks=[ 77 88 ]\n"
    ),
}


@pytest.mark.parametrize("version", HISTORY)
def test_every_layout_since_go_1_2_is_read(version):
    found = read(HISTORY[version])
    snapshot = found.tables["SCHED_SNAPSHOTS"].iloc[0]
    assert found.damage.empty and not snapshot["damaged"]
    assert snapshot["runqueue"] == 5
    assert snapshot["local_runqueue"] == (3 if "summary" in version else 2)
    assert (snapshot["spinningthreads"] == -1) == version.startswith("1.2 ")
    assert (snapshot["needspinning"] == -1) == (not version.startswith("1.27"))
    assert found.tables["SCHED_PROCS"]["schedtick"].tolist()[0] == {"1.27": 77}.get(
        version.split()[0], -1 if "summary" in version else 3
    )


GC_FORMS = {
    "gc 27 @1.647s 8%: 0.11+59+1.5 ms clock, 0.22+0/1.0/0+3.0 ms cpu, 142->303->223 MB, 190 MB goal, "
    "0 MB stacks, 0 MB globals, 4 P (forced)\n": (
        27,
        1.647,
        0.08,
        0.11e-3,
        59e-3,
        1.5e-3,
        303 << 20,
        4,
        True,
    ),
    "gc 7 @0.5s 1%: 0.1+2+0.3 ms clock, 0.2+0.5/1/0.25+0.6 ms cpu, 0->0->0 MB, 8532210231538 MB goal, "
    "0 MB stacks, 0 MB globals, 2 P\n": (7, 0.5, 0.01, 0.1e-3, 2e-3, 0.3e-3, 0, 2, False),
    "gc 1 @0.01s 2%: 0.1+2+0.3 ms clock, 0.2+0.5/1/0.25+0.6 ms cpu, 4->4->1 MB, 5 MB goal, 2 P\n": (
        *(1, 0.01, 0.02, 0.1e-3, 2e-3, 0.3e-3, 4 << 20, 2, False),
    ),
    "gc #3 @0.5s 2%: 0.1+1+0.5+2+0.3 ms clock, 0.2+1+0.5+0.5/1/0.25+0.6 ms cpu, "
    "4->4->1 MB, 5 MB goal, 2 P\n": (*(3, 0.5, 0.02, 0.1e-3, 3.5e-3, 0.3e-3, 4 << 20, 2, False),),
    "gc 9 @2s 1% (checking for goroutine leaks): 0.1+2+0.3 ms clock, 0.2+0/1/0+0.6 ms cpu, 4->5->1 MB, "
    "5 MB goal, 1 MB stacks, 0 MB globals, 8 P\n": (9, 2.0, 0.01, 0.1e-3, 2e-3, 0.3e-3, 5 << 20, 8, False),
}


@pytest.mark.parametrize("line", GC_FORMS)
def test_every_gctrace_since_go_1_5_is_read(line):
    row = read(line).tables["GC_CYCLES"].iloc[0]
    names = ("gc", "since_start_s", "gc_cpu_share", "sweep_term_s", "mark_s", "mark_term_s", "heap_end_bytes")
    found = [row[name] for name in (*names, "procs", "forced")]
    assert found == pytest.approx(list(GC_FORMS[line]))


def test_a_collector_that_is_switched_off_has_a_goal_near_the_largest_int64():
    line = next(line for line in GC_FORMS if "8532210231538" in line)
    assert read(line).tables["GC_CYCLES"]["goal_bytes"].tolist() == [8532210231538 << 20]


def test_forced_scavenger_and_init_lines_are_kept_apart():
    found = read(
        SUMMARY + "GC forced\nscvg0: inuse: 0, idle: 959, sys: 959, released: 447, consumed: 512 (MB)\n"
        "scav 3 KiB work (bg), 5 KiB work (eager), 7 KiB now, 95% util\n"
        "init net @0.43 ms, 0.006 ms clock, 1768 bytes, 23 allocs\n"
    )
    gauges = found.tables["GAUGES"].set_index("name")["value"]
    assert gauges["scavtrace/work_eager"] == 5 * 1024
    assert gauges["inittrace/net/allocated"] == 1768
    assert (found.facts["forced_collections"], found.facts["scvg_lines"]) == (1, 1)


def test_an_unknown_wait_reason_passes():
    reason = "an (unheard of) reason"
    text = DETAIL.replace("chan receive", reason)
    assert reason in read(text).tables["SCHED_GOROUTINES"]["reason"].tolist()


# Wrappings: the same tables whatever carried the lines.


def docker(text):
    lines = text.splitlines(keepends=True)
    entry = {"stream": "stderr", "time": "2024-05-01T12:00:00.000000001Z"}
    pieces = [piece for line in lines for piece in re.findall(r".{1,40}\n?|\n", line, re.S)]
    return "".join(json.dumps({"log": piece, **entry}) + "\n" for piece in pieces)


def cri(text):
    stamp = "2024-05-01T12:00:00.000000001Z stderr"
    return "".join(
        f"{stamp} P {line[:30]}\n{stamp} F {line[30:]}\n" if len(line) > 60 else f"{stamp} F {line}\n"
        for line in text.splitlines()
    )


def prefixed(prefix):
    return lambda text: "".join(f"{prefix}{line}" for line in text.splitlines(keepends=True))


def zap(text):
    return "".join(
        json.dumps({"level": "info", "ts": 1714564800.5, "msg": line}) + "\n" for line in text.splitlines()
    )


WRAPPINGS = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "colour": lambda text: "".join(f"\x1b[31m{line}\x1b[0m\n" for line in text.splitlines()),
    "trimmed": lambda text: re.sub(r"^ +", "", text, flags=re.M),
    "tabs": lambda text: re.sub(r"^  ", "\t", text, flags=re.M),
    "commented": prefixed("// "),
    "our harness": prefixed("1714564800000000001 "),
    "docker": docker,
    "CRI": cri,
    "compose": prefixed("svc-1  | "),
    "kubectl": prefixed("[pod/web-7d9/app] "),
    "kubectl with times": prefixed("[pod/web-7d9/app] 2024-05-01T12:00:00.000000001Z "),
    "docker logs -t": prefixed("2024-05-01T12:00:00.000000001Z "),
    "journald": prefixed("May 01 12:00:00 host web[123]: "),
    "journald iso": prefixed("2024-05-01T12:00:00.000000001+0000 host web[123]: "),
    "zap": zap,
    "docker and CRLF": lambda text: docker(text.replace("\n", "\r\n")),
}
NO_CLOCK = {"CRLF", "colour", "trimmed", "tabs", "commented", "compose", "kubectl", "journald"}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("text", [SUMMARY, DETAIL], ids=["summary", "detail"])
def test_a_wrapping_changes_nothing(wrapping, text):
    found = read(WRAPPINGS[wrapping](text))
    assert values(found) == values(read(text))
    assert found.damage.empty
    wall = found.tables["SCHED_SNAPSHOTS"]["wall_ns"]
    clock = 0 if wrapping in NO_CLOCK else 1714564800_500000000 if wrapping == "zap" else 1714564800_000000001
    assert wall.tolist() in (
        [clock] * len(wall),
        [1714564800_000000000 if wrapping == "zap" else clock] * len(wall),
    )


def test_streams_that_a_wrapper_names_are_told_apart():
    lines = [
        f"{pod} | {line}\n"
        for both in zip(DETAIL.splitlines(), DETAIL.splitlines(), strict=True)
        for pod, line in zip("ab", both, strict=True)
    ]
    found = read("".join(lines))
    clean = values(read(DETAIL), "snapshot", "process")
    mixed = values(found, "snapshot", "process")
    assert found.facts["processes"] == 2
    assert {k: sorted(v) for k, v in mixed.items()} == {k: sorted(v + v) for k, v in clean.items()}
    assert found.damage.empty


# Tearing: another write between two operands of a record.


def operands(line: str) -> list[str]:
    """A record as the runtime writes it, one operand after the other."""
    return re.findall(r"\d+|nil|true|false|\n|[^\d\n]+?(?=\d|nil|true|false|\n)", line)


def torn(text: str, rng: random.Random, share: float, app: str = APP) -> tuple[str, int]:
    """The log with application lines written between operands of some records, and how many were torn."""
    pieces, count = [], 0
    for line in text.splitlines(keepends=True):
        parts = operands(line)
        assert "".join(parts) == line
        if len(parts) > 8 and rng.random() < share and not line.startswith("gc"):
            parts.insert(rng.randrange(4, len(parts)), app)
            count += 1
        pieces += parts
    return "".join(pieces), count


@every_log
@pytest.mark.parametrize("share", [0.1, 0.6])
def test_a_torn_record_is_rejoined_exactly(name, share):
    text, count = torn(LOGS[name], random.Random(20240131), share)
    found = read(text)
    assert values(found) == values(read(LOGS[name]))
    assert found.facts["rejoined_records"] == count
    assert found.damage.empty


@pytest.mark.parametrize(
    "app", ["12 items in 3 ms\n", "9\n", "  P7: of nothing\n", "threads=6 left\n", "x" * 100_000 + "\n"]
)
@every_log
def test_tearing_never_makes_a_wrong_number(name, app):
    """Rows are either the true ones, or belong to a snapshot that is marked as damaged."""
    true = read(LOGS[name]).tables
    for seed in range(3):
        text, _ = torn(LOGS[name], random.Random(seed), 0.2, app)
        found = read(text).tables
        snapshots = found["SCHED_SNAPSHOTS"]
        good = snapshots[~snapshots["damaged"]]
        wanted = true["SCHED_SNAPSHOTS"].set_index("since_first_s")
        for _, row in good.iterrows():
            same = wanted.loc[row["since_first_s"]]
            for column in ("gomaxprocs", "idleprocs", "threads", "idlethreads", "runqueue", "local_runqueue"):
                assert row[column] == same[column], (column, row["since_first_s"], seed)
        assert snapshots["damaged"].sum() + len(good) == len(true["SCHED_SNAPSHOTS"])


def test_digits_never_glue_to_a_date():
    line = (
        "SCHED 28ms: gomaxprocs=32 idleprocs=31|threads=6 spinningthreads=0 needspinning=0 idlethreads=3"
        f" runqueue=0 [{' '.join(['0'] * 32)}]\n"
    )
    found = read(line.replace("|", APP + " "))
    snapshot = found.tables["SCHED_SNAPSHOTS"].iloc[0]
    assert (snapshot["idleprocs"], snapshot["threads"], snapshot["damaged"]) == (31, 6, False)
    assert found.facts["other_lines"] == 1
    torn, whole = line.replace("|", "12 items\n "), line.replace("|", " ").replace("28ms", "1028ms")
    found = read(torn + whole)
    assert found.tables["SCHED_SNAPSHOTS"]["damaged"].tolist() == [True, False]
    assert kinds(found)["torn record"] == 1


def test_a_header_after_other_text_on_its_line_is_found():
    found = read(SUMMARY.replace("SCHED 0ms", "123...567...SCHED 0ms"))
    assert values(found) == values(read(SUMMARY))


def test_a_wrapped_header_is_rejoined():
    found = read(SUMMARY.replace(" idlethreads", "\nidlethreads", 1))
    assert values(found) == values(read(SUMMARY))
    found = read(SUMMARY.replace(" idlethreads", "\n idlethreads", 1))
    assert values(found) == values(read(SUMMARY))


# Several processes, restarts, cut ends, edited lines.


def test_a_restart_is_a_new_process():
    found = read(SUMMARY + SUMMARY)
    once = len(read(SUMMARY).tables["SCHED_SNAPSHOTS"])
    assert found.tables["SCHED_SNAPSHOTS"]["process"].tolist() == [0] * once + [1] * once
    gc = found.tables["GC_CYCLES"]
    assert gc["process"].tolist() == [0] * (len(gc) // 2) + [1] * (len(gc) // 2)


def summary_line(ms: int, procs: int, queue: int) -> str:
    return (
        f"SCHED {ms}ms: gomaxprocs={procs} idleprocs=0 threads=9 spinningthreads=0 needspinning=0"
        f" idlethreads=1 runqueue={queue} [{' '.join(['1'] * procs)}]\n"
    )


@pytest.mark.parametrize("procs", [(2, 2), (2, 4)])
def test_processes_side_by_side_are_told_apart_by_their_clocks(procs):
    times = sorted(
        (t * 1000 + shift + (t > 0) * t, t, p) for p, shift in ((0, 0), (1, 350)) for t in range(8)
    )
    text = "".join(summary_line(t * 1003, procs[p], 100 + p) for _, t, p in times)
    snapshots = read(text).tables["SCHED_SNAPSHOTS"]
    assert snapshots["process"].nunique() == 2
    assert snapshots.groupby("process")["runqueue"].nunique().tolist() == [1, 1]


def ticked(ms: int, ticks: int, queue: int, threads: int = 9) -> str:
    line = summary_line(ms, 2, queue).replace("threads=9", f"threads={threads}", 1)
    return f"{line[:-1]} schedticks=[ {ticks} {ticks + 1} ]\n"


def test_ticks_that_fall_show_a_restart_whose_first_print_is_missing():
    text = "".join(ticked(ms, 100 + ms, 1) for ms in (0, 1000, 2000))
    text += "".join(ticked(ms, ms // 100, 2) for ms in (3000, 4000, 5000))
    assert read(text).tables["SCHED_SNAPSHOTS"]["process"].tolist() == [0, 0, 0, 1, 1, 1]


def test_ticks_tell_processes_apart_that_print_at_the_same_time():
    prints = [(ms, p) for ms in range(0, 8000, 1000) for p in ((0, 1) if ms % 3000 else (1, 0))]
    text = "".join(ticked(ms, 5000 * p + 10 * (ms // 1000), 100 + p) for ms, p in prints)
    snapshots = read(text).tables["SCHED_SNAPSHOTS"]
    assert snapshots.groupby("process")["runqueue"].nunique().tolist() == [1, 1]


def test_threads_tell_processes_apart_where_no_ticks_are_printed():
    prints = [(ms, p) for ms in range(0, 8000, 1000) for p in ((0, 1) if ms % 3000 else (1, 0))]
    text = "".join(
        summary_line(ms, 2, 100 + p).replace("threads=9", f"threads={9 + 40 * p}", 1) for ms, p in prints
    )
    snapshots = read(text).tables["SCHED_SNAPSHOTS"]
    assert snapshots.groupby("process")["runqueue"].nunique().tolist() == [1, 1]


def test_collections_of_processes_side_by_side_go_on_each_count():
    gc = "gc {} @{}s 2%: 0.1+2+0.3 ms clock, 0.2+0.5/1/0.25+0.6 ms cpu, 4->4->{} MB, 5 MB goal, 2 P\n"
    text = "".join(
        ticked(ms, 5000 * p + ms, 100 + p) + gc.format(1 + ms // 1000 + 20 * p, ms / 1000, 1 + p)
        for ms in range(0, 5000, 1000)
        for p in (0, 1)
    )
    found = read(text).tables["GC_CYCLES"]
    assert found.groupby("process")["heap_live_bytes"].nunique().tolist() == [1, 1]


def test_a_cut_head_is_counted_and_starts_no_snapshot():
    lines = DETAIL.splitlines(keepends=True)
    found = read("".join(lines[5:]))
    assert kinds(found)["thread line without its SCHED line"] >= 1
    assert len(found.tables["SCHED_SNAPSHOTS"]) == len(read(DETAIL).tables["SCHED_SNAPSHOTS"]) - 1


@pytest.mark.parametrize("name", ["go1.21.13-detail1.log", "go1.27.3-detail1.log"])
def test_a_dump_cut_anywhere_is_marked(name):
    """Cut at any line of the last dump, the dump is damaged; the ones before it are whole."""
    text = LOGS[name]
    text = text[: text.rindex("lockedm=nil\n") + 12]
    dumps = [m.start() for m in re.finditer("^SCHED", text, re.M)]
    for cut in range(dumps[-1] + 40, len(text) - 3, 41):
        snapshots = read(text[:cut]).tables["SCHED_SNAPSHOTS"]
        assert snapshots["damaged"].tolist()[: len(dumps) - 1] == [False] * (len(dumps) - 1)
        assert snapshots["damaged"].tolist()[len(dumps) - 1 :] == [True], text[cut - 60 : cut]


def test_elided_lines_are_counted():
    text = DETAIL.replace("  G1:", "  ...\n  G1:", 1)
    found = read(text)
    assert kinds(found) == {"elided lines": 1}
    assert found.tables["SCHED_SNAPSHOTS"]["damaged"].tolist() == [True, False, False]


@pytest.mark.parametrize("wrong", ["gomaxprocs=1", "idleprocs=9", "idlethreads=77", "spinningthreads=9"])
def test_impossible_numbers_are_kept_and_marked(wrong):
    found = read(re.sub(wrong.split("=")[0] + r"=\d+", wrong, SUMMARY, count=1))
    assert found.tables["SCHED_SNAPSHOTS"]["damaged"].sum() == 1
    assert kinds(found) == {"impossible numbers": 1}


@pytest.mark.parametrize(
    "line",
    [
        "gc 5 @0.1s 2%: 0.1+2+0.3 ms clock, 5+5/21/1 ms cpu, 4->4->1 MB, 5 MB goal, 2 P\n",
        "SCHED 9ms: gomaxprocs=2 tickset=42 lrq=15\n",
        "  P0: status=1 schedtick=3 lrq=15\n",
    ],
)
def test_invented_lines_are_counted_and_not_read(line):
    found = read(SUMMARY + line + SUMMARY)
    assert sum(kinds(found).values()) == 1
    assert len(found.tables["GC_CYCLES"]) == 2 * len(read(SUMMARY).tables["GC_CYCLES"])


def test_text_without_any_record_is_refused():
    with pytest.raises(FormatError, match=r"x\.log: holds no scheduler or GC record"):
        read("nothing here\n")
    with pytest.raises(FormatError, match=r"x\.log:1: .*cut line"):
        read("SCHED 0ms: gomaxp")


def test_panics_are_noted():
    found = read(SUMMARY + "panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n")
    assert found.facts["panic_lines"] == [SUMMARY.count("\n") + 1]
