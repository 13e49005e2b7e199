"""Names as people read them: words instead of underscores, in tables, figures and sentences alike."""

from __future__ import annotations

import re

_SPELT = {"cpu": "CPU", "gc": "GC", "tcp": "TCP", "stw": "stop-the-world", "p999": "p99.9", "id": "ID"}


def title(name: str) -> str:
    """The name of a metric or a column in words: `gc_stop_p999` is `GC stop p99.9`; functions keep theirs."""
    name = re.sub("(?<!_per)_s$", "", name).replace("_", " ")
    words = re.sub("[a-z0-9]+", lambda word: _SPELT.get(word[0], word[0]), name)
    return words.replace("park m", "park_m")
