"""Example parameters of every family, and what scipy calls it: a family is tested by being listed here."""

from scipy import stats

#: family -> parameters to draw from
EXAMPLES = {
    "lognormal": (-6.5, 0.6),
    "weibull": (0.8, 2e-3),
}

#: family -> the same law in scipy
SCIPY = {
    "lognormal": lambda mu, sigma: stats.lognorm(sigma, scale=2.718281828459045**mu),
    "weibull": lambda shape, scale: stats.weibull_min(shape, scale=scale),
}
