"""The compiled path and the careful path give the same tables, damage and facts for any log at all."""

import re

import golden_files as golden
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedlab.errors import FormatError
from schedlab.ingest import go_runtime_log, source
from schedlab.ingest.go_log_blocks import pieces

LOGS = {path.name: source.content(path).data for path in golden.fixtures("go-runtime-log")}
LATEST = LOGS["go1.27.3-detail1.log"]
LINES = LATEST.splitlines(keepends=True)
quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def read(data: bytes, compiled: bool, size: int = 1 << 20):
    stream = (data[at : at + size] for at in range(0, len(data), size))
    try:
        return go_runtime_log.read_stream("x.log", stream, compiled)
    except FormatError as error:
        return str(error)


def assert_equal(data: bytes, size: int = 1 << 20) -> None:
    careful, compiled = read(data, False, size), read(data, True, size)
    if isinstance(careful, str):
        assert compiled == careful
        return
    for name, frame in careful.tables.items():
        pd.testing.assert_frame_equal(compiled.tables[name], frame)
    pd.testing.assert_frame_equal(compiled.damage, careful.damage)
    assert (compiled.facts, compiled.warnings) == (careful.facts, careful.warnings)


@pytest.mark.parametrize("name", LOGS)
def test_both_paths_agree_on_every_fixture(name):
    assert_equal(LOGS[name])


@pytest.mark.parametrize("change", [b"\r\n", b"\n\n", b" \n", b"\r\r\n", b"\t\n"])
def test_both_paths_agree_on_line_ends(change):
    assert_equal(LATEST.replace(b"\n", change))


def test_both_paths_agree_with_a_wall_clock_before_each_line():
    assert_equal(re.sub(rb"^", b"1714564800000000001 ", LATEST, flags=re.M))
    assert_equal(re.sub(rb"^(?=  G3)", b"9999999999999999999 ", LATEST, flags=re.M))


@pytest.mark.parametrize("size", [1, 7, 64, 4096])
def test_where_the_pieces_of_a_stream_end_does_not_matter(size):
    whole, found = read(LATEST, True), read(LATEST, True, size)
    for name, frame in whole.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], frame)
    assert_equal(LATEST, size)


WORDS = [
    "nil",
    "-1",
    "true",
    "false",
    "0",
    "7",
    "00018",
    "9" * 17,
    "9" * 18,
    "9" * 19,
    "9" * 30,
    "-",
    "",
    "x",
    "١",
]
REASONS = [
    "sleep",
    "",
    "chan receive (nil chan)",
    "a) m=1 lockedm=nil",
    "é",
    "\x1b[31mred",
    "\x01",
    "x" * 55,
    "x" * 56,
]
edits = st.lists(
    st.tuples(st.integers(0, len(LINES) - 1), st.integers(0, 30), st.sampled_from(WORDS)), max_size=6
)


def with_value(line: str, place: int, value: str) -> str:
    """The line with its place-th value changed."""
    spots = list(re.finditer(r"(?<==)[-\w]+|(?<=[PMG])\d+|(?<=SCHED )\d+", line))
    if not spots:
        return line
    spot = spots[place % len(spots)]
    return line[: spot.start()] + value + line[spot.end() :]


@quick
@given(edits=edits)
def test_both_paths_agree_on_any_value(edits):
    lines = [line.decode() for line in LINES]
    for number, place, value in edits:
        lines[number] = with_value(lines[number], place, value)
    assert_equal("".join(lines).encode())


@quick
@given(reasons=st.lists(st.sampled_from(REASONS) | st.text(max_size=20), min_size=1, max_size=8))
def test_both_paths_agree_on_any_wait_reason(reasons):
    lines = LATEST.decode().splitlines(keepends=True)
    for n, reason in enumerate(reasons):
        lines.insert(-n - 1, f"  G{900 + n}: status=4({reason}) m=nil lockedm=nil\n")
    assert_equal("".join(lines).encode("utf-8", "surrogatepass"))


def test_both_paths_agree_on_more_reasons_than_the_table_holds():
    lines = "".join(f"  G{n}: status=4(reason {n % 300}) m=nil lockedm=nil\n" for n in range(900, 1900))
    assert_equal(LATEST + lines.encode())


@quick
@given(
    changes=st.lists(
        st.tuples(st.floats(0, 1), st.binary(max_size=12), st.integers(0, 40)), min_size=1, max_size=6
    )
)
def test_both_paths_agree_on_any_bytes(changes):
    data = LATEST
    for place, piece, dropped in changes:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + dropped :]
    assert_equal(data)


@pytest.mark.parametrize("data", [b"", b"\n", b"SCHED", LINES[0], LATEST.rstrip(b"\n"), b"".join(LINES[:9])])
def test_both_paths_agree_on_little(data):
    assert_equal(data)


def test_a_large_log_takes_the_compiled_path_and_a_small_one_does_not(monkeypatch):
    taken = []
    monkeypatch.setattr(go_runtime_log, "_compiled", lambda carried: taken.append(carried))
    go_runtime_log.READER.read("x.log", LATEST)
    assert not taken
    go_runtime_log.READER.read("x.log", LATEST * (9 * (1 << 20) // len(LATEST)))
    assert taken == [()]


def test_one_endless_line_is_cut_and_counted():
    data = LATEST + b"x" * (40 << 20) + b"\n" + LATEST
    found = go_runtime_log.READER.read("x.log", data)
    assert found.damage["kind"].tolist() == ["line over 16 MiB, its rest not read"]
    assert len(found.tables["SCHED_SNAPSHOTS"]) == 2 * LATEST.count(b"SCHED ")
    assert found.tables["SCHED_SNAPSHOTS"]["line"].max() > LATEST.count(b"\n") + 1


def test_content_in_memory_is_cut_into_pieces_that_make_it_up():
    assert b"".join(pieces(LATEST * 200)) == LATEST * 200
