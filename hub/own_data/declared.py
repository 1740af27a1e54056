"""Every trace that a person leaves in the database, and what of it their file holds."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Table, and_, func, or_, select

from hub.own_data import forum_traces, moderation_traces, reading_traces, topics
from hub.own_data.traces import Condition, Trace, Whose, Why
from knowledge.orm import Base


def _left_out(why: Why, *columns: str) -> dict[str, Why]:
    return dict.fromkeys(columns, why)


def _at_own_address(column: str) -> Condition:
    """Rows that name an address of theirs and nobody by number."""

    def where(table: Table, whose: Whose) -> ColumnElement[bool]:
        is_theirs = func.lower(table.c[column]).in_(sorted(whose.addresses))
        return and_(table.c.person_id.is_(None), is_theirs)

    return where


def _is_subject(log: Table, whose: Whose) -> ColumnElement[bool]:
    """Entries about the person, or about a membership of theirs."""
    membership = Base.metadata.tables["lea_membership"]
    theirs = select(membership.c.id).where(membership.c.person_id == whose.person_id)
    return or_(
        and_(log.c.subject_kind == "person", log.c.subject_id == whose.person_id),
        and_(log.c.subject_kind == "membership", log.c.subject_id.in_(theirs)),
    )


PERSON = Trace(
    "person",
    "id",
    topics.ACCOUNT,
    given=(
        *("id", "pseudonym", "email", "notification_email", "language", "time_zone"),
        *("created_at", "disabled_at", "erased_at"),
    ),
    left_out={
        **_left_out(Why.SECRET, "password_hash", "totp_secret", "totp_step"),
        **_left_out(Why.ALREADY_HERE, "pseudonym_key"),
    },
)
SIGN_IN = Trace(
    "sign_in",
    "person_id",
    topics.SIGN_INS,
    given=(
        *("id", "person_id", "device", "method", "needs_second_factor", "created_at", "seen_at"),
        *("expires_at", "confirmed_at", "strong_at"),
    ),
    left_out=_left_out(Why.SECRET, "key_hash", "challenge"),
    goes=True,
)
PASSKEY = Trace(
    "passkey",
    "person_id",
    topics.SECOND_FACTOR,
    given=("id", "person_id", "name", "sign_count", "created_at", "used_at"),
    left_out=_left_out(Why.SECRET, "credential_id", "public_key"),
    goes=True,
)
RECOVERY_CODE = Trace(
    "recovery_code",
    "person_id",
    topics.SECOND_FACTOR,
    given=("id", "person_id", "used_at"),
    left_out=_left_out(Why.SECRET, "code_hash"),
    goes=True,
)
IDENTITY = Trace(
    "identity",
    "person_id",
    topics.ELSEWHERE,
    given=("id", "person_id", "issuer", "subject", "created_at", "used_at"),
    goes=True,
)
ROLE = Trace(
    "role_grant",
    "person_id",
    topics.ROLES,
    given=("id", "person_id", "role", "granted_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, "granted_by"),
    goes=True,
)
ROLE_GIVEN = Trace(
    "role_grant",
    "granted_by",
    topics.ROLES,
    given=("id", "granted_by", "granted_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, "person_id", "role"),
)
MEMBERSHIP = Trace(
    "lea_membership",
    "person_id",
    topics.MEMBERSHIP,
    given=(
        *("id", "person_id", "state", "organisation", "official_address", "address_confirmed_at"),
        *("real_name", "shown_name", "country", "shows_country", "requested_at", "decided_at"),
        *("reason", "expires_at", "reminded_at"),
    ),
    left_out={
        **_left_out(Why.ANOTHER_PERSON, "invited_by", "decided_by"),
        **_left_out(Why.ALREADY_HERE, "shown_name_key"),
    },
    goes=True,
)
_OF_ANOTHER_MEMBER = (
    *("person_id", "state", "organisation", "official_address", "address_confirmed_at"),
    *("real_name", "shown_name", "country", "shows_country", "reason", "expires_at"),
    *("reminded_at", "shown_name_key"),
)
INVITED = Trace(
    "lea_membership",
    "invited_by",
    topics.MEMBERSHIP,
    given=("id", "invited_by", "requested_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, *_OF_ANOTHER_MEMBER, "decided_by", "decided_at"),
)
DECIDED = Trace(
    "lea_membership",
    "decided_by",
    topics.MEMBERSHIP,
    given=("id", "decided_by", "decided_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, *_OF_ANOTHER_MEMBER, "invited_by", "requested_at"),
)
IN_GROUP = Trace(
    "group_member",
    "person_id",
    topics.GROUPS,
    given=("id", "person_id", "group_id", "is_keeper", "added_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, "added_by"),
    named={"group": ("group_id", "name")},
    goes=True,
)
ADDED_TO_GROUP = Trace(
    "group_member",
    "added_by",
    topics.GROUPS,
    given=("id", "added_by", "added_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, "person_id", "group_id", "is_keeper"),
)
CONVERSATION = Trace(
    "conversation",
    "person_id",
    topics.CONVERSATIONS,
    given=("id", "person_id", "title", "language", "created_at"),
    left_out={**_left_out(Why.SECRET, "token"), **_left_out(Why.ALREADY_HERE, "owner")},
    goes=True,
)
QUESTION = Trace(
    "question",
    "conversation_id",
    topics.CONVERSATIONS,
    given=("id", "conversation_id", "ordinal", "text", "language", "asked_at"),
    below=CONVERSATION,
)
ANSWER = Trace(
    "answer",
    "question_id",
    topics.CONVERSATIONS,
    given=(
        *("id", "question_id", "state", "reason", "found", "statements", "citations", "nearest"),
        *("timings_ms", "generation", "touched_at", "finished_at"),
    ),
    below=QUESTION,
)
_MAIL = (
    *("id", "kind", "recipient", "person_id", "language", "state", "attempts", "run_after"),
    *("lease_until", "error", "created_at", "finished_at"),
)
MAIL = Trace(
    "mail",
    "person_id",
    topics.MAILS,
    given=_MAIL,
    left_out=_left_out(Why.ANOTHER_PERSON, "parameters"),
)
MAIL_TO_ADDRESS = Trace(
    "mail",
    "your address",
    topics.MAILS,
    given=_MAIL,
    left_out=_left_out(Why.ANOTHER_PERSON, "parameters"),
    where=_at_own_address("recipient"),
)
_LINK = ("id", "purpose", "address", "person_id", "created_at", "expires_at", "used_at")
LINK = Trace(
    "mailed_link",
    "person_id",
    topics.LINKS,
    given=_LINK,
    left_out=_left_out(Why.ANOTHER_PERSON, "details"),
    goes=True,
)
LINK_TO_ADDRESS = Trace(
    "mailed_link",
    "your address",
    topics.LINKS,
    given=_LINK,
    left_out=_left_out(Why.ANOTHER_PERSON, "details"),
    where=_at_own_address("address"),
    goes=True,
)
_SEALS = _left_out(Why.SEAL, "previous_hash", "key_mark", "hash")
ACTED = Trace(
    "audit_entry",
    "actor_id",
    topics.LOG,
    given=("id", "at", "act", "actor_id", "actor", "subject_kind"),
    left_out={
        **_left_out(Why.ANOTHER_PERSON, "subject_id", "before", "after", "reason"),
        **_SEALS,
    },
)
ACTED_UPON = Trace(
    "audit_entry",
    "your number, or that of your membership",
    topics.LOG,
    given=("id", "at", "act", "actor", "subject_kind", "subject_id", "before", "after"),
    left_out={
        **_left_out(Why.ANOTHER_PERSON, "actor_id"),
        **_left_out(Why.OTHERS_WORDS, "reason"),
        **_SEALS,
    },
    where=_is_subject,
)
TRACES: tuple[Trace, ...] = (
    *(PERSON, SIGN_IN, PASSKEY, RECOVERY_CODE, IDENTITY, ROLE, ROLE_GIVEN, MEMBERSHIP, INVITED),
    *(DECIDED, IN_GROUP, ADDED_TO_GROUP, CONVERSATION, QUESTION, ANSWER, MAIL, MAIL_TO_ADDRESS),
    *(LINK, LINK_TO_ADDRESS, ACTED, ACTED_UPON),
    *forum_traces.TRACES,
    *reading_traces.TRACES,
    *moderation_traces.TRACES,
)


def going() -> Iterable[Trace]:
    """Those whose rows are deleted with the person."""
    return (trace for trace in TRACES if trace.goes)
