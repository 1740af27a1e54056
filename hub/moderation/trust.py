"""How far somebody is trusted to write without being looked at: levels 0 to 3, by what they did.

The numbers are ours. Discourse, from which the idea is, counts reading time too; the hub does not
watch people read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, exists, func, or_, select, true
from sqlalchemy.orm import Session

from hub.accounts.models import Person, RoleGrant
from hub.forum.models import Post, State, Topic
from hub.membership.models import LeaMembership, MembershipState
from hub.moderation.models import Case, Decision
from hub.moderation.rules import RESTRICTING
from hub.reactions.models import Reaction, ReactionKind
from knowledge.orm import rows

LOOKED_AT = 80  # the latest posts; more say nothing new
REMEMBERED = timedelta(days=180)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KNOWN = 2  # where LEA members and staff begin
HIGHEST = 3
# (days since the account was made, visible posts, posts that others thanked for or accepted)
STEPS = ((1, 1, 0), (14, 10, 2), (60, 40, 10))


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of somebody who writes. ``visible`` and ``appreciated`` count among their
    latest posts, ``against`` the decisions of half a year that stand. ``is_known``: an LEA member,
    or staff."""

    days: float = 0.0
    visible: int = 0
    appreciated: int = 0
    against: int = 0
    is_known: bool = False
    last_hour: int = 0
    last_day: int = 0


def level_of(record: Record) -> int:
    """Each decision against somebody takes a level away."""
    earned = 0
    for days, visible, appreciated in STEPS:
        steps = (record.days >= days, record.visible >= visible, record.appreciated >= appreciated)
        if not all(steps):
            break
        earned += 1
    if record.is_known:
        earned = max(earned, KNOWN)
    return max(0, min(earned, HIGHEST) - record.against)


def record_of(session: Session, person_id: int, now: datetime) -> Record:
    """In one statement, whose cost does not grow with what they wrote."""
    since = {"hour_ago": now - HOUR, "day_ago": now - DAY, "remembered_from": now - REMEMBERED}
    known = rows(session, _RECORD, {"person_id": person_id, "now": now, **since})
    if not known:
        return Record()
    found = known[0]
    days = (now - found.created_at).total_seconds() / DAY.total_seconds()
    return Record(
        days,
        found.visible or 0,
        found.appreciated or 0,
        found.against,
        bool(found.is_known),
        found.last_hour or 0,
        found.last_day or 0,
    )


def _statement() -> Select[Any]:
    latest = (
        select(Post.id, Post.topic_id, Post.state, Post.created_at)
        .where(Post.author_id == PERSON)
        .order_by(Post.created_at.desc())
        .limit(LOOKED_AT)
        .cte("latest")
    )
    is_visible = latest.c.state == State.VISIBLE
    is_liked = exists().where(
        Reaction.post_id == latest.c.id, Reaction.kind != ReactionKind.DISAGREE
    )
    is_accepted = exists().where(
        Topic.id == latest.c.topic_id, Topic.accepted_post_id == latest.c.id
    )
    posts = select(
        _how_many(is_visible).label("visible"),
        _how_many(is_visible & or_(is_liked, is_accepted)).label("appreciated"),
    ).subquery()
    lately = (
        select(
            _how_many(Post.created_at > _moment("hour_ago")).label("last_hour"),
            func.count().label("last_day"),
        )
        .where(Post.author_id == PERSON, Post.created_at > _moment("day_ago"))
        .subquery()
    )
    found = select(
        Person.created_at,
        posts.c.visible,
        posts.c.appreciated,
        lately.c.last_hour,
        lately.c.last_day,
        _against().label("against"),
        or_(_is_staff(), _is_lea_member()).label("is_known"),
    )
    one = found.select_from(Person).join(posts, true()).join(lately, true())  # of one row each
    return one.where(Person.id == PERSON)


def _moment(name: str) -> Any:
    return bindparam(name, type_=Post.created_at.type)


def _how_many(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _against() -> Any:
    return (
        select(func.count())
        .select_from(Decision)
        .join(Case, Case.id == Decision.case_id)
        .where(Case.author_id == PERSON, Decision.action.in_(sorted(RESTRICTING)))
        .where(Decision.overturned_at.is_(None), Decision.decided_at > _moment("remembered_from"))
        .scalar_subquery()
    )


def _is_staff() -> Any:
    return exists().where(RoleGrant.person_id == PERSON)


def _is_lea_member() -> Any:
    return exists().where(
        LeaMembership.person_id == PERSON,
        LeaMembership.state == MembershipState.GRANTED,
        LeaMembership.expires_at > _moment("now"),
    )


PERSON = bindparam("person_id", type_=Integer)
# Asked before every post: made once.
_RECORD = _statement()
