"""Rules decide only what their interval decides, and say what is missing; the ledger is complete."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from build import write_experiment, write_run
from schedlab import claims, metrics
from schedlab.claims.evidence import Evidence
from schedlab.claims.rules import RULES
from schedlab.errors import FormatError, UnknownName
from schedlab.model import catalog
from schedlab.model.results import VERDICTS
from schedlab.pipeline import notebook as nb

REPORT = Path(__file__).parents[2] / "report"
SUBJECTS = claims.read_subjects(REPORT / "subjects.csv")
CLAIM = replace(
    claims.read_ledger(REPORT / "claims.csv")[0],
    subject_a="go func",
    subject_b="pool",
    scope=("mechanism",),
    why="",
)


class Planted(Evidence):
    """Evidence with values planted for arms gpr and pool, in blocks."""

    planted: dict

    def values(self, claim, arms):
        unit = metrics.metric(claim.arguments["metric"]).unit
        rows = [
            {"run": f"{arm}{i}", "arm": arm, "block": i, "unit": unit, "better": "lower", "value": value}
            for arm in arms
            for i, value in enumerate(self.planted.get(arm, ()))
        ]
        columns = ["run", "arm", "block", "metric", "unit", "better", "value"]
        return pd.DataFrame(rows, columns=columns).assign(metric=claim.arguments["metric"])


def verdict(rule, planted, published=("", ""), **arguments):
    evidence = Planted((), dict(zip(SUBJECTS["subject"], SUBJECTS["arm"], strict=True)))
    object.__setattr__(evidence, "planted", planted)
    a, b = published
    claim = replace(CLAIM, arguments=arguments, published_a=a, published_b=b)
    return RULES[rule](claim, evidence)[0]


TEN = [10.0, 10.1, 9.9, 10.05, 9.95]
TWENTY = [2 * v for v in TEN]
WIDE = [1.0, 30.0, 2.0, 40.0, 3.0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [(TEN, "supported"), (TWENTY, "contradicted"), (WIDE, "undecided"), ([], "not measured")],
)
def test_between_needs_the_whole_interval(values, expected):
    planted = {"gpr": values, "pool": values}
    assert verdict("between", planted, metric="threads", lo="9", hi="11") == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.183, 0.184, 0.182], "supported"),
        ([0.18, 0.19, 0.175], "undecided"),  # holds the number, and 15 % less or more as well
        ([0.1, 0.3, 0.2], "undecided"),
        ([0.5, 0.5, 0.5], "undecided"),
        ([0.5, 0.51, 0.49], "contradicted"),
        ([], "not measured"),
    ],
)
def test_inside_compares_the_published_number_in_base_units(values, expected):
    found = verdict(
        "inside", {"gpr": values}, ("18.3", ""), metric="cpu_share_park_m", side="a", scale="0.01"
    )
    assert found == expected


@pytest.mark.parametrize(
    ("a", "b", "least", "expected"),
    [
        (TEN, TWENTY, "5", "supported"),
        (TWENTY, TEN, "5", "contradicted"),
        (TEN, [v + 0.5 for v in TEN], "5", "contradicted"),
        (TEN, WIDE, "0", "undecided"),
        (TEN, [], "0", "not measured"),
    ],
)
def test_differs_needs_sign_and_size(a, b, least, expected):
    planted = {"gpr": a, "pool": b}
    assert verdict("differs", planted, metric="threads", direction="higher", least=least) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (TEN, TWENTY, "supported"),
        (TEN, TEN[::-1], "contradicted"),
        (TEN, WIDE, "undecided"),
        (TEN, [], "not measured"),
    ],
)
def test_ratio_holds_the_published_ratio_against_the_interval(a, b, expected):
    assert verdict("ratio", {"gpr": a, "pool": b}, ("50", "100"), metric="threads") == expected


@pytest.mark.parametrize(
    ("b", "expected"), [(TWENTY, "contradicted"), ([v / 2 for v in TEN], "supported"), (WIDE, "undecided")]
)
def test_ratio_with_a_direction_asks_on_which_side_of_one(b, expected):
    assert verdict("ratio", {"gpr": TEN, "pool": b}, metric="threads", direction="lower") == expected


def test_another_host_measures_nothing_about_the_published_one(tmp_path):
    runs = catalog.runs(write_experiment(tmp_path / "one"))
    claim = replace(CLAIM, rule="host", arguments={"field": "cpu_model", "contains": "6248R"})
    assert claims.judge(claim, runs, SUBJECTS).verdict == "not measured"
    same = replace(claim, arguments={"field": "cpu_model", "contains": "none"})
    assert claims.judge(same, runs, SUBJECTS).verdict == "supported"


def test_another_set_up_measures_nothing_about_the_published_one(tmp_path):
    runs = catalog.runs(write_experiment(tmp_path / "one"))
    claim = replace(CLAIM, rule="same", arguments={"field": "factors.rate_per_s", "value": "8000"})
    found = claims.judge(claim, runs, SUBJECTS)
    assert (found.verdict, "rate per s is 100 in all 8 runs" in found.because) == ("not measured", True)
    same = replace(claim, arguments={"field": "factors.rate_per_s", "value": "100"})
    assert claims.judge(same, runs, SUBJECTS).verdict == "supported"


def on_host(folder, number, **host):
    """A run of the test experiment whose run.json names another host."""
    place = write_run(folder, id=f"gpr-quiet-9{number}", arm="gpr", order=90 + number)
    raw = json.loads((place / "run.json").read_text())
    (place / "run.json").write_text(json.dumps(raw | {"host": {"label": "by hand"} | host, "gomaxprocs": 32}))


XEON = {
    "cpu_model": "Intel(R) Xeon(R) Gold 6248R CPU @ 3.00GHz",
    "sockets": 2,
    "memory_bytes": 126 * 2**30,
    "kernel": "5.15.0-107-generic",
}
HARDWARE = ("1.0-hw", "1.0-os", "1.0-gomaxprocs")


def judged(folder, subjects=SUBJECTS):
    ledger = claims.read_ledger(REPORT / "claims.csv")
    return {v.claim: v for v in claims.judge_all(ledger, catalog.runs(folder), subjects)}


def test_claims_about_the_published_hardware_change_by_themselves_once_a_capture_from_it_is_there(tmp_path):
    folder = write_experiment(tmp_path / "one")
    before = judged(folder)
    assert {before[name].verdict for name in HARDWARE} == {"not measured"}
    assert "not on the published hardware" in before["1.0-hw"].because
    on_host(folder, 1, **XEON)
    after = judged(folder)
    assert {after[name].verdict for name in HARDWARE} == {"supported"}
    assert after["1.0-hw"].runs == ("gpr-quiet-91",), "runs of other hosts no longer judge"


@pytest.mark.parametrize("change", [{"sockets": 1}, {"memory_bytes": 64 * 2**30}, {"cpu_model": "AMD EPYC"}])
def test_a_host_that_is_like_the_published_one_in_part_is_another_host(tmp_path, change):
    folder = write_experiment(tmp_path / "one")
    on_host(folder, 1, **XEON | change)
    assert judged(folder)["1.0-hw"].verdict == "not measured"


def test_without_any_run_nothing_about_a_host_or_a_set_up_is_supported(tmp_path):
    ledger = claims.read_ledger(REPORT / "claims.csv")
    found = claims.judge_all(ledger, (), SUBJECTS)
    assert {v.verdict for c, v in zip(ledger, found, strict=True) if c.rule in SET_UP} == {"not measured"}


SET_UP = ("host", "same", "set-up")


def test_captures_apart_judge_only_what_the_data_cannot_and_are_named(tmp_path):
    host = {"label": "elsewhere"}
    write_experiment(
        tmp_path / "own", measured={"server_cpu_share": 0.5, "ok": 100}, host=host | {"cores": 1}
    )
    own, asked = catalog.runs(tmp_path / "own"), {"metric": "cpu_per_request", "lo": "0", "hi": "1"}
    mine = replace(CLAIM, rule="between", arguments={**asked, "a": "gpr", "b": "pool"})
    other = replace(CLAIM, rule="between", arguments={**asked, "a": "gin", "side": "a"})
    write_run(tmp_path / "apart", arm="gin", id="gin-1", experiment="apart", host=host)
    apart = catalog.runs(tmp_path / "apart")
    assert "apart" not in claims.judge(mine, own, SUBJECTS, apart).because
    found = claims.judge(other, own, SUBJECTS, apart)
    assert found.experiments == ("apart",) and "captured apart: apart, on elsewhere" in found.because
    assert claims.judge(other, own, SUBJECTS).runs == ()


def test_sides_may_be_two_scenarios_of_one_arm(tmp_path):
    for scenario, share in (("calm", 0.1), ("busy", 0.8)):
        for i in range(3):
            measured = {"server_cpu_share": share + i / 1000, "ok": 100}
            about = {"scenario": scenario, "id": f"{scenario}-{i}", "block": i, "measured": measured}
            write_run(tmp_path / "runs", host={"label": "by hand", "cores": 1}, **about)
    asked = {"metric": "cpu_per_request", "across": "scenario", "a": "calm", "b": "busy", "arm": "gpr"}
    claim = replace(CLAIM, rule="ratio", arguments={**asked, "direction": "higher"})
    found = claims.judge(claim, catalog.runs(tmp_path / "runs"), SUBJECTS)
    assert (found.verdict, "busy / calm" in found.because, len(found.runs)) == ("supported", True, 6)


def test_another_measured_set_up_contradicts_nothing():
    asked = {"metric": "snapshot_period", "lo": "9", "hi": "11"}
    assert verdict("set-up", {"gpr": TEN, "pool": TEN}, **asked) == "supported"
    assert verdict("set-up", {"gpr": TWENTY, "pool": TEN}, **asked) == "not measured"
    assert verdict("set-up", {"gpr": WIDE, "pool": TEN}, **asked) == "not measured"


def test_what_is_measured_in_part_is_not_supported_as_a_whole(tmp_path):
    runs = catalog.runs(write_experiment(tmp_path / "one"))
    whole = replace(CLAIM, rule="same", arguments={"field": "go_version", "value": "go1.21.13"})
    part = replace(whole, arguments={**whole.arguments, "open": "no capture panics"})
    assert claims.judge(whole, runs, SUBJECTS).verdict == "supported"
    found = claims.judge(part, runs, SUBJECTS)
    assert (found.verdict, found.because.endswith("not measured: no capture panics")) == ("undecided", True)


def test_every_statement_of_the_article_has_a_verdict(tmp_path):
    runs = catalog.runs(write_experiment(tmp_path / "one"))
    ledger = claims.read_ledger(REPORT / "claims.csv")
    table = claims.table(ledger, claims.judge_all(ledger, runs, SUBJECTS))
    assert len(table) == 161
    assert set(table["verdict"]) <= set(VERDICTS)
    assert (table["because"] != "").all()
    assert sum(claims.counts(table).values()) == 161


def test_every_rule_and_metric_of_the_ledger_exists():
    for claim in claims.read_ledger(REPORT / "claims.csv"):
        assert claim.rule in ("", *RULES)
        if "metric" in claim.arguments:
            assert metrics.metric(claim.arguments["metric"])
    with pytest.raises(UnknownName, match="rule of claim"):
        claims.judge(replace(CLAIM, rule="guess"), (), SUBJECTS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("chapter", "section", 1), ":1: the columns must be"),
        (lambda text: text.rsplit(",", 3)[0], "too few or too many cells"),
        (lambda text: text + text.splitlines()[1] + "\n", "is there twice"),
        (
            lambda text: text.replace("field=cpu_model; contains=6248R", "cpu_model"),
            ":2: argument 'cpu_model'",
        ),
    ],
)
def test_a_broken_ledger_is_refused_with_its_line(tmp_path, change, message):
    path = tmp_path / "claims.csv"
    path.write_text(change((REPORT / "claims.csv").read_text()))
    with pytest.raises(FormatError, match=message):
        claims.read_ledger(path)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([7.0, 7.0, 7.0], "supported"), ([8.0, 8.0, 8.0], "contradicted"), ([7.0, 7.0], "undecided")],
)
def test_a_count_on_which_several_runs_agree_is_its_own_interval(values, expected):
    assert verdict("between", {"gpr": values, "pool": values}, metric="threads", lo="7", hi="7") == expected


@pytest.mark.parametrize(
    ("b", "published", "expected"),
    [
        ([12.0, 12.2, 11.8, 12.1, 11.9], "2", "supported"),
        ([12.0, 12.2, 11.8, 12.1, 11.9], "5", "contradicted"),
        (WIDE, "2", "undecided"),
        ([], "2", "not measured"),
    ],
)
def test_added_compares_the_published_number_with_the_difference(b, published, expected):
    assert verdict("added", {"gpr": TEN, "pool": b}, (published, ""), metric="threads") == expected


def test_runs_of_mechanisms_judge_only_the_claims_that_ask_for_them(tmp_path):
    folder = tmp_path / "runs"
    write_run(folder / "a", capture="quiet", scenario="steady")
    write_run(folder / "b", id="b", capture="mechanism", scenario="queues")
    runs = catalog.runs(folder)
    asked = {"metric": "sojourn_p99", "capture": "mechanism", "a": "gpr"}
    asks = replace(CLAIM, arguments={**asked, "scenario": "queues"})
    other = replace(CLAIM, arguments={**asked, "scenario": "pools"})
    evidence = Evidence(runs, {})
    assert [run.capture for run in evidence.of(CLAIM).runs] == ["quiet"]
    assert [run.capture for run in evidence.of(asks).runs] == ["mechanism"]
    assert evidence.of(other).runs == ()


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, "supported"), (0.99, "contradicted"), (1.5, "contradicted")]
)
def test_a_ratio_must_be_beyond_one_by_the_factor_that_counts(share, expected):
    planted = {"gpr": TEN, "pool": [share * v for v in (10.02, 10.08, 9.91, 10.03, 9.96)]}
    assert verdict("ratio", planted, metric="threads", direction="lower", by="1.05") == expected


def test_what_was_measured_stands_with_its_runs_capture_and_hardware(tmp_path):
    folder = write_experiment(
        tmp_path / "one", measured={"server_cpu_share": 0.5, "ok": 100}, host={"cores": 1}
    )
    asked = {"metric": "cpu_per_request", "lo": "0", "hi": "1", "a": "gpr", "b": "pool"}
    statements = (HARDWARE_CLAIM, replace(CLAIM, id="x", rule="between", arguments=asked))
    runs = catalog.runs(folder)
    found = claims.measured(statements, claims.judge_all(statements, runs, SUBJECTS), runs)
    assert found[["claim", "metric", "runs", "capture", "hardware"]].values.tolist() == [
        ["x", "cpu_per_request", 8, "hand-made", "another"]
    ]


HARDWARE_CLAIM = claims.read_ledger(REPORT / "claims.csv")[0]


@pytest.mark.parametrize(("data", "others"), [("data/runs/tiny", False), ("data/runs/echo-2core", True)])
def test_in_a_report_on_other_data_only_that_data_judges(data, others, tmp_path, monkeypatch):
    monkeypatch.setenv("SCHEDLAB_PUBLISH", str(tmp_path))
    monkeypatch.setenv("SCHEDLAB_ROOT", str(REPORT.parent))
    cells = nb.read(REPORT.parent / "notebooks" / "90-claims.ipynb")["cells"]
    parameters, opening = [nb.source(cell) for cell in cells if cell["cell_type"] == "code"][:2]
    names = {}
    exec(parameters, names)
    exec(opening, names | {"data": data}, chapter := {})
    assert bool(chapter["apart"]) == others


def test_cells_that_the_article_left_empty_stay_empty():
    ledger = claims.read_ledger(REPORT / "claims.csv")
    table = claims.table(ledger, claims.judge_all(ledger, (), SUBJECTS)).set_index("claim")
    assert table.loc["2.2-stw-response", "published"] == ">50000 / - us"
    assert table.loc["2.3-global-contention", "published"] == "14200 / - 1/s"
