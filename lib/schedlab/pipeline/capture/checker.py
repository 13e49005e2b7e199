"""Turning a plan's tables into dataclasses, and saying where a plan is wrong."""

from __future__ import annotations

import ipaddress
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from schedlab.errors import FormatError
from schedlab.model.run import CAPTURES
from schedlab.pipeline.capture.instruments import INSTRUMENTS
from schedlab.pipeline.capture.plan import PROFILES, Arm, Plan, Scenario
from schedlab.pipeline.capture.toml_lines import line_of

SERVED = tuple(capture for capture in CAPTURES if capture != "mechanism")


@dataclass(frozen=True)
class Checker:
    """The checks of one file; every refusal is a FormatError with the line."""

    path: Path
    text: str

    def fail(self, what: str, *place: str | int) -> None:
        raise FormatError(self.path, what, line_of(self.text, place))

    def beside(self, name: str, key: str) -> Path:
        """The file of another plan, in the same folder."""
        file = self.path.parent / name
        if not file.is_file():
            self.fail(f"there is no plan {name} beside this one", key)
        return file

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
        if not plan.mechanism and not (plan.arm and plan.scenario):
            self.fail("a plan needs at least one [[arm]] and one [[scenario]], or a [[mechanism]]")
        self.unique("arm", [a.name for a in plan.arm])
        self.unique("scenario", [way.name for way in plan.ways])
        for i, arm in enumerate(plan.arm):
            self.arm(plan, arm, i)
        for i, scenario in enumerate(plan.scenario):
            self.scenario(plan, scenario, i)
        for i, mechanism in enumerate(plan.mechanism):
            self.program(plan, mechanism.arms[0] if mechanism.level else Arm("", ""), "mechanism", i)
            self.positive(mechanism, ("repetitions", "measure_s"), "mechanism", i)
            self.unique("level", [v.name for v in mechanism.level], "mechanism", i)
        unknown = set(plan.instrumented.profiles) - set(PROFILES)
        if unknown:
            self.fail(f"unknown profiles {sorted(unknown)}; known: {PROFILES}", "instrumented", "profiles")

    def unique(self, kind: str, names: list[str], *above: str | int) -> None:
        for i, name in enumerate(names):
            if name in names[:i]:
                self.fail(f"{kind} {name!r} is there twice", *above, kind, i, "name")
            if not name.replace("-", "").replace("_", "").replace(".", "").isalnum():
                what = f"{kind} name {name!r} may hold letters, digits, . - _ only"
                self.fail(what, *above, kind, i, "name")

    def arm(self, plan: Plan, arm: Arm, i: int) -> None:
        """An arm is a program that we start, or a server that the plan names by both its addresses."""
        if arm.protocol not in INSTRUMENTS["ours"].protocols:
            self.fail(f"unknown protocol {arm.protocol!r}", "arm", i, "protocol")
        if not arm.service and not arm.debug:
            self.program(plan, arm, "arm", i)
        elif arm.program or not (arm.service and arm.debug):
            what = "a running server has service and debug (host:port) and no program"
            self.fail(what, "arm", i, "service" if arm.service else "debug")

    def program(self, plan: Plan, arm: Arm, *place: str | int) -> None:
        if not arm.program or not (plan.testbed / arm.module / source(arm.program)).is_dir():
            where = f"{arm.module}/{source(arm.program)}"
            self.fail(f"there is no program {where} in the testbed", *place, "program")

    def positive(self, way: Any, keys: tuple[str, ...], *place: str | int) -> None:
        for key in keys:
            if getattr(way, key) <= 0:
                self.fail(f"{key} must be above 0", *place, key)

    def scenario(self, plan: Plan, s: Scenario, i: int) -> None:
        for key, value, allowed in (
            ("instrument", s.instrument, INSTRUMENTS),
            *(("beside", b.instrument, INSTRUMENTS) for b in s.beside),
            ("loop", s.loop, ("open", "closed")),
            ("arrivals", s.arrivals, ("poisson", "constant")),
            *(("captures", capture, SERVED) for capture in s.captures),
            *(("arms", arm, tuple(a.name for a in plan.arm)) for arm in s.arms),
        ):
            if value not in allowed:
                self.fail(f"{key} must be one of {', '.join(allowed)}, not {value!r}", "scenario", i, key)
        self.positive(s, ("repetitions", "connections", "measure_s"), "scenario", i)
        self.rate(plan, s, i)
        self.protocols(plan, s, i)
        self.captures(plan, s, i)

    def rate(self, plan: Plan, s: Scenario, i: int) -> None:
        if s.loop == "open" and (s.rate_per_s > 0) == (s.rate_share > 0):
            what = "an open loop needs rate_per_s above 0, or rate_share (one of them)"
            self.fail(what, "scenario", i, "rate_per_s")
        closed = [x.name for x in plan.scenario if x.loop == "closed" and x.instrument == "ours"]
        if s.rate_share and not (s.capacity_experiment and s.capacity) and s.capacity not in closed:
            what = f"capacity must name a closed loop of this plan ({', '.join(closed)}) for rate_share"
            self.fail(what, "scenario", i, "capacity" if s.capacity else "rate_share")

    def protocols(self, plan: Plan, s: Scenario, i: int) -> None:
        """A tool can only load arms whose protocol it speaks."""
        for tool in (s.instrument, *(b.instrument for b in s.beside)):
            for arm in plan.arms_of(s):
                if arm.protocol not in INSTRUMENTS[tool].protocols:
                    what = f"{tool} does not speak {arm.protocol}, the protocol of arm {arm.name!r}"
                    self.fail(f"{what}; name others in arms", "scenario", i, "instrument")

    def captures(self, plan: Plan, s: Scenario, i: int) -> None:
        if not s.captures:
            self.fail("captures is empty", "scenario", i, "captures")
        if (s.instrument == "ours") == ("second-instrument" in s.captures):
            self.fail(f"captures {list(s.captures)} do not go with {s.instrument}", "scenario", i, "captures")
        needed = plan.instrumented.cpu_profile_s + plan.instrumented.trace_s + 0.05
        if "instrumented" in s.captures and s.measure_s < needed:
            what = f"CPU profile and trace take {needed:g} s"
            self.fail(f"measure_s is {s.measure_s:g}, but {what}", "scenario", i, "measure_s")


def source(program: str) -> str:
    """Where the source of a program stands in its module: servers in cmd/, others where they say."""
    return program if "/" in program else f"cmd/{program}"


def is_loopback(address: str) -> bool:
    """Whether host:port is on this very host."""
    host = address.rpartition(":")[0].strip("[]")
    return host == "localhost" or ipaddress.ip_address(host).is_loopback
