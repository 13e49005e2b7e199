"""The rule that judges a claim, in words."""

from __future__ import annotations

from schedlab.claims.ledger import Claim
from schedlab.model.titles import title


def words(claim: Claim) -> str:
    """`sojourn p99: local / global beyond 1 (higher), in queues-hot`."""
    asked = claim.arguments
    what = title(asked["metric"]) if "metric" in asked else title(asked.get("field", "").rpartition(".")[2])
    where = f", in {asked['scenario'].replace('|', ' and in ')}" if "scenario" in asked else ""
    return f"{what}: {_WORDS[claim.rule](asked)}{where}"


def _between(asked: dict[str, str]) -> str:
    return f"the whole interval of every arm between {asked['lo']} and {asked['hi']} (base units)"


def _differs(asked: dict[str, str]) -> str:
    least = asked.get("least", "0")
    return f"b - a {asked['direction']}" + (f" by at least {least}" if float(least) else "")


def _ratio(asked: dict[str, str]) -> str:
    if "direction" not in asked:
        return "b / a holds the published ratio, little else, and not 1"
    return f"b / a {asked['direction']} than 1" + (f" by a factor of {asked['by']}" if "by" in asked else "")


_WORDS = {
    "between": _between,
    "set-up": _between,
    "differs": _differs,
    "ratio": _ratio,
    "inside": lambda asked: "the interval of the mean holds the published number and little else",
    "added": lambda asked: "b - a holds the published number and little else",
    "host": lambda asked: f"{asked['contains']} on the host of every run",
    "same": lambda asked: f"{asked['value']} in every run",
}
