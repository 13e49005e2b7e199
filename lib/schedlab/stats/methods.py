"""Every method in words, beside how often its intervals held the truth when it was known."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from schedlab.errors import FormatError

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
    is a bound from above; settings that carry a warning promise nothing and are not among them.
    """
    settings = pd.concat([_named(table) for table in simulations], ignore_index=True)
    rows = [
        (row.name, promised, len(mine), mine["rate"].min(), mine["rate"].max(), int(mine["within"].sum()))
        for row in methods[methods["simulated_as"] != ""].itertuples()
        for promised, mine in _by_promise(settings, row.simulated_as)
    ]
    columns = ["name", "promised", "settings", "smallest_rate", "largest_rate", "within"]
    return pd.DataFrame(rows, columns=columns)


def unlisted(methods: pd.DataFrame, *simulations: pd.DataFrame) -> tuple[str, ...]:
    """What was simulated and stands under no method of the list."""
    listed = tuple(start for text in methods["simulated_as"] if text for start in _starts(text))
    names = dict.fromkeys(name for table in simulations for name in _named(table)["what"])
    return tuple(name for name in names if not name.startswith(listed))


def _starts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";"))


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Simulations of fits call the method `interval`; those of comparisons `what`."""
    named = table.rename(columns={"interval": "what"})[["what", "rate", "least", "most", "within"]]
    promised = [f"{least:g} to {most:g}" for least, most in zip(named["least"], named["most"], strict=True)]
    return named.assign(promised=promised)[lambda rows: rows["promised"] != "0 to 1"]


def _by_promise(settings: pd.DataFrame, simulated_as: str):
    return settings[settings["what"].str.startswith(_starts(simulated_as))].groupby("promised", sort=False)
