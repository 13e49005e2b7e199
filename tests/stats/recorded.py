"""What R and statsmodels computed: `<peer>/recorded.csv`; the script beside it says how."""

import csv
from pathlib import Path


def _recorded(peer: str) -> dict[str, float]:
    with (Path(__file__).parent / peer / "recorded.csv").open(encoding="utf-8") as lines:
        return {row["name"]: float(row["value"]) for row in csv.DictReader(x for x in lines if x[0] != "#")}


R, S = _recorded("r"), _recorded("statsmodels")

#: the data of both scripts
A = (1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06)
B = (0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06)
D = (0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, 0.08, -1.30)
X, Y = (1, 2, 2, 3, 4, 5, 5, 6), (2, 3, 5, 5, 7, 8, 9)
