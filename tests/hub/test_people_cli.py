"""``flask people`` beside what goes on at the desk."""

import threading
import time

from click.testing import Result
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from hub.accounts.models import Person, Role
from hub.clock import now
from hub.desk import operations
from hub.desk.operations import Deed
from hub.extensions import db
from tests.hub.people import People

ADD = ("people", "add", "eva@example.org", "--pseudonym", "Eva", "--role", "curator")


def until_somebody_waits(session: Session) -> None:
    """SQLite does not say who waits for its one writer."""
    deadline = time.monotonic() + (5 if db.engine.dialect.name == "postgresql" else 0.5)
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while time.monotonic() < deadline:
        if db.engine.dialect.name == "postgresql" and session.scalar(waiting):
            return
        time.sleep(0.05)


def test_adding_somebody_waits_for_the_desk_and_the_desk_for_nobody(
    app: Flask, people: People
) -> None:
    """The turn of the desk comes before that of the audit log, whoever acts; else each of two
    would hold what the other waits for."""
    ben = people.add("Ben")
    done: list[Result] = []
    command = threading.Thread(
        target=lambda: done.append(app.test_cli_runner().invoke(args=list(ADD)))
    )
    with app.app_context():
        with Session(db.engine) as session, session.begin():
            deed = Deed(None, now(), "", "command line")
            operations.hold(session, ben)
            command.start()
            until_somebody_waits(session)
            deed.note(session, "person.enabled", ben)
        command.join(20)
        (result,) = done
        assert result.exit_code == 0, result.output
        added = db.session.query(Person).filter_by(pseudonym="Eva").one()
        assert [grant.role for grant in added.grants] == [Role.CURATOR]
