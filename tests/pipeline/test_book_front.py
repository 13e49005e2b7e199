"""The first page of a report on any data: sentences that have none give way, and leave no head behind."""

import pytest

from schedlab.pipeline import book

GONE = f"[not available: {book._NO_DATA}]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**A**\n\n- one\n* instead\n\nend\n", "**A**\n\n- one\n\nend\n"),
        (f"**A**\n\n- {GONE}\n* instead\n\nend\n", "**A**\n\n- instead\n\nend\n"),
        (f"**A**\n\n- {GONE}\n\n**B**\n\n- two\n", "**B**\n\n- two\n"),
        (f"**A**\n\n- {GONE}\n* {GONE}\n\nend of **all**\n", "end of **all**\n"),
        (f"**A**\n\n- {GONE}\n- two\n", "**A**\n\n- two\n"),
    ],
)
def test_a_line_without_data_gives_way_to_what_stands_in_for_it(monkeypatch, text, shown):
    monkeypatch.setattr(book, "fill", lambda *_: text)
    made = book.front(book.Book("t", "s", text, ()), lambda *_: "")
    assert made == shown
