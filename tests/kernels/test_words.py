"""Eight bytes at a time, against Python's own int: every length, every neighbour, every alignment."""

import random

import numpy as np
import pytest

from schedlab.kernels.words import first_byte, number, words_of

NEIGHBOURS = [b"\n", b" ", b",", b"/", b":", b"-", b"x", b"\x00", b"\xff", b"\xb0"]


@pytest.mark.parametrize("n", range(1, 24))
def test_a_number_is_what_int_makes_of_its_digits(n):
    rng = random.Random(n)
    for after in NEIGHBOURS:
        text = "".join(rng.choices("0123456789", k=n)).encode()
        for shift in range(8):
            words = words_of(b"\n" * shift + text + after + b"\n")
            with np.errstate(over="ignore"):
                value, end = number(words, shift)
            if n <= 19 and int(text) < 2**63:
                assert (value, end) == (int(text), shift + n)
            else:
                assert end == -1


@pytest.mark.parametrize("text", [b"", b"-1", b"x1", b" 1", b"\xb21"])
def test_what_is_no_digit_is_no_number(text):
    with np.errstate(over="ignore"):
        assert number(words_of(text + b"\n"), 0)[1] == -1


@pytest.mark.parametrize("k", range(8))
def test_the_lowest_mark_wins(k):
    marks = np.uint64(sum(0x80 << 8 * byte for byte in range(k, 8)))
    with np.errstate(over="ignore"):
        assert first_byte(marks) == k
