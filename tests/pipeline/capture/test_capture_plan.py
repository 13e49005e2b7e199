"""A plan with a mistake is refused with its line; a good one means what it says."""

from pathlib import Path

import pytest

from schedlab.errors import FormatError
from schedlab.pipeline.capture.order import interleave
from schedlab.pipeline.capture.plan_file import read_plan, read_plans
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
    for plan in read_plans(path):
        assert interleave(plan)


MISTAKES = (
    ("seed = 20240131", "seed = '1'", "'seed' must be int, not str"),
    ("seed = 20240131", "seeds = 1", "unknown key 'seeds'"),
    ("connections = 16", "conections = 16", "unknown key 'conections'"),
    ("connections = 16", "connections = true", "'connections' must be int, not bool"),
    ("connections = 16", "connections = 0", "connections must be above 0"),
    ("rate_per_s = 1000", "rate_per_s = 0", "an open loop needs rate_per_s above 0"),
    ("rate_per_s = 1000", "rate_share = 0.5", "capacity must name a closed loop of this plan"),
    ("rate_per_s = 1000", 'rate_share = 0.5\ncapacity = "steady"', "capacity must name a closed loop"),
    (
        "rate_per_s = 1000",
        'rate_per_s = 1\ninstrument = "ghz"',
        "ghz does not speak http1, the protocol of arm",
    ),
    ('arguments = ["-mode", "gpr"]', 'protocol = "gopher"', "unknown protocol 'gopher'"),
    ('program = "echo"', 'service = "10.0.0.2:80"', "a running server has service and debug"),
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
    lines = [n for n, line in enumerate(text.splitlines(), 1) if wrong.splitlines()[-1] in line]
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
    nested = "[[mechanism]]\nname = 'm'\n[[mechanism.level]]\nname = 'a'\n[[mechanism.level]]\nname = 'b'\n"
    assert line_of(nested, ("mechanism", 0, "level", 1, "name")) == 6
    assert line_of(nested, ("mechanism", 0, "level", 7)) == 1
    assert line_of("x = [{ a = 1 }]\n", ("x", 0, "a")) == 1


MECHANISM = """name = "m"
about = "one program, two levels"
seed = 1
[[mechanism]]
name = "queues"
program = "queues"
repetitions = 3
measure_s = 1.0
arguments = ["-n", "1"]
env = { GOGC = "50" }
[[mechanism.level]]
name = "global"
[[mechanism.level]]
name = "steal"
arguments = ["-steal"]
env = { GOGC = "25", GODEBUG = "asyncpreemptoff=1" }
"""


def mechanism_of(tmp_path, text=MECHANISM):
    (tmp_path / "mechanisms" / "queues").mkdir(parents=True)
    return plan_of(tmp_path, text)


def test_the_levels_of_a_mechanism_are_its_arms(tmp_path):
    plan = read_plan(mechanism_of(tmp_path))
    tasks = interleave(plan)
    names = [t.arm.name for t in tasks]
    assert names[:2] == names[2:4][::-1] == names[4:] and set(names) == {"global", "steal"}
    steal = next(t.arm for t in tasks if t.arm.name == "steal")
    assert steal.arguments == ("-n", "1", "-steal")
    assert steal.env == {"GOGC": "25", "GODEBUG": "asyncpreemptoff=1"}
    assert {t.capture for t in tasks} == {"mechanism"}


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ('program = "queues"', 'program = "queue"', "there is no program ./mechanisms/queue"),
        ('name = "steal"', 'name = "global"', "level 'global' is there twice"),
        ('arguments = ["-steal"]', "argument = 1", "unknown key 'argument'"),
        ("repetitions = 3", "repetitions = 0", "repetitions must be above 0"),
    ],
)
def test_a_mistake_in_a_mechanism_is_refused_with_its_line(tmp_path, right, wrong, says):
    text = MECHANISM.replace(right, wrong)
    with pytest.raises(FormatError) as refused:
        read_plan(mechanism_of(tmp_path, text))
    assert says in str(refused.value)
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line == wrong]
    assert refused.value.line == lines[-1]


def test_a_plan_takes_from_its_base_what_it_has_not_itself(tmp_path):
    base = plan_of(tmp_path, GOOD)
    own = (
        'name = "more"\nabout = "x"\nseed = 2\nbase = ["plan.toml"]\nleast_repetitions = 7\ngomaxprocs = 3\n'
    )
    base.with_name("more.toml").write_text(own, encoding="utf-8")
    plan, standing = read_plan(base.with_name("more.toml")), read_plan(base)
    assert plan.arm == standing.arm and plan.scenario == standing.scenario
    assert (plan.name, plan.seed, plan.gomaxprocs) == ("more", 2, 3)
    assert len(interleave(plan)) == 7 / 2 * len(interleave(standing))
    assert GOOD.splitlines()[0] in plan.text, "the kept plan is whole"


def test_a_list_of_plans_is_several_experiments(tmp_path):
    listed = plan_of(tmp_path, GOOD).with_name("all.toml")
    listed.write_text('plans = ["plan.toml", "plan.toml"]\n', encoding="utf-8")
    assert [plan.name for plan in read_plans(listed)] == ["tiny", "tiny"]
    listed.write_text('# a list\nplans = [\n  "nowhere.toml"\n]\n', encoding="utf-8")
    with pytest.raises(FormatError, match=r"there is no plan nowhere\.toml") as refused:
        read_plans(listed)
    assert refused.value.line == 2
    listed.write_text('plans = ["plan.toml"]\nseed = 1\n', encoding="utf-8")
    with pytest.raises(FormatError, match="holds the key plans and nothing else"):
        read_plans(listed)


def test_capacities_are_measured_before_the_rates_that_need_them():
    plan = read_plan(PLANS / "sweep.toml")
    needing = [t.order for t in interleave(plan) if t.scenario.rate_share]
    measuring = [t.order for t in interleave(plan) if t.scenario.name == "capacity"]
    assert max(measuring) < min(needing)
