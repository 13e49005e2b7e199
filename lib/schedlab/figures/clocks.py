"""Latencies of different definitions on one axis: each series says its own, or the figure is refused."""

from __future__ import annotations

import pandas as pd

from schedlab.errors import SchedlabError


def labels(values: pd.DataFrame, by: str = "arm") -> dict[str, str]:
    """What to write beside each series: the clock of its latencies, or nothing where all have the same.

    `values` may have a column `clock`, what the latency is measured from; a series of several is an error.
    """
    if "clock" not in values:
        return dict.fromkeys(values[by].unique(), "")
    of = {name: sorted(part.unique()) for name, part in values.groupby(by)["clock"]}
    for name, clocks in of.items():
        if len(clocks) > 1:
            raise SchedlabError(f"{name} holds latencies of several definitions: {'; '.join(clocks)}")
    mixed = len({clock for (clock,) in of.values()}) > 1
    return {name: f"\n{clock}" if mixed else "" for name, (clock,) in of.items()}
