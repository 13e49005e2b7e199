"""The widgets follow each other, and table and figure follow the widgets, without a browser."""

import numpy as np
import pytest

from build import SECOND, START, write_run
from schedlab.errors import RunError
from schedlab.explore import Browser

N = 1000


def requests_csv(seed):
    """A request log with known latencies: N successes, one every 9 ms, lognormal around 1 ms."""
    latency_ns = (np.random.default_rng(seed).lognormal(-7, 0.3, N) * SECOND).astype(int)
    at = START + np.arange(N) * 9_000_000
    rows = "".join(f"{t},{t},{t + x},200\n" for t, x in zip(at, latency_ns, strict=True))
    return ("intended_ns,sent_ns,end_ns,status\n" + rows).encode(), latency_ns / SECOND


@pytest.fixture
def browser(tmp_path, monkeypatch):
    monkeypatch.setenv("SCHEDLAB_CACHE", str(tmp_path / "cache"))
    order = 0
    for experiment, scenario in (("one", "steady"), ("two", "sweep")):
        for arm in ("gpr", "pool"):
            order += 1
            files = {"requests": ("requests.csv", "schedlab-requests", requests_csv(order)[0])}
            own = {"id": f"{arm}-{scenario}", "arm": arm, "experiment": experiment, "scenario": scenario}
            write_run(tmp_path / "runs" / experiment, files, order=order, **own)
    return Browser(tmp_path / "runs")


def test_the_first_choice_is_shown_at_once(browser):
    assert browser.experiment.options == ("one", "two")
    assert list(browser.table["run"]) == ["gpr-steady", "pool-steady"]
    assert browser.figure is not None


def test_the_table_shows_the_chosen_quantile(browser):
    browser.quantile.value = 0.9
    expected = np.quantile(requests_csv(1)[1], 0.9)
    first = browser.table.iloc[0]
    assert first["value"] == pytest.approx(expected, rel=1e-9)
    assert first["lo"] < first["value"] < first["hi"]


def test_choices_to_the_right_follow_choices_to_the_left(browser):
    browser.experiment.value = "two"
    assert browser.scenario.value == "sweep, quiet"
    assert browser.run.options == ("all", "gpr-sweep", "pool-sweep")
    browser.arm.value = "pool"
    assert browser.run.options == ("all", "pool-sweep")
    assert list(browser.table["run"]) == ["pool-sweep"]


def test_one_run_can_be_picked(browser):
    browser.run.value = "gpr-steady"
    assert list(browser.table["run"]) == ["gpr-steady"]
    browser.arm.value = "pool"
    assert browser.run.value == "all"


def test_without_request_logs_there_is_nothing_to_explore(tmp_path):
    write_run(tmp_path / "one")
    with pytest.raises(RunError, match="nothing to explore"):
        Browser(tmp_path)
