"""What the browser carries to the provider and back, in its signed session.

A state is worth something only in the browser that began (it is in its session), for ten minutes,
and once (``hub.provider.operations.use_state``). What the provider said of somebody who has no
account here yet is kept there as long, while they choose a name.
"""

import hmac
import time
from dataclasses import asdict, dataclass

from flask import session

from hub.provider.claims import Beginning, Claim

SECONDS = 10 * 60
BEGUN = "provider begun"
ARRIVED = "provider arrived"
LONGEST_TARGET = 500


@dataclass(frozen=True, slots=True)
class Journey:
    """``person_id``: who links an account, None for who signs in; ``target``: where to then;
    ``is_asked_again``: only who proves afresh who they are comes back from it."""

    state: str
    nonce: str
    verifier: str
    target: str
    person_id: int | None
    is_asked_again: bool
    at: float


@dataclass(frozen=True, slots=True)
class Arrival:
    claim: Claim
    target: str


def begin(
    beginning: Beginning, target: str, person_id: int | None, *, is_asked_again: bool
) -> None:
    """A journey that was begun before and not ended is forgotten."""
    journey = Journey(
        beginning.state,
        beginning.nonce,
        beginning.verifier,
        target[:LONGEST_TARGET],
        person_id,
        is_asked_again,
        time.time(),
    )
    session[BEGUN] = asdict(journey)


def end(state: str) -> Journey | None:
    """The journey with this state, which is over now; None where this browser began none."""
    kept = session.get(BEGUN)
    if not kept or not state:
        return None
    journey = Journey(**kept)
    if not hmac.compare_digest(journey.state.encode(), state.encode("utf-8", "replace")):
        return None
    session.pop(BEGUN)
    return journey if _is_recent(journey.at) else None


def arrive(claim: Claim, target: str) -> None:
    session[ARRIVED] = {"claim": asdict(claim), "target": target, "at": time.time()}


def arrival() -> Arrival | None:
    kept = session.get(ARRIVED)
    if not kept or not _is_recent(kept["at"]):
        return None
    return Arrival(Claim(**kept["claim"]), kept["target"])


def _is_recent(at: float) -> bool:
    return 0 <= time.time() - at < SECONDS
