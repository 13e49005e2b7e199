"""The timeline shows every span of the trace on its proc, needs no network, and names never become markup."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from schedlab.figures.arm_grid import arm_grid
from schedlab.figures.timeline import timeline
from schedlab.ingest import go_trace
from schedlab.metrics import trace_clock, trace_lanes

FIXTURES = Path(__file__).parents[1] / "fixtures" / "go_trace"
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def tables():
    path = FIXTURES / "known-1.27.3.trace.gz"
    return go_trace.read(str(path), gzip.decompress(path.read_bytes())).tables


@pytest.fixture(scope="module")
def page(tables, tmp_path_factory):
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    api = pytest.importorskip("playwright.sync_api")
    path = tmp_path_factory.mktemp("timeline") / "timeline.html"
    timeline(tables, "<img src=x onerror='window.hurt=1'>").save(path)
    with api.sync_playwright() as playwright:
        shown = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        opened = shown.new_page(viewport={"width": 1000, "height": 400})
        opened.on("pageerror", lambda error: pytest.fail(str(error)))
        opened.goto(path.as_uri())
        yield opened
        shown.close()


def test_every_span_on_a_proc_is_in_the_page(page, tables):
    lanes = trace_lanes.lanes(tables, trace_clock.observed(tables["GOROUTINE_SPANS"]))
    assert page.evaluate("schedlabTimeline.spans.start.length") == len(lanes)
    busy = page.evaluate(
        "schedlabTimeline.spans.end.reduce((sum, end, i) => sum + end - schedlabTimeline.spans.start[i], 0)"
    )
    assert busy == pytest.approx((lanes["end_ns"] - lanes["start_ns"]).sum() / 1e9, rel=1e-6)


def test_keys_and_the_wheel_zoom_and_escape_shows_all_again(page):
    page.focus("#lanes")
    page.keyboard.press("+")
    zoomed = page.evaluate("schedlabTimeline.shown()")
    assert zoomed[0] > 0 and zoomed[1] < page.evaluate("schedlabTimeline.data.duration_s")
    page.mouse.move(500, 90)
    page.mouse.wheel(0, -100)
    page.wait_for_function(f"schedlabTimeline.shown()[0] > {zoomed[0]}")
    page.keyboard.press("Escape")
    assert page.evaluate("schedlabTimeline.shown()") == [0, page.evaluate("schedlabTimeline.data.duration_s")]


@pytest.fixture
def touch(page):
    session = page.context.new_cdp_session(page)

    def fingers(kind, *at):
        points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(at)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    yield fingers
    session.detach()


def test_two_fingers_that_part_to_twice_the_distance_show_half_the_time(page, touch):
    page.keyboard.press("Escape")
    y = page.locator("#lanes").bounding_box()["y"] + 30
    touch("touchStart", (400, y), (500, y))
    touch("touchMove", (350, y), (550, y))
    touch("touchEnd")
    begin, end = page.evaluate("schedlabTimeline.shown()")
    assert end - begin == pytest.approx(page.evaluate("schedlabTimeline.data.duration_s") / 2, rel=1e-6)
    assert page.evaluate("schedlabTimeline.followed()") == -1
    page.keyboard.press("Escape")


def test_a_tap_follows_a_goroutine_and_says_what_it_did(page, touch):
    page.evaluate("const s = schedlabTimeline.spans; schedlabTimeline.view(s.start[0], s.end[0])")
    touch("touchStart", (500, page.locator("#lanes").bounding_box()["y"] + 30))
    touch("touchEnd")
    first = page.evaluate("schedlabTimeline.spans.goroutine[schedlabTimeline.spans.lane.indexOf(0)]")
    assert page.evaluate("schedlabTimeline.followed()") == first
    assert f"goroutine {first:g}," in page.inner_text("#tip")
    page.keyboard.press("Escape")


def test_the_colours_follow_the_reader_into_the_dark(page):
    def ground():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert ground() == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="dark")
    assert ground() == "rgb(22, 24, 28)"
    page.emulate_media(color_scheme="light")


def test_a_span_says_who_ran_how_long_and_what_it_had_waited_for(page):
    text = page.evaluate("schedlabTimeline.say(schedlabTimeline.spans.cause.findIndex((c) => c === 1))")
    assert "goroutine" in text and "after create" in text


def test_titles_and_names_are_harmless(page):
    assert page.evaluate("window.hurt") is None


def test_the_page_needs_no_network_and_has_a_still_twin(tables):
    drawn = timeline(tables, "known")._repr_mimebundle_()
    assert "src=" not in drawn["text/html"].replace("srcdoc=", "") and "fetch(" not in drawn["text/html"]
    assert drawn["image/svg+xml"].startswith("<?xml")


def test_the_still_twin_is_the_same_each_time(tables):
    assert timeline(tables, "known").svg() == timeline(tables, "known").svg()


def test_without_a_trace_there_is_one_line_instead_of_a_figure():
    assert timeline({}, "nothing here").axes


def test_a_grid_has_a_panel_per_metric_and_survives_having_none():
    rows = [(m, a, v, v / 2, v * 2, "s", 6) for m in ("x", "y") for a, v in (("gpr", 1e-3), ("pool", 2e-3))]
    table = pd.DataFrame(rows, columns=["metric", "arm", "value", "lo", "hi", "unit", "runs"])
    drawn = arm_grid(table, "time", "title").axes
    assert [axes.get_title("left") for axes in drawn] == ["x (n\xa0=\xa06)", "y (n\xa0=\xa06)"]
    assert arm_grid(table.iloc[:0], "time", "title").axes


def test_a_grid_shows_every_mark_and_interval_also_those_at_zero_and_beyond_the_axis():
    """Hand-made: rates, of which one is zero and one's interval goes below; times, one's interval is vast."""
    rows = [
        *(("stops", "a", 0.0, np.nan, np.nan, "1/s", 6), ("stops", "b", 2.0, -1.4, 5.4, "1/s", 5)),
        *(("waits", "a", 1e-3, 1e-9, 1.0, "s", 6), ("waits", "b", 9.6e-3, 9e-3, 9.9e-3, "s", 6)),
    ]
    table = pd.DataFrame(rows, columns=["metric", "arm", "value", "lo", "hi", "unit", "runs"])
    rates, times = arm_grid(table, "value", "title").axes
    assert (rates.get_xscale(), times.get_xscale()) == ("linear", "log")
    assert rates.get_title("left") == "stops (n\xa0=\xa05\xa0to\xa06)"
    assert [line.get_xdata().tolist() for line in rates.lines] == [[0], [0, 5.4], [2]]
    limits = times.get_xlim()
    assert limits[1] > 1.5 * 9.9e-3
    assert {line.get_marker(): line.get_xdata()[0] for line in times.lines[1:3]} == {
        "<": limits[0],
        ">": limits[1],
    }
    assert len([t for t in times.get_xticks() if limits[0] <= t <= limits[1]]) >= 2
