"""Papermill's engine with what it lacks: an environment per run, a folder, and a time for the whole."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from pathlib import Path

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

ENGINE = "schedlab"


class Watch:
    """Kills a kernel when its time is up; nbclient then sees it dead and the run fails."""

    _running: dict[int, Watch] = {}  # noqa: RUF012  (kernels of this process, for an interrupt)

    def __init__(self, seconds: float):
        self.seconds, self.expired, self.interrupted, self.pid = seconds, False, False, 0
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def start(self, pid: int) -> None:
        """Count from now on."""
        self.pid = pid
        self._running[pid] = self
        self._timer.start()

    def stop(self) -> None:
        """The kernel has ended by itself."""
        self._timer.cancel()
        self._running.pop(self.pid, None)

    def kill(self) -> None:
        """End the kernel and what it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _expire(self) -> None:
        self.expired = True
        self.kill()


def kill_all() -> None:
    """End every kernel of this process; used when a person interrupts."""
    for watch in list(Watch._running.values()):
        watch.interrupted = True
        watch.kill()


class Engine(NBClientEngine):
    """Runs the notebook with `environment` and in `kernel_folder`; `watch` bounds the whole run."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name, *, environment, kernel_folder, kernel_log, watch, **options
    ):
        """Start a kernel, execute all cells in order, stop at the first that fails."""
        for name in ("input_path", "log_output", "start_timeout", "execution_timeout"):
            options.pop(name, None)
        client = Client(nb_man, kernel_name=kernel_name, startup_timeout=120, timeout=None, **options)
        client.watch = watch
        with Path(kernel_log).open("w", encoding="utf-8") as log:
            return client.execute(env=environment, cwd=kernel_folder, stderr=log, stdout=log)


class Client(PapermillNotebookClient):
    """Papermill's client, which tells the watch when the kernel starts and ends."""

    watch: Watch

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
