"""A pulse counted by hand: rate, requests under way and latency in steps from its onset."""

import numpy as np
import pandas as pd
import pytest

from build import SECOND, START, write_run
from schedlab.metrics import pulse
from schedlab.model import catalog
from schedlab.stats import pulse as responses

FACTORS = {"rate_per_s": 10, "pulse_rate_per_s": 100, "pulse_start_s": 4.0, "pulse_end_s": 5.0}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Two requests a second of 0.5 s each, and 20 of 2 s each in the second from 4 s on."""
    calm = [(t + 0.25, 0.5) for t in np.arange(0, 10, 0.5)]
    burst = [(4 + i / 20, 2.0) for i in range(20)]
    table = pd.DataFrame(calm + burst, columns=["due", "latency_s"])
    table["intended_ns"] = START + (table["due"] * SECOND).round().astype("int64")
    table["end_ns"] = table["intended_ns"] + (table["latency_s"] * SECOND).round().astype("int64")
    monkeypatch.setattr(pulse.ingest, "tables", lambda run, name: table.assign(ok=True))
    files = {"requests": ("requests.csv", "schedlab-requests", b"")}
    write_run(tmp_path, files, factors=FACTORS)
    (found,) = catalog.runs(tmp_path)
    return found


def of(series, quantity):
    part = series[series["quantity"] == quantity]
    return part.set_index(part["since_onset_s"].round(6))["value"]


def test_steps_are_counted_from_the_onset_by_hand(run):
    series = pulse.series([run], step_s=1.0)
    rate, waiting, latency = (of(series, name) for name in ("rate", "in_flight", "latency"))
    assert list(rate.index) == [i + 0.5 for i in range(-4, 6)] and series["until_s"].eq(1.0).all()
    assert rate[-2.5] == 2 and rate[2.5] == 2 + 20  # the burst's answers come two seconds later
    assert waiting[-2.5] == pytest.approx(1.0)  # Little: two a second of half a second each
    # due at 4 + i / 20, under way for 1 - i / 20 seconds of the first step: 20 - 19 / 2, and 1 of the others
    assert waiting[0.5] == pytest.approx(1 + 20 - 9.5) and waiting[1.5] == pytest.approx(21)
    assert latency[-2.5] == 0.5 and latency[0.5] == 2.0


def test_the_response_of_a_run_is_one_row_a_measure_with_arm_and_block(run):
    series = pulse.series([run], step_s=0.5)
    found = responses.measured(series[series["quantity"] == "latency"], "s")
    by_name = found.set_index("metric")["value"]
    assert set(found["arm"]) == {"gpr"} and set(found["block"]) == {1}
    assert by_name["peak"] == pytest.approx(1.5) and by_name["recovery_s"] == pytest.approx(1.25)
    every = responses.of_all(series, pulse.QUANTITIES)
    assert {"rate_peak", "in_flight_area", "latency_recovery_s"} <= set(every["metric"])
    assert "medians of the 1 arms: 20 to 20" in responses.sentence(every)


def test_runs_without_a_pulse_give_an_empty_series_and_say_so(tmp_path):
    write_run(tmp_path)
    runs = catalog.runs(tmp_path)
    assert pulse.pulsed(runs) == () and not len(pulse.series(runs))
    assert responses.sentence(responses.of_all(pulse.series(runs), pulse.QUANTITIES)).startswith("no run")
