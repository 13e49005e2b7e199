"""Folded stacks: one stack a line, root first in the file, leaf first in the table."""

import golden_files as golden
import pytest

from schedlab import ingest
from schedlab.errors import FormatError
from schedlab.ingest import folded
from schedlab.profiles import export

REAL = (golden.folder("folded") / "py-spy.folded").read_text()


def read(text: str | bytes):
    return folded.READER.read("x.folded", text.encode() if isinstance(text, str) else text)


def rows(found) -> list[tuple]:
    samples = found.tables["STACK_SAMPLES"]
    return list(zip(samples["kind"], samples["unit"], samples["value"], strict=True))


def test_a_real_file_keeps_its_counts_and_depths():
    samples = read(REAL).tables["STACK_SAMPLES"]
    assert samples["value"].tolist() == [int(line.split()[-1]) for line in REAL.splitlines()]
    assert samples["depth"].tolist() == [line.count(";") + 1 for line in REAL.splitlines()]


def test_what_our_own_export_writes_comes_back():
    profile = folded.read_profile("x", REAL.encode())
    assert sorted(export.folded(profile, "samples").splitlines()) == sorted(REAL.splitlines())


def test_frames_hold_spaces_and_numbers():
    found = read("main;read file 7 3\nmain 2\n")
    assert found.tables["FRAMES"]["function"].tolist() == ["read file 7", "main", "main"]
    assert rows(found) == [("samples", "count", 3), ("samples", "count", 2)]


def test_two_counts_are_before_and_after():
    assert rows(read("main;f 3 5\nmain;g 0 2\n")) == [
        *(("before", "count", 3), ("before", "count", 0)),
        *(("after", "count", 5), ("after", "count", 2)),
    ]


def test_fractional_counts_stay_exact():
    assert [value for _, _, value in rows(read("main;f 3.25\nmain;g 2\n"))] == [3250, 2000]
    assert read("main;f 3.25\n").facts["types"] == (("samples", "count/1000"),)


@pytest.mark.parametrize("encode", ["utf-16", "utf-8-sig"])
def test_windows_files_are_read(encode, tmp_path):
    (tmp_path / "a.folded").write_bytes("main;f 3\r\nmain;é 2\r\n".encode(encode))
    found = ingest.read(tmp_path / "a.folded")
    assert found.format == "folded"
    assert found.tables["FRAMES"]["function"].tolist() == ["f", "main", "é", "main"]


def test_a_line_without_a_count_is_counted():
    assert read("main;f 3\nmain;g\n").damage[["kind", "first_line"]].values.tolist() == [
        ["line without a count", 2]
    ]
    with pytest.raises(FormatError, match=r"x\.folded:1: holds no folded stack"):
        read("main;g\n")
