"""`schedlab compare`: treated against baseline, in words, as JSON, or as a gate for CI pipelines."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from schedlab.cli.output import print_json, say

#: what is compared unless asked otherwise; a family corrected by Holm
PRIMARY = ("throughput", "latency_p50", "latency_p99", "error_rate")


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "compare",
        help="compare two arms, or two files of Go benchmark output; exit 1 where --fail-if says so",
        epilog="example: schedlab compare data/runs/echo-2core --baseline gpr --treated pool "
        "--scenario steady --metric latency_p99 --fail-if slower",
    )
    parser.add_argument("paths", nargs="+", help="a folder of runs, or the old and the new benchmark file")
    parser.add_argument("--baseline", help="the arm to compare with")
    parser.add_argument("--treated", help="the arm in question")
    parser.add_argument("--metric", action="append", help=f"repeatable; default: {', '.join(PRIMARY)}")
    parser.add_argument("--all", action="store_true", help="every metric, corrected by Benjamini-Hochberg")
    parser.add_argument("--scenario", help="needed where the folder holds several")
    parser.add_argument("--capture", help="quiet, instrumented or second-instrument; default: the quietest")
    parser.add_argument("--margin", type=float, help="equivalence margin: 0.05 is a factor of 1.05")
    parser.add_argument("--confidence", type=float, default=0.95)
    parser.add_argument("--json", action="store_true", help="the comparisons as JSON on stdout")
    parser.add_argument("--benchstat", action="store_true", help="a table in benchstat's shape")
    parser.add_argument(
        "--fail-if",
        choices=("slower", "different", "not-equivalent"),
        help="exit 1: slower = any metric got worse, different = any direction, not-equivalent = none shown",
    )
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    from schedlab.stats import multiplicity

    if not 0.5 < arguments.confidence < 1:
        from schedlab.errors import SchedlabError

        raise SchedlabError(f"--confidence {arguments.confidence:g} must lie between 0.5 and 1, as 0.95")
    named, values = _from_files(arguments) if len(arguments.paths) == 2 else _from_runs(arguments)
    method = "bh" if arguments.all or len(arguments.paths) == 2 else "holm"
    found = multiplicity.correct([c for _, c in named], method)
    named = [(name, c) for (name, _), c in zip(named, found, strict=True)]
    _show(arguments, named, values)
    return 1 if any(fails(c, arguments.fail_if) for c in found) else 0


def _from_files(arguments: argparse.Namespace):
    """The comparisons of every benchmark and unit that both files have."""
    import pandas as pd

    from schedlab.stats import benchstat

    one, two = _arms(arguments)
    files = zip(arguments.paths, (one, two), strict=True)
    values = pd.concat([_bench(benchstat, path, arm) for path, arm in files])
    groups = values.groupby(["benchmark", "metric"], sort=False)
    wanted = [(key, rows) for key, rows in groups if _is_wanted(arguments, key[1], rows)]
    return [(name, _of_lines(arguments, rows, one, two)) for (name, _), rows in wanted], values


def _is_wanted(arguments: argparse.Namespace, metric: str, rows) -> bool:
    return rows["arm"].nunique() == 2 and (not arguments.metric or metric in arguments.metric)


def _of_lines(arguments: argparse.Namespace, rows, one: str, two: str):
    from schedlab.stats.compare import compare

    options = {"margin": arguments.margin, "confidence": arguments.confidence, "paired": False}
    return compare(rows, one, two, *rows[["metric", "unit", "better"]].iloc[0], **options)


def _arms(arguments: argparse.Namespace) -> tuple[str, str]:
    names = [arguments.baseline or arguments.paths[0], arguments.treated or arguments.paths[1]]
    return names[0], names[1]


def _bench(benchstat, path: str, arm: str):
    from schedlab.errors import FormatError

    if not Path(path).is_file():
        raise FormatError(path, "no such file")
    return benchstat.read(Path(path).read_text(encoding="utf-8", errors="replace"), arm, path)


def _from_runs(arguments: argparse.Namespace):
    """The comparisons of the wanted metrics; with --all, a metric that the runs lack is said and left out."""
    import pandas as pd

    from schedlab.cli.compare_runs import as_runs
    from schedlab.errors import SchedlabError, TooFewValues

    if len(arguments.paths) != 1 or not (arguments.baseline and arguments.treated):
        raise SchedlabError("give one folder with --baseline and --treated, or two files of benchmark output")
    runs, named, tables = as_runs(arguments.paths[0]), [], []
    for metric in _wanted(arguments):
        try:
            found, rows = _one(arguments, runs, metric)
        except TooFewValues as reason:
            if not arguments.all:
                raise
            say(f"{metric} left out: {reason}")
            continue
        named.append((metric, found))
        tables.append(rows.assign(benchmark=metric))
    return named, pd.concat(tables) if tables else pd.DataFrame()


def _wanted(arguments: argparse.Namespace):
    from schedlab import metrics

    return [m.name for m in metrics.METRICS] if arguments.all else arguments.metric or PRIMARY


def _one(arguments: argparse.Namespace, runs, metric: str):
    from schedlab.cli.compare_runs import judged, measured

    one, two = arguments.baseline, arguments.treated
    chosen, rows = measured(runs, metric, (one, two), arguments.scenario, arguments.capture)
    options = {"margin": arguments.margin, "confidence": arguments.confidence}
    return judged(chosen, rows, one, two, **options), rows


def _show(arguments: argparse.Namespace, named, values) -> None:
    from schedlab.stats import benchstat
    from schedlab.stats.say import say as sentence

    if arguments.json:
        print_json([{"name": name, "worse": c.worse, **dataclasses.asdict(c)} for name, c in named])
    elif arguments.benchstat:
        print(benchstat.table(values, named))
    else:
        for _, c in named:
            print(sentence(c))
    for text in dict.fromkeys(w for _, c in named for w in c.warnings):
        say(f"caution: {text}")


def fails(c, condition: str | None) -> bool:
    """Whether a comparison meets the condition of --fail-if."""
    if condition == "slower":
        return c.worse
    if condition == "different":
        return c.verdict not in ("equivalent", "cannot tell")
    return condition == "not-equivalent" and c.verdict != "equivalent"
