"""Units: printed durations become seconds, base units become what a person reads."""

import math

import pytest

from schedlab import units


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("85us", 85e-6), ("1.02ms", 1.02e-3), ("12s", 12.0), ("1h2m3.5s", 3723.5), ("5µs", 5e-6), (".5s", 0.5)],
)
def test_printed_durations_become_seconds(text, seconds):
    assert units.seconds(text) == pytest.approx(seconds, rel=1e-12)


@pytest.mark.parametrize("text", ["", "12", "ms", "1.2.3s", "-5ms", "5 ms", "nan"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="not a duration"):
        units.seconds(text)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.00123, "s", "1.23 ms"),
        (0.9999, "s", "1\u202f000 ms"),
        (4.2e-8, "s", "42.0 ns"),
        (0.183, "share", "18.3 %"),
        (3 * 2**20, "bytes", "3.00 MiB"),
        (0.0, "s", "0 s"),
        (math.nan, "s", "n/a"),
        (None, "s", "n/a"),
        (7.5, "frames", "7.50 frames"),
        (123456.0, "1", "123\u202f456"),
    ],
)
def test_one_value_is_shown_with_three_digits(value, unit, shown):
    assert units.show(value, unit) == shown


def test_an_interval_has_one_common_unit():
    assert units.show_interval(0.0009, 0.0008, 0.0012, "s") == "0.900 [0.800, 1.20] ms"
    assert units.show_interval(1.0, 0.5, math.inf, "1") == "1.00 [0.500, n/a]"


def test_without_an_interval_it_is_said_why():
    assert units.show_interval(0.0, math.nan, math.nan, "share", 6) == "0 % in all 6 runs"
    assert units.show_interval(0.0, 0.0, 0.0, "share", 6) == "0 % in all 6 runs"
    assert units.show_interval(0.002, 0.0, math.inf, "s", 1) == "2.00 ms, no interval"
    assert units.show_interval(2.0, -math.inf, math.inf, "1", 1) == "2.00, no interval"
    assert units.show_interval(0.005, 1e-21, 1e16, "s") == "5.00 ms, interval a millionfold wide"
    assert units.show_interval(math.nan, math.nan, math.nan, "s", 6) == "n/a"
