"""What becomes of somebody's posts when they erase their account."""

import pytest

from hub.extensions import db, limiter
from hub.forum import happenings, operations
from hub.forum.happenings import Kind
from hub.forum.models import Board, Post, PostRevision, State, Topic
from hub.forum.own_name import without_name
from hub.writing.models import Draft
from tests.hub.people import PASSWORD
from tests.hub.rooms import Rooms, written

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
