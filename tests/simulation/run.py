"""Coverage of every advertised interval, by simulation: `python tests/simulation/run.py [PART ...]`.

Each part replaces its own rows of the table; without a part all are run. A row says what was simulated, how
often the truth was covered (or a false verdict given), the Monte Carlo standard error, and whether that is
within what is promised.
"""

import sys
from pathlib import Path

import command
import numba
import over_requests
import over_values
import within_run
from table import COLUMNS, DESIGNS

TABLE = Path(__file__).parents[2] / "report" / "data" / "coverage.csv"

#: designs whose first thousand replicates left in doubt on which side of a promise they stand
_LONGER = {(5, 5): 3_000}
#: name -> (rows of the table, replicates)
PARTS = {
    "primary": (over_values.primary, 5_000),
    "disturbed": (over_values.disturbed, 5_000),
    "resampled": (over_values.resampled, 2_000),
    "same": (over_values.same_against_same, 1_000),
    "factorials": (over_values.factorials, 2_000),
    "others": (over_values.others, 4_000),
    "independent": (within_run.independent, 2_000),
    "blocks": (within_run.by_blocks, 1_000),
    **{f"requests-{a}-{b}": (over_requests.cells(a, b), _LONGER.get((a, b), 1_000)) for a, b in DESIGNS},
    "steady": (within_run.steady, 1_000),
}


if __name__ == "__main__":
    numba.set_num_threads(1)  # small arrays; the bits are the same
    sys.exit(command.main(__doc__.splitlines()[0], PARTS, COLUMNS, TABLE))
