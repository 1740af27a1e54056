"""Administrators who change boards while others write in them: nobody waits in a ring."""

import time

import pytest
from sqlalchemy import insert, select

from hub.accounts.models import Role
from hub.audit import log
from hub.clock import now
from hub.extensions import db
from hub.forum import boards, operations
from hub.forum.boards import Plan
from hub.forum.models import Board, Topic
from knowledge.access import LEA, reader_of
from tests.hub.at_once import at_once
from tests.hub.rooms import Rooms, written

OFFICER = reader_of(is_lea=True)


@pytest.fixture(autouse=True)
def many_writers(app):
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("on SQLite one writes at a time")


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def ada(people):
    return people.add("Ada", Role.ADMINISTRATOR)


def of(app, act):
    """A transaction of its own; any error counts as no result."""

    def run():
        with app.app_context():
            done = act(db.session())
            db.session.commit()
        return done or True

    return run


def test_who_archives_a_category_notes_nothing_while_waiting_for_a_board(app, rooms, ada):
    ids = sorted(rooms.board(name) for name in ("Tools", "Law", "Training"))
    with app.app_context():
        category = db.session.get_one(Board, ids[0]).category_id

    def change(session):
        operations.take_board(session, ids[-1])
        time.sleep(1)  # the other comes and waits
        log.note(session, "board.changed", ada, now(), ("board", ids[-1]))

    def archive(session):
        time.sleep(0.4)
        return boards.archive_category(session, category, ada, now())

    at_once(of(app, change), of(app, archive))
    with app.app_context():
        assert all(db.session.scalars(select(Board.archived_at)))


def test_a_topic_that_comes_while_marks_are_raised_is_taken_before_its_board(app, rooms, ada):
    board = rooms.board(audience=LEA)
    rooms.topic(board, ada)
    with app.app_context():
        category = db.session.get_one(Board, board).category_id
    plan = Plan(category, "Tools", "", LEA, LEA, "green", False)

    def hold(session):
        operations.take_board(session, board)
        time.sleep(1.5)

    def change(session):
        time.sleep(0.3)
        boards.change(session, board, plan, OFFICER, ada, now())

    def come(session):
        time.sleep(0.6)  # the change has taken the other topic and waits for the board
        row = {"id": 4711, "board_id": board, "author_id": ada, "title": "New"}
        session.execute(insert(Topic).values(**row, created_at=now(), bumped_at=now()))
        session.commit()
        operations.take_topic(session, 4711)
        time.sleep(1.2)  # the change has the board
        operations.reply(session, 4711, ada, written(), now())

    at_once(of(app, hold), of(app, change), of(app, come))
    with app.app_context():
        assert set(db.session.scalars(select(Topic.mark))) == {"green"}
