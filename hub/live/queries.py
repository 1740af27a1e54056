"""What must be known before numbers are sent."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from flask import current_app
from sqlalchemy import Integer, Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person, SignIn
from hub.clock import now
from hub.forum.readership import belongs_to
from hub.moderation.models import Sanction, SanctionKind
from hub.notifications.queries import unread_counts as unread_counts
from knowledge.access import LEA, MEMBERS, PUBLIC, STAFF


def may_still_read(session: Session, sign_in_ids: Collection[int], audience: str) -> set[int]:
    """Those of these sign-ins in which this audience is in effect; one statement for all."""
    living = _living(audience, _needs_second_factor(audience))
    return set(session.scalars(living, {"sign_ins": list(sign_in_ids), "moment": now()}))


@lru_cache(maxsize=200)
def _living(audience: str, needs_second_factor: bool) -> Select[int]:
    """Made once for each audience: it is asked after every post."""
    moment: Any = bindparam("moment", type_=SignIn.expires_at.type)
    suspended = exists().where(
        Sanction.person_id == Person.id,
        Sanction.kind == SanctionKind.SUSPENSION,
        Sanction.begins_at <= moment,
        Sanction.lifted_at.is_(None),
        or_(Sanction.ends_at.is_(None), Sanction.ends_at > moment),
    )
    living = (
        select(SignIn.id)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.id.in_(bindparam("sign_ins", type_=Integer, expanding=True)))
        .where(SignIn.expires_at > moment, SignIn.needs_second_factor.is_(False))
        .where(belongs_to(audience, moment))
    )
    if audience != PUBLIC:
        living = living.where(~suspended)
    if needs_second_factor:
        living = living.where(SignIn.strong_at.is_not(None))
    return living


def _needs_second_factor(audience: str) -> bool:
    """As ``Standing.in_effect`` says of each kind of right."""
    compulsory = current_app.config["SECOND_FACTOR_FOR"]
    if audience in (PUBLIC, MEMBERS):
        return False
    if "everyone" in compulsory:
        return True
    # Of LEA members and staff, who both read it, one kind may need a second factor and one not:
    # the stricter counts here, so that at worst a page hears a little later.
    return (audience == LEA and bool({"lea", "staff"} & compulsory)) or (
        audience == STAFF and "staff" in compulsory
    )
