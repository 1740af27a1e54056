"""The Flask extensions, not yet bound to an app."""

from typing import Any

from flask import g, has_request_context, request
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_socketio import SocketIO
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Connection, Engine

from knowledge.orm import Base, read_only

READING_METHODS = ("GET", "HEAD", "OPTIONS")


class RequestSession(Session):
    """The session of a request: what only reads takes no write lock (see knowledge.orm)."""

    _usual: Engine | Connection | None = None

    def get_bind(self, *args: Any, **options: Any) -> Engine | Connection:
        """Asked several times for each statement; there is one database for all tables."""
        if options.get("bind") is not None:
            return super().get_bind(*args, **options)
        if self._usual is None:
            self._usual = super().get_bind(*args, **options)
        bind = self._usual
        reads = has_request_context() and request.method in READING_METHODS and "writes" not in g
        return read_only(bind) if reads and isinstance(bind, Engine) else bind


def let_this_get_write() -> None:
    """For the one GET that must: an OpenID provider sends people back by one, and they sign in."""
    db.session.rollback()
    g.writes = True


db = SQLAlchemy(
    metadata=Base.metadata, session_options={"class_": RequestSession, "expire_on_commit": False}
)
migrate = Migrate()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address)
babel = Babel()
socketio = SocketIO()
