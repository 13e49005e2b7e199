"""One execution of one notebook in papermill: into a folder that is renamed into place when complete."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schedlab.errors import NotebookFailed
from schedlab.pipeline import files, places, provenance
from schedlab.pipeline import notebook as nb

#: why a run is tried once more: now and then a message between kernel and client is lost
_SILENT = "the kernel fell silent and was stopped"
#: notebooks run side by side, so each has one thread for linear algebra
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Job:
    """Everything an executor needs to run one notebook, on this machine or another that shares the folder.

    `forked`: in a kernel forked from one that has imported everything, not in one started afresh; `only`: the
    runs that the notebook is shown of its data.
    """

    stem: str
    notebook: Path
    parameters: dict[str, Any]
    key: str
    folder: Path
    timeout_s: float
    published: dict[str, str] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    forked: bool = False
    only: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How it went: `status` is ran, cached, aside, failed or skipped; `why` says why, `aside` that the
    data lacks what the notebook needs.
    """

    stem: str
    status: str
    folder: Path | None
    why: str = ""
    seconds: float = 0.0


def execute(job: Job) -> Outcome:
    """Run the notebook; the folder holds executed.ipynb, publish/, log.txt and run.json.

    A failure is an outcome, not an exception: its folder, with the traceback, gets the ending `.failed`.
    """
    draft = job.folder.with_name(f".{job.folder.name}.{os.getpid()}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    failed = job.folder.with_name(f"{job.folder.name}.failed")
    started = time.monotonic()
    try:
        why = _run(job, draft)
        if why == _SILENT:
            why = _run(job, draft)
    except KeyboardInterrupt:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    finally:
        _close_event_loop()
    seconds = time.monotonic() - started
    files.write_json(draft / "run.json", _record(job, seconds, why))
    place = failed if why else job.folder
    files.swap(draft, place)
    if not why:
        shutil.rmtree(failed, ignore_errors=True)
    return Outcome(job.stem, "failed" if why else "ran", place, why, seconds)


def _close_event_loop() -> None:
    """The Jupyter client opens one loop a thread and leaves it open."""
    from jupyter_core.utils import ensure_event_loop

    ensure_event_loop().close()


def _run(job: Job, draft: Path) -> str:
    """Empty when all went well, else what went wrong and where."""
    import_papermill()
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillException, PapermillExecutionError

    from schedlab.pipeline.kernel import Watch

    with (draft / "log.txt").open("w", encoding="utf-8") as log, _sockets() as sockets:
        watch = Watch(job.timeout_s)
        try:
            _papermill(job, draft, log, sockets, watch)
        except PapermillExecutionError as error:
            number = _failed_cell(draft / "executed.ipynb")
            why = f"cell {number}: {error.ename}: {_one_line(error.evalue)}"
        except (DeadKernelError, CellTimeoutError, PapermillException, RuntimeError, OSError) as error:
            if watch.interrupted:
                raise KeyboardInterrupt from error
            late = f"took longer than {job.timeout_s:g} s and was stopped"
            stopped = _SILENT if watch.silent else late if watch.expired else ""
            why = stopped or f"{type(error).__name__}: {_one_line(str(error))}"
        else:
            why = (
                "" if (draft / "publish" / "page.json").is_file() else "it opened no page: nothing published"
            )
        log.write(f"{job.stem}: {why or 'done'}\n")
    return why


def _failed_cell(executed: Path) -> int:
    """The number of the cell that failed as a person counts them: those that papermill adds are left out."""
    added = {"injected-parameters", "papermill-error-cell-tag"}
    cells = [cell for cell in nb.read(executed)["cells"] if not added & set(nb.tags(cell))]
    kinds = [{output["output_type"] for output in cell.get("outputs", ())} for cell in cells]
    return 1 + next(i for i, found in enumerate(kinds) if "error" in found)


def _papermill(job: Job, draft: Path, log, sockets: str, watch) -> None:
    import papermill
    from traitlets.config import Config

    from schedlab.pipeline.kernel import ENGINE, register

    register()
    papermill.execute_notebook(
        str(job.notebook),
        str(draft / "executed.ipynb"),
        parameters=job.parameters,
        engine_name=ENGINE,
        kernel_name="python3",
        progress_bar=False,
        request_save_on_cell_execute=False,
        stdout_file=log,
        stderr_file=log,
        config=Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/k"}}),
        environment=_environment(job, draft),
        kernel_folder=str(job.notebook.parent),
        kernel_log=draft / "kernel.txt",
        watch=watch,
        forked=job.forked,
    )


def _environment(job: Job, draft: Path) -> dict[str, str]:
    """What the kernel finds set; SCHEDLAB_* tell the page where to write."""
    return {
        **os.environ,
        **ONE_THREAD,
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "SCHEDLAB_ROOT": str(places.root()),
        "SCHEDLAB_PUBLISH": str(draft / "publish"),
        "SCHEDLAB_PUBLISHED": json.dumps(job.published),
        "SCHEDLAB_RUNS": json.dumps(job.only),
    }


def import_papermill() -> None:
    """Import papermill without rfc3987_syntax, which compiles parsers on import: 0.3 s, not 1.1 s."""
    with _IMPORT:
        if "papermill" not in sys.modules:
            sys.modules.setdefault("rfc3987_syntax", None)
        import papermill  # noqa: F401


_IMPORT = threading.Lock()


@contextlib.contextmanager
def _sockets() -> Iterator[str]:
    """A folder with a short name for the kernel's sockets: no ports, no collisions."""
    with tempfile.TemporaryDirectory(prefix="sl-") as folder:
        yield folder


def _record(job: Job, seconds: float, why: str) -> dict[str, Any]:
    return {
        "stem": job.stem,
        "notebook": places.shown(job.notebook),
        "key": job.key,
        "parameters": job.parameters,
        "parts": job.parts,
        "seconds": round(seconds, 3),
        "failed": why,
        **provenance.of_this_machine(),
    }


def _one_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0] if lines else "no message"


def failure(outcome: Outcome) -> NotebookFailed:
    """The exception for a caller that wants one."""
    return NotebookFailed(f"{outcome.stem}: {outcome.why}")
