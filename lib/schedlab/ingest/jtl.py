"""JMeter's results (JTL): CSV with or without header, and XML. Closed loop (threads); a stamp is the start.

`elapsed` includes the connect; a failed sample carries its timeout as elapsed. The header is a setting of
JMeter's: without it the default columns are taken where they fit. Sub-samples of an XML file are part of
their parent and are not counted again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.parsers import expat

from schedlab.ingest import load_rows
from schedlab.ingest.damage import Damage, text_of
from schedlab.model.carries import CLOSED, RAW, Carries
from schedlab.model.extend import Reader, Reading

CARRIES = Carries(RAW, CLOSED, "included", "start", "flagged", 1e-3)
_DEFAULT = (
    "timeStamp", "elapsed", "label", "responseCode", "responseMessage", "threadName", "dataType", "success",
    "failureMessage", "bytes", "sentBytes", "grpThreads", "allThreads", "URL", "Latency", "IdleTime",
    "Connect",
)  # fmt: skip
#: without a header: a stamp in ms, elapsed, and `true` or `false` where success stands
_BARE = re.compile(rb"\d{13},\d{1,9},[^\n]{0,2000}?,(?:true|false),")
_STAMP = re.compile(r"\d{13}")
_DATES = ("%Y/%m/%d %H:%M:%S.%f", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S")
_SAMPLE = ("httpSample", "sample")


def _sniff_csv(head: bytes, name: str) -> bool:
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[0]
    named = b"timeStamp" in first and b"elapsed" in first and b"label" in first
    return named or bool(_BARE.match(head))


def _sniff_xml(head: bytes, name: str) -> bool:
    return b"<testResults" in head[:1000]


def _read_csv(path: str, data: bytes) -> Reading:
    damage = Damage()
    rows = load_rows.csv_rows(load_rows.whole_lines(text_of(data, damage), damage), damage, _delimiter(data))
    return _reading(path, "jtl-csv", load_rows.requests(_named(rows), _row, damage), damage)


def _delimiter(data: bytes) -> str:
    first = data[:4000].split(b"\n")[0]
    return next((d for d in ",\t;|" if d.encode() in first), ",")


def _named(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by the names of the header, or of JMeter's default columns where there is none."""
    names: list[str] = []
    for line, fields in rows:
        if not names:
            header = "elapsed" in fields
            names = [f.strip() for f in fields] if header else list(_DEFAULT[: len(fields)])
            if header:
                continue
        yield line, dict(zip(names, fields, strict=True)) if len(fields) == len(names) else {}


def _row(row: dict[str, str]) -> tuple:
    latency = int(row["elapsed"]) * 10**6
    code = row.get("responseCode", "")
    ok = row.get("success", "true") == "true"
    return _instant(row["timeStamp"]), latency, int(code) if code.isdecimal() else 0, ok, row.get("label", "")


def _instant(text: str) -> int:
    """Unix ns of a stamp in milliseconds or of a date in one of JMeter's usual forms, taken as UTC."""
    if _STAMP.fullmatch(text):
        return int(text) * 10**6
    for form in _DATES:
        try:
            return round(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp() * 1e3) * 10**6
        except ValueError:
            continue
    raise ValueError(f"no time stamp: {text!r}")


def _read_xml(path: str, data: bytes) -> Reading:
    """The samples of the outermost level. A file without its end is read as far as it goes."""
    damage, found, depth = Damage(), [], 0
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if name in _SAMPLE and depth == 2:
            found.append((parser.CurrentLineNumber, attributes))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: object) -> None:
        raise damage.refuse(path, "defines entities: no JMeter file does")

    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = start, end, refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        damage.add("broken XML", error.lineno, str(error))
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise damage.refuse(path, f"cannot be decoded: {error}") from error
    return _reading(path, "jtl-xml", load_rows.requests(found, _sample, damage), damage)


def _sample(row: dict[str, str]) -> tuple:
    names = {"ts": "timeStamp", "t": "elapsed", "rc": "responseCode", "s": "success", "lb": "label"}
    return _row({long: row[short] for short, long in names.items() if short in row})


def _reading(path: str, name: str, frame, damage: Damage) -> Reading:
    return load_rows.reading(path, name, CARRIES, frame, damage, {"failed": int((~frame["ok"]).sum())})


READERS = (
    Reader("jtl-csv", _sniff_csv, _read_csv, ("REQUESTS",), "JMeter results, CSV", CARRIES, "JMeter 5.6"),
    Reader("jtl-xml", _sniff_xml, _read_xml, ("REQUESTS",), "JMeter results, XML", CARRIES, "JMeter 5.6"),
)
