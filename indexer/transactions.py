"""The short transactions of the indexer: slow work stands between them, never inside."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session that is committed at the end, or rolled back by an error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session
