"""Intervals and tests that take one log value per run: the spread between runs is all there is."""

import numpy as np
import pandas as pd
from table import AT_LEAST, COVERED, DESIGNS, FALSE_5, FALSE_6, effects, holds, row

from schedlab.stats import bootstrap, multiplicity, rank, series, student
from schedlab.stats.compare import compare
from schedlab.stats.drift import drift
from schedlab.stats.factorial import factorial
from schedlab.stats.verdict import equivalent

LAWS = ("normal", "t3")


def primary(rng, reps):
    """The t intervals, the exact rank interval, and equivalence tested exactly at its margin."""
    for law in LAWS:
        for n1, n2 in DESIGNS:
            arms = [(effects(rng, law, n1), effects(rng, law, n2)) for _ in range(reps)]
            same = (law, n1, n2, 1)
            yield row("Welch t", *same, [holds(student.welch(*a).interval(0.95)) for a in arms], COVERED)
            wide = [holds(student.welch(a, 3 * b).interval(0.95)) for a, b in arms]
            yield row("Welch t, three times the spread in one arm", *same, wide, COVERED)
            if n1 == n2:
                found = [holds(student.paired(b - a).interval(0.95)) for a, b in arms]
                yield row("paired t", *same, found, COVERED)
            ranks = [holds(rank.shift_between(*a)) for a in arms]
            yield row("Hodges-Lehmann, exact (at least 0.95)", *same, ranks, AT_LEAST)
            wrong = [equivalent(student.welch(a, b + 1.0), 1.0) for a, b in arms]
            yield row("TOST type I, at the margin", *same, wrong, FALSE_5)


def disturbed(rng, reps):
    """The t intervals where one run in five of one arm is twelve spreads off: they are not made for it."""
    for n in (5, 6, 10, 20):
        arms = [(effects(rng, "normal", n), _one_in_five_off(rng, n)) for _ in range(reps)]
        same = ("normal", n, n, 1)
        welch = [holds(student.welch(*a).interval(0.95)) for a in arms]
        yield row("Welch t, one run in five of one arm disturbed", *same, welch, COVERED)
        paired = [holds(student.paired(b - a).interval(0.95)) for a, b in arms]
        yield row("paired t, one run in five of one arm disturbed", *same, paired, COVERED)


def _one_in_five_off(rng, n):
    """Run effects whose mean over all runs that might be made is zero."""
    return effects(rng, "normal", n) + 12.0 * ((rng.random(n) < 0.2) - 0.2)


def resampled(rng, reps):
    """The bootstrap-t over runs, from the five runs on that it asks for; BCa beside it, which is flagged."""
    for n in (5, 10, 20):
        arms = [(effects(rng, "normal", n), effects(rng, "normal", n)) for _ in range(reps)]
        for method in ("bootstrap-t", "bca"):
            enough = n >= bootstrap.LEAST_RUNS[method]
            found = [holds(bootstrap.between(*a, method)) for a in arms]
            what = method if enough else f"{method}, flagged as too few runs"
            yield row(what, "normal", n, n, 1, found, COVERED if enough else (0.0, 1.0))


def same_against_same(rng, reps):
    """A/A: how often does a declared family of four metrics, corrected by Holm, see any difference?"""
    for law in LAWS:
        for n in (3, 5, 10):
            for how, paired in (("", False), (", paired", True)):
                wrong = [_any_difference(rng, law, n, paired) for _ in range(reps)]
                what = f"A/A, any difference among 4 metrics (Holm{how})"
                yield row(what, law, n, n, 0.03, wrong, FALSE_6)


def _any_difference(rng, law, n, paired):
    shared = 0.02 * effects(rng, law, 2 * n)
    design = pd.DataFrame({"arm": ["a"] * n + ["b"] * n, "run": range(2 * n), "block": [*range(n)] * 2})
    values = [np.exp(shared + 0.02 * effects(rng, law, 2 * n)) for _ in range(4)]
    family = [
        compare(design.assign(value=v), "a", "b", unit="s", better="lower", paired=paired) for v in values
    ]
    return any(c.verdict in multiplicity.DIRECTIONS for c in multiplicity.correct(family))


def factorials(rng, reps):
    """Three scenarios of different spread: the overall ratio, a cell's ratio, and a false interaction."""
    for law in LAWS:
        for n in (5, 10, 20):
            found = [factorial(_grid(rng, law, n), "a", "b") for _ in range(reps)]
            same = (law, n, n, "0.01 to 0.05")
            yield row("factorial, overall ratio", *same, [holds(f.overall, 1.0) for f in found], COVERED)
            cells = [holds((f.cells["lo"][0], f.cells["hi"][0]), 1.0) for f in found]
            yield row("factorial, ratio of one cell", *same, cells, COVERED)
            false = [f.interactions["p_value"][0] < 0.05 for f in found]
            yield row("factorial, false interaction", *same, false, FALSE_6)


def _grid(rng, law, n):
    spread = np.repeat([0.01, 0.03, 0.05], 2 * n)
    index = pd.MultiIndex.from_product([[*"stu"], [*"ab"], range(n)], names=["scenario", "arm", "block"])
    blocks = np.repeat(rng.normal(0, 0.1, (3, 1, n)), 2, axis=1).ravel()
    value = np.exp(blocks + spread * effects(rng, law, 6 * n))
    return index.to_frame(index=False).assign(value=value, run=range(6 * n))


def others(rng, reps):
    """The mean of one arm, a correlation over runs, and the drift of a session."""
    for law in LAWS:
        for n in (3, 5, 10, 20):
            means = [holds(student.paired(effects(rng, law, n)).interval(0.95)) for _ in range(reps)]
            yield row("mean over runs", law, n, 0, 1, means, AT_LEAST if n == 3 else COVERED)
        for n in (5, 10, 20):
            runs = [np.tanh(0.4 + 0.1 * effects(rng, law, n)) for _ in range(reps)]
            found = [holds(series.over_runs(r), float(np.tanh(0.4))) for r in runs]
            yield row("correlation over runs", law, n, 0, 0.1, found, COVERED)
            sessions = [_session(rng, law, n) for _ in range(reps // 4)]
            found = [holds(drift(s), 0.002) for s in sessions]
            yield row("drift over the session (at least 0.95)", law, n, n, 0.02, found, AT_LEAST)


def _session(rng, law, n):
    """Interleaved runs of two arms while the host slows down by 0.2 % a run."""
    order = np.arange(2 * n)
    value = np.exp(0.002 * order + 0.02 * effects(rng, law, 2 * n))
    return pd.DataFrame({"arm": np.where(order % 2, "a", "b"), "order": order, "value": value})
