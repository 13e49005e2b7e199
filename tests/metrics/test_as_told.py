"""Numbers of every load tool, against what the tools' own files print (read by eye) and by another way."""

from pathlib import Path

import numpy as np
import pytest

from schedlab import ingest
from schedlab.metrics import as_told
from schedlab.model import catalog

FIXTURES = Path(__file__).parents[1] / "fixtures"
INSTRUMENTS = Path(__file__).parents[2] / "data" / "runs" / "instruments"


@pytest.fixture(scope="module")
def told():
    return as_told.as_told(catalog.runs(INSTRUMENTS))


def test_every_tool_of_every_run_gives_all_three_numbers(told):
    assert set(told["tool"]) == {"requests", "wrk", "wrk_hist", "vegeta", "locust", "ghz"}
    assert told["value"].notna().all() and (told["missing_because"] == "").all()
    assert told.groupby("tool").size().mod(3).eq(0).all()


def test_wrk_is_quoted_as_its_text_prints_it(told):
    run = next(r for r in catalog.runs(INSTRUMENTS) if r.has("wrk"))
    text = (run.folder / "wrk.txt").read_text(encoding="utf-8")
    p99 = text.split("99%")[1].split()[0]
    printed = {
        "throughput": float(text.split("Requests/sec:")[1].split()[0]),
        "latency_p99": float(p99.rstrip("ums")) * (1e-6 if p99.endswith("us") else 1e-3),
    }
    rows = told[(told["run"] == run.id) & (told["tool"] == "wrk")].set_index("metric")["value"]
    for name, value in printed.items():
        assert rows[f"{name}, wrk, {run.scenario}"] == pytest.approx(value)


def test_our_client_s_quantiles_are_those_of_the_metric_of_the_same_name(told):
    from schedlab import metrics

    runs = [r for r in catalog.runs(INSTRUMENTS) if r.has("requests")]
    named = told["metric"].str.startswith("latency_p99, requests")
    ours = told[named].set_index("run")["value"]
    theirs = metrics.collect(runs, ["latency_p99"]).set_index("run")["value"].dropna()
    assert len(theirs) > 10
    np.testing.assert_allclose(ours[theirs.index], theirs)


#: what each file prints, read by eye: answers a second, median in seconds
PRINTED = {
    "ab/echo.txt": (41701.42, 0.0),
    "hey/freeze.txt": (182.0732, 0.0004),
    "fortio/default.json": (199.90360568172585, 0.0005172235606060606),
    "k6-export/freeze.json": (33.97850919095848, 0.000308972),
}


@pytest.mark.parametrize(("name", "rate", "median"), [(k, *v) for k, v in PRINTED.items()])
def test_a_tool_s_file_is_quoted_as_it_reads(name, rate, median):
    found = ingest.read(FIXTURES / name)
    assert as_told.rate(found) == pytest.approx(rate) and as_told.quantile(found, 0.5) == pytest.approx(
        median
    )


def test_a_column_is_headed_by_tool_and_load_each_said_once(told):
    heads = as_told.heads(told, "latency_p99")
    assert {"ours", "vegeta", "wrk hist\nwrk"} <= set(heads.values())
