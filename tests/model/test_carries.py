"""What a load test's file carries decides which questions it may be asked."""

import pytest

from schedlab.errors import TooFewValues
from schedlab.model.carries import ANSWERS, HISTOGRAM, QUANTILES, RAW, SPECTRUM, Carries


def test_requests_answer_every_question():
    assert Carries(RAW).refused == ()


@pytest.mark.parametrize("question", ("order in time", "repair by schedule"))
def test_a_histogram_has_lost_the_order_in_time(question):
    with pytest.raises(TooFewValues, match="needs raw requests"):
        Carries(HISTOGRAM).require(question)


def test_a_spectrum_is_fitted_but_never_merged():
    Carries(SPECTRUM).require("fit")
    with pytest.raises(TooFewValues, match="merge: the file carries spectrum"):
        Carries(SPECTRUM).require("merge")


def test_printed_quantiles_are_shown_and_nothing_else():
    assert set(Carries(QUANTILES).refused) == set(ANSWERS) - {"quantiles"}


def test_facts_keep_all_of_it():
    held = Carries(RAW, "closed", "included", "end", "flagged", 1e-6)
    assert Carries.of(held.facts()) == held
    assert Carries.of({"requests": 3}) is None
