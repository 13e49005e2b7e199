"""Figures open large by key and close by key; interactive ones are as tall as what they show."""

from html import escape
from pathlib import Path

import pytest

from schedlab.figures import interactive
from schedlab.pipeline import markup

STATIC = Path(__file__).parents[2] / "report" / "_static"
DOT = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>'
INNER = (
    "<!doctype html><body style='margin:0'><p style='height:333px;margin:0'></p><script>%s</script></body>"
)
GREEDY = 'addEventListener("keydown", (e) => { if (e.key === "Escape") e.preventDefault(); }, true);'


@pytest.fixture(scope="module")
def page(opened):
    inner = INNER % interactive._asset("framed.js")
    frame = f'<iframe sandbox="allow-scripts" srcdoc="{escape(inner)}"></iframe>'
    figures = markup.figure(markup.picture(DOT, "image/svg+xml", "a dot"), "A dot") + markup.figure(frame, "")
    script = (STATIC / "schedlab.js").read_text("utf-8")
    style = (STATIC / "schedlab.css").read_text("utf-8")
    opened.set_content(f"<style>{style}</style>{figures}<script>{GREEDY}</script><script>{script}</script>")
    return opened


def test_a_figure_opens_by_key_and_escape_closes_it_whatever_else_listens(page):
    page.locator(".schedlab-zoom").focus()
    page.keyboard.press("Enter")
    large = page.locator("dialog.schedlab-large")
    assert large.is_visible() and large.locator("img").get_attribute("alt") == "a dot"
    page.keyboard.press("Escape")
    assert not large.is_visible()


def test_on_a_narrow_screen_a_figure_keeps_its_size_and_scrolls_sideways(page):
    shown = page.locator(".picture")
    wide, there = shown.evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert wide > 1.4 * there and page.evaluate("document.documentElement.scrollWidth") <= 400


def test_a_frame_is_as_tall_as_what_it_shows(page):
    height = page.wait_for_function("document.querySelector('iframe').style.height")
    assert height.json_value() == "333px"
