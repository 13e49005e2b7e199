"""Figures of levels show every run, choose their axis by the spread, and say in a line that all is empty."""

import numpy as np
import pandas as pd
import pytest

from schedlab import metrics
from schedlab.figures import levels


def table(**arms):
    rows = [
        {"arm": arm, "run": f"{arm}{i}", "metric": "m", "unit": "s", "about": "time", "value": value}
        for arm, values in arms.items()
        for i, value in enumerate(values)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(("slow", "axis"), [(2.0, "linear"), (200.0, "log")])
def test_a_wide_range_gets_a_logarithmic_axis(slow, axis):
    figure = levels.levels(table(a=[1.0, 1.1], b=[slow, slow]), "m", "title")
    assert figure.axes[0].get_xscale() == axis
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == ["a (n = 2)", "b (n = 2)"]


def test_tails_name_what_they_count():
    axes = levels.tails({("a", "r1"): np.array([1.0, 2.0])}, "title", "sojourn", "tasks").axes[0]
    assert axes.get_xlabel() == "sojourn"
    assert axes.get_legend().get_texts()[0].get_text() == "a: n = 1 runs, 2 tasks"


def test_every_run_is_a_line_over_time_and_n_is_said():
    points = pd.DataFrame({"run": ["r1", "r1", "r2", "r2"], "arm": "a", "at_s": [0, 1, 0, 1], "value": 1.0})
    axes = levels.over_time(points, "goroutines", "title").axes[0]
    assert len([line for line in axes.lines if len(line.get_xdata())]) == 2
    assert axes.get_legend().get_texts()[0].get_text() == "a (n = 2 runs)"


@pytest.mark.parametrize(
    "figure",
    [
        lambda: levels.levels(metrics.collect((), ["sojourn_p99"]), "sojourn_p99", "title"),
        lambda: levels.tails({("a", "r1"): np.array([])}, "title", "sojourn", "tasks"),
        lambda: levels.over_time(pd.DataFrame(columns=["run", "arm", "at_s", "value"]), "n", "title"),
    ],
)
def test_without_data_there_is_one_line(figure):
    assert "Not measured" in figure().axes[0].texts[0].get_text()
