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
    checker = Checker(Path(path), text)
    if set(raw) != {"plans"}:
        checker.fail("a list of plans holds the key plans and nothing else", "plans")
    names = checker.many(str, raw["plans"], ("plans",))
    return tuple(read_plan(checker.beside(name, "plans")) for name in names)


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
    raw, text = _parse(checker.beside(name, "base"))
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
