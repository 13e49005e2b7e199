"""Every reader in READERS: a new one is tested by being listed and by its fixtures."""

import gzip
import json
import random

import golden_files as golden
import numpy as np
import pyarrow as pa
import pytest

from schedlab import ingest
from schedlab.errors import FormatError, UnknownName
from schedlab.ingest import source
from schedlab.model import tables
from schedlab.model.extend import Reading

CASES = [(reader, path) for reader in ingest.READERS for path in golden.fixtures(reader.name)]
NAMES = [f"{reader.name}/{path.name}" for reader, path in CASES]
every_reader = pytest.mark.parametrize("reader", ingest.READERS, ids=lambda r: r.name)
every_fixture = pytest.mark.parametrize("reader, path", CASES, ids=NAMES)


def plain(path) -> bytes:
    return source.content(path).data


def assert_read_or_refused(reader, data: bytes) -> Reading | None:
    """Asserts that the bytes give a reading that satisfies its schemas, or None: refused in the right way."""
    try:
        found = reader.read("here/broken.file", data)
    except FormatError as error:
        assert str(error).startswith("here/broken.file"), error
        assert "\n" not in str(error)
        return None
    assert set(found.tables) <= set(reader.yields)
    for name, frame in found.tables.items():
        tables.table(name).check(frame)
        assert_possible(name, frame)
    json.dumps(dict(found.facts))
    return found


#: columns of load tests that are never negative; and what may be unknown (NaN) or without end
MEASURED = {
    "REQUESTS": ("intended_ns", "sent_ns", "end_ns", "latency_s", "service_s", "status"),
    "LATENCY_BINS": ("lo_s", "hi_s", "count"),
    "LATENCY_QUANTILES": ("q", "value_s", "resolution_s"),
    "LOAD_SERIES": ("start_ns", "duration_s", "requests", "errors", "users"),
}
OPEN = ("hi_s", "resolution_s", "duration_s", "errors", "users")


def assert_possible(name: str, frame) -> None:
    """No latency, count or share that cannot be."""
    for column in MEASURED.get(name, ()):
        assert not (frame[column] < 0).any(), (name, column)
        assert column in OPEN or np.isfinite(frame[column]).all(), (name, column)
    if name == "REQUESTS":
        assert (frame["end_ns"] >= frame["sent_ns"]).all()
        assert (frame["sent_ns"] >= frame["intended_ns"]).all()
    elif name == "LATENCY_BINS":
        assert (frame["lo_s"] <= frame["hi_s"]).all()
    elif name == "LATENCY_QUANTILES":
        assert (frame["q"] <= 1).all()


@every_reader
def test_has_a_real_file_as_fixture(reader):
    assert golden.fixtures(reader.name), f"put a real file into {golden.folder(reader.name)}"


@every_reader
def test_says_what_it_is_and_yields(reader):
    assert reader.about
    assert all(tables.table(name) for name in reader.yields)


@every_fixture
def test_is_sniffed_by_its_own_reader_only(reader, path):
    assert ingest.sniff(path).name == reader.name


@every_fixture
def test_gives_the_golden_table(reader, path):
    expected = path.with_name(path.name + golden.SUFFIX)
    if not expected.exists() and reader.name in ("pprof", "go-trace"):
        pytest.skip("has golden files of its own")
    found = json.loads(json.dumps(golden.summary(ingest.read(path))))
    assert found == json.loads(expected.read_text(encoding="utf-8"))


@every_fixture
def test_packing_does_not_matter(reader, path, tmp_path):
    data = plain(path)
    members = [gzip.compress(half) for half in (data[: len(data) // 2], data[len(data) // 2 :])]
    (tmp_path / f"{path.name}.gz").write_bytes(b"".join(members))
    (tmp_path / f"{path.name}.zst").write_bytes(pa.compress(data, codec="zstd", asbytes=True))
    wanted = golden.summary(ingest.read(path))
    assert golden.summary(ingest.read(tmp_path / f"{path.name}.gz")) == wanted
    assert golden.summary(ingest.read(tmp_path / f"{path.name}.zst")) == wanted


@every_fixture
def test_a_truncated_file_is_a_table_or_a_refusal(reader, path):
    data = plain(path)
    rng = random.Random(20240131)
    cuts = range(len(data)) if len(data) < 500 else sorted(rng.sample(range(len(data)), 25))
    for cut in cuts:
        assert_read_or_refused(reader, data[:cut])


@every_fixture
def test_a_corrupt_file_is_a_table_or_a_refusal(reader, path):
    data = plain(path)
    rng = random.Random(20240201)
    for _ in range(25):
        broken = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        assert_read_or_refused(reader, bytes(broken))


NONSENSE = {
    "empty": b"",
    "one byte": b"x",
    "zero": b"\0",
    "newline": b"\n",
    "object": b"{}",
    "list": b"[]",
    "null": b"null",
    "cut": b'{"a":',
    "deep": b"[[[" * 5000,
    "bytes": bytes(range(256)) * 40,
    "commas": b"1," * 5000,
    "not UTF-8": b"\xff\xfe\n\xff",
}


@every_reader
@pytest.mark.parametrize("data", NONSENSE.values(), ids=NONSENSE.keys())
def test_what_is_not_its_format_is_refused(reader, data):
    assert assert_read_or_refused(reader, data) is None


@every_reader
def test_another_formats_file_is_no_traceback(reader):
    for _, path in CASES:
        assert_read_or_refused(reader, plain(path)[:20_000])


def test_an_unknown_file_is_refused_with_the_known_formats(tmp_path):
    (tmp_path / "poem.txt").write_text("Nothing of ours\n")
    with pytest.raises(
        FormatError, match=r"poem\.txt: is of no known format; the formats are .*go-runtime-log"
    ):
        ingest.read(tmp_path / "poem.txt")


def test_an_unknown_format_name_is_refused(tmp_path):
    (tmp_path / "a").write_text("x")
    with pytest.raises(UnknownName, match="no format 'poem'"):
        ingest.read(tmp_path / "a", format="poem")
