"""A plan of captures: one readable TOML file, checked as a whole before anything starts."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from schedlab.errors import FormatError
from schedlab.model.run import CAPTURES
from schedlab.pipeline.capture.toml_lines import line_of

INSTRUMENTS = ("ours", "wrk", "locust")
PROFILES = ("cpu", "block", "mutex", "goroutine", "goroutine_text", "heap", "trace")


@dataclass(frozen=True)
class Arm:
    """One server under test: a program of the testbed with its arguments."""

    name: str
    program: str
    arguments: tuple[str, ...] = ()
    module: str = "."
    protocol: str = "http1"
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """One way of loading the arms. Rates in requests a second, times in seconds."""

    name: str
    captures: tuple[str, ...]
    repetitions: int
    connections: int
    measure_s: float
    instrument: str = "ours"
    loop: str = "open"
    arrivals: str = "poisson"
    rate_per_s: float = 0.0
    body_bytes: int = 1024
    warm_up_s: float = 2.0
    connection_per_request: bool = False
    pulse_rate_per_s: float = 0.0
    pulse_start_s: float = 0.0
    pulse_end_s: float = 0.0
    arms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Instrumented:
    """What an instrumented capture adds: GODEBUG, then one profile after the other, never two at once."""

    godebug: str = "schedtrace=1000,scheddetail=1,gctrace=1"
    profiles: tuple[str, ...] = PROFILES
    cpu_profile_s: int = 5
    trace_s: float = 0.4


@dataclass(frozen=True)
class Host:
    """Where the capture runs. Prefixes are commands put in front, such as ["numactl", "--cpunodebind=0"]."""

    label: str = ""
    server_prefix: tuple[str, ...] = ()
    client_prefix: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All arms and scenarios of one experiment."""

    name: str
    about: str
    seed: int
    arm: tuple[Arm, ...]
    scenario: tuple[Scenario, ...]
    gomaxprocs: int = 0
    cool_down_s: float = 0.5
    max_foreign_share: float = 0.10
    remakes: int = 2
    instrumented: Instrumented = field(default_factory=Instrumented)
    host: Host = field(default_factory=Host)
    path: Path = Path()
    text: str = ""

    @property
    def testbed(self) -> Path:
        """The Go module that holds the programs: the folder above the folder of plans."""
        return self.path.resolve().parent.parent


def read_plan(path: str | Path) -> Plan:
    """Read and check a plan; FormatError names the line of the first mistake."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except FileNotFoundError as error:
        raise FormatError(path, "no such plan") from error
    except UnicodeDecodeError as error:
        raise FormatError(path, "not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise FormatError(path, f"not valid TOML: {error}") from error
    checker = Checker(path, text)
    plan = checker.build(Plan, raw, (), given={"path": path, "text": text})
    checker.check(plan)
    return plan


@dataclass(frozen=True)
class Checker:
    """Turns tables into dataclasses and says where a plan is wrong."""

    path: Path
    text: str

    def fail(self, what: str, *place: str | int) -> None:
        raise FormatError(self.path, what, line_of(self.text, place))

    def build(self, kind: type, raw: Any, place: tuple, given: dict[str, Any] | None = None) -> Any:
        """One dataclass from one table: no unknown key, none missing, every type right."""
        given = given or {}
        if not isinstance(raw, dict):
            self.fail(f"{place[-1]} must be a table", *place)
        hints = get_type_hints(kind)
        known = [f.name for f in fields(kind) if f.name not in given]
        for key in raw:
            if key not in known:
                self.fail(f"unknown key {key!r}; known here: {', '.join(known)}", *place, key)
        for f in fields(kind):
            if f.name in known and f.name not in raw and f.default is f.default_factory is MISSING:
                self.fail(f"{f.name!r} is missing", *place, *(() if place else (f.name,)))
        values = {key: self.value(hints[key], value, (*place, key)) for key, value in raw.items()}
        return kind(**values, **given)

    def value(self, hint: Any, raw: Any, place: tuple) -> Any:
        if get_origin(hint) is tuple:
            return self.many(get_args(hint)[0], raw, place)
        if hasattr(hint, "__dataclass_fields__"):
            return self.build(hint, raw, place)
        if get_origin(hint) is dict:
            hint = dict
        wanted = (int, float) if hint is float else (hint,)
        if not isinstance(raw, wanted) or (isinstance(raw, bool) and hint is not bool):
            self.fail(f"{place[-1]!r} must be {hint.__name__}, not {type(raw).__name__}", *place)
        return float(raw) if hint is float else raw

    def many(self, kind: type, raw: Any, place: tuple) -> tuple:
        if not isinstance(raw, list):
            self.fail(f"{place[-1]!r} must be a list, not {type(raw).__name__}", *place)
        if hasattr(kind, "__dataclass_fields__"):
            return tuple(self.build(kind, item, (*place, i)) for i, item in enumerate(raw))
        if not all(isinstance(item, kind) for item in raw):
            self.fail(f"{place[-1]!r} must hold {kind.__name__} only", *place)
        return tuple(raw)

    def check(self, plan: Plan) -> None:
        """What types cannot say: names, ranges, and what fits into what."""
        if not plan.arm or not plan.scenario:
            self.fail("a plan needs at least one [[arm]] and one [[scenario]]")
        self.unique("arm", [a.name for a in plan.arm])
        self.unique("scenario", [s.name for s in plan.scenario])
        for i, arm in enumerate(plan.arm):
            if not (plan.testbed / arm.module / "cmd" / arm.program).is_dir():
                where = f"{arm.module}/cmd/{arm.program}"
                self.fail(f"there is no program {where} in the testbed", "arm", i, "program")
        for i, scenario in enumerate(plan.scenario):
            self.scenario(plan, scenario, i)
        unknown = set(plan.instrumented.profiles) - set(PROFILES)
        if unknown:
            self.fail(f"unknown profiles {sorted(unknown)}; known: {PROFILES}", "instrumented", "profiles")

    def unique(self, kind: str, names: list[str]) -> None:
        for i, name in enumerate(names):
            if name in names[:i]:
                self.fail(f"{kind} {name!r} is there twice", kind, i, "name")
            if not name.replace("-", "").replace("_", "").replace(".", "").isalnum():
                self.fail(f"{kind} name {name!r} may hold letters, digits, . - _ only", kind, i, "name")

    def scenario(self, plan: Plan, s: Scenario, i: int) -> None:
        for key, value, allowed in (
            ("instrument", s.instrument, INSTRUMENTS),
            ("loop", s.loop, ("open", "closed")),
            ("arrivals", s.arrivals, ("poisson", "constant")),
            *(("captures", capture, CAPTURES) for capture in s.captures),
            *(("arms", arm, tuple(a.name for a in plan.arm)) for arm in s.arms),
        ):
            if value not in allowed:
                self.fail(f"{key} must be one of {', '.join(allowed)}, not {value!r}", "scenario", i, key)
        for key in ("repetitions", "connections", "measure_s"):
            if getattr(s, key) <= 0:
                self.fail(f"{key} must be above 0", "scenario", i, key)
        if s.loop == "open" and s.rate_per_s <= 0:
            self.fail("an open loop needs rate_per_s above 0", "scenario", i, "rate_per_s")
        self.captures(plan, s, i)

    def captures(self, plan: Plan, s: Scenario, i: int) -> None:
        if not s.captures:
            self.fail("captures is empty", "scenario", i, "captures")
        if (s.instrument == "ours") == ("second-instrument" in s.captures):
            self.fail(f"captures {list(s.captures)} do not go with {s.instrument}", "scenario", i, "captures")
        needed = plan.instrumented.cpu_profile_s + plan.instrumented.trace_s + 0.05
        if "instrumented" in s.captures and s.measure_s < needed:
            what = f"CPU profile and trace take {needed:g} s"
            self.fail(f"measure_s is {s.measure_s:g}, but {what}", "scenario", i, "measure_s")
