"""What a notebook and the HTML report show of a published thing: small pieces of HTML, names escaped."""

from __future__ import annotations

import base64
import re
from html import escape

from schedlab.pipeline.readable import Readable

#: how a verdict is coloured, by class name (see report/_static/schedlab.css)
VERDICT_CLASS = {"supported": "good", "contradicted": "bad", "undecided": "open"}


def picture(image: bytes, mime: str, alt: str) -> str:
    """A picture that is part of the page, so that nothing is loaded."""
    data = base64.b64encode(image).decode()
    image = f'<img class="dark-light" alt="{escape(alt)}" src="data:{mime};base64,{data}">'
    return f'<div class="picture">{image}</div>'


def figure(html: str, caption: str) -> str:
    """A picture or an interactive figure with its caption."""
    return f'<figure class="schedlab">{html}<figcaption>{escape(caption)}</figcaption></figure>'


#: a table of more rows scrolls upwards too
_TALL = 40
#: no number with its interval and unit is longer; what is longer is a sentence
_NUMBER = 44
#: what names a published thing, `60-queues.levels`: its chapter, its name
_PUBLISHED = re.compile(r"(\d\d-[a-z0-9-]+)\.([a-z0-9_.-]+)")


def table(content: Readable, caption: str, name: str = "") -> str:
    """A table with its caption; numbers flush right, wide tables scroll by themselves.

    A cell that names a table published elsewhere leads to it.
    """
    side = [_side(i, numeric, content.rows) for i, numeric in enumerate(content.numeric)]
    head = "".join(f'<th class="{s}">{escape(h)}</th>' for s, h in zip(side, content.header, strict=True))
    body = "".join(f"<tr>{_cells(row, side)}</tr>" for row in content.rows)
    body = body or f'<tr><td class="txt" colspan="{len(side)}">no rows</td></tr>'
    place = f' id="table-{escape(name)}"' if name else ""
    words = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    notes = "".join(f"<li>{escape(note)}</li>" for note in content.notes)
    spoken = f' role="region" aria-label="{escape(caption)}"' if caption else ""
    below = f'<ol class="notes">{notes}</ol>' if notes else ""
    kind = "scroll tall" if len(content.rows) > _TALL else "scroll"
    return (
        f'<figure class="schedlab"{place}>{words}<div class="{kind}" tabindex="0"{spoken}>'
        '<table class="schedlab">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{below}</figure>"
    )


def value(name: str, text: str, note: str) -> str:
    """One published number, its name before it and what it rests on after it."""
    small = f" <small>{escape(note)}</small>" if note else ""
    tag = "b" if len(text) <= _NUMBER else "span"
    return (
        f'<div class="schedlab-value"><code>{escape(name)}</code> <{tag}>{escape(text)}</{tag}>{small}</div>'
    )


def claim(sentence: str, verdict: str, because: str) -> str:
    """One judged claim."""
    kind = VERDICT_CLASS.get(verdict, "none")
    return (
        f'<div class="schedlab-claim"><span class="verdict {kind}">{escape(verdict)}</span> '
        f"<b>{escape(sentence)}</b> <span>{escape(because)}</span></div>"
    )


def warning(text: str) -> str:
    """A doubt that travels with the results."""
    return f'<div class="schedlab-warning"><b>Warning.</b> {escape(text)}</div>'


def _side(column: int, numeric: bool, rows: tuple[tuple[str, ...], ...]) -> str:
    """How a column is set: numbers flush right, sentences with room to be read."""
    longest = max((len(row[column]) for row in rows), default=0)
    if numeric:
        return "num"
    one_word = longest <= _NUMBER and not any(" " in row[column] for row in rows)
    return "txt short" if longest <= 32 or one_word else "txt long" if longest > 40 else "txt"


def _cells(row: tuple[str, ...], side: list[str]) -> str:
    return "".join(f'<td class="{s}">{_cell(cell)}</td>' for s, cell in zip(side, row, strict=True))


def _cell(text: str) -> str:
    named = _PUBLISHED.fullmatch(text)
    return f'<a href="{named[1]}.html#table-{named[2]}">{text}</a>' if named else escape(text)
