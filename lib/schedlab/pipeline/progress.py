"""A progress bar on stderr: which notebooks run, how many are done and how many are left."""

from __future__ import annotations

import sys
from collections.abc import Sequence


class Progress:
    """A bar over `total` things; `show` names those that run now."""

    def __init__(self, total: int, quiet: bool = False, unit: str = "notebook"):
        from tqdm import tqdm

        form = "{n_fmt}/{total_fmt} |{bar:16}| {elapsed} {desc}"
        self._bar = tqdm(total=total, file=sys.stderr, disable=quiet, unit=unit, bar_format=form, leave=True)
        self._named = ""

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_) -> None:
        self._bar.set_description_str("done" if self._bar.n >= self._bar.total else "stopped")
        self._bar.close()

    def show(self, running: Sequence[str]) -> None:
        """Say what runs now and how much waits."""
        left = self._bar.total - self._bar.n - len(running)
        named = ", ".join(running) + (f"; {left} left" if left else "")
        if named != self._named:
            self._named = named
            self._bar.set_description_str(named)
        else:
            self._bar.refresh()

    def advance(self, steps: int) -> None:
        """So many more are done."""
        if steps:
            self._bar.update(steps)

    def say(self, text: str) -> None:
        """A line above the bar."""
        if not self._bar.disable:
            self._bar.write(text, file=sys.stderr)
