"""Readers of load tests against what the tools print of the same run themselves, or print in another form."""

import json
import time

import golden_files as golden
import numpy as np
import pytest

from schedlab import ingest
from schedlab.ingest import load_rows
from schedlab.model.carries import EITHER, MEANS, QUANTILES, RAW, Carries

READERS = [reader for reader in ingest.READERS if reader.carries]
FILES = [(reader, path) for reader in READERS for path in golden.fixtures(reader.name)]


def read(format: str, name: str):
    return ingest.read(golden.folder(format) / name)


def table(format: str, name: str, which: str = "REQUESTS"):
    return read(format, name).tables[which]


@pytest.mark.parametrize("reader, path", FILES, ids=[f"{r.name}/{p.name}" for r, p in FILES])
def test_each_file_says_in_one_type_what_it_carries(reader, path):
    found = ingest.read(path)
    held = Carries.of(found.facts)
    assert held is not None and Carries.of(held.facts()).facts() == held.facts()
    assert (held.what == RAW) == ("REQUESTS" in found.tables and len(found.tables["REQUESTS"]) > 0)
    assert held.connect == reader.carries.connect
    assert held.loop == reader.carries.loop or reader.carries.loop == EITHER


def test_the_catalogue_says_of_each_format_what_it_carries_and_refuses():
    shown = ingest.catalogue().set_index("format")
    assert shown.loc["wrk", "refused"] == "order in time, repair by schedule, fit, merge, repair by filling"
    assert shown.loc["vegeta-gob", "refused"] == "" and shown.loc["vegeta-gob", "loop"] == "open"
    assert (shown.loc[[r.name for r in READERS], "versions"] != "").all()


@pytest.mark.parametrize("kind", ("csv", "json"))
def test_vegetas_gob_holds_the_same_requests_as_its_encodings(kind):
    whole, part = table("vegeta-gob", "freeze.gob"), table(f"vegeta-{kind}", f"freeze.{kind}")
    same = whole[whole["sent_ns"].isin(part["sent_ns"])].reset_index(drop=True)
    assert same.equals(part) and len(part) >= 20


def test_vegetas_failed_requests_have_no_status():
    found = table("vegeta-gob", "errors.gob")
    assert (~found["ok"]).sum() == (found["status"] == 0).sum() == len(found) // 2


def test_a_gob_cut_within_a_message_loses_that_one_only():
    data = (golden.folder("vegeta-gob") / "freeze.gob").read_bytes()
    cut = ingest.reader("vegeta-gob").read("cut.gob", data[:-5])
    assert len(cut.tables["REQUESTS"]) == 149
    assert cut.damage["kind"].tolist() == ["cut message"]


def test_k6s_csv_and_its_points_hold_the_same_latencies():
    one, two = table("k6-csv", "freeze.csv.gz"), table("k6-points", "freeze.ndjson.gz")
    assert sorted(one["service_s"]) == pytest.approx(sorted(two["service_s"]), abs=1e-9)


def test_k6s_csv_in_nanoseconds_has_its_ends_as_points_do():
    assert (table("k6-csv", "nano.csv.gz")["end_ns"] % 10**9 != 0).all()


@pytest.mark.parametrize("format", ("k6-export", "k6-handle", "k6-machine"))
def test_k6s_summaries_come_to_the_same_whatever_their_shape(format):
    found = read(format, "freeze.json" if format == "k6-export" else "echo.json")
    shown = found.tables["LATENCY_QUANTILES"]
    assert shown["q"].tolist() == [0.5, 0.9, 0.95]
    text = (golden.folder(format) / ("freeze.json" if format == "k6-export" else "echo.json")).read_text()
    printed = [float(x) for x in _numbers(json.loads(text))]
    assert set((shown["value_s"] * 1e3).round(9)) <= {round(x, 9) for x in printed}
    assert found.facts["failed"] == 0 and found.facts["requests"] in (40, 85)


def _numbers(value):
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _numbers(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def test_jmeters_csv_without_header_and_xml_hold_the_same_samples():
    whole, bare, xml = (
        table("jtl-csv", "freeze.jtl"),
        table("jtl-csv", "no-header.jtl"),
        table("jtl-xml", "freeze.xml.gz"),
    )
    assert whole.equals(bare) and len(whole) == len(xml) == 160
    columns = ["sent_ns", "service_s", "status", "ok", "endpoint"]
    assert sorted(map(tuple, whole[columns].values)) == sorted(map(tuple, xml[columns].values))
    assert set(whole["endpoint"]) == {"echo", 'error, "quoted"'} and (~whole["ok"]).sum() == 80


def test_locusts_log_of_requests_agrees_with_its_json_and_its_csv_lost_the_end():
    log, whole, csv = (
        table("locust-requests", "freeze.csv"),
        read("locust-json", "freeze.json"),
        read("locust-stats", "freeze.csv"),
    )
    assert len(log) == sum(e["requests"] for e in whole.facts["endpoints"]) == 330
    assert csv.facts["requests"] == 272
    bins = whole.tables["LATENCY_BINS"]
    for name, part in log.groupby("endpoint"):
        own = bins[bins["endpoint"] == name]
        assert own["count"].sum() == len(part)
        assert own["lo_s"].min() <= part["service_s"].min() and part["service_s"].max() <= own["hi_s"].max()


def test_locusts_page_shows_what_its_json_holds():
    page, whole = read("locust-html", "freeze.html"), read("locust-json", "freeze.json")
    assert page.facts["requests"] == sum(e["requests"] for e in whole.facts["endpoints"])
    shown = page.tables["LATENCY_QUANTILES"]
    echo = shown[shown["endpoint"] == "POST /echo"]
    bins = whole.tables["LATENCY_BINS"]
    assert echo["value_s"].max() <= bins["hi_s"].max() and echo["q"].tolist()[-1] == 1.0


def test_locusts_history_counts_between_writes_and_ends_where_its_statistics_do():
    series = table("locust-history", "full.csv", "LOAD_SERIES")
    assert series.groupby("endpoint")["requests"].sum()[""] == 272
    assert (series.loc[series["endpoint"] == "", "duration_s"] == 1.0).all()


def test_locusts_failures_and_exceptions_are_counted_by_message():
    failures, exceptions = (
        table("locust-failures", "echo.csv", "GAUGES"),
        table("locust-exceptions", "echo.csv", "GAUGES"),
    )
    assert failures["value"].tolist() == [9] and "503" in failures["name"][0]
    assert exceptions["value"].tolist() == [13] and exceptions["name"][0] == "a task that raises"


#: the beginnings of files as older releases write them, after locust/stats.py at those tags
OLD_STATS = {
    "0.11": '"Method","Name","# requests","# failures","Median response time","Average response time"\n'
    '"GET","/","10","1","5","6"\n"None","Total","10","1","5","6"\n',
    "0.13": '"Type","Name","# requests","# failures","Median response time","50%","99%","99.999","100%"\n'
    '"GET","/","10","1","5","5","9","9","8"\n"None","Aggregated","10","1","5","5","9","9","9"\n',
    "1.0": '"Type","Name","Request Count","Failure Count","Median Response Time","50%","99%","100%"\n'
    '"GET","/","10","1","5","5","9","9"\n"","Aggregated","10","1","5","5","9","9"\n',
}


@pytest.mark.parametrize("version", OLD_STATS)
def test_locusts_statistics_of_older_releases_are_read_by_their_columns(version):
    data = OLD_STATS[version].encode()
    assert ingest._choose("old.csv", data, "old.csv").name == "locust-stats"
    found = ingest.reader("locust-stats").read("old.csv", data)
    assert found.tables["LOAD_SERIES"]["endpoint"].tolist() == ["GET /", ""]
    assert found.facts["requests"] == 10
    assert (found.tables["LATENCY_QUANTILES"].groupby("endpoint")["value_s"].first() == 0.005).all()
    fell = version == "0.13"  # its 100 % stands below its 99 % in one row
    assert found.damage["kind"].tolist() == (["percentile that falls"] if fell else [])


def test_wrks_json_dump_comes_back_to_its_requests():
    bins = table("wrk-json", "freeze.json.gz", "LATENCY_BINS").groupby("kind")["count"].sum()
    found = read("wrk-json", "freeze.json.gz")
    assert bins["as measured"] == found.facts["requests"] and bins["corrected"] > bins["as measured"]


def test_wrks_filling_is_not_undone_where_the_requests_do_not_come_back():
    data = json.loads(ingest.source.content(golden.folder("wrk-json") / "freeze.json.gz").data)
    data["summary"]["requests"] += 1
    found = ingest.reader("wrk-json").read("wrong.json", json.dumps(data).encode())
    assert set(found.tables["LATENCY_BINS"]["kind"]) == {"corrected"}
    assert "cannot be undone" in found.warnings[0]


def test_wrk2s_two_spectra_agree_with_the_means_and_counts_it_prints():
    bins = table("wrk2", "readme-uncorrected.txt", "LATENCY_BINS")
    for kind, mean_s in (("as measured", 6.178e-3), ("service time", 2.757e-3)):
        own = bins[bins["kind"] == kind]
        assert own["count"].sum() == 39500
        least, most = ((own[c] * own["count"]).sum() / 39500 for c in ("lo_s", "hi_s"))
        assert least <= mean_s <= most


def test_wrk2_without_latency_carries_means_only():
    assert read("wrk2", "readme-plain.txt").facts["carries"] == MEANS


def test_ohas_counts_add_up_and_what_it_cut_is_said():
    found = read("oha-json", "freeze.json")
    assert found.facts["requests"] == 302 and found.facts["in_flight_at_end"] == 2
    assert sum(found.facts["histogram"].values()) == 300
    assert read("oha-json", "all-fail.json").tables["LATENCY_QUANTILES"].empty


def test_h2loads_summary_says_how_many_it_threw_away():
    assert read("h2load", "timed.txt").facts["in_flight_at_end"] == 4
    assert read("h2load", "echo.txt").facts["in_flight_at_end"] == 0


def test_fortios_mean_lies_within_its_buckets_and_its_quantiles_too():
    for name in ("default.json", "fine.json"):
        found = read("fortio", name)
        bins, n = found.tables["LATENCY_BINS"], found.facts["requests"]
        assert bins["count"].sum() == n
        least, most = ((bins[c] * bins["count"]).sum() / n for c in ("lo_s", "hi_s"))
        assert least <= found.facts["mean_s"] <= most
        for row in found.tables["LATENCY_QUANTILES"].itertuples():
            at = bins[bins["count"].cumsum() >= row.q * n].iloc[0]
            assert at["lo_s"] <= row.value_s <= at["hi_s"]


def test_nighthawks_strings_are_numbers_and_its_shares_no_percentiles():
    found = read("fortio", "nighthawk.json")
    assert found.facts["requests"] == found.tables["LATENCY_BINS"]["count"].sum() == 48
    assert found.tables["LATENCY_QUANTILES"].empty
    assert read("nighthawk", "spectrum.json").tables["LATENCY_BINS"]["count"].tolist() == [1.0] * 10


def test_abs_report_has_the_counts_and_seconds_that_it_prints():
    found = read("ab", "errors.txt")
    assert found.facts["requests"] == found.facts["status_errors"] == 30
    assert found.facts["mean_s"] == pytest.approx(0.190e-3)
    assert found.tables["LATENCY_QUANTILES"]["q"].tolist()[-1] == 1.0


def test_ghzs_lines_hold_the_latencies_that_its_summary_of_a_run_prints():
    found, run = table("ghz-influx", "echo.lp"), read("ghz-influx-summary", "echo.lp").facts["runs"][0]
    assert len(found) == run["count"] == 120
    assert (found["sent_ns"] > 0).all() and found["ok"].all()


def test_a_go_benchmark_is_the_same_plain_and_as_json_events():
    line = "BenchmarkRepeat/n=16-2 \t    2000\t        48.00 p99-ns/op\t       16 B/op\n"
    text = "goos: linux\npkg: example.org/echo\n" + line
    package = {"Action": "output", "Package": "example.org/echo"}
    events = [package | {"Output": piece} for piece in (line[:26], line[26:])]
    data = "".join(json.dumps(event) + chr(10) for event in events).encode()
    plain = ingest.reader("go-bench").read("a.txt", text.encode()).tables["GAUGES"]
    split = ingest.reader("go-bench-json").read("a.json", data).tables["GAUGES"]
    assert plain.equals(split) and plain["unit"].tolist() == ["p99-ns/op", "bytes/op"]


def test_go_benchmarks_of_real_runs_come_in_base_units_one_row_a_repetition():
    found = table("go-bench", "go1.26-verbose.txt", "GAUGES")
    times = found[found["unit"] == "s/op"]
    assert (times["value"] < 1e-3).all() and (times.groupby("name").size() == 2).all()


def test_kitex_and_rpcx_logs_give_the_quantiles_that_they_name():
    kitex = read("kitex-bench", "readme.log")
    assert kitex.tables["LATENCY_QUANTILES"]["value_s"].tolist() == pytest.approx([1e-4, 7.1e-4])
    assert kitex.facts["results"][0]["rate"] == 2001.10
    assert table("rpcx-bench", "p999.log", "LATENCY_QUANTILES")["q"].tolist() == [0.5, 0.999]
    assert table("rpcx-bench", "p99.log", "LATENCY_QUANTILES")["q"].tolist() == [0.5]  # its p99 is the 99.9th


def test_kitex_tables_of_six_and_eight_columns_mean_different_things():
    six, eight = (table("kitex-csv", n, "LATENCY_QUANTILES") for n in ("thrift.csv", "streaming.csv"))
    assert six.iloc[:2]["q"].tolist() == [0.99, 0.999] and set(eight["q"]) == {0.99}
    assert eight["value_s"].iloc[0] == pytest.approx(1.15e-3)


@pytest.mark.parametrize("reader, path", FILES, ids=[f"{r.name}/{p.name}" for r, p in FILES])
def test_no_reader_gives_a_negative_or_endless_time(reader, path):
    for frame in ingest.read(path).tables.values():
        for name in {"lo_s", "value_s", "latency_s", "service_s", "count"} & set(frame):
            assert np.isfinite(frame[name]).all() and (frame[name] >= 0).all()


def test_quantiles_rise_with_q_in_every_file_that_prints_them():
    for reader, path in FILES:
        if reader.carries.what == QUANTILES:
            shown = ingest.read(path).tables.get("LATENCY_QUANTILES")
            for _, part in shown.groupby(["endpoint", "kind"]) if shown is not None else ():
                assert part.sort_values("q")["value_s"].is_monotonic_increasing, path.name


def test_a_time_without_its_zone_is_no_instant():
    assert load_rows.instant("2026-11-23T10:54:56.5+01:00") == load_rows.instant("2026-11-23T09:54:56.500Z")
    for text in ("2026-11-23T09:54:56", "2026-11-23T09:54:56.5", "2026-11-23T09:54:56.Z", "2026-11-23"):
        with pytest.raises(ValueError):
            load_rows.instant(text)


def test_a_locust_page_that_does_not_name_its_zone_is_in_utc(monkeypatch):
    """Locust's html.py formatted `utcfromtimestamp` without a zone when the page took this form."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    data = (golden.folder("locust-html") / "freeze.html").read_bytes()
    found = [
        ingest.reader("locust-html").read("x.html", data.replace(b"2026-11-23T12:11:06Z", text))
        for text in (b"2026-11-23T12:11:06Z", b"2026-11-23 12:11:06")
    ]
    assert found[0].facts == found[1].facts
    monkeypatch.undo()
    time.tzset()
