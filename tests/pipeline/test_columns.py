"""Tables on paper: the widths of their columns, held against laws for made-up tables and plain cases."""

import random

import pytest

from schedlab.pipeline.columns import PAGE, breakable, columns

WORDS = ["run", "queue", "goroutine", "net/http.(*conn).serve", "5.1-latency", "SCHED_SNAPSHOTS", "a", "of"]


def made_up(seed):
    """A table of words and numbers: up to 14 columns, up to 60 rows."""
    chance = random.Random(seed)
    numeric = [chance.random() < 0.5 for _ in range(chance.randint(1, 14))]
    header = [" ".join(chance.choices(WORDS[:3], k=2)) for _ in numeric]
    rows = [[_cell(chance, number) for number in numeric] for _ in range(chance.randint(0, 60))]
    return header, rows, numeric


def _cell(chance, number):
    if number:
        return f"{chance.random():.3g}"
    return " ".join(breakable(word) for word in chance.choices(WORDS, k=chance.randint(0, 20)))


@pytest.mark.parametrize("seed", range(20))
def test_a_table_is_never_wider_than_the_page(seed):
    assert sum(columns(*made_up(seed)).widths) <= PAGE + 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_a_column_has_room_for_its_longest_word(seed):
    """A letter of the report's type is at least 0.2 of its size wide, on average more than 0.3."""
    header, rows, numeric = made_up(seed)
    layout = columns(header, rows, numeric)
    for width, *cells in zip(layout.widths, header, *rows, strict=True):
        longest = max(len(word) for cell in cells for word in cell.replace("\u200b", " ").split())
        assert width > 0.3 * layout.size * longest


def test_a_table_that_fits_has_large_letters_and_one_line_a_row():
    layout = columns(["arm", "runs"], [["gpr", "24"], ["pool", "24"]], [False, True])
    assert layout.size == 8.8 and layout.lines == 2 and sum(layout.widths) < PAGE / 3


def test_a_short_table_of_sentences_has_large_letters():
    sentence = "a request that was due while the world was stopped waits until it goes on " * 2
    assert columns(["arm", "how"], [["gpr", sentence], ["pool", sentence]], [False, False]).size == 8.8


def test_sentences_get_the_room_that_makes_the_table_low():
    """Two columns of equally long sentences share the page; a short one beside a long one does not."""
    sentence = "a request that was due while the world was stopped waits until it goes on " * 3
    same = columns(["one", "other"], [[sentence, sentence]] * 20, [False, False])
    assert same.widths[0] == pytest.approx(same.widths[1], rel=0.02)
    other = columns(["one", "other"], [["due", sentence]] * 20, [False, False])
    assert other.widths[1] > 8 * other.widths[0]


def test_long_names_may_break_and_estimates_may_not():
    assert breakable("net/http.(*conn).serve") == "net/\u200bhttp.\u200b(*conn).\u200bserve"
    assert breakable("TaskSchedulerOfGoroutines") == "Task\u200bScheduler\u200bOf\u200bGoroutines"
    assert breakable("a sentence. Another, 5/8.") == "a sentence. Another, 5/\u200b8."
    assert breakable("0.87 [0.81, 0.94] ms") == "0.87\xa0[0.81,\xa00.94]\xa0ms"
    assert breakable("6 + 5") == "6\xa0+\xa05"
