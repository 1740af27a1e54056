"""What the database ends or does not let begin costs nobody their text."""

import sqlite3
import threading
import time
from contextlib import suppress

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from hub.deadlocks import once_more
from hub.extensions import db, limiter
from hub.forum.models import Board, Post, Topic
from knowledge import orm
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms


@pytest.fixture
def topic(app, people):
    with app.app_context():
        limiter.reset()
    rooms = Rooms(app)
    return rooms.topic(rooms.board(), people.add("Mira"))


def posts(app):
    with app.app_context():
        return sorted(post.text for post in db.session.query(Post))


def ended(kind: type[psycopg.Error]) -> OperationalError:
    return OperationalError("UPDATE topic", None, kind())


@pytest.mark.parametrize(
    ("kind", "method", "calls"),
    [
        (psycopg.errors.DeadlockDetected, "POST", 2),
        (psycopg.errors.SerializationFailure, "POST", 2),
        (psycopg.errors.DeadlockDetected, "GET", 1),
        (psycopg.errors.AdminShutdown, "POST", 1),
    ],
)
def test_only_what_was_ended_for_another_is_done_once_more(app: Flask, kind, method, calls):
    called = []

    def view():
        called.append(1)
        raise ended(kind)

    with app.test_request_context(method=method), pytest.raises(OperationalError):
        once_more(view)()
    assert len(called) == calls


def test_of_two_that_wait_for_each_other_the_writer_notices_nothing(app, people, topic):
    """Somebody takes the rows in the wrong order on purpose."""
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("on SQLite one writes at a time")
        board = db.session.get_one(Topic, topic).board_id
        client = people.signed_in("Jonas")
        answers = []

        def send():
            data = {"text": "Here it is.", "submission": "k" * 32}
            answers.append(client.post(f"/forum/topics/{topic}/reply", data=data))

        with db.engine.connect() as other:
            other.execute(select(Board.id).where(Board.id == board).with_for_update())
            writer = threading.Thread(target=send)
            writer.start()
            wait_until_somebody_waits(app)
            with suppress(OperationalError):  # whoever began to wait first is ended
                other.execute(select(Topic.id).where(Topic.id == topic).with_for_update())
            other.rollback()
        writer.join(30)
    assert [answer.status_code for answer in answers] == [303]
    assert posts(app) == ["Here it is.", "We want to know."]


def wait_until_somebody_waits(app):
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with app.app_context(), db.engine.connect() as connection:
        deadline = time.monotonic() + 10
        while not connection.scalar(waiting):
            connection.rollback()
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_whoever_writes_while_the_database_is_taken_keeps_the_text(app, people, topic, monkeypatch):
    client = people.signed_in("Jonas")
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL lets many write")
        monkeypatch.setattr(orm, "BUSY_TIMEOUT_MS", 50)
        db.engine.dispose()
        taken = sqlite3.connect(db.engine.url.database, isolation_level=None)
    taken.execute("BEGIN IMMEDIATE")
    data = {"text": "Hard work.", "submission": "k" * 32}
    answer = client.post(f"/forum/topics/{topic}/reply", data=data)
    taken.execute("ROLLBACK")
    taken.close()
    assert answer.status_code == 503
    page = checked(answer.text)
    assert page.xpath("string(//textarea[@name='text'])").strip() == "Hard work."
    assert page.xpath("string(//input[@name='submission']/@value)") == "k" * 32
    assert "busy" in page.xpath("string(//main)")
    assert client.post(f"/forum/topics/{topic}/reply", data=data).status_code == 303
    assert posts(app) == ["Hard work.", "We want to know."]
