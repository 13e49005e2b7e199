"""Effects that need every run of one arm against every run of the other, clustered by run.

A matrix of pairwise values, one per pair of runs, has an interval from the spread of its row and column
means (a two-sample U statistic whose units are runs; Hoeffding 1948), with Welch's degrees of freedom.
"""

from __future__ import annotations

import numpy as np

from schedlab.stats.student import Shift, welch


def of_pairs(pairs: np.ndarray) -> Shift:
    """Mean of `pairs[i, j]` (treated run i, baseline run j) as a shift with clustered standard error."""
    rows, columns = pairs.mean(axis=1), pairs.mean(axis=0)
    spread = welch(-columns, rows)
    return Shift(float(pairs.mean()), spread.se, spread.df)
