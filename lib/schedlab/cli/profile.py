"""`schedlab profile top|peek|tree|diff|classes|depth|flame|pileups FILE...`: profiles on the command line."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from schedlab.cli import profile_table
from schedlab.cli.output import print_json, print_table, say

ASK = {
    "top": "flat and cumulative value of every function",
    "peek": "callers and callees of functions that match a regex",
    "tree": "folded stacks, root first",
    "diff": "two files compared, with the noise of the comparison",
    "classes": "share by mechanism of the runtime",
    "depth": "stack depth below a function, with the share at the profiler's cap",
    "flame": "an interactive flame graph as one HTML file; two arms with --base",
    "pileups": "goroutines by stack, state and wait; their growth over several files of one process",
}


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "profile",
        help="profiles, goroutine dumps, traces: top, peek, tree, diff, classes, depth, flame, pileups",
        epilog="example: schedlab profile classes cpu.pb.gz",
    )
    about = "; ".join(f"{name}: {text}" for name, text in ASK.items())
    parser.add_argument("what", choices=tuple(ASK), help=about)
    parser.add_argument("files", nargs="+", metavar="FILE", help="profiles (- is stdin); several are merged")
    parser.add_argument("--base", nargs="+", metavar="FILE", help="the baseline's profiles (diff, flame)")
    parser.add_argument("--kind", help="sample type, such as cpu, delay, inuse_space")
    parser.add_argument("--by", default="function", help="function, filefunction, file, line, package")
    parser.add_argument(
        "--below", default=r"runtime\.mcall", help="depth: regex of the function, '' for whole stacks"
    )
    parser.add_argument("--pattern", type=_regex, default=".", help="peek: regex of the functions")
    for name in ("focus", "ignore", "hide", "show", "show-from", "tagfocus", "tagignore"):
        parser.add_argument(
            f"--{name}", type=_regex, metavar="REGEX", help=f"as pprof's -{name.replace('-', '_')}"
        )
    parser.add_argument("--noinlines", action="store_true", help="charge inlined functions to their caller")
    parser.add_argument("--every", type=float, default=1.0, help="pileups: seconds between dumps (debug=2)")
    parser.add_argument("--rows", type=int, default=30, help="how many rows to print")
    parser.add_argument("--to", metavar="HTML", type=Path, default=Path("flame.html"), help="flame: the file")
    parser.add_argument("--json", action="store_true", help="the answer as JSON on stdout")
    parser.set_defaults(handler=_handle)


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no regular expression: {error}") from error
    return text


def _handle(arguments: argparse.Namespace) -> int:
    from schedlab.errors import SchedlabError

    if arguments.what == "diff" and not arguments.base:
        raise SchedlabError("profile diff needs a baseline: add --base FILE")
    if arguments.what == "flame":
        return _flame(arguments)
    table, unit = _table(arguments)
    if arguments.json:
        print_json(table.to_dict(orient="records"))
    elif arguments.what == "tree":
        print("\n".join(f"{s} {v}" for s, v in zip(table["stack"], table["value"], strict=True)))
    else:
        print_table(profile_table.readable(table.head(arguments.rows), unit))
    return 0


def _table(arguments: argparse.Namespace):
    """The answer in the profile's own units, and the unit of its values."""
    import pandas as pd

    from schedlab import profiles
    from schedlab.profiles import export, graph

    what, kind, by = arguments.what, arguments.kind, arguments.by
    if what == "diff":
        return _difference(arguments), "count"
    if what == "pileups":
        return _pileups(arguments), "count"
    profile = _merged(arguments)
    unit = profile.unit(kind)
    if what == "top":
        return profiles.top(profile, kind, by=by), unit
    if what == "peek":
        return graph.peek(profile, arguments.pattern, kind, by), unit
    if what == "classes":
        return profiles.classes(profile, kind), unit
    if what == "depth":
        return _depth(profiles.depths(profile, arguments.below or None)), unit
    lines = export.folded(profile, kind).splitlines()
    rows = [(stack, int(value)) for stack, _, value in (line.rpartition(" ") for line in lines)]
    return pd.DataFrame(rows, columns=["stack", "value"]), unit


def _pileups(arguments: argparse.Namespace):
    from schedlab.profiles import pileups

    snapshots = [s for file in arguments.files for s in pileups.read(file, arguments.every)]
    if len(snapshots) == 1:
        return snapshots[0].groups.drop(columns="stack")
    table = pileups.growth(pileups.in_order(snapshots, arguments.every))
    return table.drop(columns="stack")


def _depth(found):
    import pandas as pd

    row = {"below": found.below, "n": found.n, "share": found.share, "mean": found.mean}
    row |= {f"q{q:g}": found.quantile(q) for q in (0.5, 0.9, 0.99)}
    return pd.DataFrame([row | {f"at_cap_{cap}": share for cap, share in found.at_cap.items()}])


def _difference(arguments: argparse.Namespace):
    from schedlab.profiles.diff import diff

    found = diff(*_arms(arguments), arguments.kind, arguments.by)
    for text in (found.method, *found.warnings):
        say(text)
    return found.table


def _flame(arguments: argparse.Namespace) -> int:
    from schedlab.figures import flame_html

    if arguments.base:
        drawn = flame_html.explore_diff(*_arms(arguments), arguments.kind)
    else:
        drawn = flame_html.explore(_merged(arguments), arguments.kind)
    drawn.save(arguments.to)
    say(f"wrote {arguments.to}")
    return 0


def _arms(arguments: argparse.Namespace):
    from schedlab.profiles.diff import Arm

    base, treated = (tuple(_read(arguments, f) for f in files) for files in (arguments.base, arguments.files))
    return Arm("baseline", base), Arm("treated", treated)


def _merged(arguments: argparse.Namespace):
    from schedlab.profiles import algebra

    profiles = [_read(arguments, f) for f in arguments.files]
    return algebra.merge(profiles) if len(profiles) > 1 else profiles[0]


def _read(arguments: argparse.Namespace, file: str):
    from schedlab import profiles
    from schedlab.profiles import filters

    chosen = {name: getattr(arguments, name) for name in filters.FILTERS}
    return filters.apply(profiles.read(file), inlines=not arguments.noinlines, **chosen)
