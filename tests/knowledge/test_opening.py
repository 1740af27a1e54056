"""Opening a database file that somebody else is just making."""

import sqlite3
from pathlib import Path
from threading import Thread, Timer

import sqlalchemy as sa

from knowledge.orm import open_engine


def test_a_new_database_that_another_process_holds_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "hub.db"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE made (id INTEGER)")
    Timer(0.5, other.execute, ("COMMIT",)).start()
    engine = open_engine(f"sqlite:///{file}")

    with engine.connect() as connection:
        assert connection.scalar(sa.text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(sa.text("SELECT count(*) FROM made")) == 0
    engine.dispose()
    other.close()


def test_many_that_open_a_new_database_at_once_all_get_it(tmp_path: Path) -> None:
    opened = []

    def open_it() -> None:
        engine = open_engine(f"sqlite:///{tmp_path / 'hub.db'}")
        with engine.connect() as connection:
            opened.append(connection.scalar(sa.text("PRAGMA journal_mode")))
        engine.dispose()

    threads = [Thread(target=open_it) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == ["wal"] * 12
