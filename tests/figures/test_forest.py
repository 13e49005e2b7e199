"""The forest plot draws every ratio once and says in words what it draws."""

import math
from dataclasses import replace

import pytest

from schedlab.errors import TooFewValues
from schedlab.figures.forest import forest
from schedlab.model.results import Comparison

SLOWER = Comparison(
    "latency_p99", "s", "gpr", "pool", 1.1, 1.05, 1.15, 0.95, 6, 6, "t", "slower", 1.03, 0.001
)
VERDICTS = ("faster", "slower", "higher", "lower", "equivalent", "cannot tell")


def texts(figure):
    return [t.get_text() for t in figure.axes[0].texts]


def test_every_verdict_is_drawn_on_its_own_line_with_effect_interval_and_n():
    figure = forest([replace(SLOWER, verdict=v) for v in VERDICTS])
    assert [t.split("  ")[1] for t in texts(figure)] == [f"{v}, n 6+6" for v in VERDICTS]
    assert all("\u00d71.100 [1.050, 1.150]" in t for t in texts(figure))


def test_an_unbounded_interval_leaves_the_axis_with_an_arrow():
    figure = forest([SLOWER, replace(SLOWER, lo=0.0, hi=math.inf, verdict="cannot tell")])
    markers = [line.get_marker() for line in figure.axes[0].lines]
    assert "$\u2190$" in markers and "$\u2192$" in markers


def test_differences_are_left_to_tables():
    difference = replace(SLOWER, scale="difference")
    assert len(texts(forest([SLOWER, difference]))) == 1
    with pytest.raises(TooFewValues, match="belong in a table"):
        forest([difference])
