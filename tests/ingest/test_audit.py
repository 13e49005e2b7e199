"""The honesty audit, on real files whose faults are known from how they were made."""

import golden_files as golden

from schedlab import ingest
from schedlab.ingest.audit import audit


def doubts(format: str, name: str) -> set[str]:
    found = audit(ingest.read(golden.folder(format) / name))
    return set(found.loc[found["doubt"], "check"])


def test_wrks_filling_is_seen_by_littles_law():
    assert doubts("wrk", "echo.txt") >= {"Little's ratio", "closed loop", "quantiles only"}


def test_a_frozen_server_shows_in_vegetas_requests_and_the_loop_is_open():
    assert doubts("vegeta-csv", "freeze.csv") <= {"max / median"}


def test_k6s_dropped_arrivals_are_a_doubt():
    assert "dropped arrivals" in doubts("k6-points", "freeze.ndjson.gz")


def test_our_own_clients_log_has_no_coarse_values_and_no_cap():
    assert not doubts("schedlab-requests", "echo.csv.gz") & {"distinct values", "rows", "closed loop"}
