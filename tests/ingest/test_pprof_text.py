"""Profiles as text are the binary profiles of the same moment, which the same program wrote right before."""

import math
from collections import Counter

import golden_files as golden
import pytest

from schedlab.errors import FormatError
from schedlab.ingest import pprof_text, source
from schedlab.ingest.pprof import read_profile

TEXTS = golden.fixtures("pprof-text")
every_text = pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.name)
#: how far stacks are compared: Go cuts them at 128 addresses, and an inlined call may lie beyond the cut
_DEEPEST = 100


def text_of(name: str) -> str:
    return source.content(golden.folder("pprof-text") / name).data.decode()


def read(text: str):
    return pprof_text.READER.read("x.txt", text.encode())


def stacks(profile) -> Counter:
    """Values and frames of every stack that has a value, without what Go leaves out of its texts."""
    names, lines = profile.names(), profile.sites["line"].to_numpy()
    files = profile.functions["file"].to_numpy(object)[profile.sites["function"].to_numpy()]
    found = Counter()
    for i in range(profile.n):
        rows = profile.frames[profile.starts[i] : profile.starts[i + 1]]
        frames = [
            (names[row].replace("[go.shape.string]", "[...]"), files[row], int(lines[row])) for row in rows
        ]
        if profile.values[i].any():
            found[tuple(_shown(frames)), tuple(profile.values[i].tolist())] += 1
    return found


def _shown(frames: list[tuple]) -> list[tuple]:
    """Neither goexit, nor places without a name, nor the runtime's frames at the leaf above other frames."""
    frames = [frame for frame in frames if frame[0] not in ("runtime.goexit", "<unknown>")]
    ours = [n for n, frame in enumerate(frames) if not frame[0].startswith(("runtime.", "internal/runtime/"))]
    return frames[ours[0] if ours else 0 :][:_DEEPEST]


@every_text
def test_a_text_holds_the_values_and_stacks_of_the_binary_profile(path):
    found = pprof_text.read_profile(str(path), source.content(path).data)
    binary = read_profile(path.parent / "binary" / path.name.replace(".txt.gz", ".pb.gz"))
    assert found.types == binary.types
    if "goroutine" in path.name:  # the goroutine that writes differs by the writing
        assert len((stacks(found) - stacks(binary)) | (stacks(binary) - stacks(found))) <= 2
    else:
        assert stacks(found) == stacks(binary)


def test_the_total_in_the_header_is_held_against_the_records():
    text = text_of("go1.27.3-goroutine.txt.gz").replace("total 22", "total 23")
    assert read(text).damage["kind"].tolist() == ["records missing"]


def test_heap_numbers_stand_for_what_was_not_sampled():
    """An object of 40 KiB is met with probability 1 - exp(-40/512) where one in 512 KiB is sampled."""
    head, place = "heap profile: 2: 81920 [4: 163840] @ heap/1048576\n", "#\t0x0\tf+0x1\tf.go:1\n"
    table = read(f"{head}2: 81920 [4: 163840] @ 0x1\n{place}").tables["STACK_SAMPLES"]
    found = table.set_index("kind")["value"] * (1 - math.exp(-40 / 512))
    assert found["inuse_space"] == pytest.approx(81920, abs=1)
    assert found["alloc_space"] == pytest.approx(163840, abs=1)
    assert found["alloc_objects"] == pytest.approx(4, abs=0.1)


def test_cycles_without_a_clock_are_refused():
    with pytest.raises(FormatError, match=r"x\.txt:2: says no cycles/second"):
        read("--- mutex:\n10 1 @ 0x1\n")


def test_records_of_another_kind_are_counted():
    found = read("goroutine profile: total 1\n1 @ 0x1\n#\t0x1\tmain.f+0x1\tf.go:3\n\n5 7 @ 0x2\nhello\n")
    assert dict(zip(found.damage["kind"], found.damage["count"], strict=True)) == {
        "record of another kind of profile": 1,
        "line that is no record": 1,
    }
    assert found.tables["STACK_SAMPLES"]["value"].tolist() == [1]


def test_a_stack_without_symbols_keeps_its_addresses():
    frames = read("goroutine profile: total 1\n1 @ 0x1a 0x2b\n#\t0x1a\n#\t0x2b\n\n").tables["FRAMES"]
    assert frames["function"].tolist() == ["0x1a", "0x2b"]
