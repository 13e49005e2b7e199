"""A plan of captures: one readable TOML file, checked as a whole before anything starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

PROFILES = ("cpu", "block", "mutex", "goroutine", "goroutine_text", "heap", "trace")


@dataclass(frozen=True)
class Arm:
    """One server under test: a program of the testbed with its arguments, or a server already running.

    `{procs}` in an argument stands for GOMAXPROCS. `service` and `debug` (host:port) name a server that
    somebody else started, here or elsewhere; it is the only way to reach another host.
    """

    name: str
    program: str = ""
    arguments: tuple[str, ...] = ()
    module: str = "."
    protocol: str = "http1"
    env: dict[str, str] = field(default_factory=dict)
    service: str = ""
    debug: str = ""


@dataclass(frozen=True)
class Beside:
    """A second load tool that joins in `after_s` seconds after the first."""

    instrument: str
    connections: int
    after_s: float = 0.0
    spawn_per_s: float = 0.0


@dataclass(frozen=True)
class Scenario:
    """One way of loading the arms. Rates in requests a second, times in seconds.

    `rate_share` offers that share of each arm's own capacity: the median rate that it reached in the closed
    loop `capacity`, a scenario of this plan (then made first) or of the experiment `capacity_experiment`.
    `further` repetitions of one class of capture come after all others: the earlier order stays as it was.
    """

    name: str
    captures: tuple[str, ...]
    repetitions: int
    connections: int
    measure_s: float
    instrument: str = "ours"
    loop: str = "open"
    arrivals: str = "poisson"
    rate_per_s: float = 0.0
    rate_share: float = 0.0
    capacity: str = ""
    capacity_experiment: str = ""
    body_bytes: int = 1024
    warm_up_s: float = 2.0
    connection_per_request: bool = False
    pulse_rate_per_s: float = 0.0
    pulse_start_s: float = 0.0
    pulse_end_s: float = 0.0
    log: bool = True
    threads: int = 2
    spawn_per_s: float = 0.0
    further: dict[str, int] = field(default_factory=dict)
    beside: tuple[Beside, ...] = ()
    arms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Level:
    """One way of running a mechanism program; `env` may hold GODEBUG, GOGC and the like."""

    name: str
    arguments: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mechanism:
    """A program that shows one mechanism by itself, without load: a run is one execution of one level.

    `measure_s`: about how long one execution takes; one that takes ten times as long and 10 s is ended.
    """

    name: str
    program: str
    level: tuple[Level, ...]
    repetitions: int
    measure_s: float
    module: str = "."
    arguments: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    warm_up_s: float = 0.0
    captures: tuple[str, ...] = ("mechanism",)

    @property
    def arms(self) -> tuple[Arm, ...]:
        """Each level as an arm, its arguments and environment after those that all levels share."""
        return tuple(
            Arm(
                name=level.name,
                program=f"mechanisms/{self.program}",
                module=self.module,
                arguments=(*self.arguments, *level.arguments),
                env={**self.env, **level.env},
            )
            for level in self.level
        )


@dataclass(frozen=True)
class Instrumented:
    """What an instrumented capture adds: GODEBUG, then one profile after the other, never two at once."""

    godebug: str = "schedtrace=1000,scheddetail=1,gctrace=1"
    profiles: tuple[str, ...] = PROFILES
    cpu_profile_s: int = 5
    trace_s: float = 0.4
    perf_events: tuple[str, ...] = ("cycles", "instructions", "cache-references", "cache-misses")


@dataclass(frozen=True)
class Host:
    """Where the capture runs. Prefixes are commands put in front, such as ["numactl", "--cpunodebind=0"]."""

    label: str = ""
    server_prefix: tuple[str, ...] = ()
    client_prefix: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All arms, scenarios and mechanisms of one experiment.

    `base` names plans in the same folder whose [[arm]], [[mechanism]] and so on are taken where this plan
    has none of its own. `least_repetitions` raises every smaller number of repetitions to itself.
    """

    name: str
    about: str
    seed: int
    arm: tuple[Arm, ...] = ()
    scenario: tuple[Scenario, ...] = ()
    mechanism: tuple[Mechanism, ...] = ()
    base: tuple[str, ...] = ()
    least_repetitions: int = 0
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

    @property
    def ways(self) -> tuple[Scenario | Mechanism, ...]:
        """Everything that makes runs."""
        return (*self.scenario, *self.mechanism)

    def arms_of(self, way: Scenario | Mechanism) -> tuple[Arm, ...]:
        """The arms that one of the ways uses: a mechanism its own, a scenario all unless it names some."""
        if isinstance(way, Mechanism):
            return way.arms
        return tuple(arm for arm in self.arm if not way.arms or arm.name in way.arms)

    def repetitions(self, way: Scenario | Mechanism, capture: str) -> int:
        """How often each arm of one of the ways is run in a class of capture."""
        further = way.further.get(capture, 0) if isinstance(way, Scenario) else 0
        return max(way.repetitions, self.least_repetitions) + further
