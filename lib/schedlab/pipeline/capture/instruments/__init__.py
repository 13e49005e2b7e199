"""The load tools, one file each: how it is started, what it leaves behind, what it says about the run.

To add one: write `instruments/<tool>.py` with `INSTRUMENT = Instrument(...)` and list it in INSTRUMENTS.
"""

from __future__ import annotations

from schedlab.pipeline.capture.instruments import ghz, locust, ours, vegeta, wrk
from schedlab.pipeline.capture.instruments.shape import Instrument, Job, Load

#: ours first, then those that stand beside it
INSTRUMENTS: dict[str, Instrument] = {
    tool.name: tool
    for tool in (
        ours.INSTRUMENT,
        wrk.INSTRUMENT,
        vegeta.INSTRUMENT,
        locust.INSTRUMENT,
        ghz.INSTRUMENT,
    )
}

__all__ = ["INSTRUMENTS", "Instrument", "Job", "Load"]
