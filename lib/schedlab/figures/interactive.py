"""Interactive figures: one self-contained HTML page each, no network, works from file://, with a still twin.

Names in captures are untrusted: they travel as JSON and are only ever drawn as text.
"""

from __future__ import annotations

import html
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from schedlab.figures.style import house


@dataclass(frozen=True)
class Interactive:
    """An interactive figure: `page` is the whole HTML, `still` draws its vector twin for paper."""

    title: str
    page: str
    still: Callable[[], Figure]
    height_px: int = 560
    downloads: bool = False

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self.frame(), "image/svg+xml": self.svg()}

    def frame(self) -> str:
        """The page inside an iframe, to stand in another page."""
        style = f"width:100%;height:{self.height_px}px;border:0"
        sandbox = "allow-scripts allow-downloads" if self.downloads else "allow-scripts"
        return (
            f'<iframe title="{html.escape(self.title)}" sandbox="{sandbox}" style="{style}" '
            f'srcdoc="{html.escape(self.page)}"></iframe>'
        )

    def svg(self) -> str:
        """The still figure as SVG text, the same bytes each time."""
        out = io.StringIO()
        plain = {"format": "svg", "bbox_inches": "tight", "facecolor": "white", "metadata": {"Date": None}}
        with house():
            self.still().savefig(out, **plain)
        return out.getvalue()

    def save(self, path: str | Path) -> None:
        """Write the page as a file that opens by itself: under a temporary name, then renamed."""
        path = Path(path)
        draft = path.with_name(path.name + ".partial")
        draft.write_text(self.page, encoding="utf-8", newline="\n")
        draft.replace(path)


def page(name: str, payload: Mapping[str, Any]) -> str:
    """NAME_page.html with NAME.css, NAME.js and the data, without `<` or `>`: no name can end the script."""
    data = json.dumps(payload, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    data = data.replace("<", "\\u003c").replace(">", "\\u003e")
    parts = {"css": _asset(f"{name}.css"), "js": _asset(f"{name}.js") + _asset("framed.js"), "data": data}
    whole = _asset(f"{name}_page.html")
    for mark, content in parts.items():
        head, _, tail = whole.partition(f"/*{mark}*/")
        whole = head + content + tail
    return whole


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")
