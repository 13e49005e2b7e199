"""The article item by item: what stands where it has a table or a figure, and its arithmetic done again."""

from __future__ import annotations

import ast
import operator
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from schedlab import units
from schedlab.errors import FormatError, UnknownName

_ITEMS = ["chapter", "item", "claims", "see"]
_SUMS = ["claim", "question", "expression", "published", "unit"]
_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def counterparts(path: str | Path, verdicts: Mapping[str, Mapping]) -> pd.DataFrame:
    """One row per item of the article and statement in it: item, verdict, finding, see.

    `path` is a table of the items; `verdicts` are published claims, of which each has a verdict and because.
    A finding begins with the name of its claim; it is to be seen where the claim has its evidence, else where
    the item's topic is.
    """
    items = _read(path, _ITEMS)
    rows = [
        (f"{row.chapter} {row.item}", *_verdict(verdicts, name), verdicts[name].get("evidence") or row.see)
        for row in items.itertuples()
        for name in row.claims.split(";")
    ]
    return pd.DataFrame(rows, columns=["item", "verdict", "finding", "see"])


def arithmetic(path: str | Path) -> pd.DataFrame:
    """The article's own sums done again: claim, question, expression, result, and whether it agrees.

    A published result agrees where it is the computed one rounded to its digits.
    """
    sums = _read(path, _SUMS)
    values = [_value(ast.parse(text, mode="eval").body) for text in sums["expression"]]
    shown = [units.show(value, unit) for value, unit in zip(values, sums["unit"], strict=True)]
    agrees = [_agrees(value, text) for value, text in zip(values, sums["published"], strict=True)]
    return sums[["claim", "question", "expression"]].assign(result=shown, agrees=agrees)


def _read(path: str | Path, columns: list[str]) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    if list(table.columns) != columns:
        raise FormatError(path, f"the columns must be {', '.join(columns)}", 1)
    return table


def _verdict(verdicts: Mapping[str, Mapping], name: str) -> tuple[str, str]:
    if name not in verdicts:
        raise UnknownName("claim of the article's items", name, verdicts)
    return verdicts[name]["verdict"], f"{name}: {verdicts[name]['because']}"


def _value(node: ast.expr) -> float:
    """Numbers, four operations, brackets and a sign; nothing else is arithmetic here."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    raise ValueError(f"{ast.unparse(node)!r} is no arithmetic of numbers")


def _agrees(value: float, published: str) -> str:
    if not published:
        return "not printed"
    digits = len(published.partition(".")[2])
    return "yes" if round(value, digits) == float(published) else f"no: {published} is printed"
