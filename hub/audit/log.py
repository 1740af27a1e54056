"""Writing the audit log. ``note`` is the only way in."""

from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from flask import current_app
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from hub.audit import rules
from hub.audit.chain import COVERED, START, Head, Key, hash_of, key_from
from hub.audit.models import AuditEntry
from hub.audit.rules import Value

TURN = 0x6175646974  # the advisory lock of PostgreSQL that whoever appends holds until the end
NOTED = "audit entries of this transaction"


def note(
    session: Session,
    act: str,
    actor_id: int | None,
    now: datetime,
    subject: tuple[str, int | None] | None = None,
    before: Mapping[str, Value] | None = None,
    after: Mapping[str, Value] | None = None,
    reason: str = "",
    actor: str = "",
) -> AuditEntry:
    """Appends an entry in the caller's transaction: it stands if and only if the act does.

    ``actor`` says who acted when no person did: "command line", else "hub". Whoever appends makes
    the others who want to wait until the transaction ends, so note after the changes, not before.

    Raises: ValueError where a value could hold content; nothing is written then.
    """
    actor = actor or ("hub" if actor_id is None else "")
    _refuse_content(act, actor_id, subject, before, after, reason, actor)
    key = key_from(current_app.config["SECRET_KEY"])
    head = _head(session)
    kind, number = subject or ("", None)
    entry = AuditEntry(
        id=head.number + 1,
        at=now.astimezone(UTC),
        act=act,
        actor_id=actor_id,
        actor=actor,
        subject_kind=kind,
        subject_id=number,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
        reason=reason,
        previous_hash=head.hash,
        key_mark=key.mark,
    )
    _seal(entry, key)
    session.add(entry)
    session.flush()
    session.info.setdefault(NOTED, []).append((entry, entry.id, entry.act, entry.hash))
    return entry


def _refuse_content(
    act: str,
    actor_id: int | None,
    subject: tuple[str, int | None] | None,
    before: Mapping[str, Value] | None,
    after: Mapping[str, Value] | None,
    reason: str,
    actor: str,
) -> None:
    """The messages name the field only: what was in it belongs in no log."""
    sound = {
        "act": bool(rules.ACT.fullmatch(act)),
        "actor": (actor_id is not None and not actor) or bool(rules.ACTOR.fullmatch(actor)),
        "subject": rules.is_subject(subject),
        "before": rules.is_state(before),
        "after": rules.is_state(after),
        "reason": rules.is_reason(reason),
    }
    wrong = [name for name, is_sound in sound.items() if not is_sound]
    if wrong:
        raise ValueError(f"an audit entry cannot hold this as {' and '.join(wrong)}")


def _head(session: Session) -> Head:
    """The newest entry, which stays the newest until this transaction ends.

    SQLite has one writer at a time anyway.
    """
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
    newest = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    row = session.execute(newest).one_or_none()
    return Head(row.id, row.hash) if row else Head(0, START)


def _seal(entry: AuditEntry, key: Key) -> None:
    entry.hash = hash_of(key, {name: getattr(entry, name) for name in COVERED})


@event.listens_for(Session, "after_commit")
def _write_into_the_log(session: Session) -> None:
    """The second place that names each entry, once it stands."""
    if session.in_nested_transaction():
        return
    for _entry, number, act, hash_ in session.info.pop(NOTED, ()):
        structlog.get_logger().info("audit entry", number=number, act=act, hash=hash_)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _ended: object) -> None:
    noted = session.info.get(NOTED)
    if noted:
        session.info[NOTED] = [row for row in noted if row[0] in session]
