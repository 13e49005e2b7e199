"""Locust as a second instrument: POST /echo over long connections.

LOCUST_BODY bytes of body; LOCUST_RATE_PER_USER requests a second and user (0: as fast as answers come).
"""

import os

from locust import FastHttpUser, constant, constant_throughput, task

BODY = b"a" * int(os.environ.get("LOCUST_BODY", "1024"))
RATE = float(os.environ.get("LOCUST_RATE_PER_USER", "0"))


class EchoUser(FastHttpUser):
    """One long connection that posts its body again and again."""

    wait_time = constant_throughput(RATE) if RATE else constant(0)

    @task
    def echo(self):
        self.client.post("/echo", data=BODY, name="/echo")
