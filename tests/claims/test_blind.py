"""Captures lead to what was planted in them, on real runs of programs in which it is known."""

from pathlib import Path

import pandas as pd
import pytest

from schedlab.claims import blind
from schedlab.errors import MissingTable
from schedlab.model import catalog

RUNS = Path(__file__).parents[2] / "data" / "runs" / "mechanisms"

#: run -> level, what was planted, where
PLANTED = {
    "lock-mechanism-one-01": ("lock", "main.(*contest).planted"),
    "pileup-mechanism-senders-01": ("pile-up", "main.abandonedSender"),
    "pileup-mechanism-receivers-01": ("pile-up", "main.abandonedReceiver"),
    "preempt-traced-mechanism-crowded-01": ("delay", "scheduling delay"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_planted_stands_first(name):
    found = blind.suspects(catalog.runs(RUNS / name)).iloc[0]
    level, site = PLANTED[name]
    assert (found["level"], found["found"].startswith(site)) == (level, True)
    assert found["share"] > 0.3


def test_where_no_delay_was_planted_its_share_is_small():
    found = blind.suspects(catalog.runs(RUNS / "netpoll-traced-mechanism-netpoller-01")).iloc[0]
    assert found["share"] < 0.1


def test_runs_that_disagree_are_counted():
    rows = [("lock", "one", name, "lock", found, 0.9) for name, found in zip("abc", "xxy", strict=True)]
    agreed = blind.agreed(pd.DataFrame(rows, columns=blind.COLUMNS)).iloc[0]
    assert (agreed["found"], agreed["named_by"], agreed["runs"], agreed["share"]) == ("x", 2, 3, 0.9)


def test_runs_without_any_such_file_are_refused():
    with pytest.raises(MissingTable, match="no run here"):
        blind.suspects(())
