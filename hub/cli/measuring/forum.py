"""Which pages of a forum are measured, and who writes where."""

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import func, select

from hub.accounts.models import Person
from hub.cli.measuring.pages import Visit
from hub.cli.measuring.prepared import TooEmpty, signed_in, some_member
from hub.demo.composing import mention
from hub.extensions import db
from hub.forum.models import Board, Post, State, Topic
from knowledge.access import PUBLIC

PAGE = 20  # posts
FULL = range(PAGE, 3 * PAGE)  # the length of the topic whose first page is full
ENDLESS = 10_000
QUESTION = "threshold"


def visits_of(app: Flask, scale: str) -> list[Visit]:
    """Each page as a guest, and as a member who is signed in. Raises: TooEmpty."""
    [(name, key)] = signed_in(app, [some_member(app)])
    with app.app_context():
        paths = dict(_paths(app))
    return [
        Visit(app, page, path, cookie, scale)
        for page, path in paths.items()
        for cookie in ("", f"{name}={key}")
    ]


def _paths(app: Flask) -> Iterator[tuple[str, str]]:
    public = select(Topic).join(Board).where(Board.audience == PUBLIC)
    shown = public.where(Topic.state == State.VISIBLE, Topic.merged_into_id.is_(None))
    full = shown.where(Topic.posts.in_(FULL)).order_by(Topic.bumped_at.desc())
    topic = db.session.scalar(full.limit(1))
    board = db.session.scalar(
        select(Board).where(Board.audience == PUBLIC).order_by(Board.topics.desc()).limit(1)
    )
    if topic is None or board is None:
        raise TooEmpty(f"There is no public topic of {PAGE} posts here; fill the hub first.")
    yield "topic", f"/forum/topics/{topic.id}"
    yield "board", f"/forum/boards/{board.id}"
    yield "home", "/forum"
    if "search.index" in app.view_functions:
        yield "search", f"/search?q={QUESTION}"
    endless = db.session.scalar(shown.where(Topic.posts > ENDLESS * 0.9).limit(1))
    if endless is not None:
        last = ENDLESS - PAGE
        yield "page 1", f"/forum/topics/{endless.id}"
        yield "page 500", f"/forum/topics/{endless.id}?after={last}"


def writers_of(app: Flask, count: int) -> tuple[list[int], list[int], str]:
    """People who write, a topic for each, and the name of somebody whom they mention: not one of
    them, and of the same public board. Raises: TooEmpty."""
    with app.app_context():
        open_ = select(Topic.id).join(Board).where(Board.audience == PUBLIC)
        topics = db.session.scalars(
            open_.where(Topic.locked_at.is_(None), Topic.state == State.VISIBLE).limit(count)
        ).all()
        wrote = select(Post.author_id).group_by(Post.author_id)
        people = db.session.scalars(
            wrote.order_by(func.count().desc(), Post.author_id).limit(count + 1)
        ).all()
        if len(topics) < count or len(people) <= count:
            raise TooEmpty(f"{count} writers need as many open topics and people; fill the hub.")
        named = db.session.get_one(Person, people[-1]).pseudonym
    return list(people[:count]), list(topics), mention(named)
