"""Every reader fuzzed in turn: `python tests/fuzz/run.py SECONDS [FORMAT ...]`; prints what it found."""

import re
import subprocess
import sys
from pathlib import Path

from schedlab import ingest

ONE = Path(__file__).with_name("one.py")


def main(seconds: str, formats: list[str]) -> int:
    failed = 0
    for format in formats or [reader.name for reader in ingest.READERS]:
        limits = (f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=4096")
        command = [sys.executable, str(ONE), format, *limits]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace")
        runs = re.findall(r"^#(\d+)\s", done.stderr, re.M) or ["0"]
        covered = re.findall(r"cov: (\d+)", done.stderr) or ["0"]
        print(f"{format:20} {runs[-1]:>9} executions, coverage {covered[-1]}", flush=True)
        if done.returncode:
            failed += 1
            print(done.stderr[-3000:], flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
