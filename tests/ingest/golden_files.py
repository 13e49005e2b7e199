"""What each fixture must be read as, kept beside it as `<fixture>.golden.json`.

`python tests/ingest/golden_files.py` writes those that are missing (`--all`: every one, after a look at the
difference). A golden file holds, per table, the number of rows, the first and last row and the sum of every
numeric column; the damage by kind; and the number of warnings.
"""

import json
import math
import sys
from pathlib import Path

from schedlab import ingest
from schedlab.model.extend import Reading

FIXTURES = Path(__file__).parents[1] / "fixtures"
SUFFIX = ".golden.json"


def folder(format: str) -> Path:
    """Where the fixtures of a format live."""
    found = [FIXTURES / format, FIXTURES / format.replace("-", "_")]
    return next((f for f in found if f.is_dir()), found[0])


def fixtures(format: str) -> list[Path]:
    """Real files of that format: everything in its folder but sources, golden files and notes."""
    made_by = (".py", ".java", ".go", ".go.txt", ".mod", ".lua", "README.md")
    skipped = (SUFFIX, ".said.csv", "golden.json", "golden.json.gz", *made_by)
    files = sorted(folder(format).glob("*"))
    return [f for f in files if f.is_file() and not f.name.endswith(skipped)]


def summary(found: Reading) -> dict:
    """The part of a reading that a golden file keeps."""
    damage = [] if found.damage is None else found.damage[["kind", "count", "first_line"]].values.tolist()
    tables = {name: _table(frame) for name, frame in sorted(found.tables.items())}
    return {"format": found.format, "tables": tables, "damage": damage, "warnings": len(found.warnings)}


def _table(frame) -> dict:
    numbers = {name: frame[name].tolist() for name in frame.select_dtypes("number")}
    ends = [frame.iloc[i].to_dict() for i in (0, -1)] if len(frame) else []
    return {
        "rows": len(frame),
        "ends": [{k: _plain(v) for k, v in row.items()} for row in ends],
        "sums": {name: _plain(_sum(values)) for name, values in numbers.items()},
    }


def _sum(values: list) -> float:
    return math.fsum(v for v in values if math.isfinite(v))


def _plain(value):
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float):
        return repr(value) if not math.isfinite(value) else float(f"{value:.12g}")
    return value


def main(everything: bool) -> None:
    for reader in ingest.READERS:
        for path in fixtures(reader.name):
            golden = path.with_name(path.name + SUFFIX)
            if reader.name in ("pprof", "go-trace") or (golden.exists() and not everything):
                continue
            text = json.dumps(summary(ingest.read(path)), indent=1, ensure_ascii=False)
            golden.write_text(text + "\n", encoding="utf-8")
            print(golden.relative_to(FIXTURES))


if __name__ == "__main__":
    main("--all" in sys.argv)
