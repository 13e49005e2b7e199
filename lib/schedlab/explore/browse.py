"""Pick experiment, scenario, arm, run and quantile; table and figure follow."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets
import pandas as pd
from IPython.display import HTML, display

from schedlab import ingest, metrics
from schedlab.errors import RunError
from schedlab.figures.latency import survival
from schedlab.model import catalog
from schedlab.model.run import Run
from schedlab.model.sample import Sample
from schedlab.pipeline import markup
from schedlab.pipeline.readable import readable
from schedlab.stats.per_run import per_run

ALL = "all"
QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.999)


class Browser:
    """The widgets and what they show; `box` is the thing to display.

    `table` (per-run quantile with its distribution-free interval) and `figure` (survival curves) always
    belong to the present choice; they are also there without a browser.
    """

    def __init__(self, folder: str | Path):
        self.experiments = _experiments(Path(folder))
        self.experiment = widgets.Dropdown(options=list(self.experiments), description="experiment")
        self.scenario = widgets.Dropdown(description="scenario")
        self.arm = widgets.Dropdown(description="arm")
        self.run = widgets.Dropdown(description="run")
        self.quantile = widgets.SelectionSlider(
            options=[(f"p{100 * q:g}", q) for q in QUANTILES], value=0.99, description="quantile",
            continuous_update=False,
        )  # fmt: skip
        self.output = widgets.Output()
        self.table, self.figure = pd.DataFrame(), None
        self._busy = False
        self._wire()
        self._refill("experiment")

    @property
    def box(self) -> widgets.Widget:
        """Controls above, table and figure below."""
        controls = [self.experiment, self.scenario, self.arm, self.run, self.quantile]
        return widgets.VBox([widgets.HBox(controls, layout={"flex_flow": "row wrap"}), self.output])

    def _wire(self) -> None:
        for name in ("experiment", "scenario", "arm", "run", "quantile"):
            getattr(self, name).observe(lambda _, name=name: self._refill(name), names="value")

    def _refill(self, changed: str) -> None:
        """Offer only what exists under the choices to the left, then show."""
        if self._busy:
            return
        self._busy = True
        try:
            self._offer(self.scenario, sorted({_load(r) for r in self._runs(depth=1)}, key=_quiet_first))
            self._offer(self.arm, [ALL, *sorted({r.arm for r in self._runs(depth=2)})])
            self._offer(self.run, [ALL, *(r.id for r in self._runs(depth=3))])
        finally:
            self._busy = False
        self._show()

    @staticmethod
    def _offer(widget: widgets.Dropdown, options: list[str]) -> None:
        kept = widget.value if widget.value in options else options[0]
        if list(widget.options) != options:
            widget.options = options
        widget.value = kept

    def _runs(self, depth: int = 4) -> list[Run]:
        wanted = (
            lambda r: _load(r) == self.scenario.value,
            lambda r: self.arm.value in (ALL, r.arm),
            lambda r: self.run.value in (ALL, r.id),
        )
        runs = self.experiments[self.experiment.value]
        return [r for r in runs if all(rule(r) for rule in wanted[: depth - 1])]

    def _show(self) -> None:
        runs, q = self._runs(), self.quantile.value
        samples = {
            (r.arm, r.id): metrics.latency.latencies({"REQUESTS": ingest.tables(r, "REQUESTS")}, r)
            for r in runs
        }
        self.table = per_run({run: Sample.of(values, "s") for (_, run), values in samples.items()}, [q])
        title = f"{self.experiment.value}, {self.scenario.value}: {runs[0].host.get('label', '')}"
        self.figure = survival(samples, title)
        with self.output:
            self.output.clear_output(wait=True)
            shown = self.table.drop(columns="missing_because").rename(columns={"n": "requests"})
            display(HTML(markup.table(readable(shown), "")), self.figure)


def browse(folder: str | Path) -> widgets.Widget:
    """Widgets over every experiment below `folder` whose runs logged their requests."""
    return Browser(folder).box


def _load(run: Run) -> str:
    """Scenario and kind of capture: instrumented runs never stand beside quiet ones."""
    return f"{run.scenario}, {run.capture}"


def _quiet_first(load: str) -> tuple[bool, str]:
    return not load.endswith("quiet"), load


def _experiments(folder: Path) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for run in catalog.runs(folder):
        if run.has("requests"):
            found.setdefault(run.experiment, []).append(run)
    if not found:
        raise RunError(f"{folder}: no run here logged its requests, so there is nothing to explore")
    return found
