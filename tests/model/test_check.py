"""The check finds each planted fault, and nothing in a clean experiment."""

from build import write_experiment, write_run
from schedlab.model import catalog
from schedlab.model.check import check


def findings(folder):
    table = check(catalog.runs(folder))
    return list(zip(table["level"], table["what"], strict=True))


def test_a_clean_experiment_has_no_findings(tmp_path):
    assert findings(write_experiment(tmp_path / "one")) == []


def test_one_arm_only_is_an_error(tmp_path):
    found = findings(write_experiment(tmp_path / "one", "AAAA"))
    assert found == [("error", "only one arm (gpr): nothing can be compared")]


def test_blocks_of_one_arm_are_a_warning(tmp_path):
    found = findings(write_experiment(tmp_path / "one", "AAAABBBB"))
    assert [level for level, _ in found] == ["warning"]
    assert "not interleaved" in found[0][1]


def test_unequal_gomaxprocs_is_an_error(tmp_path):
    write_experiment(tmp_path / "one", "ABBA")
    write_run(tmp_path / "one", id="odd", arm="pool", repetition=3, order=5, gomaxprocs=4)
    assert ("error", "gomaxprocs differs between runs: 2, 4") in findings(tmp_path / "one")


def test_a_factor_that_differs_between_arms_is_a_warning(tmp_path):
    write_run(tmp_path / "one", id="a", arm="gpr", factors={"rate_per_s": 100})
    write_run(tmp_path / "one", id="b", arm="pool", factors={"rate_per_s": 200})
    assert ("warning", "factor rate_per_s differs between arms: gpr 100, pool 200") in findings(tmp_path)


def test_a_changed_and_a_lost_file_are_errors(tmp_path):
    files = {"requests": ("r.csv", "", b"as captured"), "trace": ("t.out", "", b"trace")}
    place = write_run(tmp_path / "one", files, arm="pool", id="b")
    write_run(tmp_path / "one")
    (place / "r.csv").write_bytes(b"edited")
    (place / "t.out").unlink()
    found = findings(tmp_path / "one")
    assert ("error", "r.csv was changed after capture") in found
    assert ("error", "t.out is listed but not there") in found


def test_a_saturated_instrument_and_a_busy_neighbour_are_warnings(tmp_path):
    measured = {"foreign_cpu_share": 0.4, "late_sends_share": 0.2, "client_cpu_share": 0.97}
    write_run(tmp_path / "one", measured=measured)
    write_run(tmp_path / "one", id="b", arm="pool")
    warnings = [what for level, what in findings(tmp_path) if level == "warning"]
    assert len(warnings) == 3


def test_an_absent_artifact_is_a_note_with_its_reason(tmp_path):
    write_run(tmp_path / "one", artifacts=[{"kind": "perf_stat", "absent_because": "no PMU"}])
    write_run(tmp_path / "one", id="b", arm="pool")
    assert findings(tmp_path) == [("note", "no perf_stat: no PMU")]


def test_arms_at_a_share_of_their_own_capacity_have_their_own_rates(tmp_path):
    for i, (arm, rate) in enumerate((("gpr", 100.0), ("pool", 200.0))):
        factors = {"rate_share": 0.5, "rate_per_s": rate, "capacity_per_s": 2 * rate, "program": arm}
        write_run(tmp_path / "one", id=f"r{i}", arm=arm, order=i + 1, factors=factors)
    assert not [what for _, what in findings(tmp_path) if what.startswith("factor")]
