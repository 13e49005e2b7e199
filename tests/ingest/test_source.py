"""The bytes of an input: whatever packs them, and never more than the limit."""

import gzip
import io
import sys
import zlib

import golden_files as golden
import numpy as np
import pyarrow as pa
import pytest

from schedlab import ingest
from schedlab.errors import FormatError
from schedlab.ingest import source

TEXT = b"intended_ns,sent_ns,end_ns,status\n" + b"1000,2000,3000,200\n" * 5000


def write(folder, name: str, data: bytes):
    (folder / name).write_bytes(data)
    return folder / name


def test_content_is_the_same_from_plain_gzip_members_and_zstd(tmp_path):
    packed = {
        "a.csv": TEXT,
        "b.csv.gz": gzip.compress(TEXT),
        "c.csv.gz": gzip.compress(TEXT[:999]) + gzip.compress(TEXT[999:]) + b"\0" * 512,
        "d.csv.zst": pa.compress(TEXT, codec="zstd", asbytes=True),
    }
    for name, data in packed.items():
        found = source.content(write(tmp_path, name, data))
        assert (found.data, found.cut, found.name[1:]) == (TEXT, "", ".csv")


def test_a_gzip_bomb_stops_at_the_limit(tmp_path):
    bomb = write(tmp_path, "bomb.gz", zlib.compress(b"\0" * (64 << 20), wbits=31))
    with pytest.raises(FormatError, match="over the limit of 1000000 bytes; raise the limit"):
        source.content(bomb, limit_bytes=1_000_000)
    assert len(source.content(bomb, limit_bytes=64 << 20).data) == 64 << 20


@pytest.mark.parametrize("name", ["cut.csv.gz", "cut.csv.zst"])
def test_a_truncated_stream_gives_its_rows_and_counts_the_damage(tmp_path, name):
    rng = np.random.default_rng(20240131)
    rows = b"".join(b"%d,%d,%d,200\n" % (n, n, n) for n in rng.integers(1, 10**15, 20_000).tolist())
    text = TEXT[:34] + rows
    packed = gzip.compress(text) if name.endswith("gz") else pa.compress(text, codec="zstd", asbytes=True)
    found = ingest.read(write(tmp_path, name, packed[: len(packed) // 2]))
    assert 0 < len(found.tables["REQUESTS"]) < 20_000
    assert found.damage["kind"].tolist()[0] == "cut packing"
    assert "ends early after" in found.warnings[0]
    assert all(
        found.tables["REQUESTS"]["intended_ns"].isin(int(line.split(b",")[0]) for line in rows.split())
    )


def test_a_corrupt_gzip_stream_is_refused(tmp_path):
    packed = bytearray(gzip.compress(TEXT * 20))
    packed[-6] ^= 0xFF
    with pytest.raises(FormatError, match="corrupt gzip after"):
        ingest.read(write(tmp_path, "bad.csv.gz", bytes(packed)))


def test_stdin_is_read_for_a_dash(monkeypatch, tmp_path):
    with open(write(tmp_path, "a", TEXT), "rb") as file:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(file))
        assert len(ingest.read("-").tables["REQUESTS"]) == 5000


def test_a_missing_or_empty_file_is_one_sentence(tmp_path):
    with pytest.raises(FormatError, match="cannot be opened: No such file"):
        ingest.read(tmp_path / "nowhere.csv")
    with pytest.raises(FormatError, match="is empty"):
        ingest.read(write(tmp_path, "nothing", b""))


TEXTS = [reader for reader in ingest.READERS if reader.text]
MIB = 1 << 20


@pytest.mark.parametrize("packed", [False, True], ids=["mapped", "streamed"])
@pytest.mark.parametrize("reader", TEXTS, ids=lambda r: r.name)
def test_a_line_over_the_limit_is_named_before_the_rest_is_held(reader, packed, tmp_path):
    if reader.name == "go-runtime-log":
        pytest.skip("cuts the line, counts the damage and reads on: tests/ingest/test_go_log_compiled.py")
    data = b"a line\n" * 200_000 + b"x" * (3 * MIB) + b"\nanother\n"
    path = write(tmp_path, "long", gzip.compress(data, 1) if packed else data)
    with pytest.raises(FormatError, match="long:200001: the line is over the limit of 2097152 bytes; raise"):
        ingest.read(path, format=reader.name, line_bytes=2 * MIB)


def test_lines_up_to_the_limit_are_read(tmp_path):
    data = b"a;" + b"b" * (2 * MIB - 5) + b" 7\n"
    assert (
        len(ingest.read(write(tmp_path, "a", data * 3), "folded", line_bytes=2 * MIB).tables["STACK_SAMPLES"])
        == 3
    )
    log = TEXT + b"1,2,3,200\n" * (3 * MIB // 10)
    assert len(ingest.read(write(tmp_path, "b", log), line_bytes=2 * MIB).tables["REQUESTS"]) > 300_000


def test_content_without_lines_is_not_held_to_their_limit(tmp_path):
    profile = next((golden.folder("pprof")).glob("*.pb.gz"))
    assert not ingest.sniff(profile).text
    ingest.read(profile, line_bytes=1)
