"""Large request logs take a compiled path; it gives what the careful path gives, or leaves the file to it."""

import numpy as np
import pandas as pd
import pytest

from schedlab import ingest
from schedlab.ingest import requests, source

HEADER = "intended_ns,sent_ns,end_ns,status\n"


def rows(n: int = 20_000) -> list[str]:
    rng = np.random.default_rng(20240131)
    sent = 1_795_426_531_059_930_334 + rng.integers(0, 10**9, n).cumsum()
    ends = sent + rng.integers(1, 10**18, n)
    return [f"{s},{s},{e},{c}\n" for s, e, c in zip(sent, ends, rng.choice([0, 200, 503], n), strict=True)]


def careful(text: str, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(requests, "_quick", lambda data: None)
        return requests.READER.read("x.csv", text.encode())


@pytest.mark.parametrize(
    "broken",
    [
        *(
            "",
            "1,2,3\n",
            "1,2,3,4,5\n",
            "1, 2,3,200\n",
            "1,2,3,200\r\n",
            "\n",
            "-1,2,3,200\n",
            "1,2,NaN,200\n",
        ),
        *(
            "3,2,1,200\n",
            f"1,2,{2**63},200\n",
            f"1,2,{2**63 - 1},200\n",
            f"1,2,{'0' * 30}7,200\n",
            "1,2,3,99999\n",
        ),
    ],
)
def test_both_paths_give_the_same(broken, monkeypatch):
    lines = rows()
    lines.insert(len(lines) // 2, broken)
    text = HEADER + "".join(lines)
    assert len(text) > source.LARGE
    found, wanted = requests.READER.read("x.csv", text.encode()), careful(text, monkeypatch)
    pd.testing.assert_frame_equal(found.tables["REQUESTS"], wanted.tables["REQUESTS"])
    pd.testing.assert_frame_equal(found.damage, wanted.damage)


@pytest.mark.parametrize("end", ["", "1,2", "1,2,3,200"])
def test_both_paths_give_the_same_where_the_end_is_cut(end, monkeypatch):
    text = HEADER + "".join(rows()) + end
    pd.testing.assert_frame_equal(
        requests.READER.read("x.csv", text.encode()).damage, careful(text, monkeypatch).damage
    )


def test_a_file_that_is_mapped_gives_what_its_bytes_give(tmp_path):
    text = HEADER + "".join(rows(100_000))
    (tmp_path / "requests.csv").write_text(text)
    found = ingest.read(tmp_path / "requests.csv").tables["REQUESTS"]
    pd.testing.assert_frame_equal(found, requests.READER.read("x.csv", text.encode()).tables["REQUESTS"])
