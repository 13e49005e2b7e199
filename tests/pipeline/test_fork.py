"""Forked kernels: quick, and in nothing else different from kernels started afresh."""

import json
import subprocess
import sys

from pipeline_helpers import notebook

from schedlab.pipeline import plan, runner

WARM = """
from schedlab.pipeline import warm
from numba.np.ufunc import parallel
print(parallel._is_initialized)
from schedlab.stats import permutation
print(permutation.resample.__name__)
"""
DRAWN = """
import schedlab, matplotlib.pyplot as plt, numpy as np, pandas as pd
page = schedlab.page('x')
figure, axes = plt.subplots()
axes.plot([1, 2, 3])
page.figure('line', figure, caption='A line')
page.table('rows', pd.DataFrame({'wait_s': [0.001, 0.002]}))
pd.DataFrame({'a': [1]})
"""
SEEN = """
import schedlab, os, sys
page = schedlab.page('x')
page.value('others', len([m for m in sys.modules if m == 'left_behind']))
sys.modules['left_behind'] = sys
page.value('folder', os.path.basename(os.getcwd()))
page.value('draw', float(__import__('numpy').random.random()))
"""


def run(project, code, monkeypatch, fork_from, names="abc"):
    monkeypatch.setattr(runner, "FORK_FROM", fork_from)
    paths = [notebook(project / "notebooks" / f"{name}.ipynb", code) for name in names]
    outcomes = runner.run([plan.step(path, {}) for path in paths], quiet=True)
    assert {outcome.status for outcome in outcomes} == {"ran"}, outcomes
    return [outcome.folder for outcome in outcomes]


def test_a_forked_kernel_shows_and_publishes_what_a_fresh_one_does(project, monkeypatch):
    (forked,) = run(project, DRAWN, monkeypatch, 1, "a")
    forked = forked.rename(project / "forked")
    (fresh,) = run(project, DRAWN, monkeypatch, 9, "a")
    shown = [json.loads((f / "executed.ipynb").read_text())["cells"] for f in (forked, fresh)]
    assert [cell.get("outputs") for cell in shown[0]] == [cell.get("outputs") for cell in shown[1]]
    files = [p.relative_to(fresh) for p in sorted((fresh / "publish").rglob("*")) if p.is_file()]
    assert len(files) > 4
    assert all((forked / name).read_bytes() == (fresh / name).read_bytes() for name in files)


def test_nothing_of_one_forked_kernel_is_seen_by_another(project, monkeypatch):
    folders = run(project, SEEN, monkeypatch, 1)
    values = [json.loads((f / "publish" / "values.json").read_text()) for f in folders]
    assert [v["others"]["value"] for v in values] == [0, 0, 0]
    assert {v["folder"]["value"] for v in values} == {"notebooks"}
    assert len({v["draw"]["value"] for v in values}) == 3, "forks must not share their random numbers"


def test_what_forks_find_imported_has_started_no_threads_and_can_still_load_the_rest():
    done = subprocess.run([sys.executable, "-c", WARM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "schedlab.kernels.resample"]
