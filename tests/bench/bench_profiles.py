"""Profiles against `go tool pprof`, and flame graphs in a browser: ratios of one run.

`python tests/bench/bench_profiles.py [samples]`. The large profile is a random walk over the call edges of
Go's own profile of its compiler (default.pgo), as frequent as there: names, depths and fan-out are real.
CPU seconds are user and system of whole processes, imports included; the smallest of three.
"""

import gzip
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from schedlab.figures.flame_html import explore_diff
from schedlab.ingest.pprof import read_profile
from schedlab.model.profile import Profile
from schedlab.profiles import read
from schedlab.profiles.compared import compared
from schedlab.profiles.diff import Arm

GO = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
FIXTURE = Path(__file__).parents[1] / "fixtures" / "pprof" / "cpu.pb.gz"

READING = "from schedlab.ingest.pprof import read_profile as r; r({path!r})"
EVERYTHING = """
from schedlab import profiles as p
f = p.read({path!r})
p.top(f), p.classes(f), p.depths(f, None), p.depths(f, r'cmd/compile/internal/gc.Main|main.main'), p.tree(f)
"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')"
REDRAW = """() => { const took = []; for (let i = 0; i < 31; i++) { const t = performance.now();
  schedlabFlame.draw(); document.getElementById("flame").getContext("2d").getImageData(0, 0, 1, 1);
  took.push(performance.now() - t); } return took.sort((a, b) => a - b)[15]; }"""
USUAL = """
import sys, time
from schedlab.ingest.pprof import read_profile
from schedlab.figures.flame_html import explore
from schedlab.profiles import read
import schedlab.profiles.tree, schedlab.figures.flame
times = []
for _ in range(7):
    begin = time.perf_counter(); read_profile({path!r}); middle = time.perf_counter()
    explore(read({path!r})); times.append((middle - begin, time.perf_counter() - middle))
first, best = times[0], [min(t) for t in zip(*times)]
assert "numba" not in sys.modules
print(*(f"{{1e3 * t:.0f}}" for t in (first[0], best[0], first[1], best[1])))
"""


def walk(profile: Profile, samples: int, seed: int) -> list[np.ndarray]:
    """Sites of random stacks, level by level from the root: int64 arrays, -1 where a stack has ended."""
    frames, starts = profile.frames[::-1].astype(np.int64), (len(profile.frames) - profile.starts)[::-1]
    value = profile.value()[::-1]
    of = np.repeat(np.arange(profile.n), np.diff(starts))
    last = np.zeros(len(frames), bool)
    last[starts[1:][np.diff(starts) > 0] - 1] = True
    after = np.where(last, -1, np.append(frames[1:], -1))
    number = len(profile.sites)
    pairs, which = np.unique(frames * (number + 1) + after + 1, return_inverse=True)
    weight = np.bincount(which, value[of])
    node, to = pairs // (number + 1), pairs % (number + 1) - 1
    upto = np.concatenate([[0.0], np.cumsum(weight)])
    begin, end = (
        upto[np.searchsorted(node, np.arange(number))],
        upto[np.searchsorted(node, np.arange(number), side="right")],
    )
    random = np.random.default_rng(seed)
    now, levels = random.choice(frames[starts[:-1]], samples, p=value / value.sum()), []
    while len(levels) < 64 and (now >= 0).any():
        levels.append(now)
        at = begin[now] + random.random(samples) * (end[now] - begin[now])
        step = to[np.searchsorted(upto, at, side="right").clip(1, len(to)) - 1]
        now = np.where(now >= 0, step, -1)
    return levels


def write(path: Path, profile: Profile, samples: int, seed: int = 20261123) -> None:
    """A profile.proto of random stacks, written as Go writes them."""
    levels = np.array(walk(profile, samples, seed)[::-1]).T
    deep = (levels >= 0).sum(axis=1)
    used, of = np.unique(levels[levels >= 0], return_inverse=True)
    ids = varints(of + 1)
    ends = np.concatenate([[0], np.cumsum(ids[1])])[np.concatenate([[0], np.cumsum(deep)])].tolist()
    text: dict[str, int] = {"": 0}
    head = [message(1, number(1, string(text, a)) + number(2, string(text, b))) for a, b in profile.types]
    fixed = b"".join(number(2, v) for v in (1, 10_000_000))
    bodies = [message(2, fixed + message(1, ids[0][a:b])) for a, b in itertools.pairwise(ends)]
    sites = profile.sites.take(used)
    called, function = np.unique(sites["function"], return_inverse=True)
    lines = zip(function.tolist(), sites["line"].tolist(), strict=True)
    places = [
        message(4, number(1, i + 1) + message(4, number(1, f + 1) + number(2, line)))
        for i, (f, line) in enumerate(lines)
    ]
    functions = [
        message(5, number(1, i + 1) + number(2, string(text, f.name)) + number(4, string(text, f.file)))
        for i, f in enumerate(profile.functions.take(called).itertuples())
    ]
    strings = [message(6, s.encode()) for s in text]
    path.write_bytes(gzip.compress(b"".join([*head, *bodies, *places, *functions, *strings]), 1))


def varints(values: np.ndarray) -> tuple[bytes, np.ndarray]:
    """Positive integers below 2^21 as varints, and the size of each."""
    size = 1 + (values > 127) + (values > 16383)
    out = np.zeros((len(values), 3), np.uint8)
    for k in range(3):
        out[:, k] = (values >> 7 * k & 127) | np.where(size > k + 1, 128, 0)
    return out[np.arange(3) < size[:, None]].tobytes(), size


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def number(field: int, value: int) -> bytes:
    return bytes([field << 3]) + varint(value)


def message(field: int, content: bytes) -> bytes:
    return bytes([field << 3 | 2]) + varint(len(content)) + content


def string(table: dict[str, int], text: str) -> int:
    return table.setdefault(text, len(table))


def cpu_s(*command: str, times: int = 3) -> float:
    """User and system seconds of the whole process and its children, the smallest of a few."""
    found = []
    for _ in range(times):
        before = os.times()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = os.times()
        found.append(
            after.children_user + after.children_system - before.children_user - before.children_system
        )
    return min(found)


def large(path: Path, samples: int) -> None:
    """One large file: reading, and everything that is asked of a profile."""
    ours = [cpu_s(sys.executable, "-c", code.format(path=str(path))) for code in (READING, EVERYTHING)]
    deep = float(read_profile(path).depths.mean())
    size = path.stat().st_size / 1e6
    print(f"{samples:,} samples, {deep:.1f} frames deep, {size:.1f} MB gzipped; CPU seconds of processes")
    if not GO:
        print(f"  reading {ours[0]:.2f} s, everything {ours[1]:.2f} s; no Go here to compare with")
        return
    theirs = cpu_s(GO, "tool", "pprof", "-top", "-symbolize=none", str(path))
    print(f"  go tool pprof -top             {theirs:6.2f} s")
    print(f"  reading                        {ours[0]:6.2f} s  ratio {ours[0] / theirs:.2f} (goal 0.30)")
    print(f"  top, classes, depths, flame    {ours[1]:6.2f} s  ratio {ours[1] / theirs:.2f} (goal 0.50)")


def usual(path: Path) -> None:
    """A 30-second profile: in a fresh process, after imports, numba never imported."""
    done = subprocess.run(
        [sys.executable, "-c", USUAL.format(path=str(path))], check=True, capture_output=True, text=True
    )
    first, best, first_html, best_html = done.stdout.split()
    print(f"3,000 samples, {path.stat().st_size / 1e3:.0f} kB gzipped, numba not imported")
    print(f"  file to columns {best} ms, the first time {first} ms (goal 50)")
    print(f"  file to drawn HTML {best_html} ms, the first time {first_html} ms (goal 150)")


def browser(path: Path, samples: int = 200_000, nodes: int = 50_000) -> None:
    """A difference of two arms with so many nodes: its size, first paint and redraw in headless Chromium."""
    real = read_profile(source_of_edges())
    arms = []
    for seed, name in enumerate(("baseline", "treated")):
        write(path / f"{name}.pb.gz", real, samples, seed)
        arms.append(Arm(name, (read(path / f"{name}.pb.gz"),)))
    widths = np.sort(compared(*arms, threshold=2e-6).nodes.width)[::-1]
    begin = time.perf_counter()
    flame = explore_diff(*arms, threshold=widths[min(nodes, len(widths)) - 1])
    took = time.perf_counter() - begin
    flame.save(path / "flame.html")
    size = (path / "flame.html").stat().st_size / 1e6
    drawn = json.loads(flame.page.split('id="data">')[1].split("</script>")[0])["n"]
    print(f"difference of {drawn:,} nodes: made in {took:.1f} s, HTML {size:.2f} MB (goal 3)")
    _paint(path / "flame.html")


def _paint(page_file: Path) -> None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("  no playwright here: not measured in a browser")
        return
    with sync_playwright() as playwright:
        shown = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = shown.new_page(viewport={"width": 1600, "height": 1000})
        paints, redraws = [], []
        for _ in range(5):
            page.goto(page_file.as_uri())
            page.wait_for_function(f"{PAINTED}.length > 0")
            paints.append(page.evaluate(f"{PAINTED}[0].startTime"))
            redraws.append(page.evaluate(REDRAW))
        print(f"  first paint {min(paints):.0f} ms (goal 1000), redraw {min(redraws):.1f} ms (goal 30)")
        shown.close()


def source_of_edges() -> Path:
    """Go's own profile of its compiler where Go is, else a fixture."""
    if not GO:
        return FIXTURE
    root = subprocess.run([GO, "env", "GOROOT"], check=True, capture_output=True, text=True).stdout.strip()
    path = Path(root) / "src" / "cmd" / "compile" / "default.pgo"
    return path if path.exists() else FIXTURE


if __name__ == "__main__":
    real = read_profile(source_of_edges())
    size = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder, "usual.pb.gz"), real, 3000)
        usual(Path(folder, "usual.pb.gz"))
        browser(Path(folder))
        write(Path(folder, "large.pb.gz"), real, size)
        large(Path(folder, "large.pb.gz"), size)
