"""The forms in which a tool may keep a sample, each from the same true values; unit "s"."""

import numpy as np

from schedlab.model.sample import Sample
from schedlab.stats.fit_sample import grouped
from schedlab.stats.fit_tick import rounded


def raw(x):
    return Sample.of(x, "s")


def ticks(size):
    """A clock that floors to `size` ticks, one tick being a 50th of the sample's interquartile range."""

    def form(x):
        tick = float(np.subtract(*np.quantile(x, [0.75, 0.25]))) / 50 * size
        return grouped(Sample.of(np.floor(x / tick) * tick, "s"), tick, "floor")

    return form


def digits(x):
    """Two significant digits, as Locust prints them."""
    return rounded(Sample.of([float(f"{v:.1e}") for v in x], "s"), 2)


def censored(x):
    """The slowest tenth only known to be slower than a timeout."""
    at = float(np.quantile(x, 0.9))
    return Sample(x[x <= at], "s", censored_above=float((x > at).sum()), censor_at=at)


def binned(x):
    """Bins of 1/8 octave, coarser than any histogram of latencies that tools keep."""
    edges = 2.0 ** (np.arange(np.floor(8 * np.log2(x.min())), np.ceil(8 * np.log2(x.max())) + 2) / 8)
    counts = np.histogram(x, edges)[0]
    return Sample.bins(edges[:-1], edges[1:], counts, "s")


#: name -> what becomes of exact values
FORMS = {
    "raw": raw,
    "1 tick": ticks(1),
    "20 ticks": ticks(20),
    "2 digits": digits,
    "censored": censored,
    "binned": binned,
}
#: what a form has hidden is reported, not returned: the minimum within a bin, a mode within a tick, all of
#: the tail behind a timeout
HIDDEN = {
    *(("pareto", form) for form in ("1 tick", "20 ticks", "2 digits", "binned")),
    *((name, "20 ticks") for name in ("lognormal mixture 2", "lognormal mixture 3", "hyperexponential 3")),
    ("splice", "censored"),
}
