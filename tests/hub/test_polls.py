"""Polls: what may be asked, who sees the counts when, and that no vote is lost."""

import pytest

from hub.clock import now
from hub.extensions import db
from hub.forum.models import Post, Topic
from hub.own_data import content
from hub.own_data.content import Choice
from hub.polls import operations
from hub.polls.models import Poll, PollVote, Results
from hub.polls.queries import polls_of
from hub.polls.writing import PollProblem, PollWish, make, poll_from
from tests.hub.at_once import at_once
from tests.hub.rooms import Rooms

TYPED = {"poll_question": "Which one?", "poll_options": "This\nThat\nNeither"}


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def author(people):
    return people.add("Mira")


@pytest.fixture
def topic(rooms, author):
    return rooms.topic(rooms.board(), author)


def make_poll(app, topic, **wish):
    """The id of a poll in the first post, and those of its options."""
    with app.app_context():
        post = db.session.query(Post).filter_by(topic_id=topic, number=1).one()
        poll = make(
            db.session(), post, PollWish("Which one?", ("This", "That", "Neither"), **wish), now()
        )
        ids = poll.id, [option.id for option in poll.options]
        db.session.commit()
    return ids


def vote(client, poll, *options, **form):
    return client.post(f"/forum/polls/{poll}/vote", data={"option": list(options), **form})


def counts(app, poll):
    with app.app_context():
        found = db.session.get_one(Poll, poll)
        return [option.votes for option in found.options], found.voters


def shown(app, topic, person=0):
    with app.app_context():
        post = db.session.query(Post).filter_by(topic_id=topic, number=1).one()
        return polls_of(db.session(), [post.id], person, now())[post.id]


def problems(app, **typed):
    with app.test_request_context(), pytest.raises(PollProblem) as problem:
        poll_from({**TYPED, **typed})
    return set(problem.value.problems)


def test_no_question_and_no_options_ask_for_no_poll():
    assert poll_from({}) is None
    assert poll_from({"poll_question": "  ", "poll_options": "\r\n", "poll_choices": "1"}) is None


def test_a_form_asks_for_a_poll():
    wish = poll_from({**TYPED, "poll_choices": "2", "poll_results": "after vote", "poll_days": "7"})
    assert wish == PollWish("Which one?", ("This", "That", "Neither"), 2, Results.AFTER_VOTE, 7)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("poll_question", ""),
        ("poll_question", "x" * 201),
        ("poll_question", "left\u202eright"),
        ("poll_options", "Only one"),
        ("poll_options", "Same\nsame"),
        ("poll_options", "\n".join(map(str, range(13)))),
        ("poll_options", "x" * 121 + "\nb"),
        ("poll_options", "a\u0000\nb"),
        ("poll_options", "a\nb" + "\n" * 1_000_000),
        ("poll_choices", "0"),
        ("poll_choices", "4"),
        ("poll_choices", "٣"),
        ("poll_choices", "9" * 5000),
        ("poll_results", "never"),
        ("poll_days", "-1"),
        ("poll_days", "367"),
    ],
)
def test_what_makes_no_poll_is_said_at_its_field(app, name, text):
    if text.endswith("\n\n"):
        assert problems(app, **{name: text}) == {name}
    assert name in problems(app, **{name: text})


def test_a_vote_counts_and_can_be_changed_until_the_poll_closes(app, people, topic, author):
    poll, (this, that, _) = make_poll(app, topic)
    olga = people.client(people.add("Olga"))
    assert vote(olga, poll, this).status_code == 303
    vote(olga, poll, that)
    assert counts(app, poll) == ([0, 1, 0], 1)
    assert people.client(author).post(f"/forum/polls/{poll}/close").status_code == 303
    vote(olga, poll, this)
    assert counts(app, poll) == ([0, 1, 0], 1)


def test_a_vote_can_be_taken_back(app, people, topic):
    poll, (this, *_) = make_poll(app, topic)
    olga = people.client(people.add("Olga"))
    vote(olga, poll, this)
    vote(olga, poll, withdraw="yes")
    assert counts(app, poll) == ([0, 0, 0], 0)


@pytest.mark.parametrize("chosen", [(), ("x",), ("4711",), ("all",), ("9" * 4000,)])
def test_nothing_too_much_and_what_is_no_option_do_not_count(app, people, topic, chosen):
    poll, options = make_poll(app, topic, most_choices=2)
    olga = people.client(people.add("Olga"))
    vote(olga, poll, *(options if chosen == ("all",) else chosen))
    assert counts(app, poll) == ([0, 0, 0], 0)


def test_several_choices_of_one_person_are_one_voter(app, people, topic):
    poll, (this, that, _) = make_poll(app, topic, most_choices=2)
    vote(people.client(people.add("Olga")), poll, this, that)
    assert counts(app, poll) == ([1, 1, 0], 1)


def test_a_poll_closes_by_itself(app, people, topic):
    poll, (this, *_) = make_poll(app, topic, days=1)
    with app.app_context():
        db.session.get_one(Poll, poll).closes_at = now()
        db.session.commit()
    vote(people.client(people.add("Olga")), poll, this)
    assert counts(app, poll) == ([0, 0, 0], 0)


def test_only_the_author_and_moderators_close_it(app, people, rooms, topic):
    poll, _ = make_poll(app, topic)
    assert people.client(people.add("Olga")).post(f"/forum/polls/{poll}/close").status_code == 403
    moderator = people.add("Mo")
    with app.app_context():
        board = db.session.get_one(Topic, topic).board_id
    rooms.moderator(board, moderator)
    assert people.client(moderator).post(f"/forum/polls/{poll}/close").status_code == 303


def test_a_poll_in_a_closed_board_does_not_exist_for_others(app, people, rooms, author):
    poll, (this, *_) = make_poll(app, rooms.topic(rooms.board("Closed", "staff"), author))
    olga = people.client(people.add("Olga"))
    assert vote(olga, poll, this).status_code == 404
    assert olga.post(f"/forum/polls/{poll}/close").status_code == 404


@pytest.mark.parametrize(
    ("results", "seen"),
    [
        (Results.ALWAYS, (True, True, True)),
        (Results.AFTER_VOTE, (False, True, True)),
        (Results.AFTER_CLOSE, (False, False, True)),
    ],
)
def test_counts_are_shown_when_the_author_said(app, people, topic, author, results, seen):
    poll, (this, *_) = make_poll(app, topic, results=results)
    olga = people.add("Olga")
    before = shown(app, topic, olga)
    vote(people.client(olga), poll, this)
    after = shown(app, topic, olga)
    assert after.options[0].is_mine
    people.client(author).post(f"/forum/polls/{poll}/close")
    closed = shown(app, topic)
    assert tuple(one.options[0].votes is not None for one in (before, after, closed)) == seen


def test_of_many_votes_at_once_none_is_lost(app, people, topic):
    poll, options = make_poll(app, topic)
    clients = [people.client(people.add(f"Voter {number}")) for number in range(9)]
    at_once(
        *(
            lambda one=one, option=options[number % 3]: vote(one, poll, option)
            for number, one in enumerate(clients)
        )
    )
    assert counts(app, poll) == ([3, 3, 3], 9)


def test_one_person_votes_once_however_often_they_send_it(app, people, topic):
    poll, options = make_poll(app, topic)
    olga = people.add("Olga")
    clients = [people.client(olga) for _ in range(6)]
    at_once(
        *(
            lambda one=one, option=options[number % 3]: vote(one, poll, option)
            for number, one in enumerate(clients)
        )
    )
    votes, voters = counts(app, poll)
    assert (sum(votes), voters) == (1, 1)


@pytest.mark.parametrize("is_closed", [False, True])
def test_whoever_leaves_takes_back_their_vote_from_open_polls_alone(app, people, topic, is_closed):
    poll, (this, *_) = make_poll(app, topic)
    olga = people.add("Olga")
    vote(people.client(olga), poll, this)
    with app.app_context():
        if is_closed:
            operations.close(db.session(), poll, now())
        content.apply(db.session(), olga, Choice.STAYS)
        db.session.commit()
        assert not db.session.query(PollVote).count()
    assert counts(app, poll) == (([1, 0, 0], 1) if is_closed else ([0, 0, 0], 0))


def test_the_topic_page_shows_the_poll_with_its_counts_as_text(app, people, topic):
    poll, (this, *_) = make_poll(app, topic)
    olga = people.client(people.add("Olga"))
    vote(olga, poll, this)
    page = olga.get(f"/forum/topics/{topic}").text
    assert "1 vote, 100 %" in page
    assert "Change your vote" in page
