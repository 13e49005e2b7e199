"""Coverage-guided fuzzing of one reader: `python tests/fuzz/one.py FORMAT [options of libFuzzer]`.

Whatever the bytes, a reader must give tables that keep their schemas or a FormatError in one line. Scheduler
logs are read by both of their paths, which must agree.
"""

import sys
import tempfile
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["schedlab"]):
    from schedlab import ingest
    from schedlab.ingest import go_runtime_log, source

sys.path[:0] = [str(Path(__file__).parents[1] / "ingest"), str(Path(__file__).parents[1])]

import golden_files as golden  # noqa: E402
from test_go_log_compiled import assert_equal  # noqa: E402
from test_readers import read_or_refuse  # noqa: E402


def main(format: str, options: list[str]) -> None:
    reader = ingest.reader(format)

    def target(data: bytes) -> None:
        read_or_refuse(reader, data)
        if reader is go_runtime_log.READER:
            assert_equal(data)

    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as seeds:
        for path in golden.fixtures(format):
            (Path(seeds) / path.name).write_bytes(source.content(path).data[: 1 << 16])
        atheris.Setup([sys.argv[0], *options, seeds], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
