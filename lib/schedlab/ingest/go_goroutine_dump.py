"""What the lines of a Go stack dump say: goroutine headers, frames with their places, who created whom.

Forms of Go 1.2 to 1.27: `debug=2` goroutine profiles, panics and fatal errors, SIGQUIT with every level of
GOTRACEBACK. Any other line inside a stack is foreign text: counted, and the stack goes on after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from schedlab.ingest.damage import Damage
from schedlab.ingest.stack_tables import Frame

#: `goroutine 7 gp=0x1 m=2 mp=0x3 [chan receive, 5 minutes, locked to thread] {route: a}:`
HEADER = re.compile(
    r"goroutine (?P<goroutine>\d{1,18})(?: gp=0x[0-9a-f]+ m=(?P<thread>nil|\d{1,9})(?: mp=0x[0-9a-f]+)?)?"
    r" \[(?P<state>[^\[\]:{}]*?|\?\?\?)(?P<leaked> \(leaked\))?(?P<scan> \(scan\))?(?P<durable> \(durable\))?"
    r"(?:, (?P<minutes>\d{1,12}) minutes)?(?P<locked>, locked to thread)?"
    r"(?:, synctest (?:bubble|group) (?P<bubble>\d{1,18}))?"
    r"(?: labels:\{(?P<inner>.*)\})?\](?: \{(?P<outer>.*)\})?:$"
)
#: what Go calls a goroutine that does not wait; every other word is a wait reason
STATES = {"idle", "runnable", "running", "syscall", "waiting", "dead", "copystack", "preempted", "???"} | {
    *("moribund", "enqueue", "leaked", "deadextra", "not-present")
}
_PLACE = re.compile(r"(\S.*):(\d{1,9})(?: \+0x[0-9a-f]+)?(?: fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+)?$")
_C_PLACE = re.compile(r"(?:(\S.*):(\d{1,9}) )?pc=0x[0-9a-f]+$")
_CREATED = re.compile(r"created by (\S.*?)(?: in goroutine (\d{1,18}))?$")
_CALL = re.compile(r"(\S.*)\((.*)\)$")
_ELIDED = re.compile(r"\.\.\.(?:(\d{1,9})|additional) frames elided\.\.\.$")
_REGISTER = re.compile(r"\w+ +0x[0-9a-f]+$")
_THREAD = re.compile(r"PC=0x[0-9a-f]+ m=(\d{1,9}) sigcode=")
_UNAVAILABLE = "goroutine running on other thread; stack unavailable"


@dataclass
class Goroutine:
    """One goroutine while its lines are read: what its header says, its frames from the leaf, its creator."""

    header: dict
    line: int
    thread: int
    frames: list[Frame] = field(default_factory=list)
    known: bool = False
    elided: int = 0
    created_by: str = ""
    creator: int = -1


class Dump:
    """Takes the lines of a file in order and collects its goroutines, dump by dump."""

    def __init__(self, damage: Damage):
        self.damage = damage
        self.dumps: list[dict[tuple[int, int], Goroutine]] = [{}]
        self.other = 0
        self._open: Goroutine | None = None
        self._name: tuple[str, bool] | None = None
        self._thread = -1
        self._relayed = False

    def take(self, text: str, number: int) -> None:
        """One line: the beginning of a goroutine, a part of its stack, its end, or foreign text."""
        line = text.strip()
        found = HEADER.match(line) if line.startswith("goroutine ") else None
        if found:
            self.end()
            self._open = Goroutine(found.groupdict(), number, self._thread_of(found))
        elif self._open is None:
            self._outside(line)
        elif not line or line.startswith("[originating from goroutine ") or _REGISTER.match(line):
            self.end()
            self._relayed &= not _REGISTER.match(line)
        elif not self._place(line, number):
            self._inside(line, number)

    def end(self) -> None:
        """The open goroutine is complete. One that is listed again begins a dump, unless its thread was busy
        or is now telling its own part, after a line of dashes."""
        done, self._open = self._open, None
        self._finish_name(done)
        if done is None:
            return
        if not done.known:
            self.damage.add("goroutine line without a stack", done.line, done.header["state"])
            return
        number = int(done.header["goroutine"])
        key = (number, 0 if number else done.line)
        before = self.dumps[-1].get(key)
        if before and before.frames and not self._relayed:
            self.dumps.append({})
        if not (before and before.frames and self._relayed):
            self.dumps[-1][key] = done

    def _thread_of(self, found: re.Match) -> int:
        """The thread in the header, or in the line above a signal's first goroutine; -1 for none."""
        named, self._thread = self._thread, -1
        return int(found["thread"]) if (found["thread"] or "nil") != "nil" else named

    def _outside(self, line: str) -> None:
        signal = _THREAD.match(line)
        self._thread = int(signal[1]) if signal else self._thread
        self._relayed |= line == "-----"
        self.other += bool(line)

    def _place(self, line: str, number: int) -> bool:
        """Whether the line is the place of the function named on the line before it."""
        found = (_PLACE.match(line) or _C_PLACE.match(line)) if self._name else None
        if not found:
            return False
        function, inlined = self._name
        self._name = None
        if not self._open.created_by:
            self._open.frames.append(Frame(function, found[1] or "", int(found[2] or 0), inlined))
        return True

    def _inside(self, line: str, number: int) -> None:
        self._open.known = True
        created, elided, call = _CREATED.match(line), _ELIDED.match(line), _CALL.match(line)
        if created or elided or call or line == "non-Go function":
            self._finish_name(self._open)
        if created:
            self._open.created_by, self._open.creator = created[1], int(created[2] or -1)
            self._name = (created[1], False)
        elif elided:
            self._open.elided += int(elided[1]) if elided[1] else 1
        elif call:
            self._name = (call[1], call[2] == "...")
        elif line == "non-Go function":
            self._name = (line, False)
        elif line != _UNAVAILABLE:
            self.damage.add("foreign line inside a stack", number, line)

    def _finish_name(self, owner: Goroutine | None) -> None:
        """A function whose place never came is a frame without one."""
        if self._name and owner and not owner.created_by:
            owner.frames.append(Frame(self._name[0], "", 0, self._name[1]))
            self.damage.add("frame without its place", owner.line, self._name[0])
        self._name = None
