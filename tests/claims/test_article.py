"""The article's items lead to tables that notebooks publish and to claims of the ledger."""

import ast
import re
from pathlib import Path

import pandas as pd
import pytest

from schedlab import claims, metrics, units
from schedlab.claims import article
from schedlab.errors import FormatError, UnknownName
from schedlab.pipeline import notebook as nb

ROOT = Path(__file__).parents[2]
LEDGER = claims.read_ledger(ROOT / "report" / "claims.csv")
ITEMS = pd.read_csv(ROOT / "report" / "article.csv", dtype=str)


def published(kind):
    """`<notebook>.<name>` of everything of a kind that the notebooks publish by a literal name."""
    found = set()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        text = "\n".join(nb.source(c) for c in nb.read(path)["cells"] if c["cell_type"] == "code")
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        named = [c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr == kind and c.args]
        found |= {f"{path.stem}.{c.args[0].value}" for c in named if isinstance(c.args[0], ast.Constant)}
    return found


TABLES = published("table")


THREATS = pd.read_csv(ROOT / "report" / "threats.csv")


@pytest.mark.parametrize("see", sorted({*ITEMS["see"], *THREATS["see"]}))
def test_every_item_and_threat_leads_to_a_table_that_a_notebook_publishes(see):
    assert see in TABLES


@pytest.mark.parametrize("name", sorted({c.evidence for c in LEDGER} - {""}))
def test_the_evidence_of_every_claim_is_a_table_that_a_notebook_publishes(name):
    assert name in TABLES


def shown(stem):
    """Names of metrics in the code of a notebook: written out, or in tuples of `schedlab.metrics`."""
    cells = nb.read(ROOT / "notebooks" / f"{stem}.ipynb")["cells"]
    nodes = list(ast.walk(ast.parse("\n".join(nb.source(c) for c in cells if c["cell_type"] == "code"))))
    written = {node.value for node in nodes if isinstance(node, ast.Constant)}
    used = [node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    named = [getattr(getattr(metrics, n.value.id, metrics), n.attr, None) for n in used]
    listed = [m for group in named for m in (group if isinstance(group, tuple) else (group,))]
    return written | {getattr(m, "name", m) for m in listed if isinstance(m, str | metrics.Metric)}


@pytest.mark.parametrize("claim", [c for c in LEDGER if "metric" in c.arguments], ids=lambda c: c.id)
def test_the_evidence_of_a_claim_stands_in_a_chapter_that_shows_its_metric(claim):
    stem, _, table = claim.evidence.partition(".")
    if table not in ("absences", "measured"):  # which show what is missing, and whatever was measured
        assert claim.arguments["metric"] in shown(stem)


def test_every_claim_that_is_judged_from_captures_names_its_evidence():
    assert [c.id for c in LEDGER if c.rule != "source" and not c.evidence] == []


def test_every_item_has_statements_of_the_ledger_with_verdict_and_finding():
    verdicts = {c.id: {"verdict": "undecided", "because": f"found {c.id}"} for c in LEDGER}
    found = article.counterparts(ROOT / "report" / "article.csv", verdicts)
    assert set(found["item"]) == set(ITEMS["chapter"] + " " + ITEMS["item"])
    asked = [name for text in ITEMS["claims"] for name in text.split(";")]
    assert list(found["finding"]) == [f"{name}: found {name}" for name in asked]
    with pytest.raises(UnknownName, match="claim of the article's items"):
        article.counterparts(ROOT / "report" / "article.csv", {})


def test_every_chapter_of_the_article_that_has_tables_or_figures_is_there():
    chapters = {"1", "2.1", "2.2", "2.3", "2.4", "2.5", "3.1", "3.2", "3.3", "4.1", "4.2", "4.3", "4.4", "5"}
    assert set(ITEMS["chapter"]) == chapters


def test_the_sums_of_the_article_come_out_as_python_does_them():
    found = article.arithmetic(ROOT / "report" / "arithmetic.csv").set_index("question")
    assert set(found["claim"]) <= {c.id for c in LEDGER}
    for expression in found["expression"]:
        assert re.fullmatch(r"[\d.+*/() -]+", expression)
    assert found.loc["change of the time to heal", "agrees"] == "yes"
    assert found.loc["releases a year that 2140 saved hours need", "result"] == units.show(
        2140 * 60 / (49 - 23 / 60), "1"
    )


def test_a_sum_that_does_not_come_out_says_so_and_only_sums_are_computed(tmp_path):
    path, head = tmp_path / "sums.csv", "claim,question,expression,published,unit\n"
    path.write_text(head + "x,half,1/2,0.6,1\n")
    assert list(article.arithmetic(path)["agrees"]) == ["no: 0.6 is printed"]
    path.write_text(head + "x,what,abs(1),,1\n")
    with pytest.raises(ValueError, match="no arithmetic"):
        article.arithmetic(path)
    path.write_text("claim,question\n")
    with pytest.raises(FormatError, match="the columns must be"):
        article.arithmetic(path)
