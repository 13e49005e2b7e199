"""pprof files: the columns say what the bytes say, plain and compiled alike, or there is a FormatError."""

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from schedlab.errors import FormatError
from schedlab.ingest import source
from schedlab.ingest.pprof import READER, read_profile
from schedlab.model import tables

FIXTURES = Path(__file__).parents[1] / "fixtures" / "pprof"
FILES = sorted(FIXTURES.glob("*.pb.gz"))


def varint(value):
    value &= 2**64 - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def field(number, content):
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def message(*fields):
    return b"".join(field(n, c) for n, c in fields)


def packed(*values):
    return b"".join(varint(v) for v in values)


ONE = message((2, 1), (1, 1))
STRINGS = (b"", b"samples", b"count", b"leaf", b"root", b"leaf.go", b"key", b"text")


def hand_made(samples, locations=None, functions=None, strings=STRINGS, extra=()):
    """A profile with one sample type, location 1 = leaf inlined into root, 2 = root."""
    locations = locations or [
        message((1, 1), (4, message((1, 1), (2, 10))), (4, message((1, 2), (2, 20)))),
        message((1, 2), (4, message((1, 2), (2, 21)))),
    ]
    functions = functions or [message((1, 1), (2, 3), (4, 5)), message((1, 2), (2, 4))]
    return message(
        (1, message((1, 1), (2, 2))),
        *((2, s) for s in samples),
        *((4, s) for s in locations),
        *((5, s) for s in functions),
        *((6, s) for s in strings),
        *extra,
    )


BOTH = pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])


def read(data, compiled=False):
    return read_profile("x.pb", data, compiled)


@BOTH
def test_a_hand_made_profile_is_read_as_made(compiled):
    label = message((1, 6), (2, 7))
    data = hand_made(
        [message((2, 7), (1, 1), (1, 2)), message((2, packed(3)), (1, packed(2, 2, 2)), (3, label))]
    )
    profile = read(data, compiled)
    assert profile.types == (("samples", "count"),)
    assert profile.values.tolist() == [[7], [3]]
    assert profile.names()[profile.frames].tolist() == ["leaf", "root", "root", "root", "root", "root"]
    assert profile.sites["line"].to_numpy()[profile.frames].tolist() == [10, 20, 21, 21, 21, 21]
    assert profile.sites["inlined"].to_numpy()[profile.frames].tolist() == [True] + [False] * 5
    assert profile.labels.iloc[0].tolist() == [1, "key", "text", 0, ""]


def assert_same_columns(data):
    plain, compiled = read(data), read(data, compiled=True)
    for name in ("values", "starts", "frames"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(compiled, name))
    for name in ("sites", "functions", "labels"):
        assert getattr(plain, name).equals(getattr(compiled, name))
    assert plain.facts == compiled.facts


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_plain_and_compiled_decoders_give_the_same_columns(path):
    assert_same_columns(source.content(path).data)


@BOTH
@pytest.mark.parametrize(
    ("what", "data"),
    {
        "id zero": hand_made([message((2, 1), (1, 0))], [message((4, message((2, 5))))], [message((2, 3))]),
        "64-bit ids": hand_made(
            [message((2, 1), (1, 2**64 - 3))],
            [message((1, 2**64 - 3), (4, message((1, 2**63 + 9))))],
            [message((1, 2**63 + 9), (2, 3))],
        ),
        "invalid UTF-8": hand_made([ONE], strings=(*STRINGS[:3], b"le\xffaf", *STRINGS[4:])),
        "unknown fields": hand_made([ONE], extra=[(99, b"x"), (98, 5)]),
        "a group": hand_made([ONE]) + varint(97 << 3 | 3) + field(1, 4) + varint(97 << 3 | 4),
        "fixed width": hand_made([ONE]) + varint(96 << 3 | 1) + bytes(8) + varint(95 << 3 | 5) + bytes(4),
    }.items(),
    ids=lambda x: x if isinstance(x, str) else "",
)  # fmt: skip
def test_odd_but_legal_bytes_are_survived(what, data, compiled):
    profile = read(data, compiled)
    assert profile.values.tolist() == [[1]]
    assert profile.names()[profile.frames][0].startswith("le")


@BOTH
def test_missing_pieces_become_named_gaps(compiled):
    mapping = message((1, 1), (5, 5))
    data = hand_made(
        [message((2, 1), (1, 1), (1, 2), (1, 99)), message((2, 4))],
        [message((1, 1), (2, 1)), message((1, 2), (4, message((1, 77))))],
        extra=[(3, mapping)],
    )
    profile = read(data, compiled)
    assert profile.names()[profile.frames].tolist() == ["[leaf.go]", "<unknown>"]
    assert profile.depths.tolist() == [2, 0]
    assert profile.total() == 5
    damage = READER.read("x", data).damage
    assert set(damage["kind"]) == {"unknown location id", "unknown function id"}


def test_negative_values_are_kept():
    assert read(hand_made([message((2, -5), (1, 1))])).value().tolist() == [-5]


@BOTH
@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\x0a\x05abc", "byte 0"),
        (b"\xff" * 30, "byte 0"),
        (hand_made([message((2, 1), (2, 2), (1, 1))]), "sample 0 has 2 values, the profile declares 1"),
        (message((6, b"")), "no sample type"),
        (hand_made([message((2, 1), (1, 1))], extra=[(9, 5), (9, 6)]), "concatenated"),
        (b"\x08\x01", "no sample type"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_place(data, says, compiled):
    with pytest.raises(FormatError, match=says) as caught:
        read(data, compiled)
    assert str(caught.value).startswith("x.pb: ")


@BOTH
def test_every_truncation_is_either_read_or_refused_never_a_traceback(compiled):
    whole = gzip.decompress((FIXTURES / "goroutine.pb.gz").read_bytes())
    for cut in range(0, len(whole), 7):
        try:
            assert read(whole[:cut], compiled).n <= 7
        except FormatError as refused:
            assert refused.path == "x.pb"


@BOTH
def test_flipped_bytes_are_either_read_or_refused_never_a_traceback(compiled):
    whole = bytearray(gzip.decompress((FIXTURES / "goroutine.pb.gz").read_bytes()))
    random = np.random.default_rng(20261123)
    for at, byte in zip(random.integers(0, len(whole), 600), random.integers(0, 256, 600), strict=True):
        changed = bytes(whole[:at]) + bytes([byte]) + bytes(whole[at + 1 :])
        try:
            read(changed, compiled)
        except FormatError as refused:
            assert refused.path == "x.pb"


def test_a_truncated_gzip_names_the_file(tmp_path):
    path = tmp_path / "cut.pb.gz"
    path.write_bytes((FIXTURES / "cpu.pb.gz").read_bytes()[:4000])
    with pytest.raises(FormatError, match=r"cut\.pb\.gz: .*ends early"):
        read_profile(path)


@pytest.mark.parametrize("packing", ["gzip", "zstd", None])
def test_however_it_is_packed_and_named_it_is_the_same_profile(packing, tmp_path):
    plain = gzip.decompress((FIXTURES / "block.pb.gz").read_bytes())
    packed = pa.compress(plain, packing, asbytes=True) if packing else plain
    (tmp_path / "block.anything").write_bytes(packed)
    found, wanted = read_profile(tmp_path / "block.anything"), read_profile(FIXTURES / "block.pb.gz")
    np.testing.assert_array_equal(found.values, wanted.values)
    assert found.functions.equals(wanted.functions)


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(FormatError, match="cannot be opened"):
        read_profile(tmp_path / "none.pb.gz")


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_tidy_tables_hold_every_value_and_frame(path):
    data = gzip.decompress(path.read_bytes())
    assert READER.sniff(data[: 1 << 16], path.stem)
    reading, profile = READER.read(str(path), data), read_profile(path)
    samples = tables.STACK_SAMPLES.check(reading.tables["STACK_SAMPLES"])
    frames = tables.FRAMES.check(reading.tables["FRAMES"])
    assert samples.groupby("kind")["value"].sum().to_dict() == {
        kind: int(profile.value(kind).sum()) for kind, _ in profile.types
    }
    assert frames.groupby("sample").size().to_dict() == {i: d for i, d in enumerate(profile.depths) if d}


@pytest.mark.parametrize(
    "head", [b"SCHED 0ms: gomaxprocs=2\n", b'{"a": 1}', b"\x0a", b"goroutine 1 [running]:\n", b""]
)
def test_only_profiles_are_sniffed(head):
    assert not READER.sniff(head, "x")
