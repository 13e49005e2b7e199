"""What the load tools are told, and what is read back from the files they leave."""

import gzip
import json
from types import SimpleNamespace

import pytest

from schedlab.pipeline.capture.instruments import INSTRUMENTS, Job, ghz, locust
from schedlab.pipeline.capture.plan import Scenario


def job(tmp_path, **more):
    scenario = Scenario("s", ("quiet",), repetitions=1, connections=16, measure_s=6.0, **more)
    program = SimpleNamespace(path=tmp_path / "load", go_version="go1.21.13", version="load 1")
    return Job(scenario, "http1", "127.0.0.1:1", 7, tmp_path, tmp_path, program, 6.0)


@pytest.mark.parametrize(("size", "head"), [(3, "0a03"), (127, "0a7f"), (128, "0a8001"), (1024, "0a8008")])
def test_the_grpc_message_is_protobuf_encoded_as_its_documentation_says(size, head):
    body = b"a" * size
    assert ghz.message(body) == bytes.fromhex(head) + body


def test_a_pulse_of_locust_is_more_users_in_proportion_to_the_rates(tmp_path):
    pulse = {"pulse_rate_per_s": 1600.0, "pulse_start_s": 2.0, "pulse_end_s": 4.0}
    assert locust._pulse(job(tmp_path, rate_per_s=160.0, **pulse)) == {"LOCUST_PULSE": "16 160 2 4 6"}
    assert locust._pulse(job(tmp_path, rate_per_s=160.0)) == {}


def test_our_client_logs_single_requests_only_where_the_plan_wants_it(tmp_path):
    ours = INSTRUMENTS["ours"]
    with_log, without = (ours.prepare(job(tmp_path, rate_per_s=5.0, log=log)) for log in (True, False))
    assert "requests" in with_log.files and any(w.startswith("-log=") for w in with_log.command)
    assert "requests" not in without.files and not any(w.startswith("-log=") for w in without.command)
    short = ours.prepare(job(tmp_path, rate_per_s=5.0, connection_per_request=True))
    assert short.command[-1] == "-short"


def test_what_ghz_achieved_is_read_from_its_log(tmp_path):
    ends = ["2026-01-01T00:00:01Z", "2026-01-01T00:00:03Z", "2026-01-01T00:00:05Z"]
    details = [{"timestamp": t, "latency": 10**9, "error": "", "status": "OK"} for t in ends]
    report = {"count": 3, "endReason": "timeout", "fastest": 1, "rps": 0.75, "details": details}
    (tmp_path / "ghz.json.gz").write_bytes(gzip.compress(json.dumps(report).encode()))
    facts = INSTRUMENTS["ghz"].facts(tmp_path)
    assert facts["requests"] == facts["ok"] == 3
    assert facts["achieved_rate"] == pytest.approx(3 / 4)
    start, end = INSTRUMENTS["ghz"].window(tmp_path)
    assert (end - start) / 1e9 == pytest.approx(4.0)
