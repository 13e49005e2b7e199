"""What the Go world knows: `go test -bench` output in, and a table in benchstat's shape out.

Every benchmark line counts as one run, as in benchstat; lines of one `go test -count=N` share a process,
so their spread is smaller than that between processes. Units are made base units at the door.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from schedlab import units
from schedlab.errors import FormatError
from schedlab.model.results import Comparison
from schedlab.model.sample import Sample
from schedlab.stats import quantiles

#: unit as printed -> (metric, base unit, size in base units, better)
UNITS = {
    "ns/op": ("sec/op", "s", 1e-9, "lower"),
    "B/op": ("B/op", "bytes", 1.0, "lower"),
    "allocs/op": ("allocs/op", "1", 1.0, "lower"),
    "MB/s": ("B/s", "bytes/s", 1e6, "higher"),
}

_LINE = re.compile(r"^Benchmark(\S+)\s+(\d+)\s+(.*)$")
#: what benchstat prints beside an interval that so few runs cannot have
_INFINITE = "\u00b1 \u221e"


def read(text: str, arm: str, path: str = "-") -> pd.DataFrame:
    """One row per benchmark line and unit: run, arm, block, benchmark, metric, unit, better, value.

    FormatError names the line of a value that is no number, and a file without any benchmark line.
    """
    rows, seen = [], {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.match(line)
        if not match:
            continue
        name, fields = match[1], match[3].split()
        seen[name] = seen.get(name, 0) + 1
        for value, unit in zip(fields[::2], fields[1::2], strict=False):
            rows.append((f"{arm}:{seen[name]}", arm, seen[name], name, *_value(value, unit, path, number)))
    if not rows:
        raise FormatError(path, "no line of Go benchmark output (Benchmark... N value unit)")
    return pd.DataFrame(
        rows, columns=["run", "arm", "block", "benchmark", "metric", "unit", "better", "value"]
    )


def _value(text: str, unit: str, path: str, line: int) -> tuple[str, str, str, float]:
    metric, base, size, better = UNITS.get(unit, (unit, unit, 1.0, "higher" if unit.endswith("/s") else ""))
    try:
        return metric, base, better, float(text) * size
    except ValueError as error:
        raise FormatError(path, f"{text!r} is no number", line) from error


def table(values: pd.DataFrame, comparisons: Sequence[tuple[str, Comparison]]) -> str:
    """benchstat's table: median and interval of each arm, change, p and n, one block a metric.

    `values` as `read` gives them (column `benchmark` names the line), `comparisons` pairs that name with its
    comparison. Medians have order-statistic intervals, `~` stands where the verdict is no difference; the
    change is ours (geometric means over runs), p of the exact permutation test, and the verdict stands last.
    """
    blocks = []
    for metric in dict.fromkeys(c.metric for _, c in comparisons):
        lines = [_line(values, name, c) for name, c in comparisons if c.metric == metric]
        first = next(c for _, c in comparisons if c.metric == metric)
        head = ("", first.baseline, first.treated, "vs base", "verdict")
        blocks.append(_aligned([head, ("", metric, metric, "", ""), *lines]))
    return "\n\n".join(blocks)


def _line(values: pd.DataFrame, name: str, c: Comparison) -> tuple[str, ...]:
    rows = values[(values["benchmark"] == name) & (values["metric"] == c.metric)]
    arms = [rows.loc[rows["arm"] == arm, "value"].dropna().to_numpy() for arm in (c.baseline, c.treated)]
    n = f"n={c.n1}" if c.n1 == c.n2 else f"n={c.n1}+{c.n2}"
    change = "~" if c.verdict in ("cannot tell", "equivalent") else _change(c)
    return (
        name,
        _summary(arms[0], c.unit),
        _summary(arms[1], c.unit),
        f"{change} (p={c.permutation_p:.3f} {n})",
        c.verdict,
    )


def _change(c: Comparison) -> str:
    return units.show(c.effect, c.unit) if c.scale == "difference" else f"{100 * (c.effect - 1):+.2f}%"


def _summary(values: np.ndarray, unit: str) -> str:
    """`1.23 ms ± 2%`: the median and half the width of its order-statistic interval, the larger side."""
    middle = float(np.median(values))
    if len(values) < quantiles.needed(0.5) or middle == 0:
        return f"{units.show(middle, unit, 4)} {_INFINITE}"
    found = quantiles.interval(Sample.of(values, unit), 0.5)
    percent = 100 * max(middle - found.lo, found.hi - middle) / abs(middle)
    return f"{units.show(middle, unit, 4)} \u00b1 {percent:.0f}%"


def _aligned(lines: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(_row(line, widths).rstrip() for line in lines)


def _row(line: tuple[str, ...], widths: list[int]) -> str:
    """Names and verdicts to the left, numbers to the right."""
    cells = zip(line, widths, strict=True)
    sides = [text.ljust(w) if i in (0, 4) else text.rjust(w) for i, (text, w) in enumerate(cells)]
    return "  ".join(sides)
