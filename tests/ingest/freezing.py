"""A server that freezes 400 ms every 2 s, and testers in front of it: the truth of coordinated omission.

Requests that arrive in time with no regard to the server wait for the end of the freeze they fall into: 20 %
of them, uniformly up to 400 ms. So the truth has mean 40, p90 200, p95 300, p99 380 ms, plus 1 ms of service.
"""

import numpy as np
import pandas as pd

from schedlab.model.carries import CLOSED, OPEN, RAW, Carries
from schedlab.model.extend import Reading
from schedlab.model.tables import REQUESTS

PERIOD_S, FROZEN_S, SERVICE_S = 2.0, 0.4, 1e-3
TRUTH = {"mean_s": 0.040, "p90_s": 0.200, "p95_s": 0.300, "p99_s": 0.380}


def answered(sent_s: float) -> float:
    """When a request sent at that time is answered."""
    phase = sent_s % PERIOD_S
    frozen = phase > PERIOD_S - FROZEN_S
    return sent_s + SERVICE_S + (PERIOD_S - phase if frozen else 0.0)


def closed(users: int, per_user_s: float, duration_s: float, catches_up: bool) -> Reading:
    """Users that mean to send every `1 / per_user_s` and wait; late, they catch up or drop slots."""
    rows, pause = [], 1.0 / per_user_s
    for user in range(users):
        due, free = user * pause / users, 0.0
        while due < duration_s:
            sent = max(due, free)
            free = answered(sent)
            rows.append((sent, free))
            missed = 0 if catches_up else max(0, int((free - due) / pause))
            due += pause * (1 + missed)
    return reading(np.array(sorted(rows)), CLOSED)


def open_loop(rate_per_s: float, duration_s: float) -> Reading:
    """Requests sent at a constant rate, whatever the server does."""
    sent = np.arange(int(rate_per_s * duration_s)) / rate_per_s
    return reading(np.array([(s, answered(s)) for s in sent]), OPEN)


def reading(moments: np.ndarray, loop: str) -> Reading:
    """The Reading of requests with these starts and ends in seconds."""
    sent, end = (np.round(moments[:, i] * 1e9).astype(np.int64) + 10**18 for i in (0, 1))
    took = (end - sent) / 1e9
    n = len(sent)
    columns = {"intended_ns": sent, "sent_ns": sent, "end_ns": end, "latency_s": took, "service_s": took}
    columns |= {"status": [200] * n, "ok": [True] * n, "endpoint": [""] * n}
    frame: pd.DataFrame = REQUESTS.frame(columns)
    return Reading("made-up", {"REQUESTS": frame}, Carries(RAW, loop, "included", "start").facts())
