"""The verb behind `make report`: bring the notebooks up to date, then the HTML and the PDF."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from schedlab.pipeline import book as books
from schedlab.pipeline import files, keys, places, results, runner
from schedlab.pipeline.book import Book
from schedlab.pipeline.execute import Outcome
from schedlab.pipeline.plan import Plan, read_plan


@dataclass(frozen=True)
class Report:
    """Where the report is, how every notebook went, and what is not as it was or as expected."""

    html: Path
    pdf: Path
    outcomes: tuple[Outcome, ...]
    rendered: bool
    changed: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every notebook that has data ran through."""
        return all(outcome.status in ("ran", "cached", "aside") for outcome in self.outcomes)


def report(
    overrides: dict[str, str] | None = None,
    *,
    plan: Path | None = None,
    build: Path | None = None,
    slots: int = 2,
    quiet: bool = False,
) -> Report:
    """Make the report; with nothing changed nothing is executed or rendered.

    `overrides` set a parameter in every notebook that has it, such as {"data": "data/runs/tiny"}.
    """
    chosen = read_plan(plan or places.root() / "report" / "plan.toml", overrides)
    build = build or places.build()
    outcomes = runner.run(chosen.steps, slots=slots, quiet=quiet)
    made = Report(build / "html" / "index.html", build / "report.pdf", outcomes, rendered=False)
    state = _state(chosen, outcomes)
    if _is_current(made, build, state):
        return made
    book = books.collect(chosen, outcomes, places.root() / "report" / "index.md")
    now = results.rows(book.published.values())
    changed = results.changed_verdicts(build / "html" / "results.json", now)
    if not (plan or overrides) and expected().is_file():
        book = replace(book, unexpected=tuple(results.unexpected(expected(), now)))
    _render(book, build)
    if made.complete:
        files.write(build / ".state", state)
    return Report(
        made.html, made.pdf, outcomes, rendered=True, changed=tuple(changed), unexpected=book.unexpected or ()
    )


def expected() -> Path:
    """The committed results of the report on the embedded data, as `schedlab report --accept` writes them."""
    return places.root() / "report" / "data" / "expected.json"


def accept(made: Report) -> None:
    """Take this report's results for what is expected from now on."""
    files.write(expected(), (made.html.parent / "results.json").read_bytes())


def summary(made: Report) -> str:
    """What a person wants to know at the end."""
    counts = Counter(outcome.status for outcome in made.outcomes)
    said = ", ".join(f"{n} {status}" for status, n in counts.items())
    lines = [f"notebooks: {said}" + ("" if made.rendered else "; report unchanged")]
    lines += [f"  {o.stem} {o.status}: {o.why}" for o in made.outcomes if o.why]
    lines += [f"  verdict changed, {change}" for change in made.changed]
    lines += [f"  {text}" for text in made.unexpected[:10]]
    if made.unexpected:
        lines.append(
            f"{len(made.unexpected)} results are not as expected: look, then `schedlab report --accept`"
        )
    if not made.complete:
        lines.append("the report is INCOMPLETE: mend the notebooks above and run again; the others are kept")
    return "\n".join([*lines, f"HTML  {places.shown(made.html)}", f"PDF   {places.shown(made.pdf)}"])


def _state(plan: Plan, outcomes: tuple[Outcome, ...]) -> str:
    ran = [(o.stem, str(o.folder and o.folder.name), o.why) for o in outcomes]
    text = {p.name: keys.tree_hash(p) for p in sorted((places.root() / "report").iterdir()) if _is_text(p)}
    return keys.digest([plan.title, plan.subtitle, ran, text, keys.library_hash(), keys.lock_hash()])


def _is_text(path: Path) -> bool:
    return path.name not in ("_build", "__pycache__") and not path.name.startswith(".")


def _is_current(made: Report, build: Path, state: str) -> bool:
    mark = build / ".state"
    there = made.html.is_file() and made.pdf.is_file() and mark.is_file()
    return made.complete and there and mark.read_text(encoding="utf-8") == state


def _render(book: Book, build: Path) -> None:
    """HTML and PDF side by side: Sphinx is a process of its own."""
    from schedlab.pipeline import html, pdf

    (build / ".state").unlink(missing_ok=True)
    build.mkdir(parents=True, exist_ok=True)
    files.sweep(build)
    print("rendering HTML and PDF ...", file=sys.stderr)
    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(html.render, book, build), pool.submit(pdf.render, book, build)]:
            job.result()
    _copy_published(book, build)


def _copy_published(book: Book, build: Path) -> None:
    """The files behind the report, beside it: values, tables as Parquet and CSV, figures."""
    draft = build / ".published.partial"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    for stem, published in book.published.items():
        if not published.missing and published.folder.is_dir():
            shutil.copytree(published.folder, draft / stem)
            shutil.copy(published.folder.parent / "run.json", draft / stem / "made.json")
    files.swap(draft, build / "published")
