"""What `schedlab capture PLAN` does."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from schedlab.pipeline.capture import session
from schedlab.pipeline.capture.build import find_go
from schedlab.pipeline.capture.plan import Plan
from schedlab.pipeline.capture.plan_file import read_plans
from schedlab.pipeline.capture.turn import Manners


def capture(options: argparse.Namespace) -> int:
    """Run the command; 0 done. SchedlabError says what was refused; a signal ends it like Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    plans = read_plans(options.plan)
    if options.dry_run:
        print("\n\n".join(session.schedule(plan) for plan in plans))
        if len(plans) > 1:
            print(f"\nall: about {sum(map(session.total_s, plans)) / 60:.0f} min")
        return 0
    go = find_go(Path.cwd(), options.go)
    for plan in plans:
        _capture(plan, Path(options.to) / _name(plan, plans, options.name), go, options)
    return 0


def _name(plan: Plan, plans: tuple[Plan, ...], wish: str | None) -> str:
    """The experiment's name: as wished, the plan's own, or both where there are several plans."""
    if not wish:
        return plan.name
    return wish if len(plans) == 1 else f"{wish}-{plan.name}"


def _capture(plan: Plan, experiment: Path, go: str, options: argparse.Namespace) -> None:
    manners = Manners(options.resume, options.again, options.hold, options.wait, options.remakes)
    made, there = session.run(plan, experiment, go, manners)
    doubts = session.summary(experiment)
    print(f"{experiment}: {made} runs made, {there} were there", file=sys.stderr)
    if doubts:
        print(doubts, file=sys.stderr)
