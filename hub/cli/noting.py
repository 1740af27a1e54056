"""Notes in the audit log what commands do to documents, in the transaction that does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from hub.audit.log import note
from hub.clock import now
from knowledge.models import Document

ACTOR = "command line"
WATCHED = ("audience", "mark", "withdrawn_at")
SEEN = "documents whose readers changed in this transaction"
State = dict[str, str]


@contextmanager
def noting_documents() -> Iterator[None]:
    """Inside, every document that a transaction adds, withdraws, brings back or gives to other
    readers becomes an entry of the audit log, if the transaction stands."""
    event.listen(Session, "after_flush", _look)
    event.listen(Session, "before_commit", _note)
    try:
        yield
    finally:
        event.remove(Session, "after_flush", _look)
        event.remove(Session, "before_commit", _note)


def _look(session: Session, _context: Any) -> None:
    """Keeps what a document was before the transaction; "" stands for what was not there."""
    seen = session.info.setdefault(SEEN, {})
    for document in (*session.new, *session.dirty):
        if isinstance(document, Document) and (document in session.new or _has_changed(document)):
            seen.setdefault(document, _before(document) if document in session.dirty else None)


def _note(session: Session) -> None:
    session.flush()
    for document, before in session.info.pop(SEEN, {}).items():
        after = _state(document)
        if before != after:
            note(
                session,
                _act(before, after),
                None,
                now(),
                subject=("document", document.id),
                before=before,
                after=after,
                actor=ACTOR,
            )


def _act(before: State | None, after: State) -> str:
    if before is None:
        return "document.added"
    if before["state"] != after["state"]:
        return "document.withdrawn" if after["state"] == "withdrawn" else "document.returned"
    return "document.audience"


def _state(document: Document) -> State:
    return {
        "audience": document.audience,
        "mark": document.mark or "",
        "state": "withdrawn" if document.withdrawn_at else "open",
    }


def _has_changed(document: Document) -> bool:
    attributes = inspect(document).attrs
    return any(attributes[name].history.has_changes() for name in WATCHED)


def _before(document: Document) -> State:
    attributes = inspect(document).attrs

    def was(name: str) -> Any:
        history = attributes[name].history
        return history.deleted[0] if history.deleted else getattr(document, name)

    return {
        "audience": was("audience"),
        "mark": was("mark") or "",
        "state": "withdrawn" if was("withdrawn_at") else "open",
    }
