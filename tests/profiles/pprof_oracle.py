"""What `go tool pprof` says about the fixtures: the independent source for the tests in this folder.

`python tests/profiles/pprof_oracle.py` writes its answers to fixtures/pprof/golden.json.gz, which the tests
use where Go is missing; where Go is there they ask it again.
"""

import functools
import gzip
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures" / "pprof"
GOLDEN = FIXTURES / "golden.json.gz"
GO = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
EVERYTHING = ["-nodecount=1000000", "-nodefraction=0", "-edgefraction=0"]

#: case -> (arguments, files)
CASES = {
    "cpu": (["-top"], ["cpu"]),
    "cpu samples": (["-top", "-sample_index=samples"], ["cpu"]),
    "heap inuse": (["-top", "-sample_index=inuse_space"], ["heap"]),
    "heap default": (["-top"], ["heap"]),
    "allocs default": (["-top"], ["allocs"]),
    "block": (["-top"], ["block"]),
    "mutex": (["-top", "-sample_index=contentions"], ["mutex"]),
    "goroutine": (["-top"], ["goroutine"]),
    "files": (["-top", "-files"], ["cpu"]),
    "lines": (["-top", "-lines"], ["cpu"]),
    "filefunctions": (["-top", "-filefunctions"], ["cpu"]),
    "noinlines": (["-top", "-noinlines"], ["cpu"]),
    "focus": (["-top", "-focus=json"], ["cpu"]),
    "ignore": (["-top", "-ignore=syscall"], ["cpu"]),
    "hide": (["-top", r"-hide=^net/http"], ["cpu"]),
    "show": (["-top", r"-show=^(net/http|main)\."], ["cpu"]),
    "show_from": (["-top", "-show_from=serverHandler"], ["cpu"]),
    "focus and hide": (["-top", "-focus=mallocgc", r"-hide=^runtime\.g"], ["cpu"]),
    "tagfocus": (["-top", "-tagfocus=bytes=1kb:64kb", "-sample_index=alloc_space"], ["heap"]),
    "tagignore": (["-top", "-tagignore=bytes=:512b", "-sample_index=alloc_space"], ["heap"]),
    "merge": (["-top"], ["cpu", "cpu2"]),
    "base": (["-top", "-base=block"], ["block2"]),
    "diff_base": (["-top", "-diff_base=cpu"], ["cpu2"]),
    "normalize": (["-top", "-normalize", "-diff_base=cpu"], ["cpu2"]),
    "peek": (["-peek=."], ["cpu"]),
    "tree": (["-tree"], ["cpu"]),
    "peek block": (["-peek=."], ["block"]),
    "traces": (["-traces"], ["cpu"]),
    "traces goroutine": (["-traces"], ["goroutine"]),
}
#: profiles of one program built by every Go release
RELEASES = tuple(f"go1.{minor}" for minor in range(21, 28))
KINDS = {"cpu": [], "heap": ["-sample_index=alloc_space"], "block": [], "mutex": [], "goroutine": []}
CASES |= {
    f"{go} {kind}": (["-top", *more], [f"{go}/{kind}"]) for go in RELEASES for kind, more in KINDS.items()
}


@functools.cache
def ask_go(case: str) -> str:
    """The output of `go tool pprof` for a case, values in base units."""
    args, files = CASES[case]
    unit = "bytes" if Path(files[0]).name in ("heap", "allocs") else "nanoseconds"
    args = [re.sub(r"base=(\w+)", r"base=\1.pb.gz", a) for a in args]
    command = [GO, "tool", "pprof", *args, *EVERYTHING, f"-unit={unit}", "-symbolize=none"]
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "PPROF_TMPDIR": home, "GOFLAGS": "", "GOTOOLCHAIN": "local"}
        done = subprocess.run(
            command + [f"{f}.pb.gz" for f in files],
            cwd=FIXTURES, env=env, capture_output=True, text=True, check=True,
        )  # fmt: skip
    return done.stdout


def golden() -> dict[str, str]:
    return json.loads(gzip.decompress(GOLDEN.read_bytes()))


def top_rows(text: str) -> dict[str, tuple[int, int]]:
    """name -> (flat, cum) of a -top listing; listed twice, flat is the sum and cum the largest.

    -files lists a file once per function in it (their start lines differ), which no reader means.
    """
    rows = {}
    for line in text.splitlines():
        found = re.match(r"\s*(-?[\d.]+)\w*\s+\S+%?\s+\S+%\s+(-?[\d.]+)\w*\s+\S+%\s\s(.*)$", line)
        if found:
            name = re.sub(r" \((partial-)?inline\)$", "", found[3])
            flat, cum = rows.get(name, (0, 0))
            rows[name] = (flat + round(float(found[1])), max(round(float(found[2])), cum, key=abs))
    return rows


def edge_rows(text: str) -> dict[tuple[str, str], int]:
    """(caller, callee) -> value of a -peek or -tree listing."""
    links, callers, node = {}, [], None
    for line in text.splitlines():
        if re.match(r"[-\s|+]*$", line) or "flat%" in line:
            callers, node = [], None
            continue
        entry = re.match(r"\s*(-?[\d.]+)\w*\s+\S+%\s+\S+%\s+(-?[\d.]+)\w*\s+\S+%\s+\|\s{1,3}(\S.*)$", line)
        link = re.match(r"\s*(-?[\d.]+)\w*\s+\S+%\s+\|\s{3}(\S.*)$", line)
        if entry:
            node = _name(entry[3])
            links |= {(caller, node): value for caller, value in callers}
        elif link:
            value, name = round(float(link[1])), _name(link[2])
            if node is None:
                callers.append((name, value))
            else:
                links[(node, name)] = value
    return links


def trace_rows(text: str) -> list[tuple[int, list[str]]]:
    """(value, stack leaf first) of a -traces listing."""
    out, value, stack = [], None, []
    for line in text.splitlines():
        if line.startswith("-----"):
            if value is not None:
                out.append((value, stack))
            value, stack = None, []
            continue
        found = re.match(r"\s*(-?[\d.]+)[A-Za-z]*\s{3}(.*)$", line)
        if found and value is None:
            value, stack = round(float(found[1])), [_name(found[2])]
        elif value is not None and line.strip():
            stack.append(_name(line.strip()))
    return out + ([(value, stack)] if value is not None else [])


def _name(text: str) -> str:
    return re.sub(r" \((partial-)?inline\)$", "", text.strip())


if __name__ == "__main__":
    answers = {case: ask_go(case) for case in CASES}
    GOLDEN.write_bytes(gzip.compress(json.dumps(answers, indent=1).encode(), 9, mtime=0))
    print(f"{GOLDEN.name}: {len(answers)} cases, {GOLDEN.stat().st_size} bytes")
