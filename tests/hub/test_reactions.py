"""Reacting to posts: counts, whose they are, and many at once."""

import pytest

from hub.clock import now
from hub.extensions import db
from hub.forum import operations as forum
from hub.forum.models import Post, State
from hub.own_data import content
from hub.own_data.content import Choice
from hub.reactions.models import Reaction
from tests.hub.at_once import at_once
from tests.hub.rooms import Rooms

JSON = {"Accept": "application/json"}


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def post(rooms, people):
    return rooms.reply(rooms.topic(rooms.board(), people.add("Mira")), people.add("Anton"))


def counts(app, post):
    with app.app_context():
        return db.session.get_one(Post, post).reactions


def react(client, post, kind="thanks", **options):
    return client.post(f"/forum/posts/{post}/react", data={"kind": kind}, **options)


def test_a_reaction_counts_and_leads_back_to_the_post(app, people, post):
    client = people.client(people.add("Olga"))
    answer = react(client, post)
    assert (answer.status_code, answer.location) == (303, f"/forum/posts/{post}")
    assert counts(app, post) == {"thanks": 1}


def test_reacting_twice_takes_it_back(app, people, post):
    client = people.client(people.add("Olga"))
    react(client, post)
    react(client, post)
    assert counts(app, post) == {}


def test_whoever_agrees_does_not_disagree_any_more(app, people, post):
    client = people.client(people.add("Olga"))
    react(client, post, "disagree")
    answer = react(client, post, "agree", headers=JSON)
    assert answer.json == {"reactions": {"agree": 1}, "mine": ["agree"], "stands": True}
    assert counts(app, post) == {"agree": 1}


def test_nobody_reacts_to_their_own_post(app, rooms, people):
    author = people.add("Mira")
    own = rooms.reply(rooms.topic(rooms.board(), author), author)
    assert react(people.client(author), own).status_code == 403
    assert counts(app, own) == {}


@pytest.mark.parametrize("kind", ["", "love", "thanks ", "\x00", "x" * 5000])
def test_an_unknown_kind_is_refused(app, people, post, kind):
    assert react(people.client(people.add("Olga")), post, kind).status_code in (400, 422)
    assert counts(app, post) == {}


def test_whoever_is_not_signed_in_is_led_to_sign_in(client, post):
    assert react(client, post).location.startswith("/sign-in?")
    assert react(client, post, headers=JSON).status_code == 401


def test_a_post_of_a_closed_board_does_not_exist_for_others(rooms, people):
    topic = rooms.topic(rooms.board("Closed", "staff"), people.add("Mira"))
    olga = people.client(people.add("Olga"))
    assert react(olga, rooms.first_post(topic)).status_code == 404


def test_a_post_that_was_taken_back_cannot_be_reacted_to(app, people, post):
    with app.app_context():
        forum.take_away(db.session(), post, State.DELETED, None, now())
        db.session.commit()
    assert react(people.client(people.add("Olga")), post).status_code == 404


def test_of_many_at_once_none_is_lost(app, people, post):
    clients = [people.client(people.add(f"Reader {number}")) for number in range(8)]
    answers = at_once(*(lambda one=one: react(one, post) for one in clients))
    assert {answer.status_code for answer in answers} == {303}
    assert counts(app, post) == {"thanks": 8}


def test_one_person_twice_at_once_counts_once_or_not_at_all(app, people, post):
    olga = people.add("Olga")
    clients = [people.client(olga) for _ in range(4)]
    at_once(*(lambda one=one: react(one, post) for one in clients))
    assert counts(app, post) == {}
    with app.app_context():
        assert not db.session.query(Reaction).count()


def test_whoever_leaves_takes_their_reactions_with_them(app, people, post):
    olga, otto = people.add("Olga"), people.add("Otto")
    for one in (olga, otto):
        react(people.client(one), post)
    with app.app_context():
        content.apply(db.session(), olga, Choice.STAYS)
        db.session.commit()
    assert counts(app, post) == {"thanks": 1}


def test_the_topic_shows_counts_and_what_is_mine(people, post):
    olga = people.client(people.add("Olga"))
    react(olga, post)
    shown = olga.get(f"/forum/posts/{post}", follow_redirects=True)
    assert shown.status_code == 200
    button = shown.text.split('value="thanks"')[-1]
    assert 'aria-pressed="true"' in button[:60]
    assert ">1</span>" in button[:200]
