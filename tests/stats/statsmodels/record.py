"""Records what statsmodels computes for the comparisons' tests: `python record.py > recorded.csv`.

Needs statsmodels alone, in any environment: schedlab does not depend on it. No randomness anywhere.
"""

import itertools
import sys
import warnings

import numpy as np
import pandas as pd
import scipy
import statsmodels
import statsmodels.formula.api as smf
from statsmodels.stats import multitest, nonparametric, power, proportion, weightstats
from statsmodels.tsa import stattools

# the data of ../r/record.R
A = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06])
B = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06])
D = np.array([0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, 0.08, -1.30])
X, Y = np.array([1, 2, 2, 3, 4, 5, 5, 6]), np.array([2, 3, 5, 5, 7, 8, 9])
P = [0.01, 0.04, 0.03, 0.005, 0.2, 0.05, 0.6, 0.0001]


def put(name, value):
    print(f"{name},{float(value):.17g}")


def comparisons():
    """Welch's t, its interval, and two one-sided tests within two margins, on logs; paired ones on D."""
    means = weightstats.CompareMeans.from_data(np.log(A), np.log(B))
    put("welch_p", means.ttest_ind(usevar="unequal")[1])
    for name, end in zip(("lo", "hi"), means.tconfint_diff(usevar="unequal"), strict=True):
        put(f"welch_{name}", end)
    for bound in (0.5, 1.5):
        found = weightstats.ttost_ind(np.log(A), np.log(B), -bound, bound, usevar="unequal")
        put(f"tost_{bound}", found[0])
        put(f"tost_paired_{bound}", weightstats.ttost_paired(D, np.zeros(len(D)), -bound, bound)[0])
    found = nonparametric.rank_compare_2indep(Y, X)
    put("slower", found.prob1)
    put("brunner_munzel", found.statistic)


def families():
    for method, name in (("holm", "holm"), ("fdr_bh", "bh"), ("fdr_by", "by")):
        for i, p in enumerate(multitest.multipletests(P, method=method)[1]):
            put(f"adjust_{name}_{i}", p)


def shares():
    for k, n in ((0, 50), (3, 1000), (50, 50)):
        for name, end in zip(("lo", "hi"), proportion.proportion_confint(k, n, method="wilson"), strict=True):
            put(f"wilson_{k}_{n}_{name}", end)
    for k1, n1, k2, n2 in ((56, 70, 48, 80), (0, 10, 0, 20), (10, 10, 0, 20)):  # Newcombe 1998, Table II
        ends = proportion.confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")
        for name, end in zip(("lo", "hi"), ends, strict=True):
            put(f"newcombe_{k1}_{n1}_{k2}_{n2}_{name}", end)


def planning():
    for n in (3, 5, 10, 17, 64):
        put(f"power_two_{n}", power.TTestIndPower().solve_power(nobs1=n, power=0.8, alpha=0.05))
        put(f"power_paired_{n}", power.TTestPower().solve_power(nobs=n, power=0.8, alpha=0.05))


def series():
    for lag, value in enumerate(stattools.acf(D, nlags=5)):
        put(f"acf_{lag}", value)


def mixed():
    """Two arms, three rates, two scenarios, four random blocks a cell: as lmer in ../r/record.R."""
    grid = list(itertools.product("1234", "st", "123", "ab"))
    table, i = pd.DataFrame(grid, columns=["block", "scenario", "rate", "arm"]), np.arange(1, 49)
    y = 0.02 * ((i * 7) % 11) + 0.1 * (i % 7) + 0.3 * ((i // 2) % 5) + 0.05 * (table["scenario"] == "t")
    table["y"] = y + 0.12 * (table["arm"] == "b") * table["rate"].astype(float)
    cells = table["rate"] + table["scenario"] + table["block"]
    formula = "y ~ C(arm, Sum) * C(rate, Sum) * C(scenario, Sum)"
    found = smf.mixedlm(formula, table, groups=cells).fit(reml=True)
    put("mixed_arm", -2 * found.fe_params["C(arm, Sum)[S.a]"])
    put("mixed_arm_se", 2 * found.bse_fe["C(arm, Sum)[S.a]"])


if __name__ == "__main__":
    warnings.simplefilter("error")
    versions = (("statsmodels", statsmodels), ("scipy", scipy), ("numpy", np), ("pandas", pd))
    told = ", ".join(f"{name} {module.__version__}" for name, module in versions)
    print(f"# Python {sys.version.split()[0]}, {told}\nname,value")
    for record in (comparisons, families, shares, planning, series, mixed):
        record()
