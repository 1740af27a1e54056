"""What becomes of somebody's posts when they erase their account."""

import pytest

from hub.arranging.merging import merge
from hub.arranging.models import MovedPosts
from hub.arranging.taking import Spot
from hub.extensions import db, limiter
from hub.forum import happenings, operations
from hub.forum.happenings import Kind
from hub.forum.models import Board, Post, PostRevision, State, Topic
from hub.forum.own_name import without_name
from hub.moderation import evidence
from hub.moderation.models import Case, Ground
from hub.notifications.models import Notification
from hub.polls import operations as polls
from hub.polls.models import Poll, PollOption, PollVote
from hub.writing.models import Draft
from knowledge.community_models import Contribution, Progress
from tests.hub.people import PASSWORD
from tests.hub.rooms import Rooms, written
from tests.hub.test_erasure import found

NAME = "Quixotica Zeb"


@pytest.fixture(autouse=True)
def counters(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def leaver(people):
    people.add("Admin")
    return people.add(NAME, password=True)


@pytest.fixture
def stayer(people):
    return people.add("Mira")


@pytest.fixture
def told(monkeypatch):
    heard = []
    monkeypatch.setitem(
        happenings._LISTENERS,
        "test",
        lambda _session, happening: heard.append((happening.kind, happening.post.topic_id)),
    )
    return heard


@pytest.fixture
def forum(app, rooms, leaver, stayer, people):
    """A topic of theirs alone, one of theirs with others, and one of another's with them in it."""
    board = rooms.board()
    alone = rooms.topic(board, leaver, "Alone in the harbour", "Only mine.", tags=("harbour",))
    shared = rooms.topic(board, leaver, "Shared question", "My question.")
    rooms.reply(shared, stayer, "An answer of another.")
    others = rooms.topic(board, stayer, "Of another", 'Hello @"Quixotica Zeb", all.')
    mine = rooms.reply(others, leaver, "My first words.")
    with app.app_context():
        operations.edit(
            db.session(), mine, leaver, written("My later words."), 1, moment(), "my note"
        )
        db.session.commit()
    rooms.reply(others, stayer, f"> [@{NAME}, #2](/forum/posts/{mine})\n>\n> words\n\nYes.")
    people.client(leaver).post(
        "/forum/drafts", data={"place": f"topic {others}", "text": "My draft.", "revision": "0"}
    )
    return {"board": board, "alone": alone, "shared": shared, "others": others, "mine": mine}


def moment():
    from hub.clock import now

    return now()


def erase(people, person_id, choice):
    data = {"texts": choice, "password": PASSWORD}
    assert people.client(person_id).post("/account/data/erase", data=data).status_code == 303


def words(app):
    """All that stands in the tables of the forum."""
    with app.app_context():
        cells = [(p.text, p.html) for p in db.session.query(Post)]
        cells += [(r.text, r.title, r.note) for r in db.session.query(PostRevision)]
        cells += [(t.title, str(t.tags)) for t in db.session.query(Topic)]
        cells += [(d.text, d.title) for d in db.session.query(Draft)]
        return "\n".join(cell for row in cells for cell in row)


def test_texts_that_go_leave_nothing_behind(app, people, forum, leaver):
    erase(people, leaver, "goes")
    left = words(app)
    for word in ("Only mine", "harbour", "My question", "My first", "My later", "my note", "draft"):
        assert word not in left, word
    assert "Quixotica" not in left
    assert "An answer of another." in left
    assert "Shared question" in left


def test_texts_that_go_are_gone_for_readers_and_counts(app, people, forum, leaver, told):
    erase(people, leaver, "goes")
    with app.app_context():
        alone, shared, others = (
            db.session.get_one(Topic, forum[name]) for name in ("alone", "shared", "others")
        )
        assert (alone.state, alone.posts) == (State.DELETED, 0)
        assert (shared.state, shared.posts) == (State.VISIBLE, 1)
        assert (others.state, others.posts) == (State.VISIBLE, 2)
        board = db.session.get_one(Board, forum["board"])
        assert (board.topics, board.posts) == (2, 3)
    gone = [topic_id for kind, topic_id in told if kind is Kind.GONE]
    assert sorted(gone) == sorted([forum["alone"], forum["shared"], forum["others"]])
    reader = people.signed_in("Reader")
    assert reader.get(f"/forum/topics/{forum['alone']}").status_code == 404
    assert "An answer of another." in reader.get(f"/forum/topics/{forum['shared']}").text


def test_texts_that_stay_stand_under_a_number(app, people, forum, leaver):
    erase(people, leaver, "stays")
    left = words(app)
    assert "My later words." in left
    assert "My first words." in left
    assert "Quixotica" not in left
    assert "My draft." not in left
    page = people.signed_in("Reader").get(f"/forum/topics/{forum['others']}").text
    assert "My later words." in page
    assert f"former member {leaver}" in page
    assert "Quixotica" not in page


def test_the_name_goes_from_mentions_and_quotes_only():
    from hub.accounts.pseudonyms import key_of

    def gone(text):
        return without_name(text, key_of("Mira"), "former member 7")

    assert gone("Hi @Mira, and @mira. @Miranda stays") == (
        "Hi former member 7, and former member 7. @Miranda stays"
    )
    assert gone('@"Mira" [@Mira, #3](/forum/posts/9)') == (
        "former member 7 [@former member 7, #3](/forum/posts/9)"
    )
    assert gone("Mira is a word too") == "Mira is a word too"


def add_poll(app, post_id, voter):
    """With a vote of somebody in it."""
    with app.app_context():
        options = [PollOption(ordinal=1, text="boats"), PollOption(ordinal=2, text="trains")]
        poll = Poll(post_id=post_id, question="What moves?", options=options)
        db.session.add(poll)
        db.session.flush()
        polls.vote(db.session(), poll.id, voter, [poll.options[0].id], moment())
        db.session.commit()
        return poll.id


@pytest.mark.parametrize(("choice", "left"), [("stays", 2), ("goes", 1)])
def test_polls_go_with_the_posts_that_go(app, people, forum, rooms, leaver, stayer, choice, left):
    add_poll(app, forum["mine"], stayer)
    of_another = add_poll(app, rooms.first_post(forum["others"]), leaver)
    erase(people, leaver, choice)
    with app.app_context():
        assert db.session.query(Poll).count() == left
        assert db.session.get_one(Poll, of_another).voters == 0
        voted = {vote.person_id for vote in db.session.query(PollVote)}
        assert voted == ({stayer} if choice == "stays" else set())
    assert len(found(app, "what moves?", "boats", "trains")) == 3 * left


@pytest.mark.parametrize(
    ("choice", "state", "typed"),
    [
        ("stays", State.HIDDEN, NAME),
        ("goes", State.HIDDEN, NAME.lower()),
        ("stays", State.HELD, NAME.lower()),
        ("goes", State.DELETED, NAME),
    ],
)
def test_the_name_goes_from_posts_of_others_that_nobody_sees(
    app, people, rooms, forum, leaver, stayer, choice, state, typed
):
    post_id = rooms.reply(forum["others"], stayer, f'So says @"{typed}" there.')
    with app.app_context():
        operations.take_away(db.session(), post_id, State.HIDDEN, stayer, moment())
        db.session.get_one(Post, post_id).state = state
        db.session.query(Notification).delete()
        db.session.commit()
    erase(people, leaver, choice)
    assert found(app, NAME.lower()) == []
    with app.app_context():
        contribution = db.session.query(Contribution).filter_by(post_id=post_id).one()
        assert contribution.text == f"So says former member {leaver} there."
        assert contribution.withdrawn_at is not None
        assert contribution.progress == Progress.WAITING
        assert db.session.query(Notification).count() == 0


def test_words_that_the_search_forgot_do_not_come_back(app, people, rooms, forum, leaver, stayer):
    post_id = rooms.reply(forum["others"], stayer, f'So says @"{NAME}" there.')
    with app.app_context():
        operations.take_away(db.session(), post_id, State.DELETED, stayer, moment())
        db.session.commit()
    erase(people, leaver, "stays")
    with app.app_context():
        assert db.session.query(Contribution).filter_by(post_id=post_id).one().text == ""


@pytest.mark.parametrize("choice", ["stays", "goes"])
def test_the_name_goes_from_what_posts_of_others_said_when_they_were_reported(
    app, people, rooms, forum, leaver, stayer, choice
):
    post_id = rooms.reply(
        forum["others"], stayer, f'> [@{NAME}, #2](/forum/posts/1)\n\n@quixotica, @"{NAME}"'
    )
    with app.app_context():
        post = db.session.get_one(Post, post_id)
        said = evidence.of_post(db.session(), post.topic, post) | {"held_for": "spam"}
        case = Case(
            board_id=forum["board"],
            post_id=post_id,
            author_id=stayer,
            ground=Ground.OTHER,
            evidence=said,
            opened_at=moment(),
        )
        db.session.add(case)
        db.session.commit()
        case_id = case.id
    erase(people, leaver, choice)
    former = f"former member {leaver}"
    with app.app_context():
        kept, post = db.session.get_one(Case, case_id).evidence, db.session.get_one(Post, post_id)
        assert kept["text"] == f"> [@{former}, #2](/forum/posts/1)\n\n@quixotica, {former}"
        assert kept == said | {"text": post.text, "html": post.html}
    assert found(app, NAME.lower()) == []


def test_the_title_of_a_topic_that_was_merged_away_goes(app, people, rooms, forum, leaver, stayer):
    board = forum["board"]
    old = rooms.topic(board, leaver, "My odd title", tags=("oddity",))
    rooms.reply(old, stayer, "Among the odd.")
    of_another = rooms.topic(board, stayer, "Less odd")
    between = rooms.topic(board, stayer, "In between")
    with app.app_context():
        for source, target in (
            (old, between),
            (of_another, between),
            (between, forum["others"]),
        ):
            merge(db.session(), Spot(source, board), Spot(target, board), stayer, moment())
        db.session.commit()
    erase(people, leaver, "goes")
    assert found(app, "my odd title", "oddity") == []
    with app.app_context():
        lines = db.session.query(MovedPosts).order_by(MovedPosts.after_number, MovedPosts.id)
        assert sorted(line.title for line in lines) == ["", "In between", "Less odd"]
        assert db.session.get_one(Topic, old).merged_into_id == between
    page = people.signed_in("Reader").get(f"/forum/topics/{forum['others']}").text
    assert "Among the odd." in page
    assert "the topic “…”" in page
