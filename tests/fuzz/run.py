"""Every reader fuzzed: `python tests/fuzz/run.py [-j JOBS] FOLDER SECONDS [FORMAT ...]`.

FOLDER keeps corpora, findings and `campaign.tsv`, so that a campaign can be stopped and continued: a format
runs for what is left of its SECONDS. With 0 seconds nothing is run. At the end every finding is tried once
more, and the table in README.md is written anew.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import astuple, dataclass
from pathlib import Path

from seeds import FORMATS

ONE = Path(__file__).with_name("one.py")
README = Path(__file__).with_name("README.md")
LIMITS = ("-timeout=600", "-report_slow_units=600", "-rss_limit_mb=2048", "-print_final_stats=1")
HEAD = "| reader | wall s | CPU s | executions | edges | findings | open |\n|---|--:|--:|--:|--:|--:|--:|\n"


@dataclass(frozen=True)
class Part:
    """One run of the fuzzer on one format: wall and processor seconds, executions, edges covered in the
    readers, places that failed."""

    format: str
    wall_s: int
    cpu_s: float
    executions: int
    edges: int
    findings: int


def main(place: Path, seconds: float, jobs: int, formats: list[str]) -> int:
    table = place / "campaign.tsv"
    left = {f: seconds - sum(p.wall_s for p in parts(table) if p.format == f) for f in formats}
    with ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(fuzz, place / f, f, left[f]) for f in formats if left[f] >= 1]
        for done in as_completed(running):
            with open(table, "a", encoding="utf-8") as file:
                print(*astuple(done.result()), sep="\t", file=file)
    failing = {f: open_findings(place / f, f) for f in formats}
    publish(parts(table), failing)
    return sum(failing.values())


def fuzz(place: Path, format: str, seconds: float) -> Part:
    """Fuzz one format for that long; what libFuzzer says is kept in `place`/log."""
    place.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(ONE), format, str(place), f"-max_total_time={seconds:.0f}", *LIMITS]
    before = len(kept(place))
    with open(place / "log", "wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log)
        _, _, usage = os.wait4(child.pid, 0)
    said = (place / "log").read_text(errors="replace")
    runs = re.findall(r"^stat::number_of_executed_units: (\d+)|^#(\d+)\s", said, re.M) or [("0", "")]
    edges = re.findall(r"cov: (\d+)", said) or ["0"]
    wall_s = re.findall(r"^Done \d+ runs in (\d+) second", said, re.M) or ["0"]
    cpu_s = round(usage.ru_utime + usage.ru_stime, 1)
    executions = int(runs[-1][0] or runs[-1][1])
    findings = len(kept(place)) - before
    return Part(format, int(wall_s[-1]), cpu_s, executions, int(edges[-1]), findings)


def kept(place: Path) -> list[Path]:
    """The inputs of all findings, those among them that ended the fuzzer."""
    return [path for path in (place / "findings").glob("*") if path.suffix != ".txt"]


def open_findings(place: Path, format: str) -> int:
    """How many of the findings still fail."""
    again = ([sys.executable, str(ONE), format, str(path)] for path in kept(place))
    return sum(subprocess.run(command, capture_output=True).returncode != 0 for command in again)


def parts(table: Path) -> list[Part]:
    """What has been run so far."""
    rows = (line.split("\t") for line in table.read_text().splitlines()) if table.exists() else ()
    return [Part(row[0], int(row[1]), float(row[2]), *map(int, row[3:])) for row in rows]


def publish(done: list[Part], failing: dict[str, int]) -> None:
    """Write the table at the end of README.md anew."""
    text = README.read_text(encoding="utf-8")
    README.write_text(text[: text.find(HEAD)] + HEAD + "".join(rows(done, failing)), encoding="utf-8")


def rows(done: list[Part], failing: dict[str, int]) -> Iterator[str]:
    """One line a format, and the sum of all."""
    for format in FORMATS:
        mine = [part for part in done if part.format == format]
        if mine:
            yield row(format, mine, failing.get(format, 0))
    yield row("all", done, sum(failing.values()))


def row(name: str, some: list[Part], failing: int) -> str:
    wall_s, cpu_s, executions, findings = (
        sum(getattr(part, what) for part in some) for what in ("wall_s", "cpu_s", "executions", "findings")
    )
    edges = max((part.edges for part in some), default=0)
    return (
        f"| {name} | {wall_s:,.0f} | {cpu_s:,.0f} | {executions:,} | {edges:,} | {findings} | {failing} |\n"
    )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("place", type=Path)
    options.add_argument("seconds", type=float)
    options.add_argument("-j", "--jobs", type=int, default=1)
    options.add_argument("formats", nargs="*", default=FORMATS)
    given = options.parse_args()
    sys.exit(main(given.place, given.seconds, given.jobs, given.formats) > 0)
