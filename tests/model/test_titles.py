"""Names in words, as they are spelt by people who use the words."""

import pytest

from schedlab.model.titles import title


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("latency_p99", "latency p99"),
        ("latency_p999, steady", "latency p99.9, steady"),
        ("gc_share_of_cpu", "GC share of CPU"),
        ("cpu_share_park_m", "CPU share park_m"),
        ("latency_q0.95", "latency q0.95"),
    ],
)
def test_underscores_become_spaces_and_known_words_their_spelling(name, words):
    assert title(name) == words
