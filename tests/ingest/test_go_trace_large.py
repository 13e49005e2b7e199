"""Traces of any size: one generation at a time, a window without the rest, and a gap between generations."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from trace_repeat import repeated

from schedlab.ingest import go_trace, go_trace_index
from schedlab.ingest.go_trace_parquet import write_tables

FIXTURES = Path(__file__).parents[1] / "fixtures" / "go_trace"
MIXED = gzip.decompress((FIXTURES / "mixed-1.27.3.trace.gz").read_bytes())


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """The same trace five times over, an hour apart, with a generation missing in between."""
    path = tmp_path_factory.mktemp("traces") / "long.trace"
    with open(path, "wb") as file:
        for piece in repeated(MIXED, 5):
            file.write(piece)
    return path


def counts(tables):
    return tables["GOROUTINE_SPANS"]["state"].value_counts().to_dict()


def test_a_repeated_trace_has_each_generation_as_often(long):
    once = go_trace.read("once", MIXED)
    many = go_trace.open_trace(long)
    assert many.facts["generations"] == 5 * once.facts["generations"]
    assert many.facts["events"] == 5 * once.facts["events"]
    assert counts(many.tables) == {state: 5 * n for state, n in counts(once.tables).items()}
    assert many.damage.empty


def test_generations_read_one_by_one_give_the_rows_of_the_whole(long):
    whole = go_trace.open_trace(long)
    pieces = list(go_trace.each_generation(long))
    assert len(pieces) == whole.facts["generations"]
    for name in ("GOROUTINE_SPANS", "PROC_SPANS", "TRACE_RANGES", "TRACE_GOROUTINES", "TRACE_CPU_SAMPLES"):
        assert sum(len(piece.tables[name]) for piece in pieces) == len(whole.tables[name])
    total = sum(piece.tables["GOROUTINE_SPANS"]["duration_s"].sum() for piece in pieces)
    assert total == pytest.approx(whole.tables["GOROUTINE_SPANS"]["duration_s"].sum(), rel=1e-12)


def test_a_window_gives_the_generations_that_touch_it_and_no_others(long):
    index = go_trace_index.index(np.memmap(long, np.uint8, "r"), 26)
    middle = index[len(index) // 2]
    zero = index[0].start_ns
    begin = (middle.start_ns - zero) / 1e9
    found = go_trace.open_trace(long, (begin + 1e-4, begin + 2e-4))
    assert found.tables["GOROUTINE_SPANS"]["start_ns"].min() >= middle.start_ns
    whole = go_trace.read("once", MIXED)
    assert found.facts["events"] == whole.facts["events"] // whole.facts["generations"]


def test_parquet_files_hold_the_same_rows_as_the_tables(long, tmp_path):
    whole = go_trace.open_trace(long).tables
    assert write_tables(long, tmp_path) == len(whole["TRACE_GENERATIONS"])
    for name in ("GOROUTINE_SPANS", "TRACE_RANGES", "TRACE_STACKS", "TRACE_GENERATIONS"):
        kept = pd.read_parquet(tmp_path / f"{name}.parquet")
        assert len(kept) == len(whole[name])
    kept = pd.read_parquet(tmp_path / "GOROUTINE_SPANS.parquet")
    assert kept["state"].value_counts().to_dict() == {k: v for k, v in counts(whole).items() if v}
    assert kept["duration_s"].sum() == pytest.approx(whole["GOROUTINE_SPANS"]["duration_s"].sum(), rel=1e-12)
