"""Reading a plan: one TOML file, the plans it stands on, and lists of plans."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from schedlab.errors import FormatError
from schedlab.pipeline.capture.checker import Checker
from schedlab.pipeline.capture.plan import Plan

#: what a base never hands on: each plan says its own
_OWN = ("name", "about", "seed", "base")


def read_plans(path: str | Path) -> tuple[Plan, ...]:
    """The plans of a file: itself, or all that its key `plans` lists, each an experiment of its own."""
    raw, text = _parse(path)
    if "plans" not in raw:
        return (read_plan(path),)
    listed = raw["plans"]
    if set(raw) != {"plans"} or not isinstance(listed, list) or not all(isinstance(n, str) for n in listed):
        line = next(n for n, row in enumerate(text.splitlines(), 1) if row.strip().startswith("plans"))
        raise FormatError(path, 'a list of plans holds plans = ["a.toml", ...] and nothing else', line)
    return tuple(read_plan(Path(path).parent / name) for name in listed)


def read_plan(path: str | Path) -> Plan:
    """Read and check a plan; FormatError names the line of the first mistake."""
    path = Path(path)
    raw, text = _parse(path)
    checker = Checker(path, text)
    for name in checker.value(tuple[str, ...], raw.get("base", []), ("base",)):
        inherited, its_text = _base(checker, name)
        raw = {**inherited, **raw}
        text += f"\n# its base {name}:\n" + "".join(f"#   {line}\n" for line in its_text.splitlines())
    plan = checker.build(Plan, raw, (), given={"path": path, "text": text})
    checker.check(plan)
    return plan


def _base(checker: Checker, name: str) -> tuple[dict[str, Any], str]:
    """The tables that a plan takes from its base, and the base's text."""
    file = checker.path.parent / name
    if not file.is_file():
        checker.fail(f"there is no plan {name} beside this one", "base")
    raw, text = _parse(file)
    return {key: value for key, value in raw.items() if key not in _OWN}, text


def _parse(path: str | Path) -> tuple[dict[str, Any], str]:
    """The tables of a TOML file and its text."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        return tomllib.loads(text), text
    except FileNotFoundError as error:
        raise FormatError(path, "no such plan") from error
    except UnicodeDecodeError as error:
        raise FormatError(path, "not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise FormatError(path, f"not valid TOML: {error}") from error
