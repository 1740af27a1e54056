"""Closes the sockets of sign-ins that have ended, wherever they were ended.

Each message of a socket asks anew who sends it, so a socket whose sign-in has ended can do nothing;
closing it ends what it still receives. A thread looks every LOOK_EVERY seconds, while there is any
socket of somebody who is signed in.
"""

import time
from collections.abc import Collection
from threading import Lock, Thread

import structlog
from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hub.accounts.models import Person, SignIn
from hub.accounts.visitor import visitor
from hub.clock import now
from hub.extensions import db, socketio
from knowledge.orm import reading

LOOK_EVERY = 1.0
log = structlog.get_logger()


class OpenChannels:
    """The sockets of people who are signed in, by the number of their sign-in."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._sign_in_of: dict[str, int] = {}
        self._lock = Lock()
        self._is_watched = False

    def note(self, sid: str, sign_in_id: int) -> None:
        with self._lock:
            self._sign_in_of[sid] = sign_in_id
            if not self._is_watched:
                self._is_watched = True
                Thread(target=self._watch, name="open channels", daemon=True).start()

    def forget(self, sid: str) -> None:
        with self._lock:
            self._sign_in_of.pop(sid, None)

    def sign_ins_behind(self, sids: Collection[str]) -> dict[str, int]:
        with self._lock:
            return {sid: self._sign_in_of[sid] for sid in sids if sid in self._sign_in_of}

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_EVERY)
            with self._lock:
                open_now = dict(self._sign_in_of)
                if not open_now:
                    self._is_watched = False
                    return
            try:
                self._close_ended(open_now)
            except SQLAlchemyError as error:  # the next look may come through
                log.warning("open channels not looked at", fault=type(error).__name__)

    def _close_ended(self, open_now: dict[str, int]) -> None:
        with self.app.app_context():
            living = _living(set(open_now.values()))
        for sid, sign_in_id in open_now.items():
            if sign_in_id not in living:
                self.forget(sid)
                socketio.server.disconnect(sid)


def register(app: Flask) -> None:
    app.extensions["open_channels"] = OpenChannels(app)


def note_channel(sid: str) -> None:
    """To be called when a socket opens."""
    if sign_in_id := visitor().sign_in_id:
        _channels().note(sid, sign_in_id)


def forget_channel(sid: str) -> None:
    _channels().forget(sid)


def sign_ins_behind(sids: Collection[str]) -> dict[str, int]:
    """The numbers of the sign-ins of these sockets; those of nobody are left out."""
    return _channels().sign_ins_behind(sids)


def _channels() -> OpenChannels:
    found: OpenChannels = current_app.extensions["open_channels"]
    return found


def _living(sign_in_ids: set[int]) -> set[int]:
    with reading(db.engine) as session:
        living = (
            select(SignIn.id)
            .join(Person, Person.id == SignIn.person_id)
            .where(SignIn.id.in_(sign_in_ids), SignIn.expires_at > now())
            .where(Person.disabled_at.is_(None), Person.erased_at.is_(None))
        )
        return set(session.scalars(living))
