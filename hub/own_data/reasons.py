"""What somebody wrote to others when deciding about them: reasons, and notes in invitations."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.models import MailedLink, Purpose
from hub.membership.models import LeaMembership
from hub.own_data import content


def register() -> None:
    content.register("reasons", content.Content(remove=remove_reasons))


def remove_reasons(session: Session, person_id: int) -> None:
    """The decisions and invitations stand, without a word on why."""
    theirs = update(LeaMembership).where(LeaMembership.decided_by == person_id)
    session.execute(theirs.values(reason=""), execution_options={"synchronize_session": False})
    for invitation in session.scalars(
        select(MailedLink).where(MailedLink.purpose == Purpose.INVITATION)
    ):
        if invitation.details.get("invited_by") == person_id:
            invitation.details = {**invitation.details, "note": ""}
    session.flush()
