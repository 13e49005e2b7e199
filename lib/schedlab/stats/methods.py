"""Every method in words, beside how often its intervals held the truth when it was known."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from schedlab.errors import FormatError
from schedlab.stats.coverage import promising

COLUMNS = ["name", "does", "wrong_when", "simulated_as", "source"]


def read(path: str | Path) -> pd.DataFrame:
    """The list of methods, in words; `simulated_as` is how the names of their simulated settings begin."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    if list(table.columns) != COLUMNS:
        raise FormatError(path, f"the columns must be {', '.join(COLUMNS)}", 1)
    return table


def covered(methods: pd.DataFrame, *simulations: pd.DataFrame) -> pd.DataFrame:
    """One row per simulated method and promise: settings, smallest and largest rate, settings within.

    The rate is the share of simulated intervals that held the truth, or of false verdicts where the promise
    is a bound from above; settings that promise nothing are not among them (see `coverage.promising`).
    """
    settings = pd.concat([_named(table) for table in simulations], ignore_index=True)
    owners = _owners(methods, settings["what"])
    rows = [
        (row.name, promised, len(mine), mine["rate"].min(), mine["rate"].max(), *_kept(mine))
        for row in methods[methods["simulated_as"] != ""].itertuples()
        for promised, mine in settings[owners == row.name].groupby("promised", sort=False)
    ]
    columns = ["name", "promised", "settings", "smallest_rate", "largest_rate", "within", "strictly"]
    return pd.DataFrame(rows, columns=columns)


def _kept(settings: pd.DataFrame) -> tuple[int, int]:
    return int(settings["within"].sum()), int(settings["strictly"].sum())


def unlisted(methods: pd.DataFrame, *simulations: pd.DataFrame) -> tuple[str, ...]:
    """What was simulated and stands under no method of the list."""
    listed = tuple(start for text in methods["simulated_as"] if text for start in _starts(text))
    names = dict.fromkeys(name for table in simulations for name in _named(table)["what"])
    return tuple(name for name in names if not name.startswith(listed))


def _starts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";"))


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Simulations of fits call the method `interval`; those of comparisons `what`."""
    rows = promising(table if "interval" not in table else table.assign(what=table["interval"]))
    promised = [f"{least:g} to {most:g}" for least, most in zip(rows["least"], rows["most"], strict=True)]
    return rows[["what", "rate", "within", "strictly"]].assign(promised=promised)


def _owners(methods: pd.DataFrame, what: pd.Series) -> pd.Series:
    """The one method that each setting stands under: that with the longest beginning of its name."""
    named = {
        start: r.name for r in methods.itertuples() if r.simulated_as for start in _starts(r.simulated_as)
    }
    return what.map(lambda name: named[max((s for s in named if name.startswith(s)), key=len)])
