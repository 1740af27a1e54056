"""What is to be done once a change stands, and not at all where it is rolled back."""

from collections.abc import Callable

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

AFTERWARDS = "what follows the commit"
Act = Callable[[], object]


def afterwards(session: Session, act: Act) -> None:
    """Calls ``act`` when the transaction is committed. It must not use the session; what goes wrong
    in it is logged, and undoes nothing."""
    session.connection()  # so that there is a transaction that it belongs to
    begun = session.get_nested_transaction() or session.get_transaction()
    if begun is not None:
        session.info.setdefault(AFTERWARDS, []).append((_with_those_around(begun), act))


def _with_those_around(begun: SessionTransaction) -> tuple[SessionTransaction, ...]:
    around: list[SessionTransaction] = [begun]
    while (outer := around[-1].parent) is not None:
        around.append(outer)
    return tuple(around)


@event.listens_for(Session, "after_commit")
def _do_all(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for _around, act in session.info.pop(AFTERWARDS, ()):
        try:
            act()
        except Exception as error:
            structlog.get_logger().error("not done after a commit", fault=type(error).__name__)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    kept = [
        (around, act) for around, act in session.info.get(AFTERWARDS, ()) if ended not in around
    ]
    if AFTERWARDS in session.info:
        session.info[AFTERWARDS] = kept
