"""Many arms: only what may be compared is, the same as one by one, and the words say what came out."""

import numpy as np
import pandas as pd
import pytest

from build import write_run
from schedlab.model import catalog
from schedlab.stats import capacity, compare, pairs, shift

SPEAKS = {"net-http": "http1", "gin": "http1", "grpc-gpr": "grpc", "alone": "frame"}
RATES = {"net-http": 100.0, "gin": 100.0, "grpc-gpr": 100.0, "alone": 100.0}


@pytest.fixture
def runs(tmp_path):
    order = 0
    for block in range(1, 6):
        for arm, protocol in SPEAKS.items():
            order += 1
            factors = {"rate_per_s": RATES[arm], "protocol": protocol, "loop": "open"}
            place = {"block": block, "repetition": block, "order": order}
            write_run(tmp_path, id=f"{arm}-{block}", arm=arm, factors=factors, **place)
    return catalog.runs(tmp_path)


def values(runs, metric="latency_p99", slower=(), seed=1):
    rng = np.random.default_rng(seed)
    rows = [
        (
            r.id,
            r.arm,
            r.scenario,
            r.block,
            metric,
            "s",
            "lower",
            np.exp(rng.normal(0.5 * (r.arm in slower), 0.02)),
        )
        for r in runs
    ]
    names = ["run", "arm", "scenario", "block", "metric", "unit", "better", "value"]
    return pd.DataFrame(rows, columns=names)


def test_arms_are_compared_with_the_reference_of_their_protocol_only(runs):
    assert pairs.against(runs, ["net-http", "grpc-gpr", "gpr"]) == [("net-http", "gin")]


def test_where_no_reference_is_known_the_first_arm_of_a_protocol_is_one(runs):
    first = next(r.arm for r in runs if r.factors["protocol"] == "http1")
    other = next(r.arm for r in runs if r.factors["protocol"] == "http1" and r.arm != first)
    assert (first, other) in pairs.against(runs, ["an arm of other data"])


def test_a_pair_among_many_is_compared_as_it_is_alone_and_corrected_as_one_family(runs):
    table = pd.concat([values(runs, slower=["gin"]), values(runs, "latency_p50", seed=2)])
    found = pairs.compared(runs, table, [("net-http", "gin")], margin=0.2, correction="holm")
    alone = compare.compare(values(runs, slower=["gin"]), "net-http", "gin", unit="s", better="lower")
    assert (found[0].effect, found[0].lo, found[0].hi) == (alone.effect, alone.lo, alone.hi)
    assert [c.verdict for c in found] == ["slower", "equivalent"]
    assert found[0].family == "holm over 2" and found[0].adjusted_p == pytest.approx(2 * alone.p_value)
    assert pairs.counts(found) == "2 comparisons: 1 slower, 1 equivalent"
    assert pairs.counts(()) == "no pair of arms to compare"
    assert "slower: gin / net-http (latency p99 ×" in pairs.sentence(found)
    assert pairs.table(found)["comparison"].tolist() == ["gin / net-http"] * 2


def test_what_the_design_refuses_is_not_compared_and_its_caveats_travel(runs, tmp_path):
    pair = [("net-http", "grpc-gpr")]
    (one,) = pairs.compared(runs, values(runs), pair)
    assert "factor protocol differs" in one.warnings[0]
    assert set(pairs.findings(runs, pair, "latency_p99")["level"]) == {"caveat"}
    other = tmp_path / "faster"
    write_run(other, id="x", arm="other", factors={"rate_per_s": 900, "protocol": "http1", "loop": "open"})
    mixed = (*runs, *catalog.runs(other))
    assert pairs.compared(mixed, values(mixed), [("net-http", "other")]) == ()
    assert "refusal" in set(pairs.findings(mixed, [("net-http", "other")], "latency_p99")["level"])


def test_nothing_to_compare_is_said_and_not_an_error(runs):
    assert pairs.compared(runs, values(runs), []) == () and pairs.sentence([]) == "no pair of arms to compare"
    assert pairs.shift_functions(pd.DataFrame(), [("a", "b")]) == {}
    assert "No pair" in shift.sentence({}) and not len(shift.together({}))
    assert not len(pairs.second_views({}, [("a", "b")]))


def test_second_views_and_shift_functions_name_what_is_slower():
    rng = np.random.default_rng(3)
    latencies = {
        (arm, f"{arm}{i}"): 1e-3 * np.exp(rng.normal(mu, 0.3, 4_000))
        for arm, mu in (("a", 0), ("b", 0.2))
        for i in range(5)
    }
    views = pairs.second_views(latencies, [("a", "b")]).set_index("view")
    assert views.loc["a request of the treated arm is slower", "lo"] > 0.5
    assert views.loc["distance between the arms (W1)", "unit"] == "s"
    # the mean of a lognormal is exp(mu + sigma^2 / 2), and W1 of two that differ in scale the difference
    moved = 1e-3 * np.exp(0.3**2 / 2) * np.expm1(0.2)
    assert views.loc["distance between the arms (W1)", "value"] == pytest.approx(moved, rel=0.1)
    rows = [
        (a, r, int(r[1:]), q, np.quantile(x, q)) for (a, r), x in latencies.items() for q in (0.1, 0.5, 0.9)
    ]
    quantiles = pd.DataFrame(rows, columns=["arm", "run", "block", "q", "value"])
    found = pairs.shift_functions(quantiles, [("a", "b"), ("a", "c")])
    assert list(found) == ["b / a"] and "b / a at 10 %, 50 %, 90 %" in shift.sentence(found)


def test_a_curve_has_the_rate_that_was_offered_and_a_share_of_the_capacity_where_the_plan_said_so(runs):
    table = capacity.curve(values(runs), runs)
    assert set(table["offered_per_s"]) == {100.0} and (table["runs"] == 5).all()
    assert (
        table["rate_share"].isna().all()
        and ((table["lo"] < table["value"]) & (table["value"] < table["hi"])).all()
    )


def test_shares_of_capacity_become_rates_and_closed_loops_have_none(tmp_path):
    share = {"rate_share": 0.5, "capacity_per_s": 800.0, "rate_per_s": 0.0, "loop": "open"}
    for i in (1, 2):
        write_run(tmp_path, id=f"s{i}", factors=share, order=i)
        write_run(tmp_path, id=f"c{i}", factors={"loop": "closed", "rate_per_s": 0.0}, order=i + 2)
    runs = catalog.runs(tmp_path)
    closed, opened = capacity.by_loop(runs)
    assert [r.id for r in closed] == ["c1", "c2"] and [r.id for r in opened] == ["s1", "s2"]
    (row,) = capacity.curve(values(runs), runs).to_dict("records")
    assert (row["offered_per_s"], row["rate_share"], row["runs"]) == (400.0, 0.5, 2)
