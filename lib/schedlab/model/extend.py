"""The shapes that extensions fill in: a reader, a metric, a family. One file each, listed in one tuple."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from schedlab.model.sample import Sample


@dataclass(frozen=True)
class Reading:
    """What a reader made of one file.

    `tables` maps table names to tidy frames; `facts` are single values of the file (tool version, duration
    in seconds, ...); `damage` has one row per kind of trouble that reading survived: kind, count,
    first_line, first_text; `warnings` are sentences for people.
    """

    format: str
    tables: Mapping[str, pd.DataFrame]
    facts: Mapping[str, Any] = field(default_factory=dict)
    damage: pd.DataFrame | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """One file format. `sniff(head, name)` sees the first decompressed 64 KiB and the file's name without
    a compression suffix; `read(path, data)` gets the whole decompressed content."""

    name: str
    sniff: Callable[[bytes, str], bool]
    read: Callable[[str, bytes], Reading]
    yields: tuple[str, ...]
    about: str = ""


@dataclass(frozen=True)
class Metric:
    """One number (or sample) per run. `compute(tables, run)` gets the tables named in `needs`."""

    name: str
    unit: str
    better: str
    needs: tuple[str, ...]
    compute: Callable[..., float | Sample]
    about: str = ""


@dataclass(frozen=True)
class Family:
    """A family of distributions of positive values. Parameters are positional, in the order of `params`.

    `nll(values, weights, *params)` is the weighted negative log-likelihood; `cdf(x, *params)` and
    `ppf(q, *params)` take and return arrays; `start(values, weights)` gives the maximum-likelihood estimate
    where it has a closed form, a start for the optimiser otherwise.
    """

    name: str
    params: tuple[str, ...]
    nll: Callable[..., float]
    cdf: Callable[..., np.ndarray]
    ppf: Callable[..., np.ndarray]
    start: Callable[..., tuple[float, ...]]
    story: str = ""
