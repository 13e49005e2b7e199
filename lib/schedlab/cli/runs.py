"""`schedlab runs`: the catalogue."""

from __future__ import annotations

import argparse

from schedlab.cli.output import print_json, print_table

COLUMNS = (
    "run",
    "experiment",
    "arm",
    "scenario",
    "capture",
    "repetition",
    "order",
    "go_version",
    "artifacts",
)


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "runs",
        help="list the runs of a folder",
        epilog="example: schedlab runs data/runs/tiny --json",
    )
    parser.add_argument("folder", nargs="?", default="data/runs", help="a run, an experiment, or many")
    parser.add_argument("--json", action="store_true", help="every column, as JSON on stdout")
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    from schedlab import catalog

    table = catalog(arguments.folder)
    if arguments.json:
        print_json(table.to_dict(orient="records"))
    else:
        print_table(table[list(COLUMNS)])
    return 0
