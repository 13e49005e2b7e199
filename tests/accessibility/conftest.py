"""A browser for the tests of what pages do, where there is one."""

import pytest
from check import CHROMIUM


@pytest.fixture(scope="module")
def opened():
    """A narrow page in Chromium, to put content into."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.is_file():
        pytest.skip("no Chromium here")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 400, "height": 600})
        browser.close()
