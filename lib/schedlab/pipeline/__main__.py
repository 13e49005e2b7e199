"""`python -m schedlab.pipeline report|batch`: the two commands alone, for make and for clusters."""

from __future__ import annotations

import argparse
import sys

from schedlab.errors import SchedlabError


def main() -> int:
    """Run one command; 2 and one sentence where it is refused, 130 where a person interrupts."""
    from schedlab.cli import batch, report

    parser = argparse.ArgumentParser(prog="schedlab")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in (report, batch):
        command.add(subparsers)
    arguments = parser.parse_args()
    try:
        return arguments.handler(arguments)
    except SchedlabError as error:
        print(f"schedlab: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("schedlab: interrupted; what was finished is kept, run it again to go on", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
