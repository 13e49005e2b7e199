"""Coverage-guided fuzzing of one reader: `python tests/fuzz/one.py FORMAT FOLDER [options of libFuzzer]`.

Whatever the bytes, a reader must give tables that keep their schemas or a FormatError in one line, within
20 s of processor time. What has a plain and a compiled path is read by both, which must agree. What breaks
the promise is kept in FOLDER/findings, once per place, and the search goes on; `one.py FORMAT FILE` reads
one input again.
"""

import contextlib
import hashlib
import pkgutil
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import atheris

from schedlab import kernels

COMPILED = [module.name for module in pkgutil.iter_modules(kernels.__path__, "schedlab.kernels.")]
INSTRUMENTED = atheris.instrument_imports(include=["schedlab"], exclude=COMPILED)
INSTRUMENTED.__enter__()  # for good: readers import what they need when they need it

import mutate  # noqa: E402
import seeds  # noqa: E402
from test_go_log_compiled import assert_equal  # noqa: E402
from test_json_lines import assert_same  # noqa: E402
from test_pprof import assert_same_columns  # noqa: E402
from test_readers import assert_read_or_refused  # noqa: E402

from schedlab import ingest  # noqa: E402
from schedlab.model.extend import Reader, Reading  # noqa: E402
from schedlab.model.tables import TABLES  # noqa: E402

#: seconds of processor time for one input
LIMIT_S = 20
#: readers with two paths -> what sees to it that they agree
AGREE = {
    "go-runtime-log": assert_equal,
    "pprof": assert_same_columns,
    "vegeta-json": partial(assert_same, "vegeta"),
    "k6-points": partial(assert_same, "k6"),
}


class TooSlow(Exception):
    """One input took more processor time than LIMIT_S."""


def main(format: str, place: Path, options: list[str]) -> None:
    warnings.simplefilter("error")
    signal.signal(signal.SIGVTALRM, _too_slow)
    if place.is_file():
        with limited():
            check(format, place.read_bytes())
        return
    words = seeds.write(format, place / "seeds")
    found, corpus = place / "findings", place / "corpus"
    for folder in (found, corpus):
        folder.mkdir(exist_ok=True)
    for _, data in seeds.seeds(format):
        check(format, data)  # loads what is compiled, whose time is not an input's

    def target(data: bytes) -> None:
        with kept(data, found), limited():
            check(format, data)

    folders = (f"-artifact_prefix={found}/", str(corpus), str(place / "seeds"))
    options = [sys.argv[0], *options, f"-dict={words}", "-len_control=0", *folders]
    atheris.Setup(options, target, custom_mutator=mutate.mutator(format))
    atheris.Fuzz()


def check(format: str, data: bytes) -> None:
    """Raises where a reader breaks its promise for these bytes."""
    reader = FILE if format == seeds.ANY else ingest.reader(format)
    if assert_read_or_refused(reader, data) and format in AGREE:
        AGREE[format](data)


def _file(path: str, data: bytes) -> Reading:
    """What `schedlab read` makes of a file with these bytes."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path(path).parent.mkdir()
        Path(path).write_bytes(data)
        return ingest.read(path, limit_bytes=1 << 20)


FILE = Reader(seeds.ANY, lambda head, name: True, _file, tuple(table.name for table in TABLES))


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """TooSlow is raised within, once it takes more processor time than LIMIT_S."""
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


@contextlib.contextmanager
def kept(data: bytes, folder: Path) -> Iterator[None]:
    """Whatever is raised within, once per place that raises it: its input, and beside it the traceback.

    Nothing is lost: the search goes on, and `run.py` fails while a kept input still raises."""
    try:
        yield
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [
            f"{f.filename}:{f.lineno}"
            for f in frames
            if "/schedlab/" in f.filename or "/tests/" in f.filename
        ]
        name = hashlib.sha256(f"{type(error).__name__} {ours[-1]}".encode()).hexdigest()[:12]
        if not (folder / f"{name}.input").exists():
            (folder / f"{name}.input").write_bytes(data)
            (folder / f"{name}.txt").write_text("".join(traceback.format_exception(error)))


def _too_slow(*_) -> None:
    raise TooSlow(f"over {LIMIT_S} s of processor time")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
