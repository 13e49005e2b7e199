"""`schedlab batch`: one notebook over a grid of parameters, in parallel."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "batch",
        help="run one notebook over a grid of parameters",
        epilog="example: schedlab batch notebooks/30-latency.ipynb --grid quantile=0.5,0.9,0.99 "
        "--grid scenario=steady -p data=data/runs/tiny",
    )
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--grid", action="append", default=[], metavar="NAME=V1,V2", help="levels")
    parser.add_argument("-p", "--parameter", action="append", default=[], metavar="NAME=VALUE", help="fixed")
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time (default 2)")
    parser.add_argument("--out", type=Path, help="default: report/_build/batch/NOTEBOOK")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    from schedlab.cli.report import pairs
    from schedlab.pipeline import batch, places
    from schedlab.pipeline import notebook as nb

    path = arguments.notebook.resolve()
    known = nb.defaults(path, nb.read(path))
    fixed = {name: nb.parse(path, name, text, known) for name, text in pairs(arguments.parameter).items()}
    cells = batch.batch(
        path,
        batch.grid(path, pairs(arguments.grid)),
        fixed=fixed,
        slots=max(1, arguments.jobs),
        quiet=arguments.quiet,
    )
    rows = batch.table(cells)
    out = batch.write(rows, cells, arguments.out or batch.default_out(path))
    print(batch.shown(rows, list(cells[0].levels)))
    counts = {s: sum(c.outcome.status == s for c in cells) for s in ("ran", "cached", "failed", "skipped")}
    print(", ".join(f"{n} {status}" for status, n in counts.items() if n), file=sys.stderr)
    print(places.shown(out.resolve()))
    return 1 if counts["failed"] or counts["skipped"] else 0
