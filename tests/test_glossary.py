"""The words that readers meet are explained: verdicts, arms, and each form once."""

import csv
from pathlib import Path

from schedlab.model import catalog
from schedlab.model.results import VERDICTS

ROOT = Path(__file__).parents[1]


def table(name):
    with (ROOT / "report" / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


GLOSSARY = table("glossary.csv")
WORDS = {word for row in GLOSSARY for word in row["word"].split(", ")}


def test_words_are_in_the_order_of_the_alphabet_and_have_a_meaning():
    words = [row["word"].casefold() for row in GLOSSARY]
    assert words == sorted(set(words)) and all(row["means"] for row in GLOSSARY)


def test_no_form_of_a_word_explains_itself_in_two_ways():
    forms = [form for row in GLOSSARY for form in row["forms"].split("; ") if form]
    assert len(forms) == len(set(forms))


def test_every_verdict_is_a_word_of_the_glossary():
    assert set(VERDICTS) | {"cannot tell", "equivalent"} <= WORDS


def test_what_the_methods_are_called_is_explained():
    assert {
        "Holm",
        "Bonferroni",
        "permutation",
        "margin",
        "paired",
        "n_eff",
        "xi",
        "W1",
        "KS",
        "TOST",
    } <= WORDS


def test_every_arm_of_the_data_that_serves_requests_is_said_in_words():
    runs = catalog.runs_of(sorted(p for p in (ROOT / "data" / "runs").iterdir() if p.is_dir()))
    served = {run.arm for run in runs if run.capture != "mechanism"}
    assert served <= {row["arm"] for row in table("arms.csv")}
