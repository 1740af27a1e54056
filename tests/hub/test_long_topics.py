"""A topic of 10,000 posts and 1,000 readers: read, searched, taken apart and put together."""

import json
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy import func, insert, select
from werkzeug.test import TestResponse

from hub.accounts.models import Person
from hub.cli.measuring.prepared import UNLIMITED
from hub.clock import now
from hub.extensions import db
from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.forum.models import Board, Post, State, Topic
from hub.notifications.models import About, Notification
from knowledge.community_models import Contribution
from knowledge.orm import unguessable_long_id
from tests.hub.conftest import checked, make_app
from tests.hub.court import Court
from tests.hub.soundness import assert_sound
from tests.hub.tables import empty_tables

POSTS = 10_000
SPLIT = min(1_000, POSTS // 2)  # as many as may go at once
READERS, TOLD = POSTS // 10, 20  # people, and posts that each was told of
# Of processor time of a machine that is shared: what is told is the figure, this is the bound. The
# whole of a change is one transaction, and others wait 15 seconds for it at most.
LONGEST_PAGE, LONGEST_CHANGE = 1.0, 5.0


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_app(tmp_path_factory.mktemp("long"), **UNLIMITED)
    with app.app_context():
        empty_tables()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def court(app: Flask) -> Court:
    return Court(app)


@pytest.fixture(scope="module")
def long(court: Court) -> int:
    court.board = court.rooms.board("Open", "public")
    court.rooms.moderator(court.board, court.bo)
    return filled(court, POSTS)


def filled(court: Court, count: int) -> int:
    """A topic with as many posts, which came in without the operations: those take an hour."""
    topic_id, moment = court.rooms.topic(court.board, court.mira, "A long one"), now()
    rows = [
        {
            "id": unguessable_long_id(),
            "topic_id": topic_id,
            "number": number,
            "author_id": (court.mira, court.otto)[number % 2],
            "text": f"The post of number {number}.",
            "html": f"<p>The post of number {number}.</p>",
            "submission": f"{topic_id}-{number}",
            "created_at": moment,
        }
        for number in range(2, count + 1)
    ]
    with court.app.app_context():
        session = db.session()
        topic, board = session.get_one(Topic, topic_id), session.get_one(Board, court.board)
        words = {"board_id": board.id, "audience": board.audience, "written_at": moment}
        session.execute(insert(Post), rows)
        contributions = [
            {
                "post_id": row["id"],
                "topic_id": topic_id,
                "author_id": row["author_id"],
                "text": row["text"],
                **words,
            }
            for row in rows
        ]
        session.execute(insert(Contribution), contributions)
        topic.posts = topic.last_number = count
        topic.bumped_at = board.last_post_at = moment
        topic.last_author_id = rows[-1]["author_id"]
        board.posts += len(rows)
        session.commit()
    return topic_id


def crowd(app: Flask, topic_id: int, last: int) -> None:
    """People who have read all of the topic, follow it, and were told of its last posts."""
    with app.app_context():
        session, moment = db.session(), now()
        names = [f"Reader {number}" for number in range(READERS)]
        people = [{"pseudonym": n, "pseudonym_key": n, "created_at": moment} for n in names]
        ids = session.scalars(insert(Person).returning(Person.id), people).all()
        of_topic = select(Post.id).where(Post.topic_id == topic_id)
        posts = session.scalars(of_topic.order_by(Post.number.desc()).limit(TOLD)).all()
        here = {"topic_id": topic_id, "number": last, "at": moment}
        session.execute(insert(ReadPosition), [{"person_id": who, **here} for who in ids])
        follow = {"kind": Followed.TOPIC, "target": str(topic_id), "level": Level.WATCH}
        session.execute(insert(Follow), [{"person_id": who, "at": moment, **follow} for who in ids])
        news = {"about": About.WATCHED, "topic_id": topic_id, "made_at": moment}
        told = [
            {"person_id": who, "post_id": post, "post_key": post, **news}
            for who in ids
            for post in posts
        ]
        session.execute(insert(Notification), told)
        session.commit()


def timed(name: str, longest: float, act: Callable[[], TestResponse]) -> TestResponse:
    began, began_at = time.process_time(), time.perf_counter()
    answer = act()
    took, waited = time.process_time() - began, time.perf_counter() - began_at
    figures = {"seconds": round(took, 3), "waited": round(waited, 3), "status": answer.status_code}
    print(json.dumps({"what": name, **figures}))
    assert answer.status_code < 500, f"{name}: {answer.status}"
    assert took < longest, f"{name} took {took:.1f} s"
    return answer


@pytest.mark.parametrize(
    "query",
    [
        *("", "?at=1", f"?at={POSTS // 2}", f"?at={POSTS}", f"?at={POSTS + 1}", "?at=2147483647"),
        *("?at=2147483648", f"?after={POSTS}", "?before=1", f"?before={POSTS}", "?unread=1"),
    ],
)
def test_any_page_of_it_is_shown(court, long, query):
    for person in (0, court.rita, court.bo):
        client = court.client(person) if person else court.app.test_client()
        if person == court.rita:
            client.post(f"/forum/topics/{long}/read", data={"number": str(POSTS // 2)})
        answer = client.get(f"/forum/topics/{long}{query}")
        for _ in range(3):
            if answer.status_code == 303:
                answer = client.get(answer.location)
        assert answer.status_code == 200
        answer = timed(
            f"page {query} as {person}",
            LONGEST_PAGE,
            lambda client=client: client.get(f"/forum/topics/{long}{query}"),
        )
        if answer.status_code == 200 and answer.mimetype == "text/html":
            checked(answer.text)


def test_lists_feeds_and_the_search_stand_it(court, long):
    client = court.client(court.rita)
    for address in (
        *("/forum", "/forum/latest", f"/forum/boards/{court.board}", "/search?q=number"),
        *(f"/feeds/topics/{long}.atom", f"/feeds/boards/{court.board}.atom", "/people/Otto"),
        *("/search?q=number&page=999", "/search?q=number+7777", "/following"),
    ):
        answer = timed(address, LONGEST_CHANGE, lambda address=address: client.get(address))
        assert answer.status_code in (200, 404), address
        if answer.mimetype == "application/atom+xml":
            etree.fromstring(answer.data)
    for address, form in (
        (f"/forum/topics/{long}/read", {"number": str(POSTS)}),
        (f"/forum/boards/{court.board}/read", {}),
    ):
        answer = timed(address, LONGEST_PAGE, lambda a=address, f=form: client.post(a, data=f))
        assert answer.status_code == 303


@pytest.mark.slow
def test_it_is_moved_split_merged_and_taken_away(app, court, long):
    client = court.client(court.mo)
    other_board = court.rooms.board("Elsewhere")
    place = f"/forum/topics/{long}"
    crowd(app, long, POSTS)

    def post(name, address, **form):
        answer = timed(name, LONGEST_CHANGE, lambda: client.post(address, data=form))
        assert answer.status_code == 303, f"{name}: {answer.status}"
        assert_sound(app)
        return answer

    for act in ("move", "split", "merge"):
        timed(f"{act} page", LONGEST_CHANGE, lambda act=act: client.get(f"{place}/{act}"))
    post("move", f"{place}/move", board=str(other_board), reason="")
    answer = post(
        "split the last off",
        f"{place}/split",
        **{"from": str(POSTS - SPLIT + 1), "to": "new", "title": "Half", "board": str(court.board)},
        reason="",
    )
    half = int(answer.location.rpartition("/")[2].partition("?")[0].partition("#")[0])
    assert (size(app, half), size(app, long)) == (SPLIT, POSTS - SPLIT)
    post("merge back", f"/forum/topics/{half}/merge", into=str(long), reason="")
    assert size(app, long) == POSTS
    assert client.get(f"/forum/topics/{half}").location == place
    closed = court.rooms.board("Closed", "staff")
    short = court.rooms.topic(closed, court.mira, tags=("door",))
    everyone_has_read(app, short)
    post("merge all of it", f"{place}/merge", into=str(short), reason="")
    assert size(app, short) == POSTS + 1
    assert news_and_positions(app, short) == (0, READERS)
    first = court.rooms.first_post(short)
    case = court.report(post_id=first)
    began = time.process_time()
    court.decide(case)
    print(json.dumps({"what": "hide", "seconds": round(time.process_time() - began, 3)}))
    assert_sound(app)


def everyone_has_read(app: Flask, topic_id: int) -> None:
    with app.app_context():
        here = {"topic_id": topic_id, "number": 1, "at": now()}
        readers = db.session.scalars(select(Person.id).where(Person.pseudonym.like("Reader %")))
        db.session.execute(insert(ReadPosition), [{"person_id": who, **here} for who in readers])
        db.session.commit()


def news_and_positions(app: Flask, topic_id: int) -> tuple[int, int]:
    """How much waits for people who were told of posts in the topic, and how many of them have read
    it to its end."""
    unread = select(func.count()).where(
        Notification.topic_id == topic_id, Notification.read_at.is_(None)
    )
    read = select(func.count()).where(
        ReadPosition.topic_id == topic_id, ReadPosition.number > POSTS
    )
    with app.app_context():
        return db.session.scalar(unread) or 0, db.session.scalar(read) or 0


def size(app: Flask, topic_id: int) -> int:
    with app.app_context():
        of_topic = select(func.count()).where(
            Post.topic_id == topic_id, Post.state == State.VISIBLE
        )
        return db.session.scalar(of_topic) or 0
