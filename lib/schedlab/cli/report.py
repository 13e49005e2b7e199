"""`schedlab report`: the notebooks, then the HTML and the PDF."""

from __future__ import annotations

import argparse
from pathlib import Path


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "report",
        help="run the notebooks whose inputs changed and render HTML and PDF",
        epilog="example: schedlab report data/runs/tiny --build report/_build/tiny",
    )
    parser.add_argument("data", nargs="?", default="", help="the experiment; default: as the notebooks say")
    parser.add_argument(
        "-p", "--parameter", action="append", default=[], metavar="NAME=VALUE", help="for all that have it"
    )
    parser.add_argument("--plan", type=Path, help="another plan than report/plan.toml")
    parser.add_argument("--build", type=Path, help="another folder than report/_build")
    parser.add_argument("--jobs", type=int, default=2, help="notebooks at a time (default 2)")
    parser.add_argument("--accept", action="store_true", help="keep these results as the expected ones")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    from schedlab.pipeline import report

    overrides = pairs(arguments.parameter)
    if arguments.data:
        overrides["data"] = arguments.data
    made = report.report(
        overrides,
        plan=arguments.plan,
        build=arguments.build.resolve() if arguments.build else None,
        slots=max(1, arguments.jobs),
        quiet=arguments.quiet,
    )
    print(report.summary(made))
    if arguments.accept and made.complete:
        report.accept(made)
    return 0 if made.complete else 1


def pairs(texts: list[str]) -> dict[str, str]:
    """NAME=VALUE texts as a dictionary; SchedlabError for one without an equals sign."""
    from schedlab.errors import SchedlabError

    for text in texts:
        if "=" not in text:
            raise SchedlabError(f"{text!r} is not NAME=VALUE")
    return dict(text.split("=", 1) for text in texts)
