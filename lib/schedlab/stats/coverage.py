"""Do intervals hold the truth as often as they say? What the simulations in `tests/simulation` counted.

A setting promises something unless the method warned that it has too little, or gave no interval at all: such
settings cannot fail, and are counted apart. A rate is *within* its promise up to two Monte Carlo errors of
the simulation, and *strictly* within it without them.
"""

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


def promising(table: pd.DataFrame) -> pd.DataFrame:
    """The settings that promise something, and whether the rate is within the promise to the last digit."""
    rows = table[table["rate"].notna() & ((table["least"] > 0) | (table["most"] < 1))]
    return rows.assign(strictly=rows["rate"].between(rows["least"], rows["most"]))


def counts(*tables: pd.DataFrame) -> dict[str, int]:
    """Over all tables: settings that promise something, how many are within, strictly so, and the silent."""
    kept = [promising(table) for table in tables]
    settings = sum(map(len, kept))
    within, strictly = (sum(int(rows[name].sum()) for rows in kept) for name in ("within", "strictly"))
    silent = sum(map(len, tables)) - settings
    return {"settings": settings, "within": within, "strictly": strictly, "silent": silent}


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """One row per method: settings, replicates, the smallest and largest rate, how many are within."""
    rows = [
        (what, len(part), int(part["reps"].min()), part["rate"].min(), part["rate"].max(), *_promise(part))
        for what, part in promising(table).groupby("what", sort=False)
    ]
    names = ["what", "settings", "replicates", "smallest rate", "largest rate", "promised", "within"]
    return pd.DataFrame(rows, columns=[*names, "strictly"])


def _promise(part: pd.DataFrame) -> tuple[str, int, int]:
    promises = dict.fromkeys(f"{r.least:g} to {r.most:g}" for r in part.itertuples())
    return " or ".join(promises), int(part["within"].sum()), int(part["strictly"].sum())


def sentence(*tables: pd.DataFrame) -> str:
    """How many settings were simulated, how many are within what is promised, and which are not."""
    found = counts(*tables)
    told = (
        f"{found['settings']} settings, {found['within']} within what is promised "
        f"({found['strictly']} strictly, the others up to two simulation errors); "
        f"{found['silent']} more promise nothing"
    )
    return told + _broken([promising(table) for table in tables])


def _broken(tables: list[pd.DataFrame]) -> str:
    """Methods and laws in which rates are not within, with the smallest and the largest of those rates."""
    broken = pd.concat([t.reindex(columns=["what", "law", "rate", "within"]) for t in tables])
    broken = broken[~broken["within"].astype(bool)]
    groups = broken.fillna({"law": "its own law"}).groupby(["what", "law"], sort=False)["rate"]
    names = [f"{what} ({law}): {r.min():.3f} to {r.max():.3f}" for (what, law), r in groups]
    return f"; not so: {'; '.join(names)}" if names else ""
