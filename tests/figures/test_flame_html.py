"""The interactive page shows the same numbers as the tables, and names from profiles never become markup."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from schedlab import profiles
from schedlab.figures.flame_html import EMPTY, explore, explore_diff
from schedlab.profiles import export, graph
from schedlab.profiles.compared import compared
from schedlab.profiles.diff import Arm, diff

FIXTURES = Path(__file__).parents[1] / "fixtures" / "pprof"
REPETITIONS = tuple(profiles.read(path) for path in sorted((FIXTURES / "repetitions").glob("*.pb.gz")))
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
    page = browser.new_page(viewport={"width": 1000, "height": 900})
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


@pytest.mark.parametrize("arms", [1, 2])
def test_names_from_profiles_are_harmless(browser, tmp_path, arms):
    profile = load("cpu")
    names = profile.functions["name"].to_list()
    hurt = replace(profile, functions=profile.functions.assign(name=[*EVIL, *names[len(EVIL) :]]))
    both = explore_diff(Arm(EVIL[0], (hurt,)), Arm(EVIL[1], (hurt,)), threshold=0)
    (explore(hurt, threshold=0, arm=EVIL[0]) if arms == 1 else both).save(tmp_path / "flame.html")
    page = opened(browser, tmp_path / "flame.html")
    page.evaluate("schedlabFlame.whole.name.forEach((_, i) => schedlabFlame.say(schedlabFlame.whole, i))")
    page.mouse.move(500, 300)
    page.fill("#search", "<img")
    for name in range(len(EVIL)):
        page.evaluate(f"schedlabFlame.sandwich(schedlabFlame.names.indexOf({json.dumps(EVIL[name])}))")
        ET.fromstring(page.evaluate("schedlabFlame.svg()"))
    assert page.evaluate("window.hurt") is None
    assert page.evaluate("document.querySelectorAll('img, script').length") == 2
    folded = page.evaluate("schedlabFlame.folded()").splitlines()
    assert all(line.rpartition(" ")[2].isdigit() for line in folded)
    assert "<script" not in page.evaluate("schedlabFlame.svg()")


def test_hostile_names_are_drawn_as_text_in_the_still_figure_too():
    profile = load("cpu")
    names = profile.functions["name"].to_list()
    hurt = profile.functions.assign(name=[*EVIL, "$\\frac{1}{$", "\\unknown$", *names[len(EVIL) + 2 :]])
    still = explore(replace(profile, functions=hurt), threshold=0).svg()
    assert not ET.fromstring(still).findall(".//{*}script")


@pytest.fixture
def flame(browser, tmp_path):
    """The page of the CPU profile, nothing merged away."""
    explore(load("cpu"), threshold=0).save(tmp_path / "flame.html")
    return opened(browser, tmp_path / "flame.html")


@pytest.fixture
def pair(browser, tmp_path):
    """The page of two arms with a run each, 1000 and 2000 requests."""
    arms = Arm("a", (load("cpu"),), (1000.0,)), Arm("b", (load("cpu2"),), (2000.0,))
    explore_diff(*arms, threshold=0).save(tmp_path / "pair.html")
    return opened(browser, tmp_path / "pair.html")


def drawn(page, name):
    """The middle of the widest box of that function, in the window, and the box itself."""
    box = page.evaluate(
        """name => { const f = schedlabFlame; f.draw();
        return f.boxes().filter((b) => f.names[b.t.name[b.i]] === name).sort((a, b) => b.w - a.w)[0]; }""",
        name,
    )
    place = page.evaluate("(({x, y}) => ({x, y}))(document.getElementById('flame').getBoundingClientRect())")
    return place["x"] + box["x"] + box["w"] / 2, place["y"] + box["y"] + 8, box


def test_a_click_zooms_into_a_frame_and_escape_leaves(flame):
    name = "net/http.(*conn).serve"
    x, y, before = drawn(flame, name)
    flame.mouse.click(x, y)
    after = drawn(flame, name)[2]
    assert after["i"] == before["i"] == flame.evaluate("schedlabFlame.state.zoom")
    assert after["w"] == pytest.approx(flame.evaluate("document.getElementById('flame').clientWidth"))
    flame.keyboard.press("Escape")
    assert drawn(flame, name)[2]["w"] == pytest.approx(before["w"])


def test_keys_alone_reach_every_frame(flame):
    flame.focus("#flame")
    selected = "schedlabFlame.state.selected"
    flame.keyboard.press("ArrowUp")
    child = flame.evaluate(selected)
    flame.keyboard.press("ArrowRight")
    assert flame.evaluate(selected) == child + 1
    flame.keyboard.press("ArrowLeft")
    assert flame.inner_text("#tip").splitlines()[0] == flame.evaluate(
        f"schedlabFlame.say({TREE}, {child})[0]"
    )
    flame.keyboard.press("ArrowDown")
    assert flame.evaluate(selected) == 0
    flame.keyboard.press("i")
    assert flame.evaluate("schedlabFlame.state.icicle") is True
    flame.keyboard.press("/")
    assert flame.evaluate("document.activeElement.id") == "search"


TREE = "schedlabFlame.whole"


def test_a_sandwich_shows_the_callers_and_callees_that_peek_lists(flame):
    name, profile = "runtime.mallocgc", load("cpu")
    x, y, _ = drawn(flame, name)
    flame.mouse.dblclick(x, y)
    said = """t => Object.fromEntries([...t.name.keys()].filter((i) => t.parent[i] === 0)
        .map((i) => [schedlabFlame.names[t.name[i]], t.values[0][i]]))"""
    table = graph.peek(profile, "^runtime\\.mallocgc$")
    for role, tree in (("caller", "up"), ("callee", "tree")):
        wanted = table[table["role"] == role].set_index("name")["value"].to_dict()
        assert flame.evaluate(f"({said})(schedlabFlame.state.{tree})") == wanted
    flame.keyboard.press("Escape")
    assert flame.evaluate("schedlabFlame.state.up") is None


def test_a_broken_regular_expression_is_searched_as_text(flame):
    flame.fill("#search", "(*conn).serve")
    wanted = profiles.top(load("cpu")).set_index("name").loc["net/http.(*conn).serve", "cum_share"]
    assert flame.evaluate("schedlabFlame.matched()[0]") == pytest.approx(wanted)


def saved(page, kind, folder):
    with page.expect_download() as waiting:
        page.select_option("#export", kind)
    waiting.value.save_as(folder / "saved")
    return (folder / "saved").read_bytes()


def test_every_export_holds_the_whole_profile(flame, tmp_path):
    profile = load("cpu")
    folded = saved(flame, "folded", tmp_path).decode()
    assert sorted(folded.splitlines()) == export.folded(profile).splitlines()
    scope = json.loads(saved(flame, "speedscope", tmp_path))["profiles"][0]
    assert sum(scope["weights"]) == scope["endValue"] == profile.total()
    assert len(scope["samples"]) == len(folded.splitlines())
    assert saved(flame, "png", tmp_path)[:8] == b"\x89PNG\r\n\x1a\n"
    picture = ET.fromstring(saved(flame, "svg", tmp_path))
    assert len(picture.findall(".//{*}rect")) == flame.evaluate("schedlabFlame.boxes().length") > 50
    assert "net/http.(*conn).serve" in [t.text for t in picture.findall(".//{*}text")]


def test_side_by_side_hovering_and_zooming_in_one_arm_marks_the_other(pair):
    pair.select_option("#view", "side")
    x, y, box = drawn(pair, "net/http.(*conn).serve")
    pair.mouse.move(x, y)
    pair.mouse.click(x, y)
    same = f"schedlabFlame.boxes().filter((b) => b.i === {box['i']})"
    pair.evaluate("schedlabFlame.draw()")
    left, right = pair.evaluate(same)
    assert left["x"] < right["x"] and left["y"] == right["y"]
    assert left["w"] == pytest.approx(right["w"])
    assert pair.evaluate("[schedlabFlame.state.hover, schedlabFlame.state.zoom]") == [box["i"]] * 2


def test_the_three_modes_measure_what_the_table_of_differences_says(pair):
    table = diff(Arm("a", (load("cpu"),), (1000.0,)), Arm("b", (load("cpu2"),), (2000.0,))).table
    row = table.set_index("name").loc["net/http.(*conn).serve"]
    node = drawn(pair, "net/http.(*conn).serve")[2]["i"]
    effect = f"schedlabFlame.effect({TREE}, {node})"
    assert pair.evaluate(effect) == pytest.approx(row["difference"])
    pair.select_option("#mode", "relative")
    assert 2 ** pair.evaluate(effect) == pytest.approx(row["treated"] / row["baseline"])
    pair.select_option("#mode", "request")
    assert 2 ** pair.evaluate(effect) == pytest.approx(row["per_request_ratio"])


def test_every_frame_carries_the_evidence_of_its_own_difference(browser, tmp_path):
    """Asked of the tree the page was drawn from: name, depth and values tell a frame, its q must follow."""
    arms = Arm("a", REPETITIONS[:5]), Arm("b", REPETITIONS[5:])
    explore_diff(*arms, threshold=0.002).save(tmp_path / "pair.html")
    page = opened(browser, tmp_path / "pair.html")
    both = compared(*arms, threshold=0.002)
    columns = f"[t.name, t.depth, ...t.values, t.lo, t.hi, t.q].map((column) => [...column]))({TREE})"
    shown = page.evaluate(f"((t) => {columns}")
    noise = both.noise
    known = [both.nodes.name, both.nodes.depth, *both.nodes.value.T, noise.lo, noise.hi, both.q]
    np.testing.assert_array_equal(in_rows(shown), in_rows(known))


def in_rows(columns):
    """Columns side by side, rows sorted, what is unknown as -9."""
    rows = np.array([[-9 if v is None else v for v in column] for column in columns], float).T
    rows = np.rint(np.nan_to_num(rows, nan=-9) * 1e4)
    return rows[np.lexsort(rows.T)]


def test_what_could_be_noise_is_grey_and_weak_evidence_is_pale(pair):
    shades = pair.evaluate(f"[...{TREE}.name.keys()].map((i) => schedlabFlame.colour({TREE}, i))")
    q = pair.evaluate(f"[...{TREE}.q]")
    real = pair.evaluate(
        f"[...{TREE}.name.keys()].map((i) => {TREE}.name[i] < schedlabFlame.names.length - 2)"
    )
    for shade, value, function in zip(shades, q, real, strict=True):
        if function:
            assert (shade == "rgb(214 214 214)") == (value is None or not value <= 0.05)
    assert pair.evaluate("document.getElementById('legend').innerText").count("only in") == 2


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


def test_profiles_without_a_stack_are_one_line():
    """As mutex profiles are of servers in which nobody ever waited for a lock."""
    idle = load("mutex")
    idle = idle.keep(np.zeros(idle.n, bool))
    shown = explore_diff(Arm("x", (idle,)), Arm("y", (idle,)), "delay")
    said = [text.get_text() for text in shown.still().axes[0].texts]
    assert EMPTY in shown.page and said == [EMPTY]
