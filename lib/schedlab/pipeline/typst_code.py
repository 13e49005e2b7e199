"""Pieces of Typst code."""

from __future__ import annotations

from collections.abc import Iterable


def call(function: str, *arguments: str, **named: str) -> str:
    """A call of one of the template's functions; arguments are pieces of code."""
    words = (*arguments, *(f"{name}: {code}" for name, code in named.items()))
    return f"#{function}({', '.join(words)})"


def literal(text: str) -> str:
    """A string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def array(items: Iterable[str]) -> str:
    """An array of pieces of code, also of one and of none."""
    items = tuple(items)
    return f"({', '.join(items)}{',' if items else ''})"


def raw(typst: str) -> str:
    """Code that pandoc hands on as it is."""
    return f"\n```{{=typst}}\n{typst}\n```\n"
