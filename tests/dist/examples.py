"""Example parameters of every family, and what scipy calls it: a family is tested by being listed here."""

import math

from scipy import stats

#: family -> parameters to draw from
EXAMPLES = {
    "exponential": (2e-3,),
    "lognormal": (-6.5, 0.6),
    "gamma": (2.5, 1e-3),
    "erlang": (3.0, 1e-3),
    "hypoexponential": (2e-3, 1.5),
    "inverse gamma": (3.0, 4e-3),
    "inverse gaussian": (2e-3, 5e-3),
    "weibull": (0.8, 2e-3),
    "exponentiated weibull": (2.0, 0.9, 1.5e-3),
    "log-logistic": (2.5, 2e-3),
    "burr xii": (2.0, 1.5, 2e-3),
    "dagum": (2.5, 0.7, 2e-3),
    "lomax": (2.2, 2e-3),
    "pareto": (1.5, 1e-3),
    "generalised pareto": (0.2, 2e-3),
    "hyperexponential 2": (0.7, 1e-3, 8e-3),
    "hyperexponential 3": (0.5, 0.6, 3e-4, 4e-3, 5e-2),
    "lognormal mixture 2": (0.7, -7.0, 0.3, -5.0, 0.5),
    "lognormal mixture 3": (0.6, 0.7, -7.5, 0.2, -6.0, 0.3, -4.0, 0.4),
    "shifted lognormal": (-7.0, 0.7, 1e-3),
    "splice": (-6.5, 0.5, 0.3, 3e-3),
}

#: family -> the same law in scipy
SCIPY = {
    "exponential": lambda scale: stats.expon(scale=scale),
    "lognormal": lambda mu, sigma: stats.lognorm(sigma, scale=math.exp(mu)),
    "gamma": lambda shape, scale: stats.gamma(shape, scale=scale),
    "erlang": lambda steps, scale: stats.erlang(int(steps), scale=scale),
    "inverse gamma": lambda shape, scale: stats.invgamma(shape, scale=scale),
    "inverse gaussian": lambda mean, shape: stats.invgauss(mean / shape, scale=shape),
    "weibull": lambda shape, scale: stats.weibull_min(shape, scale=scale),
    "exponentiated weibull": lambda power, shape, scale: stats.exponweib(power, shape, scale=scale),
    "log-logistic": lambda shape, scale: stats.fisk(shape, scale=scale),
    "burr xii": lambda shape, tail, scale: stats.burr12(shape, tail, scale=scale),
    "dagum": lambda shape, lower, scale: stats.burr(shape, lower, scale=scale),
    "lomax": lambda tail, scale: stats.lomax(tail, scale=scale),
    "shifted lognormal": lambda mu, sigma, low: stats.lognorm(sigma, loc=low, scale=math.exp(mu)),
    "pareto": lambda tail, minimum: stats.pareto(tail, scale=minimum),
    "generalised pareto": lambda xi, scale: stats.genpareto(xi, scale=scale),
}
