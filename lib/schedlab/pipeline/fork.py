"""Kernels forked from one process that has imported everything: a notebook starts in a blink, still alone.

A fresh kernel pays the imports again each time, more than most notebooks compute. The process forked from
is multiprocessing's fork server, with `warm` loaded; it runs no notebook itself, so nothing leaks from one
into another.
"""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

PROVISIONER = "schedlab-fork"
_SERVER = multiprocessing.get_context("forkserver")


def start() -> None:
    """Start the process that kernels are forked from; it imports while its caller does something else."""
    _SERVER.set_forkserver_preload(["schedlab.pipeline.warm"])
    forkserver.ensure_running()


def register() -> None:
    """Make the provisioner known to Jupyter."""
    from importlib.metadata import EntryPoint

    place = EntryPoint(PROVISIONER, f"{__name__}:Forked", KernelProvisionerFactory.GROUP_NAME)
    KernelProvisionerFactory.instance().provisioners[PROVISIONER] = place


class Forked(LocalProvisioner):
    """Starts a kernel by forking; everything else is as with a kernel started afresh."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> dict[str, Any]:
        """Fork, and give the child the kernel's arguments, environment, folder and log."""
        arguments = cmd[cmd.index("-f") :]
        self.process = Child(arguments, options["env"], options["cwd"], Path(options["stdout"].name))
        self.pid = self.pgid = self.process.pid
        return self.connection_info


class Child:
    """A forked process that answers like `subprocess.Popen`, as the provisioner expects."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], environment: dict[str, str], folder: str, log: Path):
        self._process: BaseProcess = _SERVER.Process(
            target=_kernel, args=(arguments, environment, folder, log)
        )
        self._process.start()
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        """The exit code, None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """The exit code, once it has ended."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """To the process alone; the provisioner prefers its group."""
        os.kill(self.pid, number)


def _kernel(arguments: list[str], environment: dict[str, str], folder: str, log: Path) -> None:
    """In the child: what a started process would have of itself, then the kernel until it ends."""
    import matplotlib
    import numpy as np
    from ipykernel import kernelapp

    os.setsid()
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.clear()
    os.environ.update(environment, JPY_PARENT_PID=str(os.getppid()))
    os.chdir(folder)
    matplotlib.rcParams["backend"] = environment["MPLBACKEND"]
    np.random.seed()
    kernelapp.launch_new_instance(arguments)
