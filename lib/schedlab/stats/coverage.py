"""Do intervals hold the truth as often as they say? What the simulations in `tests/simulation` counted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def read(path: str | Path) -> pd.DataFrame:
    """The table that a simulation wrote, one row per setting: what, law, n1, n2, run_sd, reps, rate, mc_se,
    least, most (what is promised) and within (whether the rate is, up to two Monte Carlo errors)."""
    return pd.read_csv(path, comment="#")


def read_fits(path: str | Path) -> pd.DataFrame:
    """The table of simulated fits, one row per family, parameter and form: as `read`, `what` being the form
    in which the sample was kept and how the interval was found."""
    table = read(path)
    return table.assign(what=table["part"] + ": " + table["interval"])


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """One row per method: settings, replicates, the smallest and largest rate, how many are within."""
    rows = [
        (what, len(part), int(part["reps"].min()), part["rate"].min(), part["rate"].max(), *_promise(part))
        for what, part in table.groupby("what", sort=False)
    ]
    names = ["what", "settings", "replicates", "smallest rate", "largest rate", "promised", "within"]
    return pd.DataFrame(rows, columns=names)


def _promise(part: pd.DataFrame) -> tuple[str, int]:
    promises = dict.fromkeys(f"{r.least:g} to {r.most:g}" for r in part.itertuples())
    return " or ".join(promises), int(part["within"].sum())


def sentence(table: pd.DataFrame) -> str:
    """How many settings were simulated, and which are not within what is promised."""
    broken = table[~table["within"]]
    told = f"{len(table)} settings, {len(table) - len(broken)} within what is promised"
    names = [
        f"{r.what} ({r.law}, {r.n1} + {r.n2} runs, spread {r.run_sd}): {r.rate:.3f}"
        for r in broken.itertuples()
    ]
    return f"{told}; not so: {'; '.join(names)}" if names else told
