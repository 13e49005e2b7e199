"""Every page of a report through axe-core: python tests/accessibility/check.py HTML_FOLDER [STEM ...]"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
SEVERE = ("serious", "critical")


@dataclass(frozen=True)
class Violation:
    """One rule that one element breaks, on one page in one look."""

    page: str
    theme: str
    width: int
    impact: str
    rule: str
    element: str

    def __str__(self) -> str:
        return f"{self.page} {self.theme} {self.width}: {self.impact} {self.rule}: {self.element[:160]}"


def axe() -> str:
    """The script, from where SCHEDLAB_AXE says; empty where it is not."""
    place = Path(os.environ.get("SCHEDLAB_AXE") or "axe.min.js")
    return place.read_text(encoding="utf-8") if place.is_file() else ""


def check(pages: Iterable[Path], themes=("light", "dark"), widths=(400, 1600)) -> Iterator[Violation]:
    """Every serious or critical violation on the pages and in their frames."""
    from playwright.sync_api import sync_playwright

    pages = list(pages)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for theme, width in product(themes, widths):
            look = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=theme)
            look.add_init_script(f"try {{ localStorage.mode = localStorage.theme = '{theme}' }} catch {{}}")
            for page in pages:
                yield from _violations(look, page, theme, width)
            look.close()
        browser.close()


def _violations(look, page: Path, theme: str, width: int) -> Iterator[Violation]:
    opened = look.new_page()
    opened.goto(page.resolve().as_uri())
    for frame in opened.frames:
        frame.evaluate(axe())
        found = frame.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
        for violation in found["violations"]:
            if violation["impact"] in SEVERE:
                for node in violation["nodes"]:
                    element = node["html"] + " in " + (frame.name or frame.url)[:20]
                    yield Violation(page.stem, theme, width, violation["impact"], violation["id"], element)
    opened.close()


def main(folder: str, *stems: str) -> int:
    """Print every violation and how many looks were taken; 1 where there is a violation."""
    pages = [p for p in sorted(Path(folder).glob("*.html")) if not stems or p.stem in stems]
    if not axe() or not pages:
        print("no axe-core (see README.md beside this file)" if pages else f"{folder}: no pages")
        return 2
    found = list(check(pages))
    print(*found, f"{len(pages)} pages in 4 looks: {len(found)} serious or critical violations", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
