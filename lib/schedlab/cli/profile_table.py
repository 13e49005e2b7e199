"""Tables of profiles for people: durations and sizes in readable units, shares as percent."""

from __future__ import annotations

#: columns that hold values in the profile's own unit
_VALUES = ("value", "flat", "cum")


def readable(frame, unit: str):
    """The table as text; `unit` is that of its values: nanoseconds, bytes or anything counted."""
    import pandas as pd

    from schedlab.pipeline.readable import readable as texts
    from schedlab.profiles.percent import percent

    scale, ending = {"nanoseconds": (1e9, "_s"), "bytes": (1, "_bytes")}.get(unit, (1, ""))
    values = {name: f"{name}{ending}" for name in _VALUES if name in frame}
    scaled = frame.assign(**{name: frame[name] / scale for name in values}) if scale > 1 else frame
    shown = texts(percent(scaled.rename(columns=values)).reset_index(drop=True))
    return pd.DataFrame(shown.rows, columns=list(shown.header))
