"""What becomes of somebody's posts when they erase their account."""

import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.arranging.merging import merge
from hub.arranging.models import MovedPosts
from hub.arranging.taking import Spot
from hub.desk.operations import hold
from hub.extensions import db, limiter
from hub.forum import happenings, operations
from hub.forum.happenings import Kind
from hub.forum.models import Board, Post, PostRevision, State, Topic
from hub.forum.own_name import without_name
from hub.moderation import evidence
from hub.moderation.models import Case, CaseState, Ground, Report
from hub.notifications import operations as notifications
from hub.notifications.models import About, Notification
from hub.own_data import erasing
from hub.own_data.content import Choice
from hub.polls import operations as polls
from hub.polls.models import Poll, PollOption, PollVote
from hub.reactions.models import ReactionKind
from hub.reactions.operations import react
from hub.writing.models import Draft
from knowledge.community_models import Contribution, Progress
from tests.hub.people import PASSWORD
from tests.hub.rooms import Rooms, written
from tests.hub.soundness import assert_sound
from tests.hub.test_erasure import found
from tests.hub.test_notification_locks import wait_for_a_lock

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
    assert gone("@Mira/Bert, mira@example.org") == "former member 7/Bert, mira@example.org"


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


@pytest.mark.parametrize(
    ("choice", "state", "left"),
    [
        ("stays", CaseState.DECIDED, "My reason."),
        ("goes", CaseState.DECIDED, ""),
        ("goes", CaseState.OPEN, "My reason."),
    ],
)
def test_what_one_reported_without_the_account_forgets_who_it_was(
    app, people, forum, leaver, stayer, choice, state, left
):
    with app.app_context():
        mine = db.session.get_one(Person, leaver).email.upper()
        case = Case(
            board_id=forum["board"],
            author_id=stayer,
            ground=Ground.OTHER,
            state=state,
            evidence={},
            opened_at=moment(),
        )
        case.reports = [
            Report(
                name="Q. Zeb",
                address=address,
                ground=Ground.OTHER,
                reason="My reason.",
                reference=address[:20],
                made_at=moment(),
            )
            for address in (mine, "other@example.org")
        ]
        db.session.add(case)
        db.session.commit()
    erase(people, leaver, choice)
    with app.app_context():
        reports = db.session.query(Report).order_by(Report.id)
        found = [(report.name, report.address, report.reason) for report in reports]
        assert found == [("", "", left), ("Q. Zeb", "other@example.org", "My reason.")]


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("O'Ra", "Says @o'ra, and others", "Says {former}, and others"),
        ("O'Ra", "> [@O\u2019RA, #2](/forum/posts/1)", "> [@{former}, #2](/forum/posts/1)"),
        ("Jean-Luc", "@JEAN-LUC!", "{former}!"),
        ("Zoë Ü", '@"zoe u" said', "{former} said"),
        ("Ελένη", "@ΕΛΕΝΗ, @Ελενη", "{former}, {former}"),
        ("The", "The mail is the@example.org", "The mail is the@example.org"),
    ],
)
def test_however_a_name_is_typed_it_goes_from_what_was_reported(
    app, people, rooms, stayer, name, text, left
):
    people.add("Admin")
    leaver, board = people.add(name, email="leaver@example.org"), rooms.board()
    with app.app_context():
        case = Case(
            board_id=board,
            author_id=stayer,
            ground=Ground.OTHER,
            evidence={"text": text, "html": ""},
            opened_at=moment(),
        )
        db.session.add(case)
        db.session.commit()
        evidence.forget_name(db.session(), leaver)
        assert case.evidence["text"] == left.format(former=f"former member {leaver}")


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


def test_a_name_that_is_a_word_reads_no_posts_but_those_that_name_the_person(
    app, people, rooms, stayer
):
    people.add("Admin")
    leaver = people.add("The", password=True)
    board = rooms.board()
    topic = rooms.topic(board, stayer, text="The words of The many")
    named = rooms.reply(topic, stayer, "So says @the, or the others.")
    for number in range(5):
        rooms.reply(topic, stayer, f"The reply {number}, and The rest")
    read = []
    with app.app_context():
        event.listen(Post, "load", listener := lambda post, _context: read.append(post.id))
        try:
            erasing.erase(db.session(), db.session.get_one(Person, leaver), Choice.STAYS, moment())
        finally:
            event.remove(Post, "load", listener)
        db.session.commit()
        text = db.session.get_one(Post, named).text
    assert set(read) == {named}
    assert text == f"So says former member {leaver}, or the others."


@contextmanager
def others_writing(app):
    """What somebody does in a transaction of theirs while the account is being erased."""
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("on SQLite one writes at a time")
        with Session(db.engine) as session, session.begin():
            yield session


@contextmanager
def erasing_meanwhile(app, person_id, choice):
    """Begins to erase, waits until that waits, and in the end until it is done."""
    failures = []

    def erase_now():
        with app.app_context():
            session = db.session()
            try:
                erasing.erase(session, session.get_one(Person, person_id), choice, moment())
                session.commit()
            except Exception as error:
                session.rollback()
                failures.append(error)

    thread = threading.Thread(target=erase_now)
    yield thread
    thread.join(60)
    assert not thread.is_alive()
    assert failures == []


def tell_leaver(session, forum, leaver, stayer):
    notifications.notify(session, [leaver], About.DECISION, moment(), actor_id=stayer, subject_id=1)


def reply_as_leaver(session, forum, leaver, stayer):
    operations.reply(session, forum["shared"], leaver, written("Said at the last."), moment())


def reply_to_leaver(session, forum, leaver, stayer):
    operations.reply(session, forum["shared"], stayer, written("To you."), moment())


def suspend_leaver(session, forum, leaver, stayer):
    hold(session, leaver)


@pytest.mark.parametrize("act", [tell_leaver, reply_as_leaver, reply_to_leaver, suspend_leaver])
def test_who_holds_a_topic_never_waits_in_a_ring_with_who_leaves(app, forum, leaver, stayer, act):
    with erasing_meanwhile(app, leaver, Choice.GOES) as thread, others_writing(app) as session:
        operations.take_topic(session, forum["shared"])
        thread.start()
        wait_for_a_lock()
        act(session, forum, leaver, stayer)
    assert found(app, "said at the last", NAME.lower()) == []
    assert_sound(app)


def test_who_holds_a_post_never_waits_in_a_ring_with_who_leaves(app, forum, leaver, stayer):
    with erasing_meanwhile(app, leaver, Choice.GOES) as thread, others_writing(app) as session:
        session.execute(select(Post.id).where(Post.id == forum["mine"]).with_for_update())
        thread.start()
        wait_for_a_lock()
        tell_leaver(session, forum, leaver, stayer)
    assert found(app, NAME.lower()) == []


@pytest.mark.parametrize("choice", list(Choice))
def test_who_moves_posts_never_waits_in_a_ring_with_who_takes_reactions_back(
    app, people, rooms, stayer, choice
):
    """Merging changes the posts of a topic in any order: here the later one first."""
    people.add("Admin")
    leaver = people.add(NAME)
    topic = rooms.topic(rooms.board(), stayer)
    posts = sorted(rooms.reply(topic, stayer) for _ in range(2))
    with app.app_context():
        for post_id in posts:
            react(db.session(), post_id, leaver, ReactionKind.THANKS, moment())
        db.session.commit()
    with erasing_meanwhile(app, leaver, choice) as thread, others_writing(app) as session:
        operations.take_topic(session, topic)
        for post_id in reversed(posts):
            session.execute(update(Post).where(Post.id == post_id).values(revision=2))
            if not thread.is_alive():
                thread.start()
                wait_for_a_lock()
    with app.app_context():
        assert [db.session.get_one(Post, post_id).reactions for post_id in posts] == [{}, {}]


def test_what_one_is_just_writing_elsewhere_goes_too(app, rooms, forum, leaver, stayer):
    elsewhere = rooms.topic(rooms.board("Elsewhere"), stayer, "Elsewhere")
    with erasing_meanwhile(app, leaver, Choice.GOES) as thread, others_writing(app) as session:
        operations.reply(session, elsewhere, leaver, written("Said at the last."), moment())
        thread.start()
        wait_for_a_lock()
    assert found(app, "said at the last") == []
    assert_sound(app)


@pytest.mark.parametrize("choice", list(Choice))
def test_an_edit_meanwhile_is_not_lost(app, rooms, forum, leaver, stayer, choice):
    named = rooms.reply(forum["others"], stayer, f'So says @"{NAME}".')
    with erasing_meanwhile(app, leaver, choice) as thread, others_writing(app) as session:
        form = written(f'So says @"{NAME}", and I.')
        operations.edit(session, named, stayer, form, 1, moment())
        thread.start()
        wait_for_a_lock()
    with app.app_context():
        text = db.session.get_one(Post, named).text
        before = db.session.query(PostRevision).filter_by(post_id=named).one().text
    assert text == f"So says former member {leaver}, and I."
    assert before == f"So says former member {leaver}."
