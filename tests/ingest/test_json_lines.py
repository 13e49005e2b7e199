"""The compiled path of JSON lines gives what the careful one (`json.loads`) gives, for any bytes at all."""

import json
import re

import golden_files as golden
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedlab import ingest
from schedlab.ingest import json_compiled, json_requests, k6, source, vegeta
from schedlab.ingest.damage import Damage

FILES = {"vegeta": ("vegeta-json", "freeze.json"), "k6": ("k6-points", "freeze.ndjson.gz")}
KINDS = {"vegeta": vegeta._LINES, "k6": k6._LINES}
DATA = {name: source.content(golden.folder(format) / file).data for name, (format, file) in FILES.items()}
both_tools = pytest.mark.parametrize("tool", KINDS)
quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def assert_same(tool: str, data: bytes) -> None:
    kind, slow, fast = KINDS[tool], Damage(), Damage()
    frame, counted = json_requests.line_by_line(data, kind, slow)
    found = json_compiled.requests(data, kind, fast)
    if found is None:
        return
    wanted = frame.sort_values("sent_ns", kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(found[0], wanted)
    pd.testing.assert_frame_equal(fast.frame(), slow.frame())
    assert found[1] == counted


@both_tools
def test_every_line_of_the_fixture_is_plain_and_read_compiled(tool, monkeypatch):
    wanted, _ = json_requests.line_by_line(DATA[tool], KINDS[tool], Damage())
    monkeypatch.setattr(json_compiled.load_rows, "request", None)
    found, _ = json_compiled.requests(DATA[tool], KINDS[tool], Damage())
    assert len(found) == len(wanted) > 0


@both_tools
@pytest.mark.parametrize(
    "change",
    [
        *((b"\n", b"\r\n"), (b"\n", b"\n\n"), (b":", b": "), (b"}\n", b"}}\n"), (b"}\n", b"\n"), (b"Z", b"")),
        *((b"Z", b"+01:30"), (b"Z", b"-23:59"), (b"Z", b"z"), (b"T09", b"T24"), (b"-11-", b"-13-")),
        *((b"2026-11-23", b"2024-02-29"), (b"2026-11-23", b"2023-02-29"), (b"2026-11-23", b"2100-02-29")),
        *((b"2026-11-23", b"1969-12-31"), (b"2026-11-23", b"2263-01-01"), (b"200", b"2e2"), (b"200", b"-1")),
        *((b"200", b"0200"), (b"200", b"200.0"), (b"200", b"99999999999"), (b"/echo", b"/\\u0026\\n\\\\")),
        *((b"/echo", b"/\\ud800"), (b"/echo", b"/\\x"), (b"/echo", b"/\xc3\xa9"), (b"/echo", b"/\xff")),
        *((b"/echo", b"/\x01"), (b"true", b"false"), (b"true", b"tru"), (b'"error":""', b'"error":null')),
        *((b'"error":""', b'"error":"x"'), (b'"error":""', b'"error":[]'), (b'"value":', b'"value":1')),
        *((b'"value":', b'"value":0'), (b'"value":', b'"value":-'), (b'"code"', b'"code":1,"code"')),
        *(
            (b'"tags":{', b'"tags":{"tags":{},'),
            (b'"tags":{', b'"tags":7,"x":{'),
            (b'"data":{', b'"data":[{'),
        ),
        *((b'"name"', b'"nome"'), (b'"status"', b'"statue"'), (b'"latency":', b'"latency":-'), (b",", b",,")),
        *((b'{"attack"', b'{"deep":' + b"[" * 70 + b"]" * 70 + b',"attack"'), (b"null", b"NaN")),
    ],
    ids=repr,
)
def test_both_paths_agree_on_what_changes_everywhere(tool, change):
    assert_same(tool, DATA[tool].replace(*change))


@both_tools
def test_both_paths_agree_on_files_without_lines_and_with_a_cut_end(tool):
    for cut in range(0, 900, 13):
        assert_same(tool, DATA[tool][:cut])


TOKEN = re.compile(rb'"[^"]*"|-?[\d.]+|null|true|false|[{}\[\],:\n]')
VALUES = [
    *(b"0", b"-0", b"1.5", b"12.1234567", b"1e5", b"null", b"true", b'""', b'"x"', b'"200"', b"{}", b"[]"),
    *(b"999999999999999999", b"9999999999999999999", b"0.000001", b"999999999.999999", b"1000000000.5", b","),
    *(b'"2026-02-28T23:59:59.999999999Z"', b'"2026-02-28T23:59:60Z"', b'"2026-02-28T23:59:59,5Z"', b"{"),
    *(
        b'"a\\"b"',
        b'"time"',
        b'"tags"',
        b'"\\/"',
        b'"\\u12G4"',
        b"\n",
        b"}",
        b"Infinity",
        b"01",
        b"1.",
        b".5",
    ),
]


@both_tools
@quick
@given(edits=st.lists(st.tuples(st.integers(0, 900), st.sampled_from(VALUES)), min_size=1, max_size=8))
def test_both_paths_agree_on_any_value_anywhere(tool, edits):
    tokens = [part for part in re.split(rb"(%s)" % TOKEN.pattern, DATA[tool]) if part]
    for place, value in edits:
        tokens[place % len(tokens)] = value
    assert_same(tool, b"".join(tokens))


@both_tools
@quick
@given(changes=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=9), st.integers(0, 9)), max_size=6))
def test_both_paths_agree_on_any_bytes(tool, changes):
    data = DATA[tool]
    for place, piece, dropped in changes:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + dropped :]
    assert_same(tool, data)


@pytest.mark.parametrize("value", ["0.283", "1234.5678", "0.000001", "999999999.999999", "123456789.123457"])
def test_a_latency_is_rounded_as_its_double_is(value):
    line = json.loads(DATA["k6"].split(b"\n")[12])
    line["data"]["value"] = 0.125
    text = json.dumps(line, separators=(",", ":")).replace("0.125", value) + "\n"
    found, _ = json_compiled.requests(text.encode(), k6._LINES, Damage())
    assert round(found["service_s"][0] * 1e9) == round(float(value) * 1e6)


@both_tools
def test_large_files_are_read_compiled_in_the_order_of_sending_with_their_damage_counted(tool, tmp_path):
    times = 1 + 5 * (1 << 20) // len(DATA[tool])
    lines = (DATA[tool] * times).splitlines(keepends=True)
    np.random.default_rng(20240131).shuffle(lines)
    broken = len(lines) // 2
    lines[broken] = DATA[tool].splitlines(keepends=True)[-2 if tool == "k6" else 0].replace(b"}", b"", 1)
    lines.insert(0, next(line for line in lines if line.startswith(b'{"metric"' if tool == "k6" else b"{")))
    (tmp_path / "large.json").write_bytes(b"".join(lines))
    assert_same(tool, b"".join(lines))
    found = ingest.read(tmp_path / "large.json")
    assert found.tables["REQUESTS"]["sent_ns"].is_monotonic_increasing
    if tool == "vegeta":
        assert found.damage.values.tolist()[0][:3] == ["broken row", 1, broken + 2]
