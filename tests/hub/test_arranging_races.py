"""Topics that are taken apart and put together while others write in them.

Threads, each with a session of its own, on the operations that the pages use; what is asked is that
nothing is lost, no number given twice, no count wrong, and that nobody waits in a ring: PostgreSQL
would end one of them with an error.
"""

import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.arranging.merging import merge
from hub.arranging.operations import move
from hub.arranging.splitting import NewTopic, split
from hub.arranging.taking import Changed, Spot
from hub.clock import now
from hub.extensions import db
from hub.forum import operations as forum
from hub.forum.models import Post, State, Topic
from hub.reactions.models import ReactionKind
from hub.reactions.operations import react
from tests.hub.rooms import Rooms, written
from tests.hub.soundness import assert_sound

EXPECTED = (Changed, forum.Closed, forum.EditConflict)


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def mira(people):
    return people.add("Mira")


def together(app, *acts: Callable[[Session], object]) -> list[object]:
    """Each in a thread and a transaction of its own, let go at the same moment; what each returned,
    or the refusal that it met."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[Session], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                results[place] = act(db.session())
                db.session.commit()
            except EXPECTED as refused:
                db.session.rollback()
                results[place] = refused
            except Exception as error:
                db.session.rollback()
                results[place] = f"{type(error).__name__}: {error}"[:300]
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not [result for result in results if isinstance(result, str)]
    return results


def replies(topic, author, count=1):
    """``count`` acts that each write one reply, whatever the topic became meanwhile."""

    def write(session):
        return forum.reply(session, topic, author, written(), now()).id

    return [write] * count


def spot(app, topic):
    with app.app_context():
        return Spot(topic, db.session.get_one(Topic, topic).board_id)


def stand_in(app, *posts):
    with app.app_context():
        return {db.session.get_one(Post, post).topic_id for post in posts}


def ids_of(app, topic):
    with app.app_context():
        found = db.session.query(Post).filter_by(topic_id=topic).order_by(Post.number)
        return [post.id for post in found]


def count(app):
    with app.app_context():
        return db.session.query(Post).count()


def test_fifty_write_in_one_topic(app, rooms, people, mira):
    topic = rooms.topic(rooms.board(), mira)
    results = together(app, *replies(topic, mira, 50))
    assert len(set(results)) == 50
    with app.app_context():
        numbers = [row.number for row in db.session.query(Post).filter_by(topic_id=topic)]
    assert sorted(numbers) == list(range(1, 52))
    assert_sound(app)


def test_replies_while_topics_are_merged_land_in_the_one_that_stays(app, rooms, mira):
    board, other_board = rooms.board(), rooms.board("Other")
    for home in (board, other_board):
        old, new = rooms.topic(board, mira), rooms.topic(home, mira)
        spots = spot(app, old), spot(app, new)
        before = count(app)
        results = together(
            app,
            *replies(old, mira, 4),
            lambda session, spots=spots: merge(session, *spots, mira, now()).id,
            *replies(new, mira, 4),
        )
        assert count(app) == before + 8
        assert stand_in(app, *(post for post in results if post != new)) == {new}
        assert_sound(app)


def test_of_two_opposite_merges_one_happens(app, rooms, mira):
    board = rooms.board()
    for _ in range(4):
        one, two = rooms.topic(board, mira), rooms.topic(board, mira)
        spots = spot(app, one), spot(app, two)
        results = together(
            app,
            lambda session, spots=spots: merge(session, *spots, mira, now()).id,
            lambda session, spots=spots: merge(session, *reversed(spots), mira, now()).id,
            *replies(one, mira, 2),
            *replies(two, mira, 2),
        )
        done = [result for result in results[:2] if not isinstance(result, Changed)]
        assert len(done) == 1
        assert len(ids_of(app, done[0])) == 6
        assert_sound(app)


def test_three_merged_in_a_ring_end_as_one_or_two(app, rooms, mira):
    board = rooms.board()
    topics = [rooms.topic(board, mira) for _ in range(3)]
    spots = [spot(app, topic) for topic in topics]
    together(
        app,
        *(
            lambda session, pair=(spots[at], spots[(at + 1) % 3]): (
                merge(session, *pair, mira, now()).id
            )
            for at in range(3)
        ),
        *(act for topic in topics for act in replies(topic, mira, 2)),
    )
    assert count(app) == 9
    assert_sound(app)


def test_an_edit_finds_its_post_wherever_it_went(app, rooms, mira):
    board = rooms.board()
    for _ in range(3):
        topic = rooms.topic(board, mira)
        post, other = rooms.reply(topic, mira, "Before"), rooms.reply(topic, mira)
        place = spot(app, topic)
        results = together(
            app,
            lambda session, post=post: (
                forum.edit(session, post, mira, written("After"), 1, now()).id
            ),
            lambda session, place=place, post=post: (
                split(session, place, [post], NewTopic(board, "New"), mira, now()).id
            ),
            lambda session, other=other: (
                forum.take_away(session, other, State.DELETED, mira, now()).id
            ),
            *replies(topic, mira, 2),
        )
        with app.app_context():
            moved = db.session.get_one(Post, post)
            assert (moved.text, moved.revision, moved.topic_id) == ("After", 2, results[1])
        assert_sound(app)


def test_a_post_goes_with_one_of_two_who_take_it_out(app, rooms, mira):
    board = rooms.board()
    topic, other = rooms.topic(board, mira), rooms.topic(board, mira)
    posts = [rooms.reply(topic, mira) for _ in range(3)]
    place, target = spot(app, topic), spot(app, other)
    results = together(
        app,
        lambda session: split(session, place, posts, NewTopic(board, "New"), mira, now()).id,
        lambda session: split(session, place, posts[1:], target, mira, now()).id,
    )
    done = [result for result in results if not isinstance(result, Changed)]
    assert len(done) == 1
    assert stand_in(app, *posts[1:]) == set(done)
    assert_sound(app)


def test_everything_at_once(app, rooms, people, mira):
    boards = [rooms.board(), rooms.board("Other")]
    topics = [rooms.topic(boards[at % 2], mira) for at in range(4)]
    posts = [rooms.reply(topic, mira) for topic in topics for _ in range(3)]
    olga = people.add("Olga")
    spots = [spot(app, topic) for topic in topics]
    before = count(app)
    results = together(
        app,
        lambda session: merge(session, spots[0], spots[1], mira, now()).id,
        lambda session: merge(session, spots[2], spots[3], mira, now()).id,
        lambda session: merge(session, spots[1], spots[2], mira, now()).id,
        lambda session: move(session, spots[3], boards[0], mira, now()).id,
        lambda session: split(session, spots[0], posts[:2], spots[3], mira, now()).id,
        lambda session: (
            split(session, spots[2], posts[6:8], NewTopic(boards[1], "N"), mira, now()).id
        ),
        *(
            lambda session, post=post: react(session, post, olga, ReactionKind.THANKS, now())[0].id
            for post in posts[::4]
        ),
        *(
            lambda session, post=post: forum.edit(session, post, mira, written("E"), 1, now()).id
            for post in posts[::5]
        ),
        *(act for topic in topics for act in replies(topic, mira, 2)),
    )
    assert count(app) == before + 8
    assert all(isinstance(result, int) for result in results[6:])
    assert_sound(app)


def test_a_reply_that_waited_for_a_merge_does_not_block_the_next_one(app, rooms, mira):
    """A reply holds the topic that was merged and waits for the one that it leads to; whoever holds
    that one must not wait for the first."""
    board = rooms.board()
    two, one = sorted(rooms.topic(board, mira) for _ in range(2))
    first, second = spot(app, one), spot(app, two)

    def merging(session):
        done = merge(session, first, second, mira, now()).id
        time.sleep(2)  # the others come and wait
        return done

    def replying(session):
        time.sleep(1)
        session.execute(select(Topic.id).where(Topic.id == one).with_for_update())
        time.sleep(1)  # the next one has the other topic by now
        return forum.reply(session, one, mira, written(), now()).id

    def merging_back(session):
        time.sleep(1)
        return merge(session, second, first, mira, now()).id

    results = together(app, merging, replying, merging_back)
    assert isinstance(results[2], Changed)
    assert ids_of(app, two)[-1] == results[1]
    assert_sound(app)
