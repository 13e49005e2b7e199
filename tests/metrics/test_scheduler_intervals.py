"""Between two snapshots, counted by hand."""

import pytest

from schedlab.ingest.go_runtime_log import READER
from schedlab.metrics import scheduler_intervals as intervals


def log(*rows: tuple) -> dict:
    text = "".join(
        f"SCHED {ms}ms: gomaxprocs=2 idleprocs={idle} threads=6 spinningthreads=0 needspinning=0"
        f" idlethreads=1 runqueue={queue} [ {a} {b} ] schedticks=[ {s} {t} ]\n"
        for ms, idle, queue, a, b, s, t in rows
    )
    return dict(READER.read("x", text.encode()).tables)


def test_rates_use_the_printed_time_and_survive_the_wrap():
    tables = log((0, 0, 0, 0, 0, 10, 2**32 - 100), (2000, 0, 0, 0, 0, 30, 100))
    assert intervals.tick_rates(tables)["schedtick_per_s"].tolist() == [10.0, 100.0]


def test_starvation_is_frozen_ticks_with_no_idle_proc():
    tables = log(
        (0, 0, 0, 1, 1, 5, 5), (1000, 0, 0, 1, 1, 5, 5), (2000, 1, 0, 1, 1, 5, 5), (3000, 0, 0, 1, 1, 5, 6)
    )
    assert intervals.starved(tables)["snapshot"].tolist() == [1]


def test_queues_counted_by_hand():
    found = intervals.queues(log((0, 0, 1, 4, 0, 1, 1), (1000, 1, 0, 1, 1, 2, 2)))
    assert found["gini"].tolist() == pytest.approx([0.5, 0.0])
    assert found["max_over_mean"].tolist() == [2.0, 1.0]
    assert found["missed_steal"].tolist() == [True, False]
    assert found["saturated"].tolist() == [True, False]
    assert found["idle_with_work"].tolist() == [False, True]
    assert found["threads_beyond_procs"].tolist() == [3, 3]
    assert found["spinning"].tolist() == [0.0, 0.0]


def test_work_is_balanced_where_procs_begin_as_many_slices():
    tables = log((0, 0, 0, 0, 0, 0, 0), (1000, 0, 0, 0, 0, 10, 10), (2000, 0, 0, 0, 0, 30, 10))
    assert intervals.work_balance(tables)["gini"].tolist() == [0.0, 0.5]
