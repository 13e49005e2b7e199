"""Only loopback is used, unless the plan names a server elsewhere; the kernel's counters are read right."""

import http.server
import json
import socket
import sys
import threading

import pytest

from schedlab.errors import SchedlabError
from schedlab.pipeline.capture import proc_net
from schedlab.pipeline.capture.checker import is_loopback
from schedlab.pipeline.capture.server import reached, serving

DUMP = {"go": "go1.99", "metrics": {"/sched/gomaxprocs:threads": 7}}


class Debug(http.server.BaseHTTPRequestHandler):
    """A debug port that only knows its dump."""

    def do_GET(self):
        self.send_response(200 if self.path == "/dump" else 404)
        self.end_headers()
        self.wfile.write(json.dumps(DUMP).encode())

    def log_message(self, *words):
        pass


def test_a_server_that_listens_to_the_world_is_ended_and_refused(tmp_path):
    said = {"service": "0.0.0.0:80", "debug": "127.0.0.1:81", "go": "go1.21.13", "gomaxprocs": 2}
    code = f"import time; print({json.dumps(json.dumps(said))}, flush=True); time.sleep(60)"
    with (
        pytest.raises(SchedlabError, match="listens on 0"),
        serving([sys.executable, "-c", code], {}, tmp_path / "stderr.gz"),
    ):
        pytest.fail("must not get here")


def test_a_server_named_by_the_plan_says_itself_what_it_is():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Debug) as debug:
        threading.Thread(target=debug.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{debug.server_port}"
        with reached("10.0.0.2:80", address) as server:
            assert (server.go_version, server.gomaxprocs) == ("go1.99", 7)
            assert server.service == "10.0.0.2:80" and server.pids == {}
        debug.shutdown()


@pytest.mark.parametrize(
    ("address", "is_here"),
    [
        ("127.0.0.1:80", True),
        ("[::1]:80", True),
        ("localhost:1", True),
        ("0.0.0.0:80", False),
        ("[::]:80", False),
    ],
)
def test_loopback_is_told_from_everything_else(address, is_here):
    assert is_loopback(address) == is_here


def test_a_connection_opened_is_a_connection_counted():
    before = proc_net.read()["counters"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for _ in range(20):
            with socket.create_connection(listener.getsockname()), listener.accept()[0]:
                pass
    after = proc_net.read()["counters"]
    for name in ("Tcp.ActiveOpens", "Tcp.PassiveOpens"):
        assert after[name] - before[name] >= 20, name
    assert {"TcpExt.ListenOverflows", "TcpExt.TW", "sockets.TCP_tw"} <= set(after)
