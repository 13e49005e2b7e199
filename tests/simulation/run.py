"""Coverage of every advertised interval, by simulation: `python tests/simulation/run.py [--reps N]`.

Runs differ by a normal or heavy-tailed (t with 3 df) effect on the log scale, requests within a run are
lognormal and autocorrelated. Each row says what was simulated, how often the truth was covered (or a false
verdict given), the Monte Carlo standard error, and whether that lies within what is promised.
"""

import argparse
import csv
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.signal import lfilter
from scipy.special import ndtr

from schedlab.stats import bootstrap, dominance, histograms, multiplicity, rank, shift, student, transport
from schedlab.stats.compare import compare
from schedlab.stats.quantiles import GRID
from schedlab.stats.verdict import equivalent

SEED = 20240131
TRUE = math.log(1.05)
SIGMA = 0.6
SPREADS = (0.01, 0.03, 0.05)
DESIGNS = ((3, 3), (5, 5), (10, 10), (20, 20), (5, 10), (10, 20))
LAWS = ("normal", "t3")
COLUMNS = ("what", "law", "n1", "n2", "run_sd", "reps", "rate", "mc_se", "least", "most", "within")
COVERED = (0.93, 0.97)


def effects(rng, law, reps, n):
    """Run effects of unit scale, shape (reps, n)."""
    return rng.normal(size=(reps, n)) if law == "normal" else rng.standard_t(3, size=(reps, n)) / math.sqrt(3)


def row(what, law, n1, n2, sd, hits, least, most):
    """One line of the table; `within` grants two Monte Carlo standard errors of a rate of 0.95."""
    reps, rate = len(hits), float(np.mean(hits))
    se, mercy = math.sqrt(rate * (1 - rate) / reps), 2 * math.sqrt(0.95 * 0.05 / reps)
    within = least - mercy <= rate <= most + mercy
    return what, law, n1, n2, sd, reps, round(rate, 4), round(se, 4), least, most, within


def over_values(rng, reps):
    """Intervals that take one log value per run; the spread between runs is all there is."""
    for law in LAWS:
        for n1, n2 in DESIGNS:
            one, two = effects(rng, law, reps, n1), effects(rng, law, reps, n2)
            most = 1.0 if min(n1, n2) == 3 else COVERED[1]
            hits = [_holds(student.welch(a, b).interval(0.95)) for a, b in zip(one, two, strict=True)]
            yield row("Welch t", law, n1, n2, 1, hits, COVERED[0], most)
            if n1 == n2:
                hits = [_holds(student.paired(b - a).interval(0.95)) for a, b in zip(one, two, strict=True)]
                yield row("paired t", law, n1, n2, 1, hits, COVERED[0], most)
            few = zip(one[: reps // 4], two[: reps // 4], strict=True)
            found = [rank.shift_between(a, b) for a, b in few]
            hits = [e.lo <= 0 <= e.hi for e in found]
            yield row("Hodges-Lehmann, exact (at least 0.95)", law, n1, n2, 1, hits, COVERED[0], 1.0)
            hits = [equivalent(student.welch(a, b + 1.0), 1.0) for a, b in zip(one, two, strict=True)]
            yield row("TOST type I, at the margin", law, n1, n2, 1, hits, 0.0, 0.05)


def _holds(ends):
    return ends[0] <= 0 <= ends[1]


def by_resampling(rng, reps):
    """The bootstrap-t over runs, from the five runs on that it asks for; BCa beside it, which is flagged."""
    for n in (5, 10, 20):
        one, two = effects(rng, "normal", reps, n), effects(rng, "normal", reps, n)
        for method in ("bootstrap-t", "bca"):
            found = [bootstrap.between(a, b, method) for a, b in zip(one, two, strict=True)]
            promised = COVERED if n >= bootstrap.LEAST_RUNS[method] else (0.0, 1.0)
            what = method if promised == COVERED else f"{method}, flagged as too few runs"
            yield row(what, "normal", n, n, 1, [e.lo <= 0 <= e.hi for e in found], *promised)


def requests(rng, runs, n, mu, sd):
    """Autocorrelated lognormal requests of several runs."""
    z = lfilter([math.sqrt(1 - 0.25)], [1, -0.5], rng.normal(size=(runs, n)), axis=1)
    return list(np.exp(SIGMA * z + mu + rng.normal(0, sd, (runs, 1))))


def over_requests(rng, reps):
    """Intervals that work on the requests of whole runs: AR(1) within, a normal effect between."""
    for n1, n2 in ((5, 5), (10, 10), (20, 20), (5, 10)):
        for sd in SPREADS:
            pairs = [(requests(rng, n1, 1000, 0, sd), requests(rng, n2, 1000, TRUE, sd)) for _ in range(reps)]
            arms = [histograms.compress_arms(*pair, bits=8) for pair in pairs]
            slower = ndtr(TRUE / math.sqrt(2 * (SIGMA**2 + sd**2)))
            hits = [_in(dominance.probability_slower(*a), slower) for a in arms]
            yield row("P(slower), clustered by run", "normal", n1, n2, sd, hits, *COVERED)
            moved = math.exp((SIGMA**2 + sd**2) / 2) * (math.exp(TRUE) - 1)
            hits = [_in(transport.wasserstein(*a), moved) for a in arms]
            yield row("W1, cross-fitted (at least 0.95)", "normal", n1, n2, sd, hits, COVERED[0], 1.0)
            found = [bootstrap.quantile_ratios(*a, [0.5, 0.99], replicates=999) for a in arms]
            for j, name in enumerate(("p50", "p99")):
                hits = [_in(f[j], 1.05) for f in found]
                yield row(f"hierarchical bootstrap-t of {name}", "normal", n1, n2, sd, hits, *COVERED)
            tables = [shift.shift_function(_table(pair), "a", "b", paired=False) for pair in pairs]
            hits = [bool(((t["band_lo"] <= 1.05) & (t["band_hi"] >= 1.05)).all()) for t in tables]
            yield row("shift function, simultaneous band", "normal", n1, n2, sd, hits, *COVERED)
            p99 = [t[t["q"] == 0.99].iloc[0] for t in tables]
            hits = [r["lo"] <= 1.05 <= r["hi"] for r in p99]
            yield row("Welch t of log p99, AR(1) requests", "normal", n1, n2, sd, hits, *COVERED)


def _in(estimate, truth):
    return estimate.lo <= truth <= estimate.hi


def _table(pair):
    qs = GRID[:11]
    rows = [
        (f"{arm}{i}", arm, i, np.quantile(x, qs))
        for arm, runs in zip("ab", pair, strict=True)
        for i, x in enumerate(runs)
    ]
    wide = pd.DataFrame(rows, columns=["run", "arm", "block", "value"])
    return wide.assign(q=[qs] * len(wide)).explode(["q", "value"]).astype({"q": float, "value": float})


def same_against_same(rng, reps):
    """A/A: how often does a declared family of four metrics, corrected by Holm, see any difference?"""
    for n in (5, 10):
        wrong = [_any_difference(rng, n) for _ in range(reps)]
        yield row("A/A, any difference among 4 metrics (Holm)", "normal", n, n, 0.03, wrong, 0.0, 0.06)


def _any_difference(rng, n):
    shared = rng.normal(0, 0.02, 2 * n)
    design = pd.DataFrame({"arm": ["a"] * n + ["b"] * n, "run": range(2 * n), "block": range(2 * n)})
    values = [np.exp(shared + rng.normal(0, 0.02, 2 * n)) for _ in range(4)]
    family = [compare(design.assign(value=v), "a", "b", unit="s", better="lower") for v in values]
    return any(c.verdict in multiplicity.DIRECTIONS for c in multiplicity.correct(family))


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reps", type=int, default=4000)
    parser.add_argument(
        "--to", type=Path, default=Path(__file__).parents[2] / "report" / "data" / "coverage.csv"
    )
    arguments = parser.parse_args(argv)
    reps, rows = arguments.reps, []
    parts = (
        (over_values, reps),
        (by_resampling, reps // 8),
        (same_against_same, reps // 2),
        (over_requests, reps // 16),
    )
    arguments.to.parent.mkdir(parents=True, exist_ok=True)
    with arguments.to.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# python tests/simulation/run.py --reps {reps}  (seed {SEED})\n")
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for number, (part, own) in enumerate(parts):
            for line in part(np.random.default_rng([SEED, number]), own):
                print(*line, sep="\t", flush=True)
                table.writerow(line)
                file.flush()
                rows.append(line)
    broken = [line for line in rows if not line[-1]]
    print(f"{len(rows)} rows, {len(broken)} outside what they promise", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
