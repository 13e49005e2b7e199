"""Stack dumps: every goroutine once, with its state, wait, stack and creator, whatever surrounds it.

The dumps come from `fixtures/go-goroutines/snap.go.txt`, whose waits are known from its source.
"""

import golden_files as golden
import pytest

from schedlab.ingest import go_goroutines, source

DUMPS = {path.name: source.content(path).data.decode() for path in golden.fixtures("go-goroutines")}
PROFILES = [name for name in DUMPS if "debug2" in name]
every_profile = pytest.mark.parametrize("name", PROFILES)
#: what runtime.NumGoroutine gave at that moment, in every release
GOROUTINES = 22
LATEST = DUMPS["go1.27.3-debug2.txt.gz"]


def read(text: str):
    return go_goroutines.READER.read("x.txt", text.encode())


def table(text: str):
    return read(text).tables["GOROUTINES"]


def kinds(found) -> dict[str, int]:
    return dict(zip(found.damage["kind"], found.damage["count"], strict=True))


def stack(found, row) -> list[str]:
    frames = found.tables["FRAMES"]
    return frames.loc[frames["sample"] == row["sample"], "function"].tolist()


@every_profile
def test_as_many_goroutines_as_the_runtime_counted(name):
    found = read(DUMPS[name])
    assert len(found.tables["GOROUTINES"]) == GOROUTINES == found.facts["goroutines"]
    assert found.damage.empty


def test_a_panic_shows_the_same_and_its_message_is_no_goroutine():
    found = read(DUMPS["go1.21.13-panic.txt.gz"])
    assert len(found.tables["GOROUTINES"]) == GOROUTINES
    assert kinds(found) == {"goroutine line without a stack": 1}


@every_profile
def test_the_waits_are_those_of_the_program(name):
    waits = table(DUMPS[name])["reason"].value_counts().to_dict()
    assert {k: waits[k] for k in ("chan send", "select (no cases)", "sleep", "IO wait", "select")} == {
        **{"chan send": 5, "select (no cases)": 1, "sleep": 1, "IO wait": 1, "select": 1}
    }
    assert waits["chan receive (nil chan)"] == 5
    assert waits["sync.Mutex.Lock"] == waits["sync.RWMutex.RLock"] == waits["sync.Cond.Wait"] == 1


@every_profile
def test_wait_times_threads_and_states_are_those_of_the_program(name):
    goroutines = table(DUMPS[name])
    states = goroutines["state"].value_counts().to_dict()
    assert states == {"waiting": GOROUTINES - 2, "running": 1, "syscall": 1}
    waiting = goroutines.query("state != 'running'")
    assert (waiting["waited_s"] == 60).all()
    assert goroutines["thread_locked"].sum() == 1


@every_profile
def test_frames_left_out_are_counted(name):
    found = read(DUMPS[name])
    deep = found.tables["GOROUTINES"].query("elided > 0")
    assert (deep["depth"] + deep["elided"]).tolist() == [152]
    assert stack(found, deep.iloc[0])[-1].startswith("main.hold.func")


@every_profile
def test_creators_are_those_of_the_program(name):
    goroutines = table(DUMPS[name]).query("goroutine != 1")
    assert goroutines["created_by"].str.startswith("main.hold").all()
    assert (goroutines["creator"] == 1).all()


def test_equal_stacks_share_their_number():
    goroutines = table(LATEST)
    senders = goroutines.query("reason == 'chan send'")
    assert senders["sample"].nunique() == 1
    assert goroutines["sample"].nunique() == read(LATEST).facts["stacks"]


@pytest.mark.parametrize("version", ["1.26.6", "1.27.3"])
def test_labels_are_kept_as_printed(version):
    labels = table(DUMPS[f"go{version}-crash.txt.gz"])["labels"]
    assert labels.str.contains("route").sum() == 3


@pytest.mark.parametrize("name", ["go1.21.13-sigquit.txt.gz", "go1.27.3-sigquit.txt.gz"])
def test_threads_that_tell_their_own_part_are_one_dump(name):
    found = read(DUMPS[name])
    goroutines = found.tables["GOROUTINES"]
    ids = goroutines["goroutine"]
    assert found.facts["dumps"] == 1
    assert ids[ids > 0].is_unique
    threads = goroutines.loc[ids == 0, "thread"]
    assert len(threads) == DUMPS[name].count("\ngoroutine 0 ")
    assert threads.is_unique and threads.min() == 0


def test_a_header_counted_by_hand():
    text = (
        "goroutine 7 gp=0xc01 m=3 mp=0xc02 [chan receive (durable), 12 minutes, locked to thread,"
        " synctest bubble 4] {a: b, c: d}:\n"
        "main.(*T[...]).f(0x1, {0x2, 0x3})\n\t/a b/c:d.go:12 +0x4\n"
        "main.g(...)\n\t/x.go:3\n"
        "created by main.h.func1 in goroutine 5\n\t/x.go:9 +0x1\n"
    )
    found = read(text)
    row = found.tables["GOROUTINES"].iloc[0]
    assert row[["goroutine", "state", "reason", "waited_s"]].tolist() == [
        *(7, "waiting", "chan receive (durable)", 720.0)
    ]
    assert row[["thread", "thread_locked", "bubble", "labels"]].tolist() == [3, True, 4, "a: b, c: d"]
    assert row[["created_by", "creator", "depth", "elided"]].tolist() == ["main.h.func1", 5, 2, 0]
    frames = found.tables["FRAMES"][["function", "file", "line", "inlined"]]
    assert frames.values.tolist() == [
        ["main.(*T[...]).f", "/a b/c:d.go", 12, False],
        ["main.g", "/x.go", 3, True],
    ]


OLD = (
    "goroutine 1 [running, locked to thread]:\n\tgoroutine running on other thread; stack unavailable\n\n"
    "goroutine 5 [finalizer wait, 3 minutes]:\nruntime.park(0x1)\n\t/go/proc.c:1 +0x1\n"
    "created by runtime.init\n\t/go/proc.c:9 +0x2\n"
)


def test_layouts_before_go_1_21_are_read():
    goroutines = table(OLD)
    assert goroutines["state"].tolist() == ["running", "waiting"]
    assert goroutines["depth"].tolist() == [0, 1]
    assert goroutines["creator"].tolist() == [-1, -1]


def test_a_goroutine_listed_again_begins_a_dump():
    found = read(LATEST + "\n" + LATEST)
    assert found.tables["GOROUTINES"].groupby("dump").size().tolist() == [GOROUTINES] * 2


@pytest.mark.parametrize(
    "wrap", ["svc-1  | ", "[pod/web-7d9/app] 2024-05-01T12:00:00Z ", "May 01 12:00:00 host web[1]: "]
)
def test_a_wrapping_changes_nothing(wrap):
    text = "".join(f"{wrap}{line}\n" for line in LATEST.splitlines())
    assert table(text.replace("\n", "\r\n")).equals(table(LATEST))


def test_foreign_lines_inside_a_stack_are_counted_and_leave_it_whole():
    lines = LATEST.splitlines(keepends=True)
    lines.insert(3, "2024/05/01 12:00:00 [INFO] served\n")
    found = read("".join(lines))
    assert kinds(found) == {"foreign line inside a stack": 1}
    assert found.tables["GOROUTINES"].drop(columns="line").equals(table(LATEST).drop(columns="line"))


def test_a_cut_tail_is_counted():
    found = read(LATEST[: LATEST.rindex(":") + 2])
    assert kinds(found)["cut line"] == 1
    assert found.tables["GOROUTINES"]["goroutine"].tolist() == table(LATEST)["goroutine"].tolist()
