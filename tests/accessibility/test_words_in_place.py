"""Words of the glossary explain themselves in a browser: in prose, once, by pointer and by keyboard."""

from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "report" / "_static"
WORDS = 'const WORDS = [["tail", "the slowest few"], ["tails", "the slowest few"], ["P", "a proc"]];'
PAGE = f"""<!doctype html><title>a page</title><style>{(STATIC / "schedlab.css").read_text("utf-8")}</style>
<div class="bd-article"><h2>A tail</h2><p><code>tail</code> <a href="#">a tail</a> p99.9, Pool.</p>
<figure><figcaption><p>tail</p></figcaption></figure>
<p id="prose">Of tails and of a tail: <b>P</b>.</p><section><ul><li>One more P, one tail.</li></ul></section>
</div><script>{WORDS}</script><script>{(STATIC / "glossary.js").read_text("utf-8")}</script>"""


@pytest.fixture(scope="module")
def page(opened):
    opened.set_content(PAGE)
    return opened


def test_a_word_is_marked_where_prose_first_says_it_and_nowhere_else(page):
    marked = page.eval_on_selector_all(".term", "all => all.map(e => e.firstChild.data)")
    assert marked == ["tails", "P"]
    assert page.inner_text("#prose").split() == ["Of", "tails", "and", "of", "a", "tail:", "P."]


def test_its_meaning_appears_at_the_pointer_and_at_focus_and_escape_takes_it_away(page):
    word, tip = page.locator(".term").first, page.locator(".tip").first
    assert word.get_attribute("aria-describedby") == tip.get_attribute("id") and not tip.is_visible()
    word.hover()
    assert tip.is_visible() and tip.inner_text() == "the slowest few"
    page.mouse.move(390, 590)
    assert not tip.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert tip.is_visible()
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_on_paper_it_is_a_word_like_any_other(page):
    page.emulate_media(media="print")
    assert not page.locator(".tip").first.is_visible()
    assert page.locator(".term").first.evaluate("e => getComputedStyle(e).textDecorationLine") == "none"
