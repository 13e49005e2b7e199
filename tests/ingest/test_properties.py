"""Whatever the bytes, a reader gives a table that keeps its schema or refuses in one sentence."""

import golden_files as golden
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_readers import assert_read_or_refused, every_reader

from schedlab.ingest import source

quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
PIECES = st.sampled_from(
    [b"NaN", b"-1", b"1e999", b"9" * 40, b"\0", b"\xff", b"\n", b",", b"\t", b"null", b"{", b"]"]
)


def sample(reader) -> bytes:
    """The smallest fixture, a text's beginning: so that a change hits something that matters."""
    smallest = min((source.content(path).data for path in golden.fixtures(reader.name)), key=len)
    return smallest[:3000] if reader.text else smallest


@every_reader
@quick
@given(data=st.binary(max_size=300))
def test_any_bytes(reader, data):
    assert_read_or_refused(reader, data)


@every_reader
@quick
@given(changes=st.lists(st.tuples(st.floats(0, 1), PIECES, st.integers(0, 20)), min_size=1, max_size=5))
def test_any_edit_of_a_real_file(reader, changes):
    data = sample(reader)
    for place, piece, dropped in changes:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + dropped :]
    assert_read_or_refused(reader, data)
