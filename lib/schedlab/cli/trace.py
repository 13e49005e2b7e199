"""`schedlab trace FILE`: what did every goroutine of an execution trace do, and what did it wait for?"""

from __future__ import annotations

import argparse

from schedlab.cli.output import print_json, print_table, say


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "trace",
        help="summarise a Go execution trace: runnable latency, blocked time, creations, ranges",
        epilog="example: schedlab trace trace.out.gz --json",
    )
    parser.add_argument("file", help="the trace, gzip or zstd or plain")
    parser.add_argument("--json", action="store_true", help="the answer as JSON on stdout")
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    from schedlab.ingest import go_trace, source
    from schedlab.metrics import trace_summary

    packed = source.content(arguments.file, source.LIMIT_BYTES)
    reading = go_trace.read(packed.path, packed.data)
    parts = trace_summary.summary(reading.tables)
    if arguments.json:
        print_json(_plain(reading, parts))
        return 0
    for name, value in reading.facts.items():
        print(f"{name} = {value}")
    for title, frame in parts.items():
        print(f"\n{title}")
        print_table(frame)
    for warning in reading.warnings:
        say(f"warning: {warning}")
    return 0


def _plain(reading, parts: dict) -> dict:
    tables = {title: frame.to_dict(orient="records") for title, frame in parts.items()}
    return {"facts": dict(reading.facts), **tables, "warnings": list(reading.warnings)}
