"""What stands before a post: whether its author may publish it now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from hub.forum.models import Board


class Verdict(StrEnum):
    """``HOLD``: it is kept, and a moderator looks at it first. ``REFUSE``: not now."""

    PASS = "pass"  # noqa: S105 - a verdict
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Opinion:
    """``why`` is for the author, in their language. ``seconds``: when to try again, if refused."""

    verdict: Verdict = Verdict.PASS
    why: Any = ""
    seconds: int = 0


def opinion_on(session: Session, person_id: int, board: Board, text: str, now: datetime) -> Opinion:
    """To be asked before a topic, a post or an edit is written. Flushes nothing."""
    return Opinion()
