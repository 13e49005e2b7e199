"""`schedlab check DIR`: is this experiment complete and consistent?"""

from __future__ import annotations

import argparse

from schedlab.cli.output import print_json, print_table, say


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "check",
        help="is an experiment complete and consistent? exit 1 where it is not",
        epilog="example: schedlab check data/runs/echo-2core",
    )
    parser.add_argument("folder", help="a run, an experiment, or a folder of experiments")
    parser.add_argument("--json", action="store_true", help="the findings as JSON on stdout")
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    from schedlab.model import catalog, check

    runs = catalog.runs(arguments.folder)
    found = check.check(runs)
    if arguments.json:
        print_json(found.to_dict(orient="records"))
    elif len(found):
        print_table(check.grouped(found))
    counts = {level: int((found["level"] == level).sum()) for level in check.LEVELS}
    say(f"{len(runs)} runs: " + ", ".join(f"{n} {level}{'s' * (n != 1)}" for level, n in counts.items()))
    return 1 if counts["error"] else 0
