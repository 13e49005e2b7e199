"""A table of simulations made part by part: what `run.py` and `fits.py` share."""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from table import SEED


def main(about, parts, columns, place, argv=None):
    """Simulate the parts that were asked for, all without one, each in place of its old rows of the table.

    `parts`: name -> (rows of the table, replicates), in the order of the table; the seed is the place in it.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(parts))
    parser.add_argument("--reps", type=int, help="replicates, instead of each part's own number")
    parser.add_argument("--to", type=Path, default=place)
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.parts) - set(parts):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    for name in arguments.parts or parts:
        rows = list(simulate(parts, name, arguments.reps))
        write(arguments.to, list(parts), name, pd.DataFrame(rows, columns=columns))
    table = pd.read_csv(arguments.to)
    broken = table[~table["within"]]
    print(f"{len(table)} rows, {len(broken)} outside what they promise", file=sys.stderr)
    return 1 if len(broken) else 0


def simulate(parts, name, reps=None):
    part, own = parts[name]
    for line in part(np.random.default_rng([SEED, list(parts).index(name)]), reps or own):
        print(name, *line, sep="\t", flush=True)
        yield name, *line


def write(path, order, name, rows):
    """Put the rows of one part in place of its old ones, parts in their order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tables = [rows]
    if path.is_file():
        old = pd.read_csv(path, dtype=str, keep_default_na=False)
        tables.append(old[(old["part"] != name) & old["part"].isin(order)])
    places = {part: i for i, part in enumerate(order)}
    table = pd.concat(tables).sort_values("part", key=lambda part: part.map(places), kind="stable")
    table.to_csv(path, index=False)
