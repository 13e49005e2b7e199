"""schedlab: two Go servers differ; in what, by how much, how sure are we, and why?

The way from a capture to an answer, one folder a step, each importing only from the floors below it:

    errors units kernels     floor 0   failures with a place, units at the edge, compiled mathematics
    model                    floor 1   Run, table schemas, Sample, results
    ingest dist              floor 2   one file per input format; one file per distribution family
    metrics stats profiles   floor 3   one file per metric; inference over runs; stacks
    figures claims           floor 4   tables to figures; published claims judged
    pipeline cli explore     floor 5   papermill and rendering; the command line; JupyterLab widgets
"""

from __future__ import annotations

__version__ = "0.1.0"


def catalog(folder):
    """One row per run below `folder` as a DataFrame; see `schedlab.model.catalog`."""
    from schedlab.model.catalog import catalog as build

    return build(folder)


def page(stem, **parameters):
    """A fresh page on which a notebook publishes; see `schedlab.pipeline.page.open_page`."""
    from schedlab.pipeline.page import open_page

    return open_page(stem, **parameters)


def compare(runs, metric, baseline, treated, **options):
    """One metric of two arms, compared over runs; see `schedlab.cli.compare_runs.compare_runs`."""
    from schedlab.cli.compare_runs import compare_runs

    return compare_runs(runs, metric, baseline, treated, **options)


def fit(observed, families=None, unit="s", clock="round"):
    """Families fitted to a Sample, an array, {run: Sample} or printed Quantiles; prints, plots, tabulates.

    `families` are names or Family values, by default the usual ones; see `schedlab.stats.fit_table.fits`.
    """
    from dataclasses import replace

    from schedlab import dist
    from schedlab.model.sample import Quantiles, Sample
    from schedlab.stats.fit_quantiles import fits_of_quantiles
    from schedlab.stats.fit_table import fits

    def sample(values):
        return values if isinstance(values, Sample) else Sample.of(values, unit)

    wanted = dist.USUAL if families is None else tuple(map(dist.family, families))
    if isinstance(observed, Quantiles):
        return fits_of_quantiles(observed, wanted)
    runs = {k: sample(v) for k, v in observed.items()} if isinstance(observed, dict) else sample(observed)
    return replace(fits(runs, wanted, clock), draw=_draw)


def _draw(sample, fitted, **options):
    from schedlab.figures.distributions import survival

    return survival(sample, fitted, **options)
