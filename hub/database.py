"""Keeps the tables as the code expects them."""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from hub.extensions import db


def bring_up_to_date(app: Flask) -> None:
    """Runs the migrations that are missing; in production that is ``flask db upgrade``'s work.

    Two processes that start together do it one after the other.
    """
    if app.config["PRODUCTION"] or app.testing or _asks_for_migrations(sys.argv):
        return
    with app.app_context():
        if _is_current():
            return
        with _only_one(app.config["DATA"] / "migration.lock"):
            _upgrade()


def _asks_for_migrations(arguments: list[str]) -> bool:
    return "db" in arguments[1:2] or "--help" in arguments or len(arguments) < 2


def _is_current() -> bool:
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from hub.config import CHECKOUT

    with db.engine.connect() as connection:
        stands_at = MigrationContext.configure(connection).get_current_heads()
    return set(stands_at) == set(ScriptDirectory(str(CHECKOUT / "migrations")).get_heads())


def _upgrade() -> None:
    from flask_migrate import upgrade

    upgrade()
    db.engine.dispose()


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
