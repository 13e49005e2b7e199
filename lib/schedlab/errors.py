"""What can go wrong, one class per cause; every message names the place and the cure."""

from __future__ import annotations

from os import PathLike


class SchedlabError(Exception):
    """Anything schedlab refuses to do; the command line prints it in one sentence and exits with 2."""


class FormatError(SchedlabError):
    """An input file is broken: `PATH:LINE: what is wrong`, or `PATH: ...` where there are no lines."""

    def __init__(self, path: str | PathLike, what: str, line: int | None = None):
        self.path, self.what, self.line = str(path), what, line
        place = self.path if line is None else f"{self.path}:{line}"
        super().__init__(f"{place}: {what}")


class RunError(SchedlabError):
    """A run folder or its run.json is missing, incomplete or inconsistent."""


class UnknownName(SchedlabError):
    """A name (parameter, metric, arm, value, table) that does not exist was asked for."""

    def __init__(self, kind: str, name: str, known: object = ()):
        options = ", ".join(sorted(str(k) for k in known)) or "none"
        super().__init__(f"there is no {kind} {name!r}; there are: {options}")


class TooFewValues(SchedlabError):
    """The question cannot be answered from so few values; the message says how many would do."""


class MissingTable(SchedlabError):
    """A run has no artifact that yields the table; the message repeats why the artifact is absent."""


class NotebookFailed(SchedlabError):
    """A notebook raised; the message names the notebook, the cell and the error."""
