"""`schedlab explain`: where a number of the report comes from."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "explain",
        help="say which notebook, code and inputs a published result comes from",
        epilog="example: schedlab explain 40-comparison.p99_ratio",
    )
    parser.add_argument("name", help="the result as the report cites it: <notebook>.<name>")
    parser.add_argument("--build", type=Path, help="another folder than report/_build")
    parser.add_argument("--json", action="store_true", help="as JSON, with the whole hashes")
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    from schedlab.pipeline import explain

    known = explain.explain(arguments.name, arguments.build and arguments.build.resolve())
    text = json.dumps(known, indent=1) if arguments.json else "\n".join(explain.lines(known))
    print(text)
    return 0
