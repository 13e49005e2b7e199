"""Tables of profiles for people: durations and sizes in readable units, shares as percent."""

from __future__ import annotations

#: columns that hold values in the profile's own unit
_VALUES = ("value", "flat", "cum")
#: columns that hold shares but do not end in `_share`
_SHARES = ("lo", "hi", "baseline", "treated", "difference", "cum_lo", "cum_hi")


def readable(frame, unit: str):
    """The table as text; `unit` is that of its values: nanoseconds, bytes or anything counted."""
    import pandas as pd

    from schedlab.pipeline.readable import readable as texts

    scale, ending = {"nanoseconds": (1e9, "_s"), "bytes": (1, "_bytes")}.get(unit, (1, ""))
    values = {name: f"{name}{ending}" for name in _VALUES if name in frame}
    shares = {name: f"{name}_share" for name in _SHARES if name in frame}
    scaled = frame.assign(**{name: frame[name] / scale for name in values}) if scale > 1 else frame
    shown = texts(scaled.rename(columns={**values, **shares}).reset_index(drop=True))
    return pd.DataFrame(shown.rows, columns=list(shown.header))
