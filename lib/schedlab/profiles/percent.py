"""Tables of profiles as people read them: columns of shares are named so, and shown as percent."""

from __future__ import annotations

import pandas as pd

#: columns that hold shares under other names
_SHARES = ("lo", "hi", "baseline", "treated", "difference", "cum_lo", "cum_hi")
#: columns that matter for the sums of a table, not for its reader
_INNER = ("p", "dispersion", "chain")


def percent(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its columns of shares called `..._share`, without those that only its maker needs."""
    shown = table.drop(columns=[c for c in _INNER if c in table])
    return shown.rename(columns={name: f"{name}_share" for name in _SHARES if name in table})
