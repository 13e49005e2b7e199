"""The catalogue shows every run once, in the order of capture, and refuses gaps."""

import pytest

import schedlab
from build import write_experiment, write_run
from schedlab.errors import RunError
from schedlab.model import catalog


def test_one_row_a_run_in_the_order_of_capture(tmp_path):
    write_experiment(tmp_path / "hand-made", "ABBA")
    table = schedlab.catalog(tmp_path)
    assert list(table["arm"]) == ["gpr", "pool", "pool", "gpr"]
    assert list(table["factor_rate_per_s"]) == [100] * 4
    assert list(table["duration_s"]) == [10.0] * 4


def test_a_run_an_experiment_and_a_folder_of_experiments_all_work(tmp_path):
    write_experiment(tmp_path / "one", "AB")
    assert len(catalog.runs(tmp_path)) == len(catalog.runs(tmp_path / "one")) == 2
    assert len(catalog.runs(tmp_path / "one" / "gpr-quiet-1")) == 1


def test_captures_cut_short_are_passed_over(tmp_path):
    write_experiment(tmp_path / "one", "AB")
    (tmp_path / "one" / "pool-quiet-2.partial").mkdir()
    assert len(catalog.runs(tmp_path)) == 2


def test_a_run_folder_without_run_json_is_an_error(tmp_path):
    write_experiment(tmp_path / "one", "AB")
    (tmp_path / "one" / "gpr-quiet-2").mkdir()
    with pytest.raises(RunError, match=r"gpr-quiet-2: no run\.json"):
        catalog.runs(tmp_path)


def test_an_empty_folder_and_no_folder_are_errors(tmp_path):
    with pytest.raises(RunError, match="no runs here"):
        catalog.runs(tmp_path)
    with pytest.raises(RunError, match="no such folder"):
        catalog.runs(tmp_path / "nowhere")


def test_the_same_run_twice_is_an_error(tmp_path):
    write_run(tmp_path / "one")
    write_run(tmp_path / "two")
    with pytest.raises(RunError, match="is also in"):
        catalog.runs(tmp_path)


def test_commands_that_differ_only_in_port_and_seed_are_one_row(tmp_path):
    for i in (1, 2):
        tools = {
            "load": {
                "version": "9 [x]",
                "command": ["load", f"-target=h:4000{i}", f"-seed={i}", "-rate=2000"],
            }
        }
        write_run(tmp_path, id=f"r{i}", tools=tools)
    table = catalog.tools(catalog.runs(tmp_path))
    assert table.to_dict("records") == [
        {"tool": "load", "version": "9", "command": "load -target=h:# -seed=# -rate=2000", "runs": 2}
    ]


def test_arms_are_named_in_words_where_there_are_words(tmp_path):
    write_experiment(tmp_path / "one", "ABA")
    (tmp_path / "arms.csv").write_text('arm,words\ngpr,"a goroutine, each"\n')
    found = catalog.arms(catalog.runs(tmp_path), tmp_path / "arms.csv")
    assert found.values.tolist() == [["gpr", "a goroutine, each", "", 2], ["pool", "pool", "", 1]]


def test_the_load_of_each_scenario_is_its_plan_and_the_median_of_its_runs(tmp_path):
    for i, busy in enumerate((0.1, 0.3, 0.2)):
        measured = {"server_cpu_share": busy, "client_nice": -10}
        write_run(tmp_path, id=f"r{i}", measured=measured, factors={"loop": "open", "rate_per_s": 50})
    (row,) = catalog.loads(catalog.runs(tmp_path)).to_dict("records")
    assert (row["runs"], row["rate_per_s"], row["server_cpu_share"], row["client_nice"]) == (3, 50, 0.2, -10)


def test_runs_of_several_folders_are_one_list(tmp_path):
    for name in ("one", "two"):
        write_experiment(tmp_path / name, "AB")
    both = catalog.runs_of([tmp_path / "one", tmp_path / "two"])
    assert len(both) == 4 and both[:2] == catalog.runs(tmp_path / "one")
