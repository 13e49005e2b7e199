"""Published files of figures and tables: the same content gives the same bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from schedlab.errors import SchedlabError
from schedlab.pipeline import files

#: above this many drawn points a vector picture is larger and slower than pixels
MANY_POINTS = 20_000

#: names inside a picture come from its content, not from chance
_SAME = {"svg.hashsalt": "schedlab", "svg.fonttype": "path"}
_MIME = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True)
class Drawn:
    """The file to show of a published figure; `html` where the figure is interactive."""

    file: str
    content: bytes
    mime: str
    html: str = ""


def write_figure(figure, folder: Path, name: str) -> Drawn:
    """Write NAME.svg, and NAME.png where there are very many points or NAME.html where it is interactive."""
    if hasattr(figure, "savefig"):
        return _write_plot(figure, folder, name)
    import matplotlib as mpl

    with mpl.rc_context(_SAME):
        bundle = figure._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    if not {"text/html", "image/svg+xml"} <= set(bundle):
        raise SchedlabError(f"figure {name!r}: an interactive figure gives text/html and image/svg+xml")
    still = bundle["image/svg+xml"].encode()
    files.write(folder / f"{name}.html", bundle["text/html"])
    files.write(folder / f"{name}.svg", still)
    return Drawn(f"{name}.svg", still, "image/svg+xml", bundle["text/html"])


def _write_plot(figure, folder: Path, name: str) -> Drawn:
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    kinds = ("svg", "png") if _points(figure) > MANY_POINTS else ("svg",)
    content = b""
    with mpl.rc_context(_SAME):
        for kind in kinds:
            content = _drawn(figure, kind)
            files.write(folder / f"{name}.{kind}", content)
    plt.close(figure)
    return Drawn(f"{name}.{kinds[-1]}", content, _MIME[kinds[-1]])


def write_table(frame, folder: Path, name: str) -> None:
    """Write NAME.parquet and NAME.csv, in base units as they are."""
    data = io.BytesIO()
    frame.to_parquet(data)
    files.write(folder / f"{name}.parquet", data.getvalue())
    named = frame.index.name is not None and frame.index.name not in frame.columns
    files.write(folder / f"{name}.csv", frame.to_csv(index=named))


def _drawn(figure, kind: str) -> bytes:
    out = io.BytesIO()
    extra = {"metadata": {"Date": None}} if kind == "svg" else {"dpi": 200, "metadata": {"Software": None}}
    figure.savefig(out, format=kind, bbox_inches="tight", facecolor="white", **extra)
    return out.getvalue()


def _points(figure) -> int:
    lines = sum(len(line.get_xdata()) for axes in figure.axes for line in axes.lines)
    return lines + sum(len(c.get_offsets()) for axes in figure.axes for c in axes.collections)
