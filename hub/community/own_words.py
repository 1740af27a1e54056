"""What becomes of somebody's words in the search when they take them along."""

from sqlalchemy.orm import Session

from hub.clock import now
from knowledge import contributions
from knowledge.community_models import Contribution


def remove(session: Session, person_id: int) -> None:
    """Also of what was held back or hidden, of which the forum tells nobody. Flushes."""
    contributions.forget(session, Contribution.author_id == person_id, now())
