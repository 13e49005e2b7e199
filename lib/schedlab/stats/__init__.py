"""Floor 3: inference over runs. Samples and per-run values in, estimates, comparisons and verdicts out.

The run is the unit of inference: requests within a run depend on each other, so they never enter an
interval one by one. Where to look:

    quantiles per_run mean proportions   one number (or an estimate) from a run, or from several runs
    compare student permutation rank     treated against baseline: the primary answer, and its checks
    power verdict say                    equivalent within a margin? what could have been seen? in words
    bootstrap pooled shift               second views: resampled runs, their pooled quantiles, quantile shifts
    dominance transport                  how often slower, how far apart
    block_bootstrap                      one run by itself, requests depending on each other
    two_sample                           requests against requests: seven distances in one sweep
    pairs factorial multiplicity design  many arms, factors, metrics, and designs that cannot answer
    dependence steadiness changes drift  is the run steady, how much does it know, did the session drift
    series pulse capacity plan           series of a run, bursts, rates, and how many runs the next one needs
    coverage                             how often all of these held the truth when it was known
    fit likelihood goodness select tails distributions (see `schedlab.dist`)

To add one: a file with one public verb, frozen values in and out, doubts in `warnings`, and its coverage
in `tests/simulation/` where it advertises an interval.
"""
