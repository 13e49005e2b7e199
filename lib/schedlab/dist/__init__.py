"""Floor 2: one file per family of distributions of positive values, each ending in `FAMILY`.

To add one: a file with `terms` (a kernel), `log_cdf`, `log_sf`, `ppf`, `start` and `FAMILY`, listed here; an
example of its parameters and its name in scipy in `tests/dist/examples.py`. The shared tests do the rest.
Importing this package loads the compiled kernels: import it where a fit is made, not before.
"""

from __future__ import annotations

from schedlab.dist import (
    burr,
    dagum,
    erlang,
    exponential,
    exponentiated_weibull,
    gamma,
    generalised_pareto,
    hyperexponential,
    hypoexponential,
    inverse_gamma,
    inverse_gaussian,
    loglogistic,
    lognormal,
    lognormal_mixture,
    lomax,
    pareto,
    shifted_lognormal,
    weibull,
)
from schedlab.errors import UnknownName

#: every family, in the order in which tables show them (`splice.at(threshold)` needs a threshold first)
FAMILIES = (
    exponential.FAMILY,
    lognormal.FAMILY,
    gamma.FAMILY,
    erlang.FAMILY,
    hypoexponential.FAMILY,
    inverse_gamma.FAMILY,
    inverse_gaussian.FAMILY,
    weibull.FAMILY,
    exponentiated_weibull.FAMILY,
    loglogistic.FAMILY,
    burr.FAMILY,
    dagum.FAMILY,
    lomax.FAMILY,
    pareto.FAMILY,
    generalised_pareto.FAMILY,
    hyperexponential.FAMILY,
    hyperexponential.FAMILY_3,
    lognormal_mixture.FAMILY,
    lognormal_mixture.FAMILY_3,
    shifted_lognormal.FAMILY,
)
#: the families of one to three parameters that describe a whole distribution: the usual candidates
USUAL = (*FAMILIES[:13], shifted_lognormal.FAMILY)


def family(name):
    """The family of that name, or the family itself; UnknownName lists what there is."""
    if not isinstance(name, str):
        return name
    for candidate in FAMILIES:
        if candidate.name == name:
            return candidate
    raise UnknownName("family", name, [f.name for f in FAMILIES])
