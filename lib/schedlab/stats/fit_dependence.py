"""How many independent requests a sequence of dependent ones is worth."""

from __future__ import annotations

import numpy as np

#: longer sequences are cut: 2^18 values say enough about lags
LONGEST = 1 << 18


def effective_size(values: np.ndarray) -> float:
    """n over the integrated autocorrelation time of log values, in the order of capture.

    Pairs of neighbouring lags are added while their sum is positive (Geyer 1992, initial positive sequence),
    so noise in far lags does not enter. At most n, at least 1.
    """
    n = len(values)
    if n < 8:
        return float(n)
    z = np.log(np.maximum(values[:LONGEST], np.finfo(np.float64).tiny))
    z = z - z.mean()
    if not z.any():
        return 1.0
    size = 1 << (2 * len(z) - 1).bit_length()
    power = np.abs(np.fft.rfft(z, size)) ** 2
    lags = np.fft.irfft(power, size)[: len(z) // 2]
    pairs = (lags[0::2][: len(lags) // 2] + lags[1::2][: len(lags) // 2]) / lags[0]
    negative = np.flatnonzero(pairs <= 0)
    kept = pairs[: negative[0] if len(negative) else len(pairs)]
    time = max(2.0 * float(np.minimum.accumulate(kept).sum()) - 1.0, 1.0) if len(kept) else 1.0
    return max(n / time, 1.0)
