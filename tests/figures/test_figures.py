"""Figures carry units, n and intervals; the same arm always looks the same, also without colour."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from schedlab.errors import SchedlabError
from schedlab.figures import latency, per_run, snapshots, style
from schedlab.model.results import Estimate

VALUES = pd.DataFrame(
    {
        "arm": ["gpr"] * 3 + ["pool"] * 3,
        "value": [1e-3, 2e-3, 3e-3, 2e-3, 3e-3, 4e-3],
        "unit": "s",
        "about": "latency p99",
    }
)
MEANS = {"gpr": Estimate(2e-3, 1e-3, 3e-3, "s", 3), "pool": Estimate(3e-3, 2e-3, 4e-3, "s", 3)}


def texts(figure):
    found = figure.findobj(mpl.text.Text)
    return " | ".join(t.get_text() for t in found if t.get_text())


def test_an_arm_looks_the_same_in_every_company():
    alone = style.looks(["pool"])["pool"]
    assert style.looks(["gpr", "pool", "tarsgo"])["pool"] == alone
    assert style.looks(["zebra", "pool"])["pool"] == alone


@pytest.mark.parametrize("arms", [["gpr", "pool"], ["a", "b", "c", "d"], [f"arm{i}" for i in range(8)]])
def test_no_two_arms_of_one_figure_share_a_look(arms):
    looks = style.looks(arms)
    assert len({(k.colour, k.marker) for k in looks.values()}) == len(arms)


def test_neighbouring_arms_differ_in_greyscale():
    """Lightness by Rec. 709 weights of the sRGB colour, at least 0.1 apart for arms drawn together first."""
    light = [np.dot(mpl.colors.to_rgb(c), (0.2126, 0.7152, 0.0722)) for c in style.COLOURS[:2]]
    assert abs(light[0] - light[1]) > 0.1


def test_per_run_shows_unit_n_and_every_interval():
    figure = per_run.per_run(VALUES, MEANS, "p99")
    assert "latency p99 (ms)" in texts(figure)
    assert "gpr (n = 3)" in texts(figure)
    lines = [line.get_xdata() for line in figure.axes[0].lines if len(line.get_xdata()) == 2]
    assert [list(x) for x in lines] == [pytest.approx([1.0, 3.0]), pytest.approx([2.0, 4.0])]


def test_latencies_of_different_clocks_are_labelled_each_with_its_own():
    mixed = VALUES.assign(clock=["open loop, from intended start"] * 3 + ["closed loop, from send"] * 3)
    assert "pool (n = 3)\nclosed loop, from send" in texts(per_run.per_run(mixed, MEANS, "p99"))
    same = VALUES.assign(clock="closed loop, from send")
    assert "closed loop" not in texts(per_run.per_run(same, MEANS, "p99"))


def test_one_series_of_several_clocks_is_refused():
    mixed = VALUES.assign(clock=["a", "a", "b", "a", "a", "a"])
    with pytest.raises(SchedlabError, match="gpr holds latencies of several definitions: a; b"):
        per_run.per_run(mixed, MEANS, "p99")


def test_survival_ends_at_one_request_and_says_how_many_there_were():
    values = np.arange(1, 1001) / 1000.0
    figure = latency.survival({("gpr", "r1"): values, ("pool", "r2"): values}, "t")
    line = figure.axes[0].lines[0]
    assert line.get_ydata().min() == pytest.approx(1 / 1000)
    assert line.get_xdata().max() == pytest.approx(1.0)
    assert "gpr: n = 1 runs, 1\u202f000 requests" in texts(figure)


def test_survival_equals_the_share_of_slower_or_equal_requests():
    values = np.sort(np.random.default_rng(7).lognormal(size=500))
    line = latency.survival({("gpr", "r"): values}, "t").axes[0].lines[0]
    for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True):
        assert y == pytest.approx((values >= x).mean())


def test_over_time_names_the_runs_behind_the_mean():
    series = pd.DataFrame(
        {"arm": "gpr", "run": ["a", "a", "b", "b"], "since_first_s": [1.0, 2.0] * 2, "queued": [1, 2, 3, 4]}
    )
    figure = snapshots.over_time(series, "queued", "t", "goroutines")
    assert "gpr: mean of 2 runs" in texts(figure)
    assert list(figure.axes[0].lines[-1].get_ydata()) == [2.0, 3.0]
    assert len(figure.axes[0].collections) == 1, "the mean has a band"


def test_states_show_every_mean_with_its_interval_and_n():
    columns = {"metric": ["waiting", "dead"], "arm": "gpr", "value": [10.0, 30.0], "lo": [9.0, 28.0]}
    figure = snapshots.states(pd.DataFrame({**columns, "hi": [11.0, 32.0], "runs": 6}), "t")
    assert list(figure.axes[0].lines[0].get_xdata()) == [10.0, 30.0]
    spans = [segment[:, 0].tolist() for segment in figure.axes[0].collections[0].get_segments()]
    assert spans == [[9.0, 11.0], [28.0, 32.0]]
    assert "gpr (n = 6 runs)" in texts(figure)
