"""One program built by every Go release: what only moved is one function, and nothing stays unclassified."""

import re
import tomllib
from pathlib import Path

import pytest

from profiles.pprof_oracle import FIXTURES, RELEASES
from schedlab import profiles
from schedlab.ingest.pprof import read_profile
from schedlab.ingest.stack_tables import Frame, profile
from schedlab.profiles import names
from schedlab.profiles.classes import unclassified, without_observer
from schedlab.profiles.diff import Arm, diff

MOVED = tomllib.loads(Path(names.__file__).with_name("aliases.toml").read_text())["moved"]
SYSCALL = "internal/runtime/syscall/linux.Syscall6"


def difference(read, one="go1.21", other="go1.27"):
    """The table of differences of the CPU profiles of two releases."""
    arms = [Arm(go, (read(FIXTURES / go / "cpu.pb.gz"),)) for go in (one, other)]
    return diff(*arms).table.set_index("name")


def test_without_aliases_one_system_call_is_two_differences_of_a_quarter_of_the_profile():
    raw = difference(read_profile)
    assert raw.loc[SYSCALL, "difference"] > 0.2
    assert raw.loc["runtime/internal/syscall.Syscall6", "difference"] < -0.2


@pytest.mark.parametrize("release", RELEASES[:-1])
def test_with_aliases_the_same_system_call_is_in_both_and_could_be_noise(release):
    row = difference(profiles.read, release).loc[SYSCALL]
    assert min(row["baseline"], row["treated"]) > 0.1
    assert row["lo"] < 0 < row["hi"]


def test_no_moved_function_of_any_release_is_left_under_its_old_name():
    was = [re.compile(row["was"]) for row in MOVED]
    for release in RELEASES:
        for kind in ("cpu", "heap", "block", "mutex", "goroutine"):
            found = profiles.read(FIXTURES / release / f"{kind}.pb.gz").functions["name"]
            assert not [n for n in found if any(w.fullmatch(n) for w in was)], (release, kind)


@pytest.mark.parametrize(
    ("was", "now"),
    {
        "runtime/internal/syscall.Syscall6": SYSCALL,
        "internal/runtime/syscall.EpollWait": "internal/runtime/syscall/linux.EpollWait",
        "sync.(*Mutex).lockSlow": "internal/sync.(*Mutex).lockSlow",
        "runtime.findrunnable": "runtime.findRunnable",
        "runtime.checkTimers": "runtime.(*timers).check",
        "main.Map[go.shape.struct { a []int }].Get": "main.Map.Get",
        "slices.SortFunc[go.shape.[]int,go.shape.int]": "slices.SortFunc",
        "main.runtime": "main.runtime",
    }.items(),
)
def test_a_function_has_one_name_whatever_built_it(was, now):
    assert names.canonical_name(was) == now
    assert names.canonical_name(now) == now


@pytest.mark.parametrize("release", RELEASES)
def test_of_every_release_less_than_two_percent_is_unclassified_and_it_is_named(release):
    found = profiles.read(FIXTURES / release / "cpu.pb.gz")
    left = unclassified(found)
    assert left["share"].sum() < 0.02, left
    shares = profiles.classes(found)["share"]
    assert shares.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("stack", "mechanism"),
    {
        ("runtime.futex", "runtime.futexsleep", "runtime.notesleep", "runtime.stopm"): "idle/spin",
        ("runtime.futex", "runtime.futexsleep", "runtime.lock2", "runtime.chansend"): "runtime lock",
        ("runtime.futex", "runtime.futexwakeup", "runtime.notewakeup", "runtime.startm"): "wake",
        ("runtime.memclrNoHeapPointers", "runtime.mallocgc", "main.work"): "allocation",
        ("runtime.gcDrainN", "runtime.gcAssistAlloc", "runtime.mallocgc", "main.work"): "GC",
        ("runtime.adjustframe", "runtime.copystack", "runtime.newstack", "main.work"): "stack growth",
        ("internal/runtime/syscall/linux.Syscall6", "syscall.Syscall", "main.work"): "syscall",
        ("internal/runtime/syscall/linux.EpollWait", "runtime.netpoll", "runtime.findRunnable"): "netpoll",
        ("runtime.runqgrab", "runtime.runqsteal", "runtime.stealWork", "runtime.findRunnable"): "steal",
        ("runtime.memmove", "main.work"): "application",
        ("runtime.semacquire1", "internal/sync.(*Mutex).lockSlow", "main.work"): "sync lock",
        ("runtime.asyncPreempt", "main.work"): "preemption",
        ("time.Sleep", "main.work"): "timer",
        ("runtime.sigprof", "runtime.sighandler", "main.work"): "observer",
    }.items(),
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_a_stack_has_the_mechanism_that_go_engineers_give_it(stack, mechanism):
    """Hand-made after the rules of the Go runtime's own files; leaf first."""
    made = profile([[Frame(name) for name in stack]], (("samples", "count"),), [[1]], {})
    assert profiles.classes(made)["mechanism"].tolist() == [mechanism]


def test_what_the_profiler_itself_waited_for_is_left_out_and_said():
    block = profiles.read(FIXTURES / "go1.26" / "block.pb.gz")
    cut = without_observer(block)
    observed = profiles.classes(block).set_index("mechanism")["value"].get("observer", 0)
    assert cut.total() == block.total() - observed
    assert ("class observer" in " ".join(cut.warnings)) == bool(observed)
