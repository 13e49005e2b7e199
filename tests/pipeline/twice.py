"""Notebooks run twice from nothing, every byte compared: python tests/pipeline/twice.py [DATA] [STEM ...]"""

from __future__ import annotations

import filecmp
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from schedlab.pipeline import places, plan, runner


def published(data: str, stems: Sequence[str], cache: Path) -> dict[str, Path]:
    """Execute the chapters (all without `stems`) with an empty cache of runs; every file they publish."""
    places.cache = lambda: cache
    steps = plan.read_plan(places.root() / "report" / "plan.toml", {"data": data} if data else {}).steps
    outcomes = runner.run([s for s in steps if not stems or s.stem in stems], quiet=True)
    failed = [f"{o.stem}: {o.why}" for o in outcomes if o.status not in ("ran", "aside")]
    assert not failed, failed
    folders = {o.stem: o.folder / "publish" for o in outcomes if o.folder}
    return {
        f"{stem}/{file.relative_to(folder)}": file
        for stem, folder in folders.items()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def different(data: str, stems: Sequence[str], work: Path) -> tuple[int, list[str]]:
    """How many files were compared, and which are not the same."""
    one, two = (published(data, stems, work / name) for name in ("one", "two"))
    same_names = set(one) & set(two)
    bad = [name for name in same_names if not filecmp.cmp(one[name], two[name], shallow=False)]
    return len(same_names), sorted([*bad, *(set(one) ^ set(two))])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        files, bad = different(sys.argv[1] if sys.argv[1:] else "", sys.argv[2:], Path(folder))
    print(*bad, f"{files} published files of two runs: {len(bad)} differ", sep="\n")
    sys.exit(bool(bad))
