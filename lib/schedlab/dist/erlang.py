"""Erlang: a whole number of equal exponential steps in a row."""

from __future__ import annotations

import math

import numpy as np

from schedlab.dist import gamma
from schedlab.kernels import FLOATS, ROWS_OUT, kernel
from schedlab.kernels.elementary import exp
from schedlab.model.extend import Family


@kernel((FLOATS, FLOATS, ROWS_OUT))
def terms(z, theta, out):
    """theta = (steps, log scale); steps is chosen, not climbed."""
    k, offset = theta[0], math.lgamma(theta[0])
    for i in range(len(z)):
        w = z[i] - theta[1]
        t = exp(w)
        out[0, i] = k * w - t - offset
        out[1, i] = 0.0
        out[2, i] = t - k
        out[3, i] = 0.0
        out[4, i] = 0.0
        out[5, i] = -t


def start(z, weights):
    """The whole numbers on both sides of the gamma's shape: the likelier one, with its best scale."""
    k, log_scale = gamma.start(z, weights)
    log_mean, mean_log = k + log_scale, float(weights @ z) / float(weights.sum())

    def height(steps: int) -> float:
        return steps * (mean_log - log_mean + math.log(steps) - 1.0) - math.lgamma(steps)

    below = max(math.floor(math.exp(k)), 1)
    steps = max((below, below + 1), key=height)
    return np.array([float(steps), log_mean - math.log(steps)])


def beside(theta):
    """One step fewer and one more, with the same mean."""
    counts = [steps for steps in (theta[0] - 1.0, theta[0] + 1.0) if steps >= 1.0]
    return [np.array([steps, theta[1] + math.log(theta[0] / steps)]) for steps in counts]


FAMILY = Family(
    "erlang",
    ("steps", "scale"),
    ("chosen", "log"),
    terms,
    gamma.log_cdf,
    gamma.log_sf,
    gamma.ppf,
    start,
    "a whole number of equal exponential steps in a row",
    beside=beside,
)
