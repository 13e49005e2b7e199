"""Goroutines that pile up: a process that counted itself (fixtures/pileups) is the independent source."""

import json
from pathlib import Path

import numpy as np
import pytest

from schedlab import ingest, profiles
from schedlab.profiles import dumps, filters, pileups, queues
from schedlab.profiles.classes import waiting_mechanism

FOLDER = Path(__file__).parents[1] / "fixtures" / "pileups"
KNOWN = json.loads((FOLDER / "known.json").read_text())
TIMES = [k["wall_ns"] / 1e9 for k in KNOWN]
LEFT_PER_S = np.polyfit(TIMES, [k["left"] for k in KNOWN], 1)[0]


@pytest.fixture(scope="module")
def dumped():
    """The eight dumps of one file as snapshots."""
    tables = ingest.read(FOLDER / "goroutines.txt.gz").tables
    all_, frames = tables["GOROUTINES"], tables["FRAMES"]
    return [pileups.of_dump(all_[all_["dump"] == i], frames, t) for i, t in enumerate(TIMES)]


@pytest.fixture(scope="module")
def profiled():
    """The eight goroutine profiles of the same moments."""
    return [pileups.of_profile(profiles.read(FOLDER / f"{i}.pb.gz")) for i in range(len(TIMES))]


def test_every_goroutine_of_every_dump_is_in_a_group(dumped):
    counts = [int(s.groups["goroutines"].sum()) for s in dumped]
    assert np.abs(np.array(counts) - [k["goroutines"] for k in KNOWN]).max() <= 1


def test_the_planted_leak_is_the_only_pile_up_and_grows_as_the_program_counted(dumped):
    table = pileups.growth(dumped)
    piled = table[table["piles_up"]]
    assert len(piled) == 1
    leak = piled.iloc[0]
    assert leak["stack"].endswith("main.leave") and leak["reason"] == "chan send"
    assert leak["lo_per_s"] <= LEFT_PER_S <= leak["hi_per_s"]
    assert (leak["first"], leak["last"]) == (KNOWN[0]["left"], KNOWN[-1]["left"])


def test_goroutine_profiles_show_the_same_growth_without_states(dumped, profiled):
    one, other = (pileups.growth(s, by=["stack"]).iloc[0] for s in (dumped, profiled))
    assert other["stack"].removesuffix(";runtime.chansend1;runtime.chansend;runtime.gopark") == one["stack"]
    assert other["slope_per_s"] == pytest.approx(one["slope_per_s"], rel=0.05)
    assert other["piles_up"]


def test_groups_name_the_site_the_mechanism_and_the_wait(dumped):
    groups = dumped[-1].groups.set_index("reason")
    assert groups.loc["chan send", "site"] == "main.leave (main.go:27)"
    assert groups.loc["chan send", "mechanism"] == "channel"
    assert groups.loc["sync.Mutex.Lock", "mechanism"] == "sync lock"
    assert groups["share"].sum() == pytest.approx(1)


def test_too_few_snapshots_pile_nothing_up(dumped):
    table = pileups.growth(dumped[:4])
    assert not table["piles_up"].any() and table["lo_per_s"].isna().all()


def test_a_dump_is_a_profile_that_filters_and_draws_like_any_other():
    tables = ingest.read(FOLDER / "goroutines.txt.gz").tables
    last = tables["GOROUTINES"][tables["GOROUTINES"]["dump"] == 7]
    found = dumps.profile(last, tables["FRAMES"])
    assert found.total() == len(last)
    sent = filters.tagfocus(found, "reason=chan send")
    assert sent.value().sum() == KNOWN[-1]["left"]
    assert profiles.tree(found).value[0, 0] == len(last)


def test_the_lock_queue_names_the_waiters_site_and_the_holders(dumped):
    mutex, block = (profiles.read(FOLDER / f"{kind}.pb.gz") for kind in ("mutex", "block"))
    table = queues.lock_queues(mutex, block, dumped[-1])
    longest = table.iloc[0]
    assert longest["waiter"] == "main.(*ledger).look (main.go:38)"
    assert longest["holder"] == "main.(*ledger).settle (main.go:33)"
    assert (longest["match"], longest["waiting_now"]) == ("same type", 6)
    waited = table.drop_duplicates("waiter")["waited_s"].sum()
    assert waited == pytest.approx(table.drop_duplicates("holder")["caused_s"].sum(), rel=0.05)


@pytest.mark.parametrize(
    ("reason", "mechanism"),
    {
        "chan receive (nil chan)": "channel",
        "select (no cases)": "channel",
        "IO wait": "netpoll",
        "network": "netpoll",
        "sync.RWMutex.RLock": "sync lock",
        "sleep": "timer",
        "GC worker (idle)": "GC",
        "something new": "",
    }.items(),
)
def test_what_a_goroutine_waits_for_has_a_mechanism(reason, mechanism):
    assert waiting_mechanism(reason) == mechanism
