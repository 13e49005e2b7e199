"""A damaged trace is read as far as it goes or refused in one sentence; it never breaks the reader."""

import gzip
import random
from pathlib import Path

import pytest

from schedlab.errors import FormatError
from schedlab.ingest import go_trace

FIXTURES = Path(__file__).parents[1] / "fixtures" / "go_trace"


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("mixed-*.gz")), ids=lambda p: p.name)
@pytest.mark.parametrize("errors", [0, 1, 50])
def test_cut_or_changed_bytes_end_in_tables_or_in_a_format_error(path, errors):
    """Seeded: 0 errors means a cut at a random place, else that many random bytes are changed."""
    whole = gzip.decompress(path.read_bytes())
    source = random.Random(f"{path.name} {errors}")
    for _ in range(6):
        data = bytearray(whole if errors else whole[: source.randrange(17, len(whole))])
        for _ in range(errors):
            data[source.randrange(16, len(data))] = source.randrange(256)
        try:
            assert go_trace.read(str(path), bytes(data)).tables
        except FormatError as error:
            assert str(error).startswith(str(path))
