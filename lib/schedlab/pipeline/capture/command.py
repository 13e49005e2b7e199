"""`schedlab capture PLAN`: the command line of the harness."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture import session
from schedlab.pipeline.capture.build import find_go
from schedlab.pipeline.capture.plan import read_plan

_EXAMPLE = "example: schedlab capture data/testbed/plans/smoke.toml --to data/runs --name smoke-today"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0 done, 2 refused or failed, 130 interrupted (go on with --resume)."""
    options = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _capture(options)
    except SchedlabError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; finished runs are kept, go on with --resume", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("schedlab capture", description=__doc__, epilog=_EXAMPLE)
    parser.add_argument("plan", help="the plan, a TOML file in the testbed's folder of plans")
    parser.add_argument("--to", default="data/runs", help="folder of experiments (default: data/runs)")
    parser.add_argument("--name", help="name of the experiment (default: the plan's)")
    parser.add_argument("--dry-run", action="store_true", help="check the plan, print the schedule, stop")
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted experiment")
    parser.add_argument(
        "--hold", type=float, default=0.0, metavar="S", help="keep the host's lock for S seconds of runs"
    )
    parser.add_argument("--go", help="the go to build with (default: .venv-capture/bin/go, then the PATH)")
    return parser


def _capture(options: argparse.Namespace) -> int:
    plan = read_plan(options.plan)
    if options.dry_run:
        print(session.schedule(plan))
        return 0
    experiment = Path(options.to) / (options.name or plan.name)
    go = find_go(Path.cwd(), options.go)
    made, there = session.run(plan, experiment, go, options.resume, options.hold)
    doubts = session.summary(experiment)
    print(f"{experiment}: {made} runs made, {there} were there", file=sys.stderr)
    if doubts:
        print(doubts, file=sys.stderr)
    return 0
