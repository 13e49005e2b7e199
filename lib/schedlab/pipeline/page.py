"""What a notebook writes on: values, tables, figures and claims go to files that the report cites by name."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from schedlab import units
from schedlab.errors import RunError, SchedlabError, UnknownName
from schedlab.model.results import Estimate, Verdict
from schedlab.model.run import Run
from schedlab.pipeline import draw, files, markup, only, places
from schedlab.pipeline.readable import readable

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")


def open_page(stem: str, **parameters: Any) -> Page:
    """A fresh page for the notebook `stem`; what an earlier run by hand published there is removed.

    `data` among the parameters names the folder whose runs the page is about: a run, an experiment, or many;
    relative paths start at the root of the project. The pipeline decides where the page is kept; by hand it
    is `report/_build/by-hand/<stem>/`.
    """
    given = os.environ.get("SCHEDLAB_PUBLISH")
    folder = Path(given) if given else places.root() / "report" / "_build" / "by-hand" / stem
    shutil.rmtree(folder, ignore_errors=True)
    page = Page(stem, folder, parameters, _runs(parameters.get("data")))
    page._save()
    return page


@dataclasses.dataclass(frozen=True)
class Page:
    """One notebook's published results. `runs` are the runs of its data in the order of their capture."""

    stem: str
    folder: Path
    parameters: dict[str, Any]
    runs: tuple[Run, ...]
    _published: dict[tuple[str, str], dict[str, Any]] = dataclasses.field(default_factory=dict, repr=False)
    _warnings: list[str] = dataclasses.field(default_factory=list, repr=False)

    @property
    def host_label(self) -> str:
        """On what the data was captured; it follows every figure and table of the page."""
        return f"Captured on: {'; '.join(self.hosts)}." if self.hosts else ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The labels of the hosts that the runs were captured on."""
        labels = (r.host.get("label") or r.host.get("cpu_model") or "unknown host" for r in self.runs)
        return tuple(dict.fromkeys(labels))

    @property
    def data(self) -> Path:
        """The folder whose runs the page is about."""
        return places.resolve(self.parameters["data"])

    @property
    def catalog(self):
        """The page's runs as a table, one row a run."""
        from schedlab.model.catalog import catalog

        return catalog(self.data)

    def resolve(self, path: str) -> Path:
        """A path among the parameters, relative to the root of the project."""
        return places.resolve(path)

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms of the page's runs, by name."""
        return tuple(sorted({run.arm for run in self.runs}))

    def pair(self, baseline: str = "", treated: str = "") -> tuple[str, str]:
        """The two arms to compare, by default the first two; RunError where the data has one arm only."""
        if len(self.arms) < 2:
            raise RunError(
                f"{self.parameters.get('data')}: all runs belong to one arm, {', '.join(self.arms)}; "
                "a comparison needs two: capture the other arm into the same experiment"
            )
        for arm in filter(None, (baseline, treated)):
            if arm not in self.arms:
                raise UnknownName("arm", arm, self.arms)
        baseline = baseline or next(a for a in self.arms if a != treated)
        return baseline, treated or next(a for a in self.arms if a != baseline)

    def value(self, name: str, value: Estimate | float | str, unit: str = "1", note: str = "") -> None:
        """Publish one number, estimate or word; the report cites it as {value}`<stem>.<name>`."""
        entry = _entry(value, unit)
        if isinstance(value, Estimate):
            sure = f", {100 * value.confidence:g} % interval" if "[" in entry["text"] else ""
            note = note or f"{value.n} runs{sure}"
        self._add("value", name, entry)
        self._show("value", name, markup.value(name, entry["text"], note), f"{name} = {entry['text']}")
        for text in entry.get("warnings", ()):
            self.warn(text)

    def values(self, estimates: Mapping[str, Estimate | float | str]) -> None:
        """Publish many values at once; they are not shown: a table of the page shows them better."""
        for name, value in estimates.items():
            self._check("value", name)
            self._published["value", name] = _entry(value)
            doubts = value.warnings if isinstance(value, Estimate) else ()
            self._warnings.extend(text for text in doubts if text not in self._warnings)
        self._save()

    def table(self, name: str, frame, caption: str = "", rows: int = 60) -> None:
        """Publish a table as Parquet and CSV in base units; shown are its first `rows` in readable units."""
        text = self._caption(caption, f"First {rows} of {len(frame)} rows" if len(frame) > rows else "")
        shown = readable(frame.head(rows))
        self._add("table", name, {"caption": text, **dataclasses.asdict(shown), "length": len(frame)})
        draw.write_table(frame, self.folder / "tables", name)
        self._show("table", name, markup.table(shown, text, name), f"table {name}: {text}")

    def figure(self, name: str, figure, caption: str = "", alt: str = "") -> None:
        """Publish a figure as SVG (PNG too where it has very many points) and show it with its caption.

        Draw and publish in one cell: the figure is closed, so that it is not shown twice. An interactive
        figure is any object whose `_repr_mimebundle_` gives text/html and its still twin, image/svg+xml.
        """
        caption = self._caption(caption)
        self._check("figure", name)
        drawn = draw.write_figure(figure, self.folder / "figures", name)
        self._add(
            "figure", name, {"caption": caption, "alt": alt or caption, "file": f"figures/{drawn.file}"}
        )
        html = drawn.html or markup.picture(drawn.content, drawn.mime, alt or caption)
        self._show("figure", name, markup.figure(html, caption), f"figure {name}: {caption}")

    def claim(self, verdict: Verdict, sentence: str = "") -> None:
        """Publish the judgement of one claim."""
        entry = {**dataclasses.asdict(verdict), "sentence": sentence or verdict.claim}
        if verdict.measured:
            entry["text"] = _estimate_text(verdict.measured)
        self._add("claim", verdict.claim, entry)
        because = f"{verdict.because} ({entry['text']})" if verdict.measured else verdict.because
        html = markup.claim(entry["sentence"], verdict.verdict, because)
        self._show("claim", verdict.claim, html, f"{verdict.claim}: {verdict.verdict}; {because}")

    def claims(self, verdicts: Iterable[Verdict]) -> None:
        """Publish many judgements at once; a table of the page shows them."""
        for verdict in verdicts:
            self._check("claim", verdict.claim)
            self._published["claim", verdict.claim] = dataclasses.asdict(verdict)
        self._save()

    def warn(self, text: str) -> None:
        """Publish a doubt; it stands in the notebook and in the report's list of warnings, once."""
        if text not in self._warnings:
            self._warnings.append(text)
            self._save()
            self._show("warning", "", markup.warning(text), f"Warning. {text}")

    def published(self, stem: str) -> dict[str, dict[str, Any]]:
        """What another notebook published: `published("30-latency")["p99_ratio"]["value"]`."""
        from schedlab.pipeline.cite import read_published

        return read_published(stem).of("value") | read_published(stem).of("claim")

    def _caption(self, *parts: str) -> str:
        sentences = [p if p.endswith("?") else p.rstrip(". ") + "." for p in (*parts, self.host_label) if p]
        return " ".join(sentences)

    def _check(self, kind: str, name: str) -> None:
        if not _NAME.fullmatch(name) and kind != "claim":
            raise SchedlabError(f"{self.stem}: {name!r} cannot name a {kind}: use a-z, 0-9, _ . and -")
        if (kind, name) in self._published:
            raise SchedlabError(
                f"{self.stem}: a {kind} {name!r} is published already; "
                "choose another name, or run the cell that opens the page again"
            )

    def _add(self, kind: str, name: str, entry: dict[str, Any]) -> None:
        self._check(kind, name)
        self._published[kind, name] = entry
        self._save()

    def _save(self) -> None:
        def of(kind: str) -> dict[str, Any]:
            return {n: e for (k, n), e in self._published.items() if k == kind}

        files.write_json(self.folder / "values.json", of("value"))
        files.write_json(self.folder / "claims.json", of("claim"))
        files.write_json(
            self.folder / "page.json", self._about() | {"figures": of("figure"), "tables": of("table")}
        )

    def _about(self) -> dict[str, Any]:
        return {
            "stem": self.stem,
            "parameters": self.parameters,
            "runs": [f"{run.experiment}/{run.id}" for run in self.runs],
            "host_label": self.host_label,
            "hosts": self.hosts,
            "warnings": self._warnings,
        }

    def _show(self, kind: str, name: str, html: str, text: str) -> None:
        """Display it where there is a notebook; the metadata lets the PDF find the published file again."""
        from IPython import get_ipython

        if get_ipython() is None:
            return
        from IPython.display import display

        bundle = {"text/html": html, "text/plain": text}
        display(bundle, raw=True, metadata={"schedlab": {"kind": kind, "name": name}})


def _runs(data: str | None) -> tuple[Run, ...]:
    if not data:
        return ()
    from schedlab.model.catalog import runs

    return only.chosen(runs(places.resolve(data)), json.loads(os.environ.get("SCHEDLAB_RUNS") or "{}"))


def _entry(value: Estimate | float | str, unit: str = "1") -> dict[str, Any]:
    if isinstance(value, Estimate):
        return {**dataclasses.asdict(value), "text": _estimate_text(value)}
    if isinstance(value, str):
        return {"value": value, "text": value}
    return {"value": value, "unit": unit, "text": _number_text(value, unit)}


def _estimate_text(e: Estimate) -> str:
    return units.show_interval(e.value, e.lo, e.hi, e.unit, e.n)


def _number_text(value: Any, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not hasattr(value, "__float__"):
        raise UnknownName("way to publish", type(value).__name__, ["Estimate", "number", "str"])
    if unit == "1" and float(value).is_integer():
        return units.number(float(value), 1)
    return units.show(float(value), unit)
