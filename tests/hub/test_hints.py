"""Neither signing in nor asking for a mail takes longer for an address that is known.

Medians of alternating tries are compared: their difference must be small beside a try, and not
stand out from what tries of the same kind differ among each other.
"""

from statistics import median, quantiles
from time import perf_counter

import pytest

from hub.accounts import throttle
from tests.hub.people import PASSWORD

ROUNDS = {"/sign-in": 21, "/sign-up": 61, "/reset": 61}  # hashing takes long, and varies little
KNOWN, UNKNOWN = "anna@example.org", "nobody@example.org"


@pytest.fixture
def anna(app, people, monkeypatch):
    """Nobody is slowed down here: it would cut the measurement short."""
    monkeypatch.setattr(throttle, "seconds_to_wait", lambda attempt: 0)
    allowed = throttle.Allowance(True)
    monkeypatch.setattr(throttle, "request_allowance", lambda *names: allowed)
    return people.add("Anna", password=True)


@pytest.mark.parametrize("place", ["/sign-in", "/sign-up", "/reset"])
def test_a_known_address_takes_no_longer(app, anna, place):
    times: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    for number in range(ROUNDS[place]):
        pair = list(times.items())
        for email, measured in pair if number % 2 else reversed(pair):
            client = app.test_client()
            started = perf_counter()
            answer = client.post(place, data={"email": email, "password": f"not {PASSWORD}"})
            measured.append(perf_counter() - started)
            assert answer.status_code in (303, 422)
    middle = {email: median(measured) for email, measured in times.items()}
    difference = abs(middle[KNOWN] - middle[UNKNOWN])
    spread = max(_spread(measured) for measured in times.values())
    print(f"\n{place}: {middle[KNOWN]:.4f} s known, {middle[UNKNOWN]:.4f} s unknown, ±{spread:.4f}")
    assert difference < max(0.1 * middle[UNKNOWN], spread)


def _spread(measured: list[float]) -> float:
    """Half of the tries lie within it."""
    first, _, third = quantiles(measured, n=4)
    return third - first
