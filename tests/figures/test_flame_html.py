"""The interactive page shows the same shares as the tables, and names from profiles never become markup."""

from dataclasses import replace
from pathlib import Path

import pytest

from schedlab import profiles
from schedlab.figures.flame_html import explore, explore_diff
from schedlab.profiles.diff import Arm

FIXTURES = Path(__file__).parents[1] / "fixtures" / "pprof"
CHROMIUM = Path("/usr/bin/chromium")
EVIL = [
    "</script><script>window.hurt=1</script>",
    "<img src=x onerror='window.hurt=1'>",
    "a\"b'c\nd\u202ee",
    "x" * 10_000,
]


def load(name):
    return profiles.read(FIXTURES / f"{name}.pb.gz")


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        shown = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield shown
        shown.close()


def opened(browser, path):
    page = browser.new_page(viewport={"width": 1000, "height": 700})
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(path.as_uri())
    return page


def test_search_gives_the_share_that_the_table_gives(browser, tmp_path):
    profile = load("cpu")
    explore(profile, threshold=0).save(tmp_path / "flame.html")
    page = opened(browser, tmp_path / "flame.html")
    page.fill("#search", r"^net/http\.serverHandler\.ServeHTTP$")
    wanted = profiles.top(profile).set_index("name").loc["net/http.serverHandler.ServeHTTP", "cum_share"]
    assert page.evaluate("schedlabFlame.matched()[0]") == pytest.approx(wanted)


def test_names_from_profiles_are_harmless(browser, tmp_path):
    profile = load("cpu")
    names = profile.functions["name"].to_list()
    hurt = replace(profile, functions=profile.functions.assign(name=[*EVIL, *names[len(EVIL) :]]))
    explore(hurt, threshold=0).save(tmp_path / "flame.html")
    page = opened(browser, tmp_path / "flame.html")
    page.evaluate("schedlabFlame.whole.name.forEach((_, i) => schedlabFlame.say(schedlabFlame.whole, i))")
    page.mouse.move(500, 300)
    assert page.evaluate("window.hurt") is None
    assert "<script" not in page.evaluate("schedlabFlame.svg()")


def test_two_arms_show_the_shares_of_each(browser, tmp_path):
    a, b = load("cpu"), load("cpu2")
    explore_diff(Arm("a", (a,)), Arm("b", (b,))).save(tmp_path / "flame.html")
    page = opened(browser, tmp_path / "flame.html")
    page.select_option("#view", "side")
    assert page.evaluate("schedlabFlame.whole.totals") == [a.total("samples"), b.total("samples")]
    assert "sampling noise only" in page.inner_text("#note")


def test_the_page_needs_no_network():
    text = explore(load("block")).page
    assert "src=" not in text.replace("srcdoc=", "") and "@import" not in text and "fetch(" not in text
