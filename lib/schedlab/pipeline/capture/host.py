"""Where a capture runs: everything about the host that may explain a number, and nothing that names it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any


def facts(label: str = "") -> dict[str, Any]:
    """The `host` of run.json; the host's name is not recorded."""
    cpu = _cpuinfo()
    virtualised = "hypervisor" in cpu.get("flags", "").split()
    cores = os.cpu_count() or 1
    kind = "virtual machine" if virtualised else "machine"
    return {
        "label": label or f"{cores}-core {kind}, {cpu.get('model name', platform.machine())}",
        "cpu_model": cpu.get("model name", platform.machine()),
        "cores": cores,
        "sockets": _sockets(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": platform.release(),
        "os": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "cgroup_cpu_limit": cgroup_cpu_limit(),
        "governor": _text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") or "not exposed",
        "virtualised": virtualised,
        "hardware_counters": hardware_counters(),
    }


def cgroup_cpu_limit() -> str:
    """The CPU limit of our control group in cores, or "none"."""
    for line in (_text("/proc/self/cgroup") or "").splitlines():
        folder = line.split(":", 2)[-1].lstrip("/")
        limit = _text(f"/sys/fs/cgroup/{folder}/cpu.max") or _text("/sys/fs/cgroup/cpu.max")
        if limit and not limit.startswith("max"):
            quota, period = limit.split()
            return f"{int(quota) / int(period):g}"
    return "none"


def hardware_counters() -> str:
    """ "available", or why hardware performance counters are not."""
    if not shutil.which("perf"):
        return "perf is not installed"
    command = ["perf", "stat", "-x,", "-e", "cycles", "true"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"perf stat failed: {done.stderr.strip().splitlines()[0]}"
    return "perf says <not supported>: no PMU here" if "<not" in done.stderr else "available"


def _cpuinfo() -> dict[str, str]:
    first = (_text("/proc/cpuinfo") or "").split("\n\n")[0]
    pairs = (line.split(":", 1) for line in first.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _sockets() -> int:
    lines = (_text("/proc/cpuinfo") or "").splitlines()
    return len({line for line in lines if line.startswith("physical id")}) or 1


def _text(path: str) -> str | None:
    file = Path(path)
    return file.read_text(encoding="utf-8").strip() if file.is_file() else None
