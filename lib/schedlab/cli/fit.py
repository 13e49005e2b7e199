"""`schedlab fit`: which distribution do these latencies follow, and how far off is it?"""

from __future__ import annotations

import argparse
from pathlib import Path

from schedlab.cli.output import print_json, print_table, say

SHOWN = ("family", "parameters", "n", "n_eff", "aic_deflated", "ks", "p50_error", "p99_error", "converged")


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "fit",
        help="fit families of distributions to latencies, with intervals and distances",
        epilog="example: schedlab fit data/runs/tiny --by arm --family lognormal --family gamma",
    )
    parser.add_argument("file", help="a load test's file, a run, or a folder of runs")
    parser.add_argument("--by", default="arm", help="fit apart: arm, run or arm,run (folders of runs)")
    parser.add_argument("--family", action="append", help="repeatable; default: the usual families")
    parser.add_argument("--scenario", help="only runs of this scenario")
    parser.add_argument("--clock", choices=("round", "floor"), default="round", help="how the clock cuts")
    parser.add_argument("--json", action="store_true", help="parameters and figures as JSON on stdout")
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    import schedlab

    groups = _of_runs(arguments) if Path(arguments.file).is_dir() else _of_file(arguments.file)
    answers = {}
    for name, observed in groups.items():
        found = schedlab.fit(observed, arguments.family, clock=arguments.clock)
        answers[name] = found
        if not arguments.json:
            _print(name, found)
    if arguments.json:
        print_json({name: _plain(found) for name, found in answers.items()})
    return 0


def _of_runs(arguments: argparse.Namespace) -> dict:
    """Group name to {run: Sample}, quiet runs only."""
    from schedlab.errors import SchedlabError
    from schedlab.metrics import series
    from schedlab.model import catalog

    wanted = {"scenario": arguments.scenario} if arguments.scenario else {}
    runs = [r for r in catalog.select(catalog.runs(arguments.file), capture="quiet", **wanted) if _logs(r)]
    if not runs:
        raise SchedlabError(f"{arguments.file}: no quiet run with a log of its requests")
    keys = tuple(arguments.by.split(","))
    if not set(keys) <= {"arm", "run", "scenario"}:
        raise SchedlabError(f"--by {arguments.by}: choose from arm, run, scenario, joined by commas")
    samples = series.samples(runs)
    groups: dict = {}
    for run in runs:
        told = {"arm": run.arm, "run": run.id, "scenario": run.scenario}
        groups.setdefault(" ".join(told[k] for k in keys), {})[run.id] = samples[run.id]
    return groups


def _logs(run) -> bool:
    return any(a.kind == "requests" and a.path is not None for a in run.artifacts)


def _of_file(file: str) -> dict:
    """One sample per endpoint (and per kind of histogram) of a load test's file."""
    from schedlab import ingest
    from schedlab.errors import SchedlabError
    from schedlab.model.sample import Sample

    tables = ingest.read(file).tables
    if "REQUESTS" in tables and len(tables["REQUESTS"]):
        rows = tables["REQUESTS"][tables["REQUESTS"]["ok"]]
        return {name or file: Sample.of(part["latency_s"], "s") for name, part in rows.groupby("endpoint")}
    if "LATENCY_BINS" in tables and len(tables["LATENCY_BINS"]):
        groups = tables["LATENCY_BINS"].groupby(["endpoint", "kind"])
        return {" ".join(filter(None, key)): _bins(part, key[1]) for key, part in groups}
    if "LATENCY_QUANTILES" in tables and len(tables["LATENCY_QUANTILES"]):
        groups = tables["LATENCY_QUANTILES"].groupby(["endpoint", "kind"])
        return {" ".join(filter(None, key)): _quantiles(part, key[1], tables) for key, part in groups}
    raise SchedlabError(
        f"{file}: holds no requests, histogram or quantiles of latencies; see `schedlab read {file}`"
    )


def _bins(part, kind: str):
    from schedlab.model.sample import Sample

    return Sample.bins(part["lo_s"], part["hi_s"], part["count"], "s", corrected=kind == "corrected")


def _quantiles(part, kind: str, tables: dict):
    """Printed quantiles; corrected ones are no observations, so their number is not used."""
    from schedlab.model.sample import Quantiles

    load = tables.get("LOAD_SERIES")
    known = load is not None and len(load) and kind != "corrected"
    return Quantiles.of(part["q"], part["value_s"], "s", float(load["requests"].sum()) if known else None)


def _print(name: str, found) -> None:
    table, doubts = found.table(), [w for f in found for w in f.warnings]
    if hasattr(found, "seen"):
        print(f"{name}: {len(found.seen.q)} printed quantiles")
        print_table(table)
    else:
        print(f"{name}: n {found.sample.n:,.0f}, worth {found.n_eff:,.0f} independent requests")
        print_table(table[[column for column in SHOWN if column in table]])
        print(found.selection.verdict if found.selection else "one or two runs: no score on a run left out")
    for text in dict.fromkeys((*found.warnings, *doubts)):
        say(f"caution: {text}")


def _plain(found) -> dict:
    told = {"fits": found.table().to_dict(orient="records"), "warnings": list(found.warnings)}
    if hasattr(found, "seen"):
        return told | {"n": found.seen.n}
    selected = found.selection
    return told | {
        "n": found.sample.n,
        "n_eff": found.n_eff,
        "parameters": found.parameters().to_dict(orient="records"),
        "selection": selected.table.to_dict(orient="records") if selected else None,
        "verdict": selected.verdict if selected else None,
    }
