"""A trace of any size as Parquet files: a generation is read, written and forgotten before the next."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from schedlab.ingest import go_trace
from schedlab.model.table import Table
from schedlab.model.trace_tables import TRACE_STACKS, TRACE_TABLES

_TYPES = {
    "int": pa.int64(),
    "int64": pa.int64(),
    "int32": pa.int32(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "bool[pyarrow]": pa.bool_(),
}


def write_tables(path: str | Path, folder: str | Path) -> int:
    """Write every table of a trace as FOLDER/<table>.parquet; the number of its generations.

    Categories become strings and numbers have full width, so that all generations share one schema.
    """
    folder, generations = Path(folder), 0
    folder.mkdir(parents=True, exist_ok=True)
    schemas = {table.name: _schema(table) for table in TRACE_TABLES}
    writers = {name: parquet.ParquetWriter(folder / f"{name}.parquet", s) for name, s in schemas.items()}
    stacks = TRACE_STACKS.empty()
    for reading in go_trace.each_generation(path):
        generations += 1
        stacks = reading.tables[TRACE_STACKS.name]
        for name, frame in reading.tables.items():
            if name != TRACE_STACKS.name:
                _write(writers[name], frame)
    _write(writers[TRACE_STACKS.name], stacks)
    for writer in writers.values():
        writer.close()
    return generations


def _write(writer: parquet.ParquetWriter, frame) -> None:
    writer.write_table(pa.Table.from_pandas(frame, preserve_index=False).cast(writer.schema))


def _schema(table: Table) -> pa.Schema:
    return pa.schema([(name, _TYPES.get(kind, pa.string())) for name, kind, _ in table.columns])
