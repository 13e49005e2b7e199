"""The inventory counts what was written, by hand, and its hash changes with any file."""

from build import write_run
from schedlab.model import catalog, inventory


def data(folder, content=b"x", **measured):
    write_run(folder, {"requests": ("requests.csv", "requests", content)}, id="one", measured=measured)
    late = {"attempt": 3, "foreign_cpu_share": 0.3, "kept_schedule": False, "achieved_rate": 1.0}
    write_run(folder, id="two", arm="pool", measured=late, warnings=["disturbed"])
    return catalog.runs(folder)


def test_extent_is_counted_and_hashed(tmp_path):
    found = inventory.experiments(data(tmp_path / "a")).iloc[0]
    assert (found["experiment"], found["runs"], found["arms"], found["files"]) == ("hand-made", 2, 2, 1)
    again = inventory.experiments(data(tmp_path / "b")).iloc[0]
    other = inventory.experiments(data(tmp_path / "c", content=b"y")).iloc[0]
    assert found["sha256"] == again["sha256"] != other["sha256"]


def test_disturbance_is_what_the_harness_measured(tmp_path):
    found = inventory.conditions(data(tmp_path, attempt=1, foreign_cpu_share=0.1, steal_share=0.05)).iloc[0]
    assert (found["runs"], found["remade"], found["left_out"], found["with_warnings"]) == (2, 1, 1, 1)
    assert (found["others_median_share"], found["others_most_share"]) == (0.2, 0.3)
    assert found["stolen_most_share"] == 0.05


def test_what_is_missing_says_why_and_how_often(tmp_path):
    absent = {"kind": "cpu_profile", "absent_because": "not asked for"}
    for name in ("one", "two"):
        write_run(tmp_path, id=name, artifacts=[absent])
    found = inventory.absences(catalog.runs(tmp_path))
    assert found.to_dict("records") == [
        {"artifact": "cpu profile", "absent_because": "not asked for", "runs": 2}
    ]


def test_a_run_made_after_one_that_the_order_has_behind_it_was_made_again(tmp_path):
    for order, minute in ((1, 0), (2, 45), (3, 2), (4, 3)):
        write_run(tmp_path, id=f"r{order}", order=order, started_at=f"2026-01-01T10:{minute:02d}:00+00:00")
    found = inventory.conditions(catalog.runs(tmp_path)).iloc[0]
    assert (found["remade"], found["sessions"]) == (1, 2)
