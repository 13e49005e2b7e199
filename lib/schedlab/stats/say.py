"""A comparison in one sentence: verdict, effect, interval, n, and what could have been seen."""

from __future__ import annotations

import math

from schedlab import units
from schedlab.model.results import Comparison
from schedlab.model.titles import title


def say(c: Comparison) -> str:
    """`latency p99 of pool, against gpr: slower; x1.05 [1.03, 1.07] (95 %, 6 + 6 runs, paired)`."""
    runs = f"{c.n1} + {c.n2} runs{', paired' if c.paired else ''}"
    head = f"{title(c.metric)} of {c.treated}, against {c.baseline}: {c.verdict}"
    if c.lo == c.hi:
        return f"{head}; {show_effect(c)}."
    return f"{head}; {show_effect(c)} ({100 * c.confidence:g} %, {runs}). {_reach(c)}"


def show_effect(c: Comparison) -> str:
    """The effect with its interval: `x1.05 [1.03, 1.07]`, or a difference in the metric's unit."""
    if c.lo == c.hi:
        alone = units.show(c.effect, c.unit) if c.scale == "difference" else f"\u00d7{factor(c.effect)}"
        return f"{alone} in all {c.n1} + {c.n2} runs"
    if c.scale == "difference":
        return units.show_interval(c.effect, c.lo, c.hi, c.unit)
    return f"\u00d7{factor(c.effect)} [{factor(c.lo)}, {factor(c.hi)}]"


def factor(value: float) -> str:
    """A ratio with three decimals near 1, where they count, and three digits elsewhere."""
    if not math.isfinite(value):
        return "\u221e"
    return f"{value:.3f}" if 0.2 <= value < 5 else units.number(value)


def _reach(c: Comparison) -> str:
    """What this design could have seen, and how many runs would tell where it cannot."""
    if not math.isfinite(c.detectable):
        return "This design could not have seen any effect."
    seen = (
        units.show(c.detectable, c.unit) if c.scale == "difference" else f"a factor of {factor(c.detectable)}"
    )
    text = f"This design sees {seen} four times in five."
    if c.verdict == "cannot tell" and math.isfinite(c.runs_needed):
        text += f" About {c.runs_needed:.0f} {'blocks' if c.paired else 'runs an arm'} would tell."
    return text
