"""Empty tables for each test, without making them each time."""

import atexit
import shutil
import tempfile
from pathlib import Path

from sqlalchemy import Engine, text

from hub.audit.triggers import POSTGRESQL
from hub.extensions import db
from knowledge.orm import Base

MADE: dict[str, Path] = {}  # on SQLite: an empty database, to be copied
KNOWN: set[str] = set()  # on PostgreSQL: the databases whose tables were made by this run


def empty_tables() -> None:
    """The tables of the current app, empty, and numbers that begin at 1."""
    engine = db.engine
    if engine.dialect.name == "sqlite":
        _copy(Path(str(engine.url.database)))
    elif str(engine.url) in KNOWN:
        _empty(engine)
    else:
        db.drop_all()
        db.create_all()
        KNOWN.add(str(engine.url))


def _copy(file: Path) -> None:
    if "made" not in MADE:
        db.create_all()
        db.engine.dispose()  # the last connection writes everything into the one file
        folder = Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        MADE["made"] = Path(shutil.copy(file, folder / "empty.db"))
    else:
        shutil.copy(MADE["made"], file)


def _empty(engine: Engine) -> None:
    """Deletes rows, for TRUNCATE costs more on small tables; the audit log lets go of its rows only
    while its triggers are off."""
    steps = [
        "ALTER TABLE audit_entry DISABLE TRIGGER USER",
        "UPDATE document SET current_version_id = NULL",
    ]
    for table in reversed(Base.metadata.sorted_tables):
        steps.append(f"DELETE FROM {table.name}")
        if (number := table.autoincrement_column) is not None:
            steps.append(
                f"PERFORM setval(pg_get_serial_sequence('{table.name}', '{number.name}'), 1, false)"
            )
    steps.append("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    with engine.begin() as connection:
        connection.execute(text(f"DO $$ BEGIN {'; '.join(steps)}; END $$"))
        for statement in POSTGRESQL:  # a test may have taken a trigger away
            again = statement.replace("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER")
            connection.exec_driver_sql(again)
