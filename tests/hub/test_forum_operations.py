"""What the changes to topics and posts promise, on the database itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from hub.clock import now
from hub.extensions import db
from hub.forum import happenings, operations
from hub.forum.happenings import Kind
from hub.forum.models import Board, Post, PostRevision, State, Topic
from tests.hub.rooms import Rooms, written
from tests.hub.soundness import assert_sound


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def author(people):
    return people.add("Mira")


@pytest.fixture
def told(monkeypatch):
    heard = []
    monkeypatch.setitem(
        happenings._LISTENERS, "test", lambda _session, happening: heard.append(happening)
    )
    return heard


def counts(app, board_id, topic_id):
    with app.app_context():
        board, topic = db.session.get_one(Board, board_id), db.session.get_one(Topic, topic_id)
        return board.topics, board.posts, topic.posts, topic.last_number


def test_a_reply_gets_the_next_number_and_is_counted(app, rooms, author, told):
    board = rooms.board()
    topic = rooms.topic(board, author)
    rooms.reply(topic, author)
    assert counts(app, board, topic) == (1, 2, 2, 2)
    assert [happening.kind for happening in told] == [Kind.POSTED, Kind.POSTED]


def test_the_same_form_gives_one_post(app, rooms, author, told):
    board = rooms.board()
    topic = rooms.topic(board, author)
    form = written("Twice?")
    with app.app_context():
        first = operations.reply(db.session(), topic, author, form, now()).id
        db.session.commit()
        assert operations.reply(db.session(), topic, author, form, now()).id == first
        db.session.commit()
    assert counts(app, board, topic) == (1, 2, 2, 2)
    assert len(told) == 2


def test_a_held_post_is_counted_when_it_is_shown(app, rooms, author, told):
    board = rooms.board()
    topic = rooms.topic(board, author)
    post = rooms.reply(topic, author, is_held=True)
    assert told[-1].kind is Kind.HELD
    assert counts(app, board, topic) == (1, 1, 1, 2)
    with app.app_context():
        operations.show(db.session(), post, None, now())
        db.session.commit()
    assert counts(app, board, topic) == (1, 2, 2, 2)
    assert told[-1].kind is Kind.POSTED


def test_a_post_that_waited_stands_behind_what_came_meanwhile(app, rooms, author):
    board = rooms.board()
    topic = rooms.topic(board, author)
    held = rooms.reply(topic, author, is_held=True)
    edited = rooms.reply(topic, author, is_held=True)
    later = rooms.reply(topic, author)
    with app.app_context():
        operations.edit(db.session(), edited, author, written("Mended."), 1, now())
        for post in (held, edited):
            operations.show(db.session(), post, None, now())
        db.session.commit()
        numbers = {post.id: post.number for post in db.session.query(Post)}
    assert (numbers[edited], numbers[later], numbers[held]) == (3, 4, 5)
    assert counts(app, board, topic) == (1, 4, 4, 5)


def test_a_topic_has_the_date_of_its_latest_post_in_whatever_order_they_come(app, rooms, author):
    start = now()
    first, late, early = (start + timedelta(hours=hours) for hours in (0, 5, 1))
    topic = rooms.topic(rooms.board(), author, at=first)
    latest = rooms.reply(topic, author, at=late)
    last = rooms.reply(topic, author, at=early)  # as behind what was merged into the topic
    moments = []
    with app.app_context():
        for change in (
            lambda: None,
            lambda: operations.take_away(db.session(), last, State.HIDDEN, None, start),
            lambda: operations.take_away(db.session(), latest, State.HIDDEN, None, start),
            lambda: operations.show(db.session(), last, None, start),
            lambda: operations.show(db.session(), latest, None, start),
        ):
            change()
            moments.append(db.session.get_one(Topic, topic).bumped_at)
        db.session.commit()
    assert moments == [late, late, first, early, late]
    assert_sound(app)


def test_a_topic_goes_with_its_first_post_and_comes_back(app, rooms, author, told):
    board = rooms.board()
    topic = rooms.topic(board, author)
    first = rooms.first_post(topic)
    with app.app_context():
        for _ in range(2):
            operations.take_away(db.session(), first, State.HIDDEN, None, now())
        db.session.commit()
        assert db.session.get_one(Topic, topic).state == State.HIDDEN
    assert counts(app, board, topic) == (0, 0, 0, 1)
    with app.app_context():
        operations.show(db.session(), first, None, now())
        db.session.commit()
    assert counts(app, board, topic) == (1, 1, 1, 1)
    assert [happening.kind for happening in told] == [Kind.POSTED, Kind.GONE, Kind.BACK]


def test_what_is_hidden_and_then_deleted_is_told_once_more(app, rooms, author, told):
    topic = rooms.topic(rooms.board(), author)
    post = rooms.reply(topic, author)
    with app.app_context():
        for state in (State.HIDDEN, State.DELETED, State.DELETED):
            operations.take_away(db.session(), post, state, None, now())
        db.session.commit()
    assert [happening.kind for happening in told[2:]] == [Kind.GONE, Kind.GONE]


def test_an_edit_keeps_what_was_there(app, rooms, author):
    topic = rooms.topic(rooms.board(), author, text="Before")
    post = rooms.first_post(topic)
    with app.app_context():
        form = written("After", title="New title", tags=("tools",))
        operations.edit(db.session(), post, author, form, 1, now(), "mended")
        db.session.commit()
        kept = db.session.query(PostRevision).one()
        edited = db.session.get_one(Post, post)
        assert (kept.number, kept.text, kept.title) == (1, "Before", "How do you test a tool?")
        assert (edited.text, edited.revision, edited.topic.title) == ("After", 2, "New title")


def test_an_edit_of_what_somebody_else_has_edited_is_refused(app, rooms, author):
    post = rooms.reply(rooms.topic(rooms.board(), author), author)
    with app.app_context():
        operations.edit(db.session(), post, author, written("One"), 1, now())
        db.session.commit()
        with pytest.raises(operations.EditConflict) as conflict:
            operations.edit(db.session(), post, author, written("Two"), 1, now())
        assert conflict.value.post.text == "One"


def test_a_reply_to_a_merged_topic_holds_only_the_one_where_it_lands(app, rooms, author):
    board = rooms.board()
    old, new = rooms.topic(board, author), rooms.topic(board, author)
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("on SQLite one writes at a time")
        db.session.get_one(Topic, old).merged_into_id = new
        db.session.commit()
        assert operations.take_topic(db.session(), old).id == new
        free = select(Topic.id).with_for_update(skip_locked=True)
        with db.engine.connect() as other:
            assert other.scalars(free).all() == [old]
        with pytest.raises(operations.Closed):
            operations.take_topic(db.session(), old + new + 1)


def test_nobody_replies_to_a_locked_topic(app, rooms, author):
    topic = rooms.topic(rooms.board(), author)
    with app.app_context():
        db.session.get_one(Topic, topic).locked_at = now()
        db.session.commit()
        with pytest.raises(operations.Closed):
            operations.reply(db.session(), topic, author, written(), now())


def test_a_reply_to_a_merged_topic_lands_where_it_was_merged_into(app, rooms, author):
    board = rooms.board()
    old, new = rooms.topic(board, author), rooms.topic(board, author)
    with app.app_context():
        db.session.get_one(Topic, old).merged_into_id = new
        db.session.commit()
    post = rooms.reply(old, author)
    with app.app_context():
        assert db.session.get_one(Post, post).topic_id == new


def test_an_edit_in_another_language_says_so(app, rooms, author):
    post = rooms.reply(rooms.topic(rooms.board(), author), author, language="en")
    with app.app_context():
        form = written("Mit echten Daten.", language="de")
        assert operations.edit(db.session(), post, author, form, 1, now()).language == "de"
        form = written("?!")
        assert operations.edit(db.session(), post, author, form, 2, now()).language == "de"


def latest(app, board_id):
    with app.app_context():
        return db.session.get_one(Board, board_id).last_post_at


def put(app, post, state=None):
    """Takes a post away or, without a state, shows it again."""
    with app.app_context():
        if state is None:
            operations.show(db.session(), post, None, now())
        else:
            operations.take_away(db.session(), post, state, None, now())
        db.session.commit()
    assert_sound(app)


def test_the_replies_of_a_topic_leave_the_counts_with_it_and_come_back(app, rooms, author):
    board, moment = rooms.board(), now()
    rooms.topic(board, author, at=moment - timedelta(hours=2))
    topic = rooms.topic(board, author, at=moment - timedelta(hours=1))
    rooms.reply(topic, author, at=moment)
    first = rooms.first_post(topic)
    put(app, first, State.HIDDEN)
    assert counts(app, board, topic) == (1, 1, 1, 2)
    assert latest(app, board) == moment - timedelta(hours=2)
    put(app, first)
    assert counts(app, board, topic) == (2, 3, 2, 2)
    assert latest(app, board) == moment


def test_the_date_of_a_board_goes_back_with_its_latest_post(app, rooms, author):
    board, moment = rooms.board(), now()
    topic = rooms.topic(board, author, at=moment - timedelta(hours=1))
    reply = rooms.reply(topic, author, at=moment)
    put(app, reply, State.HIDDEN)
    assert latest(app, board) == moment - timedelta(hours=1)
    put(app, reply)
    assert latest(app, board) == moment
    put(app, rooms.first_post(topic), State.DELETED)
    assert latest(app, board) is None


def test_a_held_reply_of_a_hidden_topic_waits_for_the_topic(app, rooms, author, told):
    board = rooms.board()
    topic = rooms.topic(board, author)
    reply = rooms.reply(topic, author, is_held=True)
    first = rooms.first_post(topic)
    put(app, first, State.HIDDEN)
    told.clear()
    put(app, reply)
    assert counts(app, board, topic) == (0, 0, 1, 2)
    assert told == []
    put(app, first)
    assert counts(app, board, topic) == (1, 2, 2, 2)
    assert [happening.kind for happening in told] == [Kind.BACK]


def test_a_reply_does_not_trust_what_it_knew_of_the_board(app, rooms, author):
    board = rooms.board()
    topic = rooms.topic(board, author)
    with app.app_context():
        known = db.session.get_one(Board, board)
        assert known.archived_at is None
        archived = update(Board).where(Board.id == board).values(archived_at=now())
        db.session.execute(archived, execution_options={"synchronize_session": False})
        with pytest.raises(operations.Closed):
            operations.reply(db.session(), topic, author, written(), now())
