"""HdrHistogram's files against what three releases of the Java library say of them (fixtures' Make.java)."""

import base64
import csv
import random
import struct
import zlib

import golden_files as golden
import numpy as np
import pytest

from schedlab import ingest
from schedlab.errors import SchedlabError
from schedlab.ingest import hdr_blob, hlog
from schedlab.ingest.damage import Damage
from schedlab.kernels import hdr

FOLDER = golden.folder("hlog")
SAID = {"p50": 0.5, "p99": 0.99, "max": 1.0}
every_log = pytest.mark.parametrize("name", ("v0-java-1.1.6", "v0", "v1", "v2-format12", "v2", "v2-tags"))


def intervals(name: str) -> hlog.Intervals:
    return hlog.intervals((FOLDER / f"{name}.hlog").read_text(), Damage())


def said(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((FOLDER / f"{name}.said.csv").read_text().splitlines()))


@every_log
def test_totals_and_tags_are_those_of_the_java_library(name):
    found = intervals(name)
    assert found.totals.tolist() == [int(row["total"]) for row in said(name)]
    assert found.tag.tolist() == [row["tag"] for row in said(name)]


@every_log
@pytest.mark.parametrize("column", SAID)
def test_each_intervals_quantile_lies_in_the_bin_that_java_names(name, column):
    lo, hi = intervals(name).quantile(SAID[column])
    for low, high, row in zip(lo, hi, said(name), strict=True):
        assert (row[column] == "" and np.isnan(low)) or low <= int(row[column]) < high


def test_the_rank_is_the_ceiling_as_in_java_2_1():
    lo, hi = intervals("v2").quantile(0.999)
    rows = [row for row in said("v2") if row["p999"]]
    kept = ~np.isnan(lo)
    shown = zip(lo[kept], hi[kept], rows, strict=True)
    assert all(low <= int(row["p999"]) < high for low, high, row in shown)


def test_all_versions_and_separators_hold_the_same_histogram():
    tables = [
        ingest.read(FOLDER / f"{n}.hlog").tables["LATENCY_BINS"]
        for n in ("v0", "v0-blank", "v1", "v2", "v2-bare")
    ]
    assert all(table.equals(tables[0]) for table in tables[1:])


def test_the_unit_follows_from_the_printed_maximum_and_can_be_told():
    found = ingest.read(FOLDER / "v2.hlog")
    assert found.facts["unit_s"] == 1e-9 and not found.warnings
    told = ingest.read(FOLDER / "v2.hlog", unit="us")
    ratio = told.tables["LATENCY_BINS"]["hi_s"] / found.tables["LATENCY_BINS"]["hi_s"]
    np.testing.assert_allclose(ratio, 1000.0)


def test_a_file_that_says_its_unit_takes_no_other():
    with pytest.raises(SchedlabError, match="says its own unit"):
        ingest.read(golden.folder("wrk2") / "readme-uncorrected.txt", unit="us")


def test_a_broken_interval_is_counted_and_the_others_are_read():
    lines = (FOLDER / "v2.hlog").read_text().split("\n")
    lines[4] = lines[4][:-20] + "AAAA" + lines[4][-16:]
    damage = Damage()
    assert len(hlog.intervals("\n".join(lines), damage).totals) == 5
    assert damage.count("broken interval") == 1


def test_a_bomb_within_an_interval_is_broken_and_not_unpacked():
    packed = zlib.compress(b"\0" * (40 << 20))
    text = base64.b64encode(struct.pack(">ii", 0x1C849304 | 0x10, len(packed)) + packed)
    with pytest.raises(ValueError, match="more than any histogram"):
        hdr_blob.decode(text)


def zigzag(value: int) -> bytes:
    """LEB128-64b9B of one count, written from the description in ZigZagEncoding.java."""
    value = value * 2 if value >= 0 else -value * 2 - 1
    out = bytearray()
    while len(out) < 8 and value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def test_an_interval_with_more_values_than_any_test_could_send_is_broken():
    counts = 9 * zigzag(2**60)
    inner = struct.pack(">iiiiqqd", 0x1C849303 | 0x10, len(counts), 0, 3, 1, 2**40, 1.0) + counts
    packed = zlib.compress(inner)
    blob = base64.b64encode(struct.pack(">ii", 0x1C849304 | 0x10, len(packed)) + packed)
    assert hdr_blob.decode(blob).count.tolist() == [2**60] * 9
    damage = Damage()
    assert len(hlog.intervals(f"1.0,1.0,2.0,{blob.decode()}", damage).totals) == 0
    assert damage.count("broken interval") == 1


def test_packed_counts_are_decoded_as_their_slow_twin_encodes_them():
    rng = random.Random(20240131)
    for _ in range(200):
        counts = [rng.choice((0, 0, 0, 1, 5, 300, 2**40, 2**60)) for _ in range(rng.randint(0, 60))]
        data, i = bytearray(), 0
        while i < len(counts):
            run = next((k for k, c in enumerate(counts[i:]) if c), len(counts) - i)
            data += zigzag(-run) if run > 1 else zigzag(counts[i])
            i += max(run, 1)
        index, held = np.zeros(len(data), np.int64), np.zeros(len(data), np.int64)
        found = hdr.counts_v2(np.frombuffer(bytes(data), np.uint8), index, held)
        wanted = [(k, c) for k, c in enumerate(counts) if c]
        assert list(zip(index[:found].tolist(), held[:found].tolist(), strict=True)) == wanted


def test_cut_packed_counts_say_where():
    data = np.frombuffer(zigzag(5) + zigzag(2**40)[:-1], np.uint8)
    room = np.zeros(8, np.int64)
    assert hdr.counts_v2(data, room, room.copy()) == ~len(data)


def test_a_spectrum_counts_what_the_log_of_the_same_interval_holds():
    bins = ingest.read(golden.folder("hgrm") / "java.hgrm").tables["LATENCY_BINS"]
    log = intervals("v2")
    own = slice(log.first[3], log.first[4])
    assert bins["count"].sum() == int(said("v2")[3]["total"])
    for edge_s, counted in zip(bins["hi_s"], bins["count"].cumsum(), strict=True):
        least = log.count[own][log.hi[own] * 1e-9 <= edge_s - 0.5e-6].sum()
        most = log.count[own][log.lo[own] * 1e-9 <= edge_s + 0.5e-6].sum()
        assert least <= counted <= most  # the print is rounded to a microsecond


def test_both_forms_of_a_spectrum_hold_the_same_histogram():
    one, two = (
        ingest.read(golden.folder("hgrm") / n).tables["LATENCY_BINS"] for n in ("java.hgrm", "java-csv.hgrm")
    )
    assert one["count"].tolist() == two["count"].tolist()
