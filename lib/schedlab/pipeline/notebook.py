"""A notebook as data: its cells, its title, and its parameters; read as JSON, nothing is imported or run."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from schedlab.errors import FormatError, SchedlabError


class ParameterError(SchedlabError):
    """A parameter that the notebook does not have, or a value of another type than its default."""


def read(path: Path) -> dict[str, Any]:
    """The notebook's JSON; FormatError where it is missing or broken."""
    if not path.is_file():
        raise FormatError(path, "no such notebook")
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise FormatError(path, "not a notebook: not valid JSON", getattr(error, "lineno", 1)) from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise FormatError(path, "not a notebook: no list of cells")
    return notebook


def source(cell: dict[str, Any]) -> str:
    """A cell's text, which the format keeps as one string or as lines."""
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def tags(cell: dict[str, Any]) -> list[str]:
    """A cell's tags."""
    return cell.get("metadata", {}).get("tags", [])


def title(notebook: dict[str, Any], otherwise: str) -> str:
    """The notebook's first heading: the question it answers."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            for line in source(cell).splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return otherwise


def defaults(path: Path, notebook: dict[str, Any]) -> dict[str, Any]:
    """Names and default values of the cell tagged `parameters`; they must be literals."""
    found: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if "parameters" in tags(cell):
            found |= _literals(path, source(cell))
    return found


def resolve(path: Path, notebook: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """All parameters with their values; ParameterError for a name or type that the notebook does not have."""
    known = defaults(path, notebook)
    for name, value in given.items():
        if name not in known:
            options = ", ".join(known) or "none"
            raise ParameterError(f"{path.name} has no parameter {name!r}; its parameters are: {options}")
        if not _fits(value, known[name]):
            raise ParameterError(
                f"{path.name}: parameter {name!r} is {type(known[name]).__name__} "
                f"(default {known[name]!r}), not {value!r}"
            )
    return {**known, **given}


def parse(path: Path, name: str, text: str, known: dict[str, Any]) -> Any:
    """The value a person typed for a parameter, in the type of its default."""
    if name not in known:
        raise ParameterError(
            f"{path.name} has no parameter {name!r}; its parameters are: {', '.join(known) or 'none'}"
        )
    if isinstance(known[name], str):
        return text
    words = {"true": True, "false": False, "none": None, "null": None}
    try:
        return words[text.lower()] if text.lower() in words else ast.literal_eval(text)
    except (ValueError, SyntaxError) as error:
        if known[name] is None:
            return text
        kind = type(known[name]).__name__
        raise ParameterError(f"{path.name}: parameter {name!r} is {kind}, not {text!r}") from error


def _literals(path: Path, code: str) -> dict[str, Any]:
    found = {}
    try:
        statements = ast.parse(code).body
        for statement in statements:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                found[statement.targets[0].id] = ast.literal_eval(statement.value)
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                found[statement.target.id] = ast.literal_eval(statement.value)
    except (ValueError, SyntaxError) as error:
        raise FormatError(path, "the parameters cell may hold literals only: NAME = LITERAL") from error
    return found


def _fits(value: Any, default: Any) -> bool:
    if default is None or value is None:
        return True
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, int | float):
        return isinstance(value, int | float)
    if isinstance(default, list | tuple):
        return isinstance(value, list | tuple)
    return isinstance(value, type(default))
