"""Papermill's engine with what it lacks: an environment per run, a folder, and a time for the whole."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
import time
from pathlib import Path

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from traitlets import Type

from schedlab.pipeline import fork

ENGINE = "schedlab"


#: a kernel that uses less of a core than this for so long waits for a message that was lost
IDLE_SHARE, IDLE_S = 0.02, 20.0


class Watch:
    """Kills a kernel when its time is up or it has fallen silent; nbclient then sees it dead."""

    _running: dict[int, Watch] = {}  # noqa: RUF012  (kernels of this process, for an interrupt)

    def __init__(self, seconds: float):
        self.seconds, self.pid = seconds, 0
        self.expired = self.silent = self.interrupted = False
        self._ended = threading.Event()

    def start(self, pid: int) -> None:
        """Count from now on."""
        self.pid = pid
        self._running[pid] = self
        threading.Thread(target=self._look, daemon=True).start()

    def stop(self) -> None:
        """The kernel has ended by itself."""
        self._ended.set()
        self._running.pop(self.pid, None)

    def kill(self) -> None:
        """End the kernel and what it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _look(self) -> None:
        """Once a second until the kernel ends: is its time up, has it done nothing for long?"""
        end = time.monotonic() + self.seconds
        since, used = time.monotonic(), cpu_s(self.pid)
        while not self._ended.wait(min(1.0, max(0.0, end - time.monotonic()))):
            now, more = time.monotonic(), cpu_s(self.pid)
            if not more - used <= IDLE_SHARE * IDLE_S:
                since, used = now, more
            self.expired, self.silent = now >= end, now - since >= IDLE_S
            if self.expired or self.silent:
                self.kill()
                return


def cpu_s(pid: int) -> float:
    """CPU time of a process so far in seconds; infinite where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return math.inf
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def kill_all() -> None:
    """End every kernel of this process; used when a person interrupts."""
    for watch in list(Watch._running.values()):
        watch.interrupted = True
        watch.kill()


class Engine(NBClientEngine):
    """Runs the notebook with `environment` and in `kernel_folder`; `watch` bounds the whole run."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name, *, environment, kernel_folder, kernel_log, watch, forked, **options
    ):
        """Start or fork a kernel, execute all cells in order, stop at the first that fails."""
        for name in ("input_path", "log_output", "start_timeout", "execution_timeout"):
            options.pop(name, None)
        client = Client(nb_man, kernel_name=kernel_name, startup_timeout=120, timeout=None, **options)
        client.watch, client.forked = watch, forked
        with Path(kernel_log).open("w", encoding="utf-8") as log:
            return client.execute(env=environment, cwd=kernel_folder, stderr=log, stdout=log)


class Shell(AsyncZMQSocketChannel):
    """Requests to the kernel and its replies; a request sent while a reply is awaited costs no reply."""

    def send(self, msg):
        """Through the event loop, which then looks what has come.

        Jupyter sends beneath it. That takes away the news of a reply that came meanwhile, and its reader
        waits for ever; a widget's output sends so while its cell runs.
        """
        self.socket.send_multipart([*self.session.serialize(msg), *msg.get("buffers", ())])


class Wire(AsyncKernelClient):
    """Jupyter's connection to a kernel, with that channel."""

    shell_channel_class = Type(Shell)


class Client(PapermillNotebookClient):
    """Papermill's client, which tells the watch when the kernel starts and ends."""

    watch: Watch
    forked: bool

    def create_kernel_manager(self):
        """The kernel is started afresh unless the job asks for a forked one."""
        manager = super().create_kernel_manager()
        manager.client_class = f"{__name__}.{Wire.__name__}"
        if self.forked:
            fork.register()
            manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": fork.PROVISIONER}
        return manager

    def start_new_kernel(self, **options):
        """Start the kernel and the clock."""
        super().start_new_kernel(**options)
        self.watch.start(self.km.provisioner.pid)

    def _cleanup_kernel(self):
        self.watch.stop()
        super()._cleanup_kernel()


def register() -> None:
    """Make the engine known to papermill."""
    papermill_engines.register(ENGINE, Engine)
