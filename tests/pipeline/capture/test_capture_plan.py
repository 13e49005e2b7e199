"""A plan with a mistake is refused with its line; a good one means what it says."""

from pathlib import Path

import pytest

from schedlab.errors import FormatError
from schedlab.pipeline.capture.plan_file import read_plan
from schedlab.pipeline.capture.toml_lines import line_of

PLANS = Path(__file__).parents[3] / "data" / "testbed" / "plans"
GOOD = (PLANS / "tiny.toml").read_text(encoding="utf-8")


def plan_of(tmp_path, text):
    """A plan in a testbed that has the one program the good plan needs."""
    (tmp_path / "cmd" / "echo").mkdir(parents=True)
    (tmp_path / "plans").mkdir()
    path = tmp_path / "plans" / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted(PLANS.glob("*.toml")), ids=lambda p: p.stem)
def test_every_committed_plan_is_accepted(path):
    plan = read_plan(path)
    assert plan.arm and plan.scenario


MISTAKES = (
    ("seed = 20240131", "seed = '1'", "'seed' must be int, not str"),
    ("seed = 20240131", "seeds = 1", "unknown key 'seeds'"),
    ("connections = 16", "conections = 16", "unknown key 'conections'"),
    ("connections = 16", "connections = true", "'connections' must be int, not bool"),
    ("connections = 16", "connections = 0", "connections must be above 0"),
    ("rate_per_s = 1000", "rate_per_s = 0", "an open loop needs rate_per_s above 0"),
    ("measure_s = 1.5", "measure_s = 0.9", "CPU profile and trace take"),
    ('captures = ["quiet", "instrumented"]', 'captures = ["loud"]', "captures must be one of"),
    ('captures = ["quiet", "instrumented"]', "captures = []", "captures is empty"),
    ('captures = ["quiet", "instrumented"]', 'captures = "quiet"', "'captures' must be a list"),
    ('name = "pool"', 'name = "gpr"', "arm 'gpr' is there twice"),
    ('name = "pool"', 'name = "../pool"', "may hold letters"),
    ('program = "echo"', 'program = "ecko"', "there is no program ./cmd/ecko"),
    ("cpu_profile_s = 1", "cpu_profile_s = 1.5", "'cpu_profile_s' must be int, not float"),
    ("[host]", "[hosts]", "unknown key 'hosts'"),
    ("seed = 20240131", "seed = ", "not valid TOML"),
)


@pytest.mark.parametrize(("right", "wrong", "says"), MISTAKES, ids=[m[1] for m in MISTAKES])
def test_a_mistake_is_refused_with_its_line(tmp_path, right, wrong, says):
    text = GOOD.replace(right, wrong)
    with pytest.raises(FormatError) as refused:
        read_plan(plan_of(tmp_path, text))
    assert says in str(refused.value)
    lines = [n for n, line in enumerate(text.splitlines(), 1) if wrong in line]
    if "TOML" not in says:
        assert refused.value.line in lines


def test_a_missing_key_is_reported_at_its_table(tmp_path):
    text = GOOD.replace("connections = 16\n", "")
    with pytest.raises(FormatError, match="'connections' is missing") as refused:
        read_plan(plan_of(tmp_path, text))
    assert text.splitlines()[refused.value.line - 1] == "[[scenario]]"


def test_a_plan_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(FormatError, match="no such plan"):
        read_plan(tmp_path / "nowhere.toml")


def test_line_of_counts_tables_of_an_array():
    text = "a = 1\n[[arm]]\nname = 'x'\n\n[[arm]]\nname = 'y'\n[host]\nlabel = 'z'\n"
    assert line_of(text, ("a",)) == 1
    assert line_of(text, ("arm", 1)) == 5
    assert line_of(text, ("arm", 1, "name")) == 6
    assert line_of(text, ("host", "label")) == 8
    assert line_of(text, ("arm", 0, "program")) == 2
