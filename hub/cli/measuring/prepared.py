"""Hubs to be measured: one that is there, or ones that are filled for it and removed after."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask, current_app
from sqlalchemy import delete, select, text

from hub.accounts import cookie, sessions
from hub.accounts.models import Person, SignIn
from hub.clock import now
from hub.extensions import db
from knowledge.orm import open_engine

METHOD = "measurement"  # by which the sign-ins of a measurement are found again
# Nothing slows down whoever measures.
UNLIMITED: dict[str, Any] = {"RATELIMIT_ENABLED": False, "POST_LIMITS": ((10**6, 10**6),) * 4}


class TooEmpty(RuntimeError):
    """The hub has too little to measure; the message says what is missing."""


@contextmanager
def standing_hub(data: Path) -> Iterator[Flask]:
    """The hub of a data folder (and of DATABASE_URL, where that is set), as it stands. The rows of
    the sign-ins are removed in the end; what is written by the measurement stays."""
    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    app = _app(data, "" if url.startswith("sqlite") else url)
    try:
        yield app
    finally:
        with app.app_context():
            db.session.execute(delete(SignIn).where(SignIn.method == METHOD))
            db.session.commit()
            db.engine.dispose()


@contextmanager
def seeded_hub(scale: str, progress: Any) -> Iterator[Flask]:
    """A hub of its own that is filled first, in a temporary folder, and on PostgreSQL in a schema
    beside the others. ``progress`` is called with the number of posts that were added since."""
    from hub.demo.scales import SCALES
    from hub.demo.seeding import seeded
    from hub.demo.sign_ins import cast

    with TemporaryDirectory(prefix=f"hub-{scale}-") as folder, _database() as url:
        app = _app(Path(folder), url)
        with app.app_context():
            db.create_all()
            for count in seeded(db.session(), SCALES[scale], 1, now()):
                db.session.commit()
                progress(count)
            cast(db.session(), secrets.token_hex(16), "A" * 32, now())
            db.session.commit()
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def signed_in(app: Flask, people: list[int]) -> list[tuple[str, str]]:
    """Name and key of a cookie for each of these people."""
    with app.test_request_context():
        found = [db.session.get_one(Person, person_id) for person_id in people]
        keys = [sessions.start(db.session(), who, METHOD, "", now()) for who in found]
        db.session.commit()
        return [(cookie.name(), key) for key in keys]


def some_member(app: Flask) -> int:
    """The member of the demonstration, else whoever came first. Raises: TooEmpty."""
    with app.app_context():
        present = select(Person.id).where(Person.erased_at.is_(None), Person.disabled_at.is_(None))
        named = db.session.scalar(present.where(Person.email == "member@demo.example"))
        found = named or db.session.scalar(present.order_by(Person.id).limit(1))
    if found is None:
        raise TooEmpty("Nobody is here who could sign in; fill the hub first.")
    return found


@contextmanager
def _database() -> Iterator[str]:
    """Where the hub that measures has its tables on PostgreSQL: a schema in the same database. ""
    for a file in the folder."""
    url = str(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if url.startswith("sqlite"):
        yield ""
        return
    schema = f"measured_{secrets.token_hex(8)}"
    outside = open_engine(url)
    with outside.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        yield f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{schema}"
    finally:
        with outside.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        outside.dispose()


@contextmanager
def bare_database() -> Iterator[tuple[str, str]]:
    """Addresses of two empty databases for the bare app: a small file for its page, and one of the
    kind that the hub has for what is inserted."""
    with TemporaryDirectory(prefix="bare-") as folder, _database() as url:
        yield f"sqlite:///{folder}/page.db", url or f"sqlite:///{folder}/inserts.db"


def _app(data: Path, url: str) -> Flask:
    from hub import create_app

    config = current_app.config
    environ: Mapping[str, str] = {
        "HUB_DATA": str(data),
        "HUB_ENV": "local",
        "HUB_SECRET_KEY": config["SECRET_KEY"],
        "HUB_EMBEDDER": config["EMBEDDER"],
        "DATABASE_URL": url,
    }
    # As in a test nothing is migrated on the way; errors are answered as they are in earnest.
    app = create_app({**UNLIMITED, "TESTING": True}, environ)
    app.testing = False
    app.config["MODEL_FOLDER"] = config["MODEL_FOLDER"]
    return app
