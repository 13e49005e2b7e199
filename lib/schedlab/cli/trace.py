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
    parser.add_argument(
        "--window", metavar="FROM,TO", type=_window, help="seconds since the start; the rest is not read"
    )
    parser.add_argument(
        "--by-generation",
        action="store_true",
        help="one row per generation (about a second), for unpacked traces of any size",
    )
    parser.add_argument("--tables", metavar="DIR", help="only write all tables as Parquet, whatever the size")
    parser.add_argument("--timeline", metavar="HTML", help="also write an interactive timeline of the procs")
    parser.set_defaults(handler=_handle)


def _window(text: str) -> tuple[float, float]:
    begin, _, end = text.partition(",")
    try:
        return float(begin), float(end)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not FROM,TO in seconds, as in 1.5,2") from error


def _handle(arguments: argparse.Namespace) -> int:
    from schedlab.ingest import go_trace
    from schedlab.metrics import trace_summary

    if arguments.by_generation:
        return _by_generation(arguments)
    if arguments.tables:
        return _write_tables(arguments)
    reading = go_trace.open_trace(arguments.file, arguments.window)
    parts = trace_summary.summary(reading.tables)
    if arguments.timeline:
        from schedlab.figures.timeline import timeline

        timeline(reading.tables, arguments.file).save(arguments.timeline)
    if arguments.json:
        print_json(_plain(reading, parts))
        return 0
    for name, value in reading.facts.items():
        print(f"{name} = {value}")
    for title, frame in parts.items():
        print(f"\n{title}")
        print_table(_readable(frame))
    for warning in reading.warnings:
        say(f"warning: {warning}")
    return 0


def _readable(frame):
    """Each duration in a unit of its own, and words where the trace gives no reason."""
    from schedlab import units

    shown = frame.replace({"reason": {"": "(not said)"}})
    for name in [n for n in frame.columns if n.endswith("_s")]:
        times = ["-" if v != v else units.show(v, "s") for v in frame[name]]
        shown[name] = times
    return shown.rename(columns=lambda n: n.removesuffix("_s"))


def _plain(reading, parts: dict) -> dict:
    tables = {title: frame.to_dict(orient="records") for title, frame in parts.items()}
    return {"facts": dict(reading.facts), **tables, "warnings": list(reading.warnings)}


def _by_generation(arguments: argparse.Namespace) -> int:
    from schedlab.ingest import go_trace
    from schedlab.metrics import trace_summary

    rows = trace_summary.by_generation(go_trace.each_generation(arguments.file))
    if arguments.json:
        print_json(rows.to_dict(orient="records"))
    else:
        print_table(_readable(rows))
    return 0


def _write_tables(arguments: argparse.Namespace) -> int:
    from schedlab.ingest.go_trace_parquet import write_tables

    generations = write_tables(arguments.file, arguments.tables)
    say(f"{arguments.tables}: the tables of {generations} generations")
    return 0
