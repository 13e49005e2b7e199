"""Every family gives its parameters back, in whatever form a tool kept the sample.

Independent: the parameters that the values were drawn from, by each family's own quantile function, which is
tested against scipy. The forms are those of `tests/dist/forms.py`: raw, clocks of 1 and 20 ticks (50 ticks to
the interquartile range), two digits, timeouts, bins of 1/8 octave.
"""

import numpy as np
import pytest

from dist.examples import EXAMPLES
from dist.forms import FORMS, HIDDEN
from schedlab import dist
from schedlab.dist import splice
from schedlab.stats.fit import fit

ALL = (*dist.FAMILIES, splice.at(EXAMPLES["splice"][3]))
N = {"exponentiated weibull": 100_000}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("family", ALL, ids=lambda f: f.name)
def test_parameters_are_recovered(family, form):
    truth = EXAMPLES[family.name]
    u = np.random.default_rng(20240131).random(N.get(family.name, 20_000))
    found = fit(FORMS[form](family.ppf(u, *truth)), family)
    if (family.name, form) in HIDDEN:
        assert not found.readable and np.isnan(found.params).all() and found.warnings
        return
    climbed = np.array([link not in ("chosen", "fixed") for link in family.links])
    assert found.readable and found.gradient < 1e-8, found.warnings
    off = np.abs(found.theta - family.theta(truth))[climbed]
    assert (off < 4.5 * np.sqrt(np.diag(found.cov)[climbed])).all(), (found, found.theta, off)
