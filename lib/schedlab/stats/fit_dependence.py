"""How many independent requests a sequence of dependent ones is worth, for fits: by `dependence`, on logs."""

from __future__ import annotations

import numpy as np

from schedlab.stats.dependence import effective_n

#: longer sequences are cut: 2^18 values say enough about lags
LONGEST = 1 << 18


def effective_size(values: np.ndarray) -> float:
    """n over the integrated autocorrelation time of log values, in the order of capture; from 1 to n."""
    n = len(values)
    if n < 8:
        return float(n)
    logs = np.log(np.maximum(values[:LONGEST], np.finfo(np.float64).tiny))
    if np.ptp(logs) == 0:
        return 1.0
    return min(max(n / effective_n(logs).inflation, 1.0), float(n))
