"""Two runs of the same notebooks on the same data publish the same bytes: values, tables, figures."""

from twice import different

from schedlab.pipeline import places


def test_values_tables_and_figures_of_two_runs_are_the_same_bytes(tmp_path, monkeypatch):
    """Chapters with a bootstrap, with flame graphs, with fits; `twice.py` alone compares all of them."""
    monkeypatch.setattr(places, "cache", places.cache)
    files, bad = different("data/runs/tiny", ("40-comparison", "21-cpu-profiles"), tmp_path)
    assert files > 20 and not bad
