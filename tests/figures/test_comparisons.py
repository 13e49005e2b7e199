"""The figures of comparisons say units, n and intervals, and one line where there is nothing to draw."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from schedlab.figures import pulse, rates
from schedlab.figures.forest_matrix import forest_matrix
from schedlab.figures.shift import shift
from schedlab.model.results import Comparison, Estimate

C = Comparison("latency_p99", "s", "net-http", "gin", 1.1, 1.05, 1.15, 0.95, 6, 6, "t", "slower", 1.03, 0.001)


def words(figure):
    found = [
        t.get_text()
        for axes in figure.axes
        for t in (*axes.texts, axes.title, axes.xaxis.label, axes.yaxis.label)
    ]
    found += [t.get_text() for axes in figure.axes for t in (*axes.get_yticklabels(), axes._left_title)]
    legends = [axes.get_legend() for axes in figure.axes if axes.get_legend()]
    found += [t.get_text() for legend in legends for t in legend.get_texts()]
    return " | ".join(
        [*found, *(t.get_text() for t in figure.texts), figure.get_suptitle(), figure.get_supxlabel()]
    )


def table(effect=1.2):
    qs = np.array([0.1, 0.5, 0.9, 0.95, 0.99])
    wide = {
        "effect": effect,
        "lo": effect / 1.1,
        "hi": effect * 1.1,
        "band_lo": effect / 1.2,
        "band_hi": effect * 1.2,
    }
    return pd.DataFrame({"q": qs, **wide, "n1": 6, "n2": 5, "method": "Welch t, band by largest t"})


def test_the_matrix_has_a_row_a_pair_a_column_a_metric_and_says_each_verdict():
    cells = [
        C,
        replace(C, metric="throughput", verdict="cannot tell"),
        replace(C, treated="gokit", hi=math.inf),
    ]
    found = forest_matrix(
        [*cells, replace(C, scale="difference")], {"latency_p99": "p99", "throughput": "most"}, "All"
    )
    assert len(found.axes) == 2
    text = words(found)
    assert all(
        word in text for word in ("gin / net-http", "gokit / net-http", "1.100 slower", "cannot tell", "95 %")
    )


def test_a_shift_function_has_a_panel_a_pair_with_its_n_and_its_band():
    found = shift({"gin / net-http": table(), "gokit / net-http": table(0.9)}, "Ratios")
    assert "gin / net-http (n = 6 + 5)" in words(found) and "quantile (%)" in words(found)
    assert len(found.axes[0].collections) == 2, "the band and the bars"


def test_a_pulse_has_a_panel_an_arm_with_its_runs_and_units():
    t = np.arange(-1, 2, 0.5)
    rows = [
        {"arm": arm, "run": f"{arm}{i}", "since_onset_s": s, "until_s": 0.5, "value": 0.001 * (1 + (s > 0))}
        for arm in ("gin", "gokit") for i in range(3) for s in t
    ]  # fmt: skip
    text = words(pulse.responses(pd.DataFrame(rows), "s", "median latency", "Pulse"))
    assert "gin (n = 3)" in text and "median latency (ms)" in text and "since the onset (s)" in text


def test_rates_have_a_panel_a_protocol_and_mark_capacities():
    rows = [
        {"protocol": p, "arm": arm, "offered_per_s": rate, "unit": "s", "value": 1e-3, "lo": 8e-4, "hi": 2e-3,
         "runs": 6}
        for p, arm in (("http1", "gin"), ("grpc", "grpc-gpr")) for rate in (100.0, 1000.0)
    ]  # fmt: skip
    most = {"gin": Estimate(5e4, 4e4, 6e4, "1/s", 6)}
    found = rates.curves(pd.DataFrame(rows), most, "p99 latency", "Rates")
    assert (
        len(found.axes) == 2 and "gin (n = 6 a rate)" in words(found) and "p99 latency (ms)" in words(found)
    )


@pytest.mark.parametrize(
    "draw",
    [
        lambda: forest_matrix([], {"latency_p99": "p99"}, "All"),
        lambda: shift({}, "All"),
        lambda: pulse.responses(pd.DataFrame(columns=["value"]), "s", "latency", "All"),
        lambda: rates.curves(pd.DataFrame(), {}, "latency", "All"),
    ],
)
def test_where_nothing_was_measured_one_line_says_so(draw):
    assert "Not measured" in words(draw())
