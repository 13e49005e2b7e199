"""Coverage of every advertised interval, by simulation: `python tests/simulation/run.py [PART ...]`.

Each part replaces its own rows of the table; without a part all are run. A row says what was simulated, how
often the truth was covered (or a false verdict given), the Monte Carlo standard error, and whether that is
within what is promised.
"""

import argparse
import sys
from pathlib import Path

import numba
import numpy as np
import over_requests
import over_values
import pandas as pd
import within_run
from table import COLUMNS, DESIGNS, SEED

TABLE = Path(__file__).parents[2] / "report" / "data" / "coverage.csv"

#: name -> (rows of the table, replicates); the order is that of the table, the seed is the place in it
PARTS = {
    "primary": (over_values.primary, 5_000),
    "resampled": (over_values.resampled, 2_000),
    "same": (over_values.same_against_same, 1_000),
    "factorials": (over_values.factorials, 2_000),
    "others": (over_values.others, 4_000),
    "independent": (within_run.independent, 2_000),
    "blocks": (within_run.by_blocks, 1_000),
    **{f"requests-{a}-{b}": (over_requests.cells(a, b), 1_000) for a, b in DESIGNS},
}


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--reps", type=int, help="replicates, instead of each part's own number")
    parser.add_argument("--to", type=Path, default=TABLE)
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    numba.set_num_threads(1)  # small arrays; the bits are the same
    for name in arguments.parts or PARTS:
        write(arguments.to, name, list(simulate(name, arguments.reps)))
    table = pd.read_csv(arguments.to)
    broken = table[~table["within"]]
    print(f"{len(table)} rows, {len(broken)} outside what they promise", file=sys.stderr)
    return 1 if len(broken) else 0


def simulate(name, reps=None):
    part, own = PARTS[name]
    for line in part(np.random.default_rng([SEED, list(PARTS).index(name)]), reps or own):
        print(name, *line, sep="\t", flush=True)
        yield name, *line


def write(path, name, rows):
    """Put the rows of one part in place of its old ones, parts in their order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tables = [pd.DataFrame(rows, columns=COLUMNS)]
    if path.is_file():
        old = pd.read_csv(path, dtype=str, keep_default_na=False)
        tables.append(old[(old["part"] != name) & old["part"].isin(list(PARTS))])
    places = {part: i for i, part in enumerate(PARTS)}
    table = pd.concat(tables).sort_values("part", key=lambda part: part.map(places), kind="stable")
    table.to_csv(path, index=False)


if __name__ == "__main__":
    sys.exit(main())
