"""The runner: executes the notebooks whose key is new, two at a time, and keeps what is finished."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from schedlab.pipeline import files, keys, places
from schedlab.pipeline.execute import Job, Outcome, execute
from schedlab.pipeline.plan import Step
from schedlab.pipeline.progress import Progress

#: fewer notebooks than this start their kernels sooner than all could be imported for them
FORK_FROM = 3


@dataclass
class Queue:
    """What is still to do; a step is ready when those it comes after are done.

    `forked`: kernels are forked from one process, which pays its imports once for all.
    """

    waiting: list[Step]
    done: dict[str, Outcome] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    trees: dict[Path, str] = field(default_factory=dict)
    forked: bool = False


def run(
    steps: Sequence[Step],
    *,
    executor: Executor | None = None,
    slots: int = 2,
    quiet: bool = False,
) -> tuple[Outcome, ...]:
    """Bring every step up to date; outcomes in the order of the steps.

    Steps with a known key are taken from the cache. A failed step fails only itself; what comes after it is
    skipped. `executor` may be any `concurrent.futures.Executor`: threads (the default, the kernels are
    processes), processes, or a cluster's; `slots` is how many notebooks it is given at once. A script that
    calls this stands under `if __name__ == "__main__"`: kernels are forked as multiprocessing does it.
    """
    files.sweep(places.cache())
    queue = Queue(list(steps))
    _settle(queue)
    queue.waiting.sort(key=_longest_first())
    queue.forked = executor is None and len(queue.waiting) >= FORK_FROM
    if queue.forked:
        from schedlab.pipeline import fork

        fork.start()
        slots += 1  # while a kernel starts or ends, its processor is idle
    if queue.waiting:
        with Progress(len(queue.waiting), quiet=quiet) as progress:
            _work(queue, executor, slots, progress)
    return tuple(queue.done[step.stem] for step in steps)


def stale(steps: Sequence[Step]) -> tuple[str, ...]:
    """The steps that a run would execute, without running any."""
    queue = Queue(list(steps))
    _settle(queue)
    return tuple(step.stem for step in queue.waiting)


def _longest_first() -> Callable[[Step], float]:
    """The order to start in, by what each took before: a long one that starts last is waited for alone."""
    took: dict[str, float] = {}
    for file in places.cache().glob("*/run.json"):
        record = json.loads(file.read_text(encoding="utf-8"))
        took[record["stem"]] = max(record["seconds"], took.get(record["stem"], 0.0))
    return lambda step: -took.get(step.stem, 0.0)


def _work(queue: Queue, executor: Executor | None, slots: int, progress: Progress) -> None:
    own = executor or ThreadPoolExecutor(slots)
    running: dict[Future, Step] = {}
    try:
        while queue.waiting or running:
            _submit(queue, own, slots, running)
            progress.show([step.stem for step in running.values()])
            if running:
                _collect(queue, running, progress)
            before = len(queue.waiting)
            _settle(queue)
            progress.advance(before - len(queue.waiting))
    except KeyboardInterrupt:
        _stop(running)
        raise
    finally:
        if executor is None:
            own.shutdown(wait=True, cancel_futures=True)


def _settle(queue: Queue) -> None:
    """Take from the cache what is there, and skip what comes after a failure or has no data."""
    for step in list(queue.waiting):
        earlier = [queue.done.get(stem) for stem in step.after]
        if step.lacks:
            queue.done[step.stem] = Outcome(step.stem, "aside", None, step.lacks)
        elif bad := _stems(earlier, "failed", "skipped"):
            queue.done[step.stem] = Outcome(step.stem, "skipped", None, f"it comes after {bad}, which failed")
        elif bad := _stems(earlier, "aside"):
            queue.done[step.stem] = Outcome(step.stem, "aside", None, f"{bad} has no data to begin with")
        elif all(earlier) and (place := places.cache() / _key(queue, step)).is_dir():
            queue.done[step.stem] = Outcome(step.stem, "cached", place)
        else:
            continue
        queue.waiting.remove(step)


def _stems(outcomes: Sequence[Outcome | None], *statuses: str) -> str:
    return ", ".join(o.stem for o in outcomes if o and o.status in statuses)


def _key(queue: Queue, step: Step) -> str:
    if step.stem not in queue.keys:
        queue.keys[step.stem] = keys.key(step, [queue.keys[stem] for stem in step.after], queue.trees)
    return queue.keys[step.stem]


def _submit(queue: Queue, executor: Executor, slots: int, running: dict[Future, Step]) -> None:
    for step in list(queue.waiting):
        if len(running) >= slots:
            return
        if all(stem in queue.done for stem in step.after):
            queue.waiting.remove(step)
            running[executor.submit(execute, _job(queue, step))] = step


def _job(queue: Queue, step: Step) -> Job:
    key = _key(queue, step)
    published = {stem: str(queue.done[stem].folder / "publish") for stem in step.after}
    return Job(
        step.stem,
        step.path,
        step.parameters,
        key,
        places.cache() / key,
        step.timeout_s,
        published,
        keys.parts(step, [queue.keys[stem] for stem in step.after], queue.trees),
        queue.forked,
        step.only,
    )


def _collect(queue: Queue, running: dict[Future, Step], progress: Progress) -> None:
    """Wait for one to end. The wait is short and repeated so that an interrupt is heard at once."""
    finished, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
    for future in finished:
        step = running.pop(future)
        outcome = future.result()
        queue.done[step.stem] = outcome
        progress.advance(1)
        if outcome.status == "failed":
            progress.say(f"{step.stem} failed: {outcome.why}")


def _stop(running: dict[Future, Step]) -> None:
    from schedlab.pipeline.kernel import kill_all

    for future in running:
        future.cancel()
    kill_all()
