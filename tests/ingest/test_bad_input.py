"""Files that are cut, endless, of another version, packed to burst, or that hold impossible numbers: a table
with damage, or a refusal. Every reader in READERS, unless the test lists its cases."""

import gzip
import re

import golden_files as golden
import pytest
from test_readers import assert_read_or_refused, every_reader

from schedlab import ingest
from schedlab.errors import FormatError
from schedlab.ingest import source

#: what announces a version, and the version
VERSION = re.compile(rb"(?i)((?:version|\bgo|\bv|locust|[ax]k6)[\"\W]{0,4})\d[\d.]*")


def smallest(reader) -> bytes:
    return min((source.content(path).data for path in golden.fixtures(reader.name)), key=len)


@every_reader
def test_cut_at_every_byte(reader):
    data = smallest(reader)
    for cut in range(len(data[:300])):
        assert_read_or_refused(reader, data[:cut])


@every_reader
@pytest.mark.parametrize("piece", (b"a", b"9", b'"', b"1,", b"1 ", b"{"), ids=repr)
def test_a_line_without_end(reader, piece):
    begin = smallest(reader).split(b"\n")[0] + b"\n"
    assert_read_or_refused(reader, begin + piece * 60_000)


@every_reader
def test_bytes_that_are_no_text(reader):
    data = smallest(reader)
    assert_read_or_refused(reader, data[: len(data) // 2] + b"\xff\xfe\x00\x80" + data[len(data) // 2 :])


@every_reader
@pytest.mark.parametrize("other", (b"0", b"99", b"1.99", b"9" * 30), ids=repr)
def test_a_version_that_is_not_known(reader, other):
    for path in golden.fixtures(reader.name):
        data = source.content(path).data[:20_000]
        assert_read_or_refused(reader, VERSION.sub(rb"\g<1>" + other, data))


@every_reader
def test_a_bomb_of_any_format_stops_at_the_limit(reader, tmp_path):
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(smallest(reader) + b"\n" * 3_000_000))
    with pytest.raises(FormatError, match="over the limit"):
        ingest.read(bomb, limit_bytes=1_000_000)


#: format, fixture, what stands there, what cannot be
WRONG = (
    ("vegeta-csv", "freeze.csv", b",200,", b",-200,"),
    ("hey-csv", "freeze.csv", b"\n0.0", b"\n-0.0"),
    ("oha-csv", "echo.csv", b"\n0.0", b"\nNaN"),
    ("jtl-csv", "freeze.jtl", b",215,", b",-215,"),
    ("locust-requests", "freeze.csv", b",7.8,", b",inf,"),
    ("k6-csv", "freeze.csv.gz", b",197.779983,", b",1e300,"),
    ("h2load-log", "echo.log", b"\t200\t", b"\t200\t-"),
    ("ghz-influx", "echo.lp", b"latency=372371", b"latency=-372371"),
)


@pytest.mark.parametrize("format, name, good, bad", WRONG, ids=[w[0] for w in WRONG])
def test_an_impossible_number_loses_its_row_and_no_other(format, name, good, bad):
    data = source.content(golden.folder(format) / name).data
    assert good in data
    whole = ingest.reader(format).read(name, data)
    found = ingest.reader(format).read(name, data.replace(good, bad, 1))
    assert len(found.tables["REQUESTS"]) == len(whole.tables["REQUESTS"]) - 1
    assert found.damage["count"].sum() == 1


@pytest.mark.parametrize(
    "format, name, good, bad",
    (
        ("fortio", "default.json", b'"Count": ', b'"Count": -'),
        ("oha-json", "freeze.json", b'"p50": 0', b'"p50": -9'),
        ("k6-machine", "echo.json", b'"med": 0', b'"med": -1'),
        ("nighthawk", "spectrum.json", b'"count": "10"', b'"count": "1e99"'),
        ("wrk-json", "freeze.json.gz", b'"duration": ', b'"duration": -'),
        ("schedlab-client", "client.json", b"[[76800,", b"[[976800,"),
        ("proc-net", "proc_net.json", b'"wall_ns": 1', b'"wall_ns": "--1", "n": 1'),
    ),
)
def test_an_impossible_number_in_a_document_refuses_it(format, name, good, bad):
    data = source.content(golden.folder(format) / name).data
    assert good in data
    with pytest.raises(FormatError, match=name.removesuffix(".gz")):
        ingest.reader(format).read(name, data.replace(good, bad))


@pytest.mark.parametrize("name", ("freeze.gob", "errors.gob"))
def test_a_gob_broken_within_is_refused_and_never_half_read_in_silence(name):
    data = bytearray((golden.folder("vegeta-gob") / name).read_bytes())
    data[len(data) // 2] ^= 0xFF
    try:
        found = ingest.reader("vegeta-gob").read(name, bytes(data))
    except FormatError:
        return
    whole = ingest.reader("vegeta-gob").read(name, (golden.folder("vegeta-gob") / name).read_bytes())
    assert len(found.tables["REQUESTS"]) == len(whole.tables["REQUESTS"]) or len(found.damage)


def test_counts_given_as_text_are_counts():
    data = (golden.folder("locust-json") / "freeze.json").read_bytes()
    text = re.sub(rb'("[\d.]+": )(\d+)', rb'\1"\2"', data)
    assert text != data
    found, whole = (ingest.reader("locust-json").read("freeze.json", d) for d in (text, data))
    assert found.tables["LATENCY_BINS"].equals(whole.tables["LATENCY_BINS"])
    assert found.facts == whole.facts


def test_an_integer_beyond_all_floats_is_no_gauge():
    data = (golden.folder("schedlab-client") / "client.json").read_bytes()
    found = ingest.reader("schedlab-client").read("x", data.replace(b'"seed":1', b'"seed":1' + b"0" * 400))
    assert "seed" not in set(found.tables["GAUGES"]["name"])
