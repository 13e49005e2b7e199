"""`schedlab plan-runs`: how many runs, and how long each, from pilot data."""

from __future__ import annotations

import argparse

from schedlab.cli.output import print_json, say


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "plan-runs",
        help="how many runs, and how long each, for a wished precision",
        epilog="example: schedlab plan-runs data/runs/echo-2core --scenario steady --precision 0.02",
    )
    parser.add_argument("folder", help="pilot runs with requests")
    parser.add_argument("--scenario", help="needed where the folder holds several")
    parser.add_argument("--capture", default="quiet")
    parser.add_argument("--precision", type=float, default=0.02, help="0.02: the ratio to about 2 %%")
    parser.add_argument("--quantile", type=float, default=0.5, help="of the latency of a block")
    parser.add_argument("--block", type=float, default=1.0, help="seconds in a block")
    parser.add_argument("--run-cost", type=float, default=5.0, help="seconds a run costs beside its blocks")
    parser.add_argument("--json", action="store_true", help="the plan as JSON on stdout")
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    import dataclasses

    from schedlab.stats.plan import plan

    found = plan(pilot(arguments), arguments.precision, arguments.run_cost, arguments.block)
    if arguments.json:
        print_json(dataclasses.asdict(found))
    else:
        length = found.blocks * arguments.block
        print(f"{found.runs:g} runs an arm of {length:g} s each: {found.total_cost:.0f} s for two arms.")
        runs, blocks = found.between**0.5, found.within**0.5
        print(f"Spread between runs {runs:.2%}, between blocks of {arguments.block:g} s {blocks:.2%}.")
        for text in found.warnings:
            say(f"caution: {text}")
    return 0


def pilot(arguments: argparse.Namespace):
    """One row per block of a run: arm, run, value (the latency quantile of the block, in seconds)."""
    import pandas as pd

    from schedlab import ingest
    from schedlab.cli.compare_runs import as_runs, in_scenario
    from schedlab.errors import MissingTable, TooFewValues

    runs = [r for r in as_runs(arguments.folder) if r.capture == arguments.capture]
    parts = []
    for run in in_scenario(runs, arguments.scenario):
        try:
            parts.append(_blocks(run, ingest.tables(run, "REQUESTS"), arguments))
        except MissingTable:
            continue
    if not parts:
        raise TooFewValues(f"{arguments.folder}: no run here has requests; a pilot needs 2 runs of an arm")
    return pd.concat(parts).dropna()


def _blocks(run, requests, arguments: argparse.Namespace):
    from schedlab.stats.series import block_means

    ok = requests[requests["ok"]]
    count = max(int((run.window_ns[1] - run.window_ns[0]) / 1e9 / arguments.block), 1)
    found = block_means(
        ok["intended_ns"], ok["latency_s"], run.window_ns, count, lambda x: x.quantile(arguments.quantile)
    )
    return found[["value"]].assign(arm=run.arm, run=run.id)
