"""What was observed of a run's latency, in the finest form that was kept: requests, else a histogram."""

from __future__ import annotations

from collections.abc import Iterable

from schedlab import ingest
from schedlab.metrics.latency import latencies
from schedlab.model.run import Run
from schedlab.model.sample import Sample


def observed(runs: Iterable[Run]) -> dict[str, Sample]:
    """Run id to the sample of its latencies, in seconds from the intended start where the client knew it.

    Requests one by one where they were logged, else the load client's histogram as it was measured; runs that
    kept neither are left out.
    """
    return {run.id: sample for run in runs if (sample := _sample(run)) is not None}


def _sample(run: Run) -> Sample | None:
    if run.has("requests"):
        return Sample.of(latencies({"REQUESTS": ingest.tables(run, "REQUESTS")}, run), "s")
    if not run.has("client_report"):
        return None
    tables = ingest.read(run.artifact("client_report").path).tables
    if "LATENCY_BINS" not in tables:
        return None
    bins = tables["LATENCY_BINS"]
    bins = bins[(bins["kind"] == "as measured") & (bins["count"] > 0)]
    return Sample.bins(bins["lo_s"], bins["hi_s"], bins["count"], "s") if len(bins) else None
