"""The command line: one module per command, each with `add(subparsers)`; `schedlab --help` lists them.

With `--json` stdout holds the JSON and nothing else; without it, the answer as a table. Progress, warnings
and errors go to stderr.
Exit codes: 0 done, 1 the answer is no (a check failed, an arm is slower), 2 the question could not be
answered, with one sentence that names the place and the cure. To add a command: a module here, listed in
COMMANDS; its heavy imports stay inside its handler, so that `--help` is quick.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from schedlab import __version__
from schedlab.cli import (
    audit,
    batch,
    capture,
    check,
    compare,
    explain,
    fit,
    plan_runs,
    profile,
    read,
    report,
    runs,
    trace,
)
from schedlab.errors import SchedlabError

COMMANDS = (
    runs,
    read,
    audit,
    check,
    profile,
    trace,
    fit,
    compare,
    plan_runs,
    report,
    explain,
    batch,
    capture,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="schedlab", description=__doc__.splitlines()[0])
    parser.add_argument("--version", action="version", version=f"schedlab {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(subparsers)
    arguments = parser.parse_args(argv)
    try:
        return arguments.handler(arguments)
    except SchedlabError as error:
        print(f"schedlab: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("schedlab: interrupted; what was finished is kept, run it again to go on", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
