"""A rule's word becomes a verdict only for what was measured, on enough runs, and among all statements."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from build import write_run
from schedlab import claims
from schedlab.claims.families import Family, between
from schedlab.claims.judge import together
from schedlab.claims.rules import SOURCE_VERDICTS
from schedlab.claims.words import words
from schedlab.errors import FormatError, UnknownName
from schedlab.model import catalog
from schedlab.model.results import VERDICTS
from schedlab.pipeline import notebook as nb

REPORT = Path(__file__).parents[2] / "report"
LEDGER = claims.read_ledger(REPORT / "claims.csv")
SUBJECTS = claims.read_subjects(REPORT / "subjects.csv")
ASKED = {"metric": "cpu_per_request", "a": "gpr", "b": "pool", "direction": "higher"}
CLAIM = replace(LEDGER[0], rule="ratio", arguments=ASKED, scope=("mechanism",), why="", id="x")


def captured(folder, shares, scenario="steady"):
    """Runs whose CPU time a request is the given share of a core over ten seconds and 100 requests."""
    for arm, values in shares.items():
        for i, share in enumerate(values):
            about = {"arm": arm, "scenario": scenario, "id": f"{scenario}-{arm}-{i}", "block": i}
            measured = {"server_cpu_share": share, "ok": 100}
            write_run(folder, host={"label": "by hand", "cores": 1}, measured=measured, **about)
    return catalog.runs(folder)


NEAR = {"gpr": (0.100, 0.102, 0.099, 0.101, 0.098), "pool": (0.104, 0.104, 0.107, 0.102, 0.106)}
FAMILIES = claims.read_families(REPORT / "families.csv")
FAR = {"gpr": (0.100, 0.102, 0.099, 0.101, 0.098), "pool": (0.204, 0.205, 0.207, 0.202, 0.206)}


def test_a_statement_must_stand_among_all_that_are_judged_together(tmp_path):
    runs, family = captured(tmp_path, NEAR), [CLAIM] * 40
    logs = [np.log(NEAR[arm]) for arm in ("pool", "gpr")]
    p = scipy_stats.ttest_rel(*logs).pvalue
    assert 0.05 / 40 < p < 0.05, "decided alone, and not among forty"
    assert claims.judge(CLAIM, runs, SUBJECTS).verdict == "supported"
    found = claims.judge(CLAIM, runs, SUBJECTS, ledger=family)
    assert (found.verdict, "not among 40 statements" in found.because) == ("undecided", True)
    assert (
        claims.judge(CLAIM, captured(tmp_path / "far", FAR), SUBJECTS, ledger=family).verdict == "supported"
    )


def test_the_family_is_what_intervals_judge_before_any_data_are_seen():
    others = [replace(CLAIM, scope=("near",)), replace(CLAIM, rule="source"), replace(CLAIM, evidence="a.b")]
    assert together([CLAIM, *others], {"a.b": None}) == 1
    assert together(LEDGER, FAMILIES) > 5


def test_a_comparison_that_a_chapter_makes_too_has_the_verdict_of_that_chapter(tmp_path):
    captured(tmp_path, NEAR)
    runs = captured(tmp_path, {"gpr": NEAR["gpr"], "pool": NEAR["gpr"][::-1]}, "calm")
    asked = replace(CLAIM, arguments=ASKED | {"scenario": "steady"}, evidence="x.compared")
    small = Family("x.compared", "quiet", ("steady",), ("cpu_per_request",), "gpr")
    large = replace(small, scenarios=("steady", "calm"))
    for family in (small, large):
        told = between(family.compared(runs), "cpu_per_request", "steady", {"gpr", "pool"}).verdict
        found = claims.judge(asked, runs, SUBJECTS, families={"x.compared": family})
        assert (told == "cannot tell") == (found.verdict == "undecided")
    assert "cannot tell among the 2 comparisons of its chapter" in found.because


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda f: f.table)
def test_the_families_of_chapters_are_those_that_their_notebooks_compare(family):
    cells = nb.read(REPORT.parent / "notebooks" / f"{family.table.partition('.')[0]}.ipynb")["cells"]
    code = "\n".join(nb.source(c) for c in cells if c["cell_type"] == "code")
    lists = {n: ast.literal_eval(v) for n, v in re.findall(r"^(\w+) = (\[\"[^*\]]*\])$", code, re.MULTILINE)}
    asked = re.search(r"values = metrics.collect\(runs, \[(.*?)\]\)|\.isin\(\[(.*?)\]\)", code)
    parts = (part.strip() for part in (asked[1] or asked[2]).split(","))
    names = [n for p in parts for n in (lists[p[1:]] if p.startswith("*") else [ast.literal_eval(p)])]
    assert sorted(names) == sorted(family.metrics)
    assert all(f'"{scenario}"' in code for scenario in family.scenarios)
    assert f'levels.against(values, "{family.baseline}")' in code or "page.pair(baseline, treated)" in code


def test_two_runs_decide_nothing(tmp_path):
    runs = captured(tmp_path, {arm: values[:2] for arm, values in FAR.items()})
    claim = replace(CLAIM, rule="between", arguments=ASKED | {"lo": "0", "hi": "inf"})
    found = claims.judge(claim, runs, SUBJECTS)
    assert (found.verdict, "2 runs decide nothing" in found.because) == ("undecided", True)


@pytest.mark.parametrize(
    ("scope", "words_of_it"),
    [
        (("hardware",), "not on the published hardware; here: "),
        (("subject",), "not of go func and pool, for which other programs stand in; here: "),
        (("near",), "it would take a patched runtime; here: "),
    ],
)
def test_what_was_not_measured_is_neither_supported_nor_contradicted_and_our_number_stands_beside(
    tmp_path, scope, words_of_it
):
    why = "it would take a patched runtime"
    claim = replace(CLAIM, scope=scope, subject_a="go func", subject_b="pool", why=why)
    found = claims.judge(claim, captured(tmp_path, FAR), SUBJECTS, ledger=LEDGER)
    assert (found.verdict, found.because.startswith(words_of_it)) == ("not measured", True)
    assert found.measured.value > 1.9


def test_a_subject_that_nothing_stands_in_for_is_measured_as_itself(tmp_path):
    claim = replace(CLAIM, scope=("subject",), subject_a="gpr", subject_b="pool")
    others = SUBJECTS[SUBJECTS["subject"] == "TARS-Go"]
    assert claims.judge(claim, captured(tmp_path, FAR), others).verdict == "supported"


def test_scenarios_that_disagree_leave_a_statement_undecided(tmp_path):
    captured(tmp_path, FAR, "one")
    runs = captured(tmp_path, {"gpr": FAR["pool"], "pool": FAR["gpr"]}, "two")
    alone = replace(CLAIM, arguments=ASKED | {"scenario": "one"})
    both = replace(CLAIM, arguments=ASKED | {"scenario": "one|two"})
    assert claims.judge(alone, runs, SUBJECTS).verdict == "supported"
    found = claims.judge(both, runs, SUBJECTS)
    assert found.verdict == "undecided" and "one: pool" in found.because and "two: pool" in found.because


def test_every_statement_that_captures_judge_says_what_it_is_about_why_and_by_which_rule():
    judged = [c for c in LEDGER if c.rule not in ("", "source")]
    assert all(c.scope and c.why and words(c) for c in judged)
    table = claims.asked(LEDGER)
    assert list(table["claim"]) == [c.id for c in judged]
    assert (table[["declared", "applied", "about", "why this metric"]] != "").all(axis=None)


def test_numbers_of_published_hardware_or_subjects_are_not_judged_elsewhere():
    """A mechanism has a direction or a bound; a published number belongs to what it was measured on."""
    rules = {c.id: c.rule for c in LEDGER if c.scope == ("mechanism",) and "direction" not in c.arguments}
    assert not {"inside", "added", "ratio", "host", "same", "set-up"} & set(rules.values())


def test_findings_of_source_are_a_known_word_and_a_sentence():
    for claim in LEDGER:
        if claim.rule == "source":
            found = claims.judge(claim, (), SUBJECTS)
            assert claim.finding.partition(": ")[0] in SOURCE_VERDICTS
            assert found.because and not any(word in found.because for word in SOURCE_VERDICTS)


def test_the_sentence_says_what_decided(tmp_path):
    kinds, verdicts = ["source", "source", "measured", "measured"], ["contradicted"] * 3 + ["undecided"]
    found = pd.DataFrame({"kind": kinds, "verdict": verdicts})
    said = "3 contradicted (2 by public source or arithmetic, 1 by measurement here), 1 undecided"
    assert claims.sentence(found) == f"4 statements: {said}"
    counted = claims.counts(found)
    assert (counted["source.contradicted"], counted["measured.supported"]) == (2, 0)


def test_what_the_audit_changed_is_listed_with_the_verdict_of_now(tmp_path):
    path, now = tmp_path / "audit.csv", pd.DataFrame({"claim": ["x"], "verdict": ["undecided"]})
    path.write_text("claim,before,because\nx,supported,another metric\n")
    assert claims.changed(path, now).values.tolist() == [["x", "supported", "undecided", "another metric"]]
    with pytest.raises(UnknownName, match="audited claim"):
        claims.changed(path, now.assign(claim="y"))
    path.write_text("claim,before\n")
    with pytest.raises(FormatError, match="the columns must be"):
        claims.changed(path, now)


def test_the_audit_names_statements_of_the_ledger_and_verdicts():
    audit = pd.read_csv(REPORT / "audit.csv", dtype=str)
    assert set(audit["claim"]) <= {c.id for c in LEDGER} and set(audit["before"]) <= set(VERDICTS)


def test_an_unknown_scope_is_refused_with_its_line(tmp_path):
    path = tmp_path / "claims.csv"
    path.write_text((REPORT / "claims.csv").read_text().replace(",hardware,", ",moon,", 1))
    with pytest.raises(FormatError, match=":2: scope 'moon' is none of mechanism"):
        claims.read_ledger(path)
