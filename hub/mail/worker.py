"""The loop that sends what is in the outbox; any number of them may run.

Sending stands outside of any transaction, and is noted after it. A worker that is killed between
the two leaves a mail that is sent again when its lease has run out: each mail is sent at least
once, and a second time with the same Message-ID, by which mail programs and people recognise it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from threading import Event

import structlog
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hub import clock
from hub.extensions import db
from hub.mail import outbox
from hub.mail.kinds import content_of
from hub.mail.models import Mail, MailState
from hub.mail.outbox import Lease
from hub.mail.rendering import InvalidAddress, message_of
from hub.mail.transports import NotSent, Transport, transport_of
from knowledge.orm import reading

log = structlog.get_logger()
IDLE = 2.0
SWEEP_EVERY = timedelta(hours=1)
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
# So often may one chore of the hour ask to go on.
MOST_ROUNDS = 40
_MORE = "hub.mail.worker.more"
# What else is due about once an hour, each in a transaction of its own: features add theirs.
HOURLY: list[Callable[[Session, datetime], object]] = [outbox.sweep]


def go_on(session: Session) -> None:
    """A chore that has more to do than fits one transaction is called again, in another one."""
    session.info[_MORE] = True


def keep_running(app: Flask, stop: Event) -> None:
    """``run``, started again when it ends by an error: of the error, only the class is logged."""
    pause = FIRST_PAUSE
    while not stop.is_set():
        began = clock.now()
        try:
            run(app, stop)
        except Exception as error:
            log.error("mail.worker_ended", error=type(error).__name__, again_in=pause)
            stop.wait(pause)
        lasted = (clock.now() - began).total_seconds()
        pause = FIRST_PAUSE if lasted > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)


def run(app: Flask, stop: Event) -> None:
    """Works until ``stop`` is set. Raises: whatever the database does."""
    with app.app_context():
        worker = Worker(db.engine, transport_of(app))
        while not stop.is_set():
            worker.sweep_now_and_then()
            if not worker.step():
                stop.wait(IDLE)


class Worker:
    """Sends by one transport, or nothing where there is none; needs the context of the app."""

    def __init__(
        self,
        engine: Engine,
        transport: Transport | None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.engine, self.transport, self.now = engine, transport, now
        self.next_sweep: datetime | None = None

    def step(self) -> bool:
        """One mail; says whether there was one."""
        lease = self._claim()
        if lease is None or self.transport is None:
            return False
        try:
            self._work(lease, self.transport)
        except outbox.LeaseLost:
            log.warning("mail.taken_over", id=lease.mail_id)
        return True

    def send_due(self) -> int:
        """Everything that is due, once; says how many mails were tried."""
        tried = 0
        while self.step():
            tried += 1
        return tried

    def sweep_now_and_then(self) -> None:
        now = self.now()
        if self.next_sweep is None or now >= self.next_sweep:
            self.next_sweep = now + SWEEP_EVERY
            for chore in HOURLY:
                self._do(chore, now)

    def _do(self, chore: Callable[[Session, datetime], object], now: datetime) -> None:
        """One that raises keeps neither the others from their work nor mail from going out."""
        try:
            for _ in range(MOST_ROUNDS):
                with _writing(self.engine) as session:
                    chore(session, now)
                if _MORE not in session.info:
                    break
        except Exception as error:
            log.error("mail.chore_failed", chore=chore.__module__, error=type(error).__name__)

    def _claim(self) -> Lease | None:
        if self.transport is None:
            return None
        now = self.now()
        with reading(self.engine) as session:  # an idle worker takes no write lock
            if not outbox.is_any_due(session, now):
                return None
        with _writing(self.engine) as session:
            outbox.give_up_abandoned(session, now)
            return outbox.claim(session, now)

    def _work(self, lease: Lease, transport: Transport) -> None:
        try:
            message = self._message(lease)
            if message is not None:
                transport.send(message, lease.mail_id)
        except NotSent as problem:
            self._note_failure(lease, str(problem), is_final=problem.is_final)
        except InvalidAddress as problem:
            self._note_failure(lease, type(problem).__name__, is_final=True)
        except Exception as error:  # a template or a decision that is wrong: visible, and mended
            self._note_failure(lease, type(error).__name__, is_final=False)
        else:
            self._note_end(lease, MailState.DROPPED if message is None else MailState.SENT)

    def _message(self, lease: Lease) -> EmailMessage | None:
        with reading(self.engine) as session:
            mail = session.get(Mail, lease.mail_id)
            content = content_of(session, mail, self.now()) if mail else None
            return message_of(mail, content, self.now()) if mail and content else None

    def _note_end(self, lease: Lease, state: MailState) -> None:
        with _writing(self.engine) as session:
            outbox.finish(session, lease, state, self.now())
        log.info(f"mail.{state}", id=lease.mail_id, kind=lease.kind, attempt=lease.attempt)

    def _note_failure(self, lease: Lease, error: str, *, is_final: bool) -> None:
        with _writing(self.engine) as session:
            is_over = outbox.fail(session, lease, error, self.now(), is_final=is_final)
        log.warning(
            "mail.failed" if is_over else "mail.put_off",
            id=lease.mail_id,
            kind=lease.kind,
            attempt=lease.attempt,
            error=error,
        )


@contextmanager
def _writing(engine: Engine) -> Iterator[Session]:
    """A session that is committed at the end, or rolled back by an error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session
