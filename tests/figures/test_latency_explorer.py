"""The latency explorer shows every run with its intervals, by mouse or keys; it trusts no name."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from schedlab.figures.latency_explorer import LEVELS, QUANTILES, latency_explorer

CHROMIUM = Path("/usr/bin/chromium")
HURT = "<img src=x onerror='window.hurt=1'></script>"


def made_up():
    """Two arms under two loads, three runs each, lognormal around 1 ms and 2 ms."""
    draw = np.random.default_rng(20261123)
    return {
        (load, arm, f"{arm}-{load}-{k}"): draw.lognormal(np.log(size), 0.4, 4000)
        for load in ("steady, quiet", "steady, instrumented")
        for arm, size in (("gpr", 1e-3), (HURT, 2e-3))
        for k in range(3)
    }


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    api = pytest.importorskip("playwright.sync_api")
    path = tmp_path_factory.mktemp("explorer") / "page.html"
    latency_explorer(made_up(), HURT).save(path)
    with api.sync_playwright() as playwright:
        shown = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        opened = shown.new_page(viewport={"width": 400, "height": 700})
        opened.on("pageerror", lambda error: pytest.fail(str(error)))
        opened.goto(path.as_uri())
        yield opened
        shown.close()


def payload():
    text = latency_explorer(made_up(), "latency").page
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text)[1])


def test_quiet_runs_come_first_and_instruments_stand_apart():
    assert [load["name"] for load in payload()["loads"]] == ["steady, quiet", "steady, instrumented"]


def test_curves_and_quantiles_are_numpys_and_the_mean_is_geometric_over_runs():
    gpr = payload()["loads"][0]["arms"][-1]
    values = [v for (load, arm, _), v in made_up().items() if load == "steady, quiet" and arm == "gpr"]
    for run, own in zip(gpr["runs"], values, strict=True):
        reached = np.array([level for level in LEVELS if level * len(own) >= 1])
        np.testing.assert_allclose(run["at"], np.quantile(own, 1 - reached), rtol=1e-3)
        assert run["q"][0][1] < run["q"][0][0] < run["q"][0][2]
    p99 = QUANTILES.index(0.99)
    by_hand = np.exp(np.mean([np.log(np.quantile(v, 0.99)) for v in values]))
    np.testing.assert_allclose(gpr["mean"][p99][0], by_hand, rtol=1e-3)


def test_a_run_that_is_too_short_gives_its_arm_no_mean():
    short = {("steady, quiet", "gpr", "a"): np.linspace(1e-3, 2e-3, 20)}
    found = latency_explorer(short, "short").page
    assert '"mean":[[' in found and found.count("null") > 0


def test_choosing_a_run_by_keys_says_its_interval(page):
    page.focus("#load")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "run"
    page.select_option("#run", "gpr-steady, quiet-1")
    assert "run gpr-steady, quiet-1: " in page.inner_text("#said") and "n = 4000 requests" in page.inner_text(
        "#said"
    )


def test_an_arm_can_be_left_out_and_every_line_is_a_run(page):
    page.select_option("#load", "1")
    assert page.locator("#curves polyline").count() == 6
    page.locator("#arms input").first.uncheck()
    assert page.locator("#curves polyline").count() == 3


def test_names_are_harmless_and_nothing_is_wider_than_the_page(page):
    assert page.evaluate("window.hurt") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_the_page_needs_no_network_and_the_still_twin_is_the_same_each_time():
    explorer = latency_explorer(made_up(), "latency")
    assert not re.search(r"https?://(?!www\.w3\.org)", explorer.page)
    assert explorer.svg() == explorer.svg() and explorer.svg().startswith("<?xml")


def test_without_runs_there_is_still_a_figure():
    assert latency_explorer({}, "none").page
