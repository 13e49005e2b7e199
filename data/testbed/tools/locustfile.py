"""Locust as a second instrument: POST /echo over long connections.

LOCUST_BODY bytes of body; LOCUST_RATE_PER_USER requests a second and user (0: as fast as answers come);
LOCUST_PULSE "users, users inside the pulse, its start, its end, the whole length" (seconds) for a pulse.
"""

import os

from locust import FastHttpUser, LoadTestShape, constant, constant_throughput, task

BODY = b"a" * int(os.environ.get("LOCUST_BODY", "1024"))
RATE = float(os.environ.get("LOCUST_RATE_PER_USER", "0"))
PULSE = os.environ.get("LOCUST_PULSE")


class EchoUser(FastHttpUser):
    """One long connection that posts its body again and again."""

    wait_time = constant_throughput(RATE) if RATE else constant(0)

    @task
    def echo(self):
        """One request."""
        self.client.post("/echo", data=BODY, name="/echo")


if PULSE:

    class Pulse(LoadTestShape):
        """More users inside the pulse, all of them started or stopped at once."""

        outside, inside, start, end, length = map(float, PULSE.split())

        def tick(self):
            """(users, users started a second) now; None ends the test."""
            now = self.get_run_time()
            if now > self.length:
                return None
            users = self.inside if self.start <= now < self.end else self.outside
            return int(users), self.inside
