"""What `schedlab capture PLAN` does."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from schedlab.pipeline.capture import session
from schedlab.pipeline.capture.build import find_go
from schedlab.pipeline.capture.plan import read_plan


def capture(options: argparse.Namespace) -> int:
    """Run the command; 0 done. SchedlabError says what was refused; a signal ends it like Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
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
