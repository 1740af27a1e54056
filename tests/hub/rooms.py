"""A forum of a test: boards, topics and posts, made by the operations that the pages use."""

import secrets
from dataclasses import replace
from datetime import datetime

from flask import Flask

from hub.clock import now
from hub.extensions import db
from hub.forum import operations
from hub.forum.models import Board, BoardModerator, Category, Post, Topic
from hub.forum.operations import Written
from knowledge.access import MEMBERS


def written(text: str = "Some words.", **fields: object) -> Written:
    """What came by a form, each time by another one."""
    return replace(Written(text, secrets.token_hex(16)), **fields)  # type: ignore[arg-type]


class Rooms:
    """Makes boards with topics in them. Everything returns ids; the session is closed after."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def board(self, name: str = "Tools", audience: str = MEMBERS, **fields: object) -> int:
        with self.app.app_context():
            category = db.session.query(Category).first()
            if category is None:
                category = Category(name="Practice")
                db.session.add(category)
            values = {"writers": audience if audience != "public" else MEMBERS, **fields}
            board = Board(
                category=category, name=name, audience=audience, created_at=now(), **values
            )
            db.session.add(board)
            db.session.flush()
            board_id = board.id
            db.session.commit()
        return board_id

    def moderator(self, board_id: int, person_id: int) -> None:
        with self.app.app_context():
            db.session.add(BoardModerator(board_id=board_id, person_id=person_id, added_at=now()))
            db.session.commit()

    def topic(
        self,
        board_id: int,
        author_id: int,
        title: str = "How do you test a tool?",
        text: str = "We want to know.",
        at: datetime | None = None,
        **fields: object,
    ) -> int:
        with self.app.app_context():
            board = db.session.get_one(Board, board_id)
            form = written(text, title=title, **fields)
            topic = operations.start_topic(db.session(), board, author_id, form, at or now())
            topic_id = topic.id
            db.session.commit()
        return topic_id

    def reply(
        self,
        topic_id: int,
        author_id: int,
        text: str = "With real data.",
        at: datetime | None = None,
        **fields: object,
    ) -> int:
        with self.app.app_context():
            form = written(text, **fields)
            post = operations.reply(db.session(), topic_id, author_id, form, at or now())
            post_id = post.id
            db.session.commit()
        return post_id

    def first_post(self, topic_id: int) -> int:
        with self.app.app_context():
            return db.session.query(Post).filter_by(topic_id=topic_id, number=1).one().id

    def of_topic(self, topic_id: int) -> Topic:
        with self.app.app_context():
            return db.session.get_one(Topic, topic_id)
