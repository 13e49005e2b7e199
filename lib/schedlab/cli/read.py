"""`schedlab read FILE`: what is this file, and what is in it?"""

from __future__ import annotations

import argparse
from pathlib import Path

from schedlab.cli.output import print_json, print_table, say


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "read",
        help="read any supported file: format, tables, key facts, warnings",
        epilog="example: schedlab read server.stderr.gz --to tables/",
    )
    parser.add_argument("file", help="the file, gzip or zstd or plain; - for standard input")
    parser.add_argument("--format", help="name of the format, where sniffing is not wanted")
    parser.add_argument("--unit", help="ns, us, ms or s, where a histogram does not say its own")
    parser.add_argument(
        "--limit-bytes", metavar="N", type=_size, help="refuse content that unpacks to more; 2G unless given"
    )
    parser.add_argument(
        "--line-bytes", metavar="N", type=_size, help="refuse text with a longer line; 64M unless given"
    )
    parser.add_argument("--json", action="store_true", help="the answer as JSON on stdout")
    parser.add_argument("--to", metavar="DIR", type=Path, help="write each table there as Parquet")
    parser.set_defaults(handler=_handle)


def _size(text: str) -> int:
    """Bytes of `64M` or `2G`, in powers of 1024, or of plain digits."""
    power = "KMGT".find(text[-1:].upper()) + 1 if text[-1:].isalpha() else 0
    return int(text[:-1] if power else text) << 10 * power


def _handle(arguments: argparse.Namespace) -> int:
    from schedlab import ingest

    limits = {name: getattr(arguments, name) for name in ("limit_bytes", "line_bytes")}
    given = {name: size for name, size in limits.items() if size}
    reading = ingest.read(arguments.file, format=arguments.format, unit=arguments.unit, **given)
    if arguments.to:
        _write(reading, arguments.to)
    if arguments.json:
        print_json(_summary(arguments.file, reading))
    else:
        _print(arguments.file, reading)
    return 0


def _summary(file: str, reading) -> dict:
    return {
        "file": file,
        "format": reading.format,
        "tables": {name: len(frame) for name, frame in reading.tables.items()},
        "facts": dict(reading.facts),
        "damage": [] if reading.damage is None else reading.damage.to_dict(orient="records"),
        "warnings": list(reading.warnings),
    }


def _print(file: str, reading) -> None:
    print(f"{file}: {reading.format}")
    for name, frame in reading.tables.items():
        print(f"  {name}: {len(frame)} rows")
    for name, value in reading.facts.items():
        print(f"  {name} = {value}")
    if reading.damage is not None and len(reading.damage):
        say("damage survived:")
        print_table(reading.damage)
    for warning in reading.warnings:
        say(f"warning: {warning}")


def _write(reading, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in reading.tables.items():
        partial = folder / f"{name}.parquet.partial"
        frame.to_parquet(partial, index=False)
        partial.replace(folder / f"{name}.parquet")
        say(f"wrote {folder / f'{name}.parquet'}")
