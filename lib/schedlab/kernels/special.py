"""Special functions of one number, for kernels: the first derivatives of log gamma."""

from __future__ import annotations

import math

from schedlab.kernels import kernel


@kernel(inline=True)
def digamma(x):
    """Slope of log gamma at x > 0: recurrence up to 10, then the asymptotic series (Abramowitz 6.3.18)."""
    shift = 0.0
    while x < 10.0:
        shift -= 1.0 / x
        x += 1.0
    r = 1.0 / (x * x)
    series = r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132 - r * 691 / 32760)))))
    return shift + math.log(x) - 0.5 / x - series


@kernel(inline=True)
def trigamma(x):
    """Curvature of log gamma at x > 0: recurrence up to 10, then the series (Abramowitz 6.4.12)."""
    shift = 0.0
    while x < 10.0:
        shift += 1.0 / (x * x)
        x += 1.0
    r = 1.0 / (x * x)
    series = r * (1 / 6 - r * (1 / 30 - r * (1 / 42 - r * (1 / 30 - r * (5 / 66 - r * 691 / 2730)))))
    return shift + (1.0 + series + 0.5 / x) / x
