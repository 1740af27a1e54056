"""Posts kept for later: for oneself alone, and only as long as one may read them."""

import pytest

from hub.clock import now
from hub.extensions import db
from hub.forum import operations as forum
from hub.forum.models import Board, State
from hub.reactions.models import Bookmark
from hub.reactions.queries import PAGE_SIZE
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def board(rooms):
    return rooms.board()


@pytest.fixture
def post(rooms, people, board):
    return rooms.reply(rooms.topic(board, people.add("Mira")), people.add("Anton"))


@pytest.fixture
def olga(people):
    return people.client(people.add("Olga"))


def listed(client, query=""):
    answer = client.get(f"/forum/bookmarks{query}")
    assert answer.status_code == 200
    return checked(answer.text).xpath("//li[contains(@class, 'bookmark')]")


def test_a_bookmark_is_kept_and_forgotten_by_the_same_button(olga, post):
    answer = olga.post(f"/forum/posts/{post}/bookmark")
    assert (answer.status_code, answer.location) == (303, f"/forum/posts/{post}")
    assert len(listed(olga)) == 1
    olga.post(f"/forum/posts/{post}/bookmark")
    assert not listed(olga)


def test_a_note_is_kept_with_it(olga, post):
    answer = olga.post(f"/forum/posts/{post}/bookmark", data={"note": "For the meeting"})
    assert answer.location == "/forum/bookmarks"
    assert "For the meeting" in listed(olga)[0].text_content()
    page = checked(olga.get(f"/forum/posts/{post}/bookmark").text)
    assert page.xpath("//input[@name='note']/@value") == ["For the meeting"]


@pytest.mark.parametrize("note", ["x" * 201, "left\u202eright", "two\nlines", "\ufffe\u0007"])
def test_a_note_that_cannot_be_kept_is_refused_with_what_was_typed(app, olga, post, note):
    answer = olga.post(f"/forum/posts/{post}/bookmark", data={"note": note})
    assert answer.status_code == 422
    with app.app_context():
        assert not db.session.query(Bookmark).count()


def test_what_cannot_be_read_any_more_is_not_listed(app, olga, post, board):
    olga.post(f"/forum/posts/{post}/bookmark")
    with app.app_context():
        db.session.get_one(Board, board).audience = "staff"
        db.session.commit()
    assert not listed(olga)
    assert olga.post(f"/forum/posts/{post}/bookmark").status_code == 404


def test_a_post_that_was_taken_back_is_not_listed(app, olga, post):
    olga.post(f"/forum/posts/{post}/bookmark")
    with app.app_context():
        forum.take_away(db.session(), post, State.HIDDEN, None, now())
        db.session.commit()
    assert not listed(olga)


def test_pages_follow_each_other_without_gaps(app, rooms, people, board):
    topic, reader = rooms.topic(board, people.add("Mira")), people.add("Olga")
    posts = [rooms.first_post(topic)]
    posts += [rooms.reply(topic, people.add("Anton"))]
    with app.app_context():
        author = people.add("Nina")
        for number in range(PAGE_SIZE + 1):
            form = forum.Written(f"Post {number}", f"form {number}")
            posts.append(forum.reply(db.session(), topic, author, form, now()).id)
        db.session.add_all(
            Bookmark(person_id=reader, post_id=post, made_at=now()) for post in posts
        )
        db.session.commit()
    client = people.client(reader)
    first = client.get("/forum/bookmarks").text
    older = checked(first).xpath("//a[@rel='next']/@href")[0]
    seen = [*listed(client), *listed(client, older.removeprefix("/forum/bookmarks"))]
    assert len(seen) == len(posts)


def test_nobody_sees_the_bookmarks_of_another(olga, people, post):
    olga.post(f"/forum/posts/{post}/bookmark")
    assert not listed(people.client(people.add("Otto")))
