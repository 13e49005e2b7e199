"""Starting and ending programs so that none outlives us, and counting the CPU they and others used."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from schedlab.errors import SchedlabError

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_TICK = os.sysconf("SC_CLK_TCK")


def start(command: list[str], env: dict[str, str], nice: int = 0, **streams) -> subprocess.Popen:
    """Start a program in its own process group; the kernel kills it should we die, even by kill -9.

    A negative `nice` is asked for, and done without where it is not permitted.
    """
    whole, prepare = {**os.environ, **env}, functools.partial(_prepare, nice)
    return subprocess.Popen(command, env=whole, start_new_session=True, preexec_fn=prepare, **streams)


def nice_of(pid: int) -> int:
    """The nice value that a program really has."""
    return os.getpriority(os.PRIO_PROCESS, pid)


def wait(process: subprocess.Popen, patience_s: float) -> int:
    """The exit code of a program; SchedlabError when it does not end in time."""
    try:
        return process.wait(patience_s)
    except subprocess.TimeoutExpired as error:
        name = Path(process.args[0]).name
        raise SchedlabError(f"{name} did not end within {patience_s:g} s") from error


def end(process: subprocess.Popen, patience_s: float = 3.0) -> None:
    """End a program and everything it started: politely, then by force."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            break
        os.killpg(process.pid, number)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            continue
    for stream in (process.stdout, process.stderr):
        if stream and not stream.closed:
            stream.close()


def _prepare(nice: int) -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, nice)


@dataclass(frozen=True)
class Meter:
    """CPU seconds so far: of the machine (busy), of each of our programs, and the pressure on the CPUs."""

    wall_s: float
    busy_s: float
    steal_s: float
    pressure_s: float
    ours_s: dict[str, float] = field(default_factory=dict)


def read_meter(pids: dict[str, int], wall_s: float) -> Meter:
    """Read all counters once; interrupts are in no program's account and are left out."""
    user, nice, system, _idle, _iowait, _irq, _softirq, steal = _machine_ticks()
    times = os.times()
    ours = {name: _program_s(pid) for name, pid in pids.items()}
    ours["harness"] = times.user + times.system
    return Meter(wall_s, (user + nice + system) / _TICK, steal / _TICK, _pressure_s(), ours)


def shares(before: Meter, after: Meter, cores: int) -> dict[str, float]:
    """What each party used between two readings, as a share of all cores."""
    capacity = (after.wall_s - before.wall_s) * cores
    ours = {name: after.ours_s[name] - before.ours_s[name] for name in after.ours_s}
    foreign = max(0.0, after.busy_s - before.busy_s - sum(ours.values()))
    used = {f"{name}_cpu_share": seconds / capacity for name, seconds in ours.items()}
    return {
        **{name: round(share, 4) for name, share in used.items()},
        "foreign_cpu_share": round(foreign / capacity, 4),
        "steal_share": round((after.steal_s - before.steal_s) / capacity, 4),
        "psi_cpu_some_share": round(
            (after.pressure_s - before.pressure_s) / (after.wall_s - before.wall_s), 4
        ),
    }


def _machine_ticks() -> list[int]:
    first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    return [int(x) for x in first.split()[1:9]]


def _program_s(pid: int) -> float:
    """CPU seconds of a program and of the children it has waited for; 0 if it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return 0.0
    return sum(int(x) for x in text.rpartition(")")[2].split()[11:15]) / _TICK


def _pressure_s() -> float:
    file = Path("/proc/pressure/cpu")
    if not file.is_file():
        return 0.0
    return int(file.read_text(encoding="ascii").splitlines()[0].rpartition("total=")[2]) / 1e6
