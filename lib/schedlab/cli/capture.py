"""`schedlab capture PLAN`: run a plan of captures on this machine, into a new experiment."""

from __future__ import annotations

import argparse


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "capture",
        help="capture anew on this machine, as a plan says; needs Go",
        epilog="example: schedlab capture data/testbed/plans/smoke.toml --to data/runs --name smoke-today",
    )
    parser.add_argument("plan", help="the plan, or list of plans, a TOML file (see data/testbed/plans)")
    parser.add_argument("--to", default="data/runs", help="folder of experiments (default: data/runs)")
    parser.add_argument("--name", help="name of the experiment (default: the plan's); never overwritten")
    parser.add_argument("--dry-run", action="store_true", help="check the plan, print the schedule, stop")
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted experiment")
    parser.add_argument(
        "--again", action="store_true", help="with --resume: make runs that carry a warning once more"
    )
    parser.add_argument(
        "--hold", type=float, default=0.0, metavar="S", help="keep the host's lock for S seconds of runs"
    )
    parser.add_argument(
        "--wait", type=float, default=0.0, metavar="S", help="wait up to S seconds for a quiet host"
    )
    parser.add_argument("--remakes", type=int, metavar="N", help="instead of the plan's number of remakes")
    parser.add_argument("--go", help="the go to build with (default: .venv-capture/bin/go, then the PATH)")
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    from schedlab.pipeline.capture.command import capture

    return capture(arguments)
