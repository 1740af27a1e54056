"""Many hands in one topic, in threads and in processes of their own: nothing is lost or doubled."""

import multiprocessing
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.accounts import cookie
from hub.clock import now
from hub.extensions import db, limiter
from hub.forum import operations as forum
from hub.forum.models import Board, Post, PostRevision, State, Topic
from hub.writing import publishing, sheets
from hub.writing.models import Draft
from hub.writing.publishing import Wish
from hub.writing.views import writer
from tests.hub.at_once import at_once
from tests.hub.conftest import make_app
from tests.hub.rooms import Rooms

KEY = "k" * 32


@pytest.fixture(autouse=True)
def counters(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def mira_id(people):
    return people.add("Mira")


@pytest.fixture
def mira(people, mira_id):
    """Two browsers of one person."""
    return [people.client(mira_id) for _ in range(2)]


@pytest.fixture
def topic(rooms, people):
    return rooms.topic(rooms.board(), people.add("Jo Ann"))


def reply(topic):
    return f"/forum/topics/{topic}/reply"


def side_by_side(**calls):
    """At the same moment; the answers by name, because threads end in any order."""
    answers = {}

    def noting(name, call):
        return lambda: answers.update({name: call()})

    at_once(*(noting(name, call) for name, call in calls.items()))
    return answers


def state(app, topic_id):
    """Of the topic: its posts, what it and its board count, and the highest number."""
    with app.app_context():
        topic = db.session.get_one(Topic, topic_id)
        numbers = [
            row.number
            for row in db.session.query(Post).filter_by(topic_id=topic_id).order_by(Post.number)
        ]
        board = db.session.get_one(Board, topic.board_id)
        return numbers, topic.posts, board.posts, topic.last_number


def test_a_form_sent_twice_at_the_same_moment_gives_one_post(app, topic, mira):
    data = {"text": "Once.", "submission": KEY}
    answers = at_once(*(lambda c=client: c.post(reply(topic), data=data) for client in mira * 2))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert state(app, topic) == ([1, 2], 2, 2, 2)


def test_a_topic_sent_twice_at_the_same_moment_is_one(app, rooms, mira):
    board = rooms.board("Ideas")
    data = {"title": "Once", "text": "Only once.", "submission": KEY, "tags": "one"}
    url = f"/forum/boards/{board}/new"
    answers = at_once(*(lambda c=client: c.post(url, data=data) for client in mira * 2))
    assert {answer.status_code for answer in answers} == {303}
    with app.app_context():
        assert db.session.query(Topic).filter_by(board_id=board).count() == 1
        assert db.session.get_one(Board, board).topics == 1


def test_of_two_editors_at_once_one_sees_both(app, rooms, people, topic, mira):
    post = rooms.reply(topic, people.add("Jonas"), "Start.", is_wiki=True)
    edit = f"/forum/posts/{post}/edit"
    first, second = at_once(
        *(
            lambda c=client, n=n: c.post(
                edit, data={"text": f"Text of {n}.", "based_on": "1", "is_wiki": "y"}
            )
            for n, client in enumerate(mira)
        )
    )
    assert sorted([first.status_code, second.status_code]) == [303, 409]
    refused = first if first.status_code == 409 else second
    assert "Text of 0." in refused.text
    assert "Text of 1." in refused.text
    with app.app_context():
        assert db.session.get_one(Post, post).revision == 2
        assert db.session.query(PostRevision).count() == 1


def test_an_edit_while_the_post_is_taken_back_loses_no_text(app, rooms, mira_id, topic, mira):
    post = rooms.reply(topic, mira_id, "Start.")
    base = f"/forum/posts/{post}"
    data = {"text": "Changed.", "based_on": "1"}
    answers = side_by_side(
        edited=lambda: mira[0].post(f"{base}/edit", data=data),
        deleted=lambda: mira[1].post(f"{base}/delete"),
    )
    edited, deleted = answers["edited"], answers["deleted"]
    assert deleted.status_code == 303
    assert edited.status_code in (303, 404, 409)
    if edited.status_code == 409:
        assert "Changed." in edited.text
    with app.app_context():
        assert db.session.get_one(Post, post).state == State.DELETED
    assert state(app, topic)[1:] == (1, 1, 2)


def test_a_reply_while_the_topic_is_locked_is_posted_or_kept_in_the_field(app, topic, mira):
    def lock():
        with app.app_context():
            forum.take_topic(db.session(), topic).locked_at = now()
            db.session.commit()

    data = {"text": "In time?", "submission": KEY}
    answer = side_by_side(reply=lambda: mira[0].post(reply(topic), data=data), lock=lock)["reply"]
    posted = answer.status_code == 303
    assert posted or (answer.status_code in (403, 409) and "In time?" in answer.text)
    assert state(app, topic)[0] == ([1, 2] if posted else [1])


def test_a_topic_is_not_taken_back_while_somebody_replies(app, rooms, people, mira_id, mira):
    topic = rooms.topic(rooms.board("Ideas"), mira_id)
    first = rooms.first_post(topic)
    other = people.signed_in("Eve")
    data = {"text": "Wait", "submission": KEY}
    answers = side_by_side(
        taken=lambda: mira[0].post(f"/forum/posts/{first}/delete"),
        replied=lambda: other.post(reply(topic), data=data),
    )
    taken, replied = answers["taken"], answers["replied"]
    assert taken.status_code in (303, 403)
    with app.app_context():
        is_gone = db.session.get_one(Topic, topic).state == State.DELETED
    assert is_gone == (replied.status_code != 303)


def test_two_devices_that_begin_a_draft_at_once_lose_nothing(app, topic, mira):
    place = f"topic {topic}"
    answers = at_once(
        *(
            lambda c=client, n=n: c.post(
                "/forum/drafts", data={"place": place, "text": f"Text {n}", "revision": "0"}
            )
            for n, client in enumerate(mira)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    with app.app_context():
        stored = db.session.query(Draft).one().text
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json["text"] == stored


@pytest.mark.slow
def test_many_processes_reply_to_one_topic(app, people, rooms, topic, tmp_path):
    """Each sends every form twice; the key of the form is the same for all."""
    browsers = [people.signed_in(f"Writer {number}") for number in range(4)]
    with app.app_context():
        name = cookie.name()
    writers = [browser.get_cookie(name).value for browser in browsers]
    context = multiprocessing.get_context("spawn")
    with context.Pool(len(writers)) as pool:
        work = [(str(tmp_path), topic, writer, 5) for writer in writers]
        statuses = [status for done in pool.starmap(write, work) for status in done]
    assert set(statuses) == {303}
    expected = len(writers) * 5 + 1
    assert state(app, topic) == (list(range(1, expected + 1)), expected, expected, expected)


def write(folder, topic, key, times):
    """In a process of its own: what the answers were."""
    app = make_app(Path(folder))
    with app.app_context():
        limiter.enabled = False
        name = cookie.name()
    client = app.test_client()
    client.set_cookie(name, key, domain="localhost")
    return [
        client.post(reply(topic), data={"text": f"Reply {number}.", "submission": KEY}).status_code
        for number in range(times)
        for _ in range(2)
    ]


@pytest.mark.parametrize("moderates_there", [True, False])
def test_a_seat_counts_in_the_board_where_the_topic_stands_by_now(
    app, rooms, people, topic, moderates_there
):
    """Somebody answers a locked topic while it is moved: what counts is whom they are there."""
    moderator = people.add("Nora")
    boards = [rooms.of_topic(topic).board_id, rooms.board("Elsewhere")]
    rooms.moderator(boards[int(moderates_there)], moderator)
    with as_visitor(app, people.client(moderator)):
        seat = sheets.for_reply_to(topic).seat
        taken = forum.take_topic(db.session(), topic)
        taken.board_id, taken.locked_at = boards[1], now()
        db.session.commit()
        wish = Wish("A last word.", KEY)
        if moderates_there:
            assert publishing.reply(db.session(), writer(), topic, wish, now(), seat=seat)
            return
        with pytest.raises(forum.Closed):
            publishing.reply(db.session(), writer(), topic, wish, now(), seat=seat)


@contextmanager
def as_visitor(app, browser):
    """A request from that browser, of which only the inside is wanted."""
    with app.app_context():
        name = cookie.name()
    key = browser.get_cookie(name).value
    with app.test_request_context(headers={"Cookie": f"{name}={key}"}):
        yield
