"""A damaged trace is read as far as it goes or refused in one sentence; it never breaks the reader."""

import gzip
import random
from pathlib import Path

import pytest

from schedlab.errors import FormatError
from schedlab.ingest import go_trace

FIXTURES = Path(__file__).parents[1] / "fixtures" / "go_trace"


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("mixed-*.gz")), ids=lambda p: p.name)
@pytest.mark.parametrize("errors", [0, 1, 50])
def test_cut_or_changed_bytes_end_in_tables_or_in_a_format_error(path, errors):
    """Seeded: 0 errors means a cut at a random place, else that many random bytes are changed."""
    whole = gzip.decompress(path.read_bytes())
    source = random.Random(f"{path.name} {errors}")
    for _ in range(6):
        data = bytearray(whole if errors else whole[: source.randrange(17, len(whole))])
        for _ in range(errors):
            data[source.randrange(16, len(data))] = source.randrange(256)
        try:
            assert go_trace.read(str(path), bytes(data)).tables
        except FormatError as error:
            assert str(error).startswith(str(path))


def test_a_trace_of_the_old_format_cut_among_its_stacks_keeps_all_events_and_says_so():
    whole = gzip.decompress((FIXTURES / "mixed-1.21.13.trace.gz").read_bytes())
    cut, all_of_it = (go_trace.read("x", data) for data in (whole[: len(whole) * 3 // 4], whole))
    assert cut.facts["events"] == all_of_it.facts["events"]
    assert len(cut.tables["TRACE_STACKS"]) < len(all_of_it.tables["TRACE_STACKS"])
    assert "the file was cut among its stacks" in cut.warnings[0]
    assert cut.damage["kind"].tolist() == ["trace cut"]


def varint(value):
    low = [value >> shift & 127 for shift in range(0, max(value.bit_length(), 1), 7)]
    return bytes([*(n | 128 for n in low[:-1]), low[-1]])


def with_clock(frequency=10**9, ticks=5, monotonic=5, seconds=1_700_000_000, nanoseconds=0, time=5):
    """A trace of one generation with nothing in it but its clock."""
    snapshot = b"".join(map(varint, (ticks, monotonic, seconds, nanoseconds)))
    body = b"\x32\x08" + varint(frequency) + b"\x33" + snapshot
    return b"go 1.25 trace\0\0\0" + batch(body, time)


def batch(body, time=5):
    return b"\x01" + b"".join(map(varint, (1, 7, time, len(body)))) + body


@pytest.mark.parametrize(
    "clock",
    [
        *(
            {"seconds": 2**40},
            {"nanoseconds": 2**64},
            {"monotonic": 2**63},
            {"ticks": 2**63},
            {"time": 2**63},
        ),
        *({"frequency": 1, "time": 2**60}, {"frequency": 2**2000}, {"time": 2**63 - 1}),
    ],
    ids=str,
)
def test_a_clock_that_cannot_be_is_refused(clock):
    assert go_trace.read("x", with_clock()).tables["TRACE_GENERATIONS"]["wall_ns"].tolist() == [17 * 10**17]
    with pytest.raises(FormatError, match="x: no complete generation: its clock is missing or impossible"):
        go_trace.read("x", with_clock(**clock))


def test_cpu_samples_at_no_possible_instant_are_left_out_and_told():
    samples = b"\x06" + b"".join(
        b"\x07" + b"".join(map(varint, (t, 1, 2, 3, 0))) for t in (9, 2**63 - 1, 2**63)
    )
    found = go_trace.read("x", with_clock() + batch(samples))
    assert found.tables["TRACE_CPU_SAMPLES"]["time_ns"].tolist() == [9]
    assert found.damage[["kind", "count"]].values.tolist() == [["CPU samples left out", 1]]
    assert "2 CPU samples are at no possible instant" in found.warnings[0]


def test_a_string_numbered_beyond_the_file_is_refused_and_asks_for_no_memory():
    string = b"\x25" + varint(1 << 27) + b"\x01a"
    with pytest.raises(FormatError, match="x: no event of a Go execution trace at byte 16"):
        go_trace.read("x", b"go 1.21 trace\0\0\0" + string)
