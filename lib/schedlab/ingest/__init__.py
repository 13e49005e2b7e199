"""Floor 2: readers, one file per format.

`read` turns any supported file into tidy tables in base units and names the damage it met; `tables` gives
one table of a run, cached. To add a format: write `ingest/<format>.py` with
`READER = Reader(name, sniff, read, yields)`, list it in READERS and put a fixture where
`tests/ingest/test_readers.py` says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from schedlab.errors import FormatError, UnknownName
from schedlab.ingest import (
    ab,
    audit_runs,
    cache,
    client,
    folded,
    fortio,
    ghz,
    ghz_influx,
    go_bench,
    go_goroutines,
    go_runtime_log,
    go_trace,
    h2load,
    h2load_text,
    hey,
    hgrm,
    hlog,
    jtl,
    k6,
    k6_summary,
    locust,
    locust_csv,
    locust_events,
    locust_html,
    mechanism,
    oha,
    perf_stat,
    pprof,
    pprof_text,
    proc_net,
    requests,
    rpc_bench,
    runtime_metrics,
    source,
    vegeta,
    vegeta_report,
    wrk,
    wrk2,
    wrk_hist,
    wrk_json,
)
from schedlab.ingest.source import LIMIT_BYTES, LINE_BYTES
from schedlab.ingest.unit import in_unit
from schedlab.model import tables as schemas
from schedlab.model.extend import Reader, Reading
from schedlab.model.run import Run

#: every format; the order is the order of sniffing, and a file must be claimed by exactly one
READERS: tuple[Reader, ...] = (
    pprof.READER,
    go_trace.READER,
    requests.READER,
    client.READER,
    runtime_metrics.READER,
    mechanism.READER,
    proc_net.READER,
    perf_stat.READER,
    wrk_hist.READER,
    wrk_json.READER,
    wrk.READER,
    wrk2.READER,
    hgrm.READER,
    hlog.READER,
    locust.READER,
    *locust_csv.READERS,
    *locust_events.READERS,
    locust_html.READER,
    *vegeta.READERS,
    vegeta_report.READER,
    *hey.READERS,
    *ghz.READERS,
    *ghz_influx.READERS,
    *k6.READERS,
    *k6_summary.READERS,
    *oha.READERS,
    h2load.READER,
    h2load_text.READER,
    *fortio.READERS,
    *ab.READERS,
    *jtl.READERS,
    *go_bench.READERS,
    *rpc_bench.READERS,
    pprof_text.READER,
    folded.READER,
    go_goroutines.READER,
    go_runtime_log.READER,
)


def reader(name: str) -> Reader:
    """The reader of that name."""
    for candidate in READERS:
        if candidate.name == name:
            return candidate
    raise UnknownName("format", name, [r.name for r in READERS])


def sniff(path: str | Path) -> Reader:
    """The one reader that knows this file; FormatError where none does, or several do."""
    return _choose(str(path), *source.head(path))


def read(
    path: str | Path,
    format: str | None = None,
    limit_bytes: int = LIMIT_BYTES,
    unit: str | None = None,
    line_bytes: int = LINE_BYTES,
) -> Reading:
    """All tables of one file (`-` is stdin), in the named format or the one its first bytes show.

    FormatError with path and line where it cannot be read. Content that unpacks to more than `limit_bytes`
    is refused, and so is text with a line of more than `line_bytes` (from 1 MiB on). `unit` (ns, us, ms or
    s) is that of the values where the file does not say it.
    """
    with source.opened(path, limit_bytes, line_bytes) as packed:
        chosen = reader(format) if format else _choose(packed.path, packed.head, packed.name)
        found = _checked(_read(chosen, packed), packed)
    return in_unit(found, unit) if unit else found


def tables(run: Run, name: str, kind: str | None = None) -> pd.DataFrame:
    """One table of a run, from the artifact of that kind, or the first artifact listed that yields it.

    Readings of gauges before and after are put together. MissingTable repeats why there is none.
    """
    return cache.table(run, schemas.table(name), kind, READERS, read)


def reading(run: Run, kind: str) -> Reading:
    """The whole cached Reading of one artifact of a run: tables, facts, damage and warnings."""
    return cache.reading(run, kind, READERS, read)


def audits(runs: Iterable[Run]) -> pd.DataFrame:
    """What makes the latencies of these runs other than they look; see `audit_runs.findings`."""
    return audit_runs.findings(runs, READERS, reading)


def repairs(runs: Iterable[Run]) -> pd.DataFrame:
    """Latencies as measured, and beside them repaired; see `audit_runs.repairs`."""
    return audit_runs.repairs(runs, READERS, reading)


def loads(runs: Iterable[Run]) -> Iterator[tuple]:
    """(scenario, arm, run, kind of artifact, reading) of every load tool's file; see `audit_runs.loads`."""
    return audit_runs.loads(runs, READERS, reading)


def catalogue() -> pd.DataFrame:
    """One row per format: what it is, versions read, from whose files, tables, what it carries and cannot
    answer."""
    rows = [(r.name, r.about, r.versions, r.shown_by, ", ".join(r.yields), *_carried(r)) for r in READERS]
    names = ("format", "about", "versions", "shown_by", "yields", "carries", "loop", "connect")
    names += ("resolution_s", "refused")
    return pd.DataFrame(rows, columns=list(names))


def _carried(of: Reader) -> tuple:
    """What a load test's format carries, its loop, its clock, its step and what it cannot answer."""
    held = of.carries
    if held is None:
        return "", "", "", math.nan, ""
    return held.what, held.loop, held.connect, held.resolution_s, ", ".join(held.refused)


def _choose(path: str, head: bytes, name: str) -> Reader:
    if not head:
        raise FormatError(path, "is empty")
    claims = [r for r in READERS if r.sniff(head, name)]
    if len(claims) == 1:
        return claims[0]
    known = ", ".join(r.name for r in claims or READERS)
    if claims:
        raise FormatError(path, f"could be any of {known}; name the format")
    raise FormatError(path, f"is of no known format; the formats are {known}")


def _read(chosen: Reader, packed: source.Stream) -> Reading:
    try:
        if chosen.stream:
            return chosen.stream(packed.path, packed)
        return chosen.read(packed.path, packed.text() if chosen.text else b"".join(packed))
    except FormatError as error:
        if not packed.cut:
            raise
        raise FormatError(packed.path, f"{error.what} ({packed.cut})", error.line) from error


def _checked(found: Reading, packed: source.Stream) -> Reading:
    """The reading with every table held to its schema, and with the damage of its packing."""
    for name, frame in found.tables.items():
        schemas.table(name).check(frame)
    if not packed.cut:
        return found
    row = pd.DataFrame(
        [("cut packing", 1, 0, packed.cut)], columns=["kind", "count", "first_line", "first_text"]
    )
    damage = (
        row
        if found.damage is None or found.damage.empty
        else pd.concat([row, found.damage], ignore_index=True)
    )
    return replace(found, damage=damage, warnings=(packed.cut, *found.warnings))
