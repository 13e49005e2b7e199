"""`schedlab audit FILE...`: what in these load tests makes their latencies other than they look?"""

from __future__ import annotations

import argparse

from schedlab.cli.output import print_json, print_table, say


def add(subparsers) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "audit",
        help="can the latencies of these load tests be believed? exit 1 where there is a doubt",
        epilog="example: schedlab audit hey.csv --connections 20 --rate 1000",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a load test's file in any known format")
    parser.add_argument(
        "--connections", type=float, help="open connections or users, where the file is silent"
    )
    parser.add_argument("--rate", type=float, help="planned requests a second, all connections together")
    parser.add_argument("--unit", help="ns, us, ms or s, where a histogram does not say its own")
    parser.add_argument("--json", action="store_true", help="findings and repairs as JSON on stdout")
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    from schedlab import ingest
    from schedlab.ingest.audit import Plan, audit, together

    found = {file: ingest.read(file, unit=arguments.unit) for file in arguments.files}
    plans = {f: Plan.of(r.facts, arguments.connections, arguments.rate) for f, r in found.items()}
    tables = {file: audit(reading, plans[file]) for file, reading in found.items()}
    repairs = {file: _repaired(reading, plans[file]) for file, reading in found.items()}
    shared = together(found)
    if arguments.json:
        print_json(_plain(found, tables, repairs, shared))
    else:
        for file in found:
            _print(file, found[file].format, tables[file], repairs[file])
        _print_shared(shared)
    return int(any(table["doubt"].any() for table in (*tables.values(), shared)))


def _repaired(reading, plan):
    """The table of repairs, or why there is none."""
    from schedlab.errors import TooFewValues
    from schedlab.ingest.repair import repaired

    try:
        return repaired(reading, plan)
    except TooFewValues as error:
        return str(error)


def _print(file: str, format: str, table, repair) -> None:
    print(f"{file}: {format}")
    print_table(table)
    if isinstance(repair, str):
        say(f"not repaired: {repair}")
    else:
        print_table(repair)


def _print_shared(shared) -> None:
    if len(shared):
        print("together:")
        print_table(shared)


def _plain(found: dict, tables: dict, repairs: dict, shared) -> dict:
    files = {
        file: {
            "format": reading.format,
            "checks": tables[file].to_dict(orient="records"),
            "repair": repairs[file] if isinstance(repairs[file], str) else repairs[file].to_dict("records"),
            "warnings": list(reading.warnings),
        }
        for file, reading in found.items()
    }
    return {"files": files, "together": shared.to_dict(orient="records")}
