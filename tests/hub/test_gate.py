"""What is held back and what is refused: by what somebody did here, not by who they are."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import event

from hub.clock import now
from hub.extensions import db, limiter
from hub.forum import operations
from hub.forum.models import Board, Post, State
from hub.moderation import signs
from hub.moderation.gate import Verdict, opinion_on
from hub.moderation.models import Action, Case, Ground
from hub.moderation.signs import Sign
from hub.moderation.trust import Record, level_of, record_of
from hub.notifications.models import About, Notification
from hub.reactions.models import Reaction
from tests.hub.conftest import checked
from tests.hub.court import Court, decision_form

LONG = (
    "We tested three tools for reading number plates, with the same pictures by night and by day."
)


@pytest.fixture
def court(app):
    limiter.reset()
    return Court(app)


def opinion(court, person_id, text="A few words.", board=None, at=None, **more):
    with court.app.test_request_context():
        room = db.session.get_one(Board, board or court.board)
        return opinion_on(db.session(), person_id, room, text, at or now(), **more)


@pytest.mark.parametrize(
    ("record", "level"),
    [
        (Record(), 0),
        (Record(days=0.5, visible=9), 0),
        (Record(days=1, visible=1), 1),
        (Record(days=99, visible=80), 1),
        (Record(days=14, visible=10, appreciated=2), 2),
        (Record(days=60, visible=40, appreciated=10), 3),
        (Record(days=60, visible=40, appreciated=10, against=1), 2),
        (Record(days=60, visible=40, appreciated=10, against=9), 0),
        (Record(is_known=True), 2),
        (Record(days=60, visible=40, appreciated=10, is_known=True), 3),
        (Record(is_known=True, against=1), 1),
    ],
)
def test_trust_is_earned_by_what_one_did(record, level):
    assert level_of(record) == level


def test_the_record_is_read_in_one_statement(app, court):
    liked = court.rooms.reply(court.topic, court.otto)
    court.rooms.reply(court.topic, court.otto, "Held", is_held=True)
    court.rooms.reply(court.topic, court.otto, "Old", at=now() - timedelta(hours=2))
    court.decide(court.report(), Action.WARN)
    with app.app_context():
        db.session.add(Reaction(post_id=liked, person_id=court.mira, kind="thanks", at=now()))
        db.session.commit()
        statements = []
        event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        found = record_of(db.session(), court.otto, now())
    assert len([text for text in statements if not text.startswith("BEGIN")]) == 1
    assert (found.visible, found.appreciated, found.against) == (3, 1, 1)
    assert (found.last_hour, found.last_day, found.is_known) == (3, 4, False)


def test_lea_members_and_staff_are_known(app, court):
    officer = court.people.add("Leo", lea=True)
    with app.app_context():
        assert record_of(db.session(), officer, now()).is_known
        assert record_of(db.session(), court.mo, now()).is_known
        assert not record_of(db.session(), court.mira, now()).is_known


def test_an_ordinary_post_passes(court):
    assert opinion(court, court.mira).verdict is Verdict.PASS


def test_who_writes_too_much_waits(app, court):
    app.config["POST_LIMITS"] = ((2, 3),) * 4
    for _ in range(2):
        court.rooms.reply(court.topic, court.rita)
    found = opinion(court, court.rita)
    assert found.verdict is Verdict.REFUSE
    assert 3500 < found.seconds <= 3601
    assert "Try again in 60 minutes" in str(found.why)
    later = now() + timedelta(hours=1, minutes=1)
    assert opinion(court, court.rita, at=later).verdict is Verdict.PASS
    court.rooms.reply(court.topic, court.rita, at=later)
    assert opinion(court, court.rita, at=later).verdict is Verdict.REFUSE
    assert opinion(court, court.rita, edited_id=1).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("https://a.example https://b.example https://c.example one two three", Sign.LINKS),
        ("See https://x.example/1 and https://x.example/2 and https://x.example/3", Sign.ONE_HOST),
        ("Subscribe to my channel please", Sign.SHAPE),
        ("Earn real money at home", Sign.SHAPE),
        ("I will kill you", Sign.WORDS),
        ("Alle Frauen sind Abschaum", Sign.WORDS),
    ],
)
def test_what_new_members_write_is_looked_at(court, text, sign):
    found = opinion(court, court.people.add("New"), text)
    assert found.verdict is Verdict.HOLD
    assert sign in found.signs
    assert str(found.why).endswith("Until then only you and the moderators see it.")
    assert opinion(court, court.mo, text).verdict is Verdict.PASS


def test_links_to_the_hub_itself_are_no_links(court):
    own = court.app.config["ADDRESS"]
    text = " ".join(f"{own}/forum/posts/{number} says something" for number in range(9))
    assert opinion(court, court.rita, text).verdict is Verdict.PASS


@pytest.mark.parametrize("who", ["rita", "otto"])
def test_nearly_the_same_text_within_a_day_is_held(court, who):
    """Written before by themself, or by another new member."""
    court.rooms.reply(court.topic, court.rita, LONG)
    again = LONG.replace("three tools", "3 tools") + " !!"
    assert Sign.REPEATED in opinion(court, getattr(court, who), again).signs
    later = now() + timedelta(days=1, minutes=1)
    assert opinion(court, getattr(court, who), again, at=later).verdict is Verdict.PASS


def test_thanks_are_the_same_every_time(court):
    for _ in range(3):
        court.rooms.reply(court.topic, court.rita, "Thank you.")
    assert opinion(court, court.rita, "Thank you.").verdict is Verdict.PASS


def test_an_edit_is_not_compared_with_itself(court):
    post = court.rooms.reply(court.topic, court.rita, LONG)
    assert opinion(court, court.rita, LONG + " Yes.", edited_id=post).verdict is Verdict.PASS
    assert opinion(court, court.rita, LONG + " Yes.").verdict is Verdict.HOLD


def test_first_posts_wait_where_the_setting_or_the_board_says_so(app, court):
    careful = court.rooms.board("Careful", holds_first_posts=True)
    new = court.people.add("New")
    assert opinion(court, new).verdict is Verdict.PASS
    assert opinion(court, new, board=careful).signs == (Sign.FIRST,)
    app.config["HOLD_FIRST_POSTS"] = 2
    assert opinion(court, new).signs == (Sign.FIRST,)
    for _ in range(2):
        assert opinion(court, new).verdict is Verdict.HOLD
        court.rooms.reply(court.topic, new)
    assert opinion(court, new, board=careful).verdict is Verdict.PASS
    assert opinion(court, court.mo, board=careful).verdict is Verdict.PASS


def test_a_held_post_gets_a_case_and_is_seen_by_nobody_else(app, court, client):
    app.config["HOLD_FIRST_POSTS"] = 1
    new = court.people.add("New")
    post = court.rooms.reply(court.topic, new, "My first words", is_held=True)
    case = court.case(1)
    assert (case.ground, case.evidence["held_for"]) == (Ground.FIRST, "first")
    assert case.evidence["signs"] == ["first"]
    assert court.client(new).get(f"/forum/posts/{post}").status_code == 303
    assert court.client(court.rita).get(f"/forum/posts/{post}").status_code == 404
    with app.app_context():
        assert db.session.query(Notification).filter_by(post_id=post).count() == 0
    page = checked(court.client(court.mo).get("/desk/moderation/1").text).text_content()
    assert "It is a first post of a new member." in page


def test_an_approved_post_is_published_and_its_author_told(app, court):
    new = court.people.add("New")
    post = court.rooms.reply(court.topic, new, "My first words", is_held=True)
    answer = court.client(court.mo).post(
        "/desk/moderation/1/decision", data=decision_form("approve", facts="", based_on="1")
    )
    assert answer.status_code == 303
    assert court.state_of(post)[0] == State.VISIBLE
    with app.app_context():
        about = {row.about for row in db.session.query(Notification).filter_by(person_id=new)}
        assert about == {About.APPROVED}
        others = db.session.query(Notification).filter_by(person_id=court.mira, post_id=post)
        assert [row.about for row in others] == [About.REPLY]


def test_what_was_changed_since_it_was_read_is_not_approved_unread(app, court):
    new = court.people.add("New")
    post = court.rooms.reply(court.topic, new, "Fine.", is_held=True)
    with app.app_context():
        found = db.session.get_one(Post, post)
        found.text, found.revision = "Not so fine.", 2
        db.session.commit()
    answer = court.client(court.mo).post(
        "/desk/moderation/1/decision", data=decision_form("approve", based_on="1")
    )
    assert answer.status_code == 409
    assert court.state_of(post)[0] == State.HELD


def test_a_held_topic_that_is_refused_stays_out_of_sight(court):
    topic = court.rooms.topic(court.board, court.people.add("New"), is_held=True)
    court.decide(1, Action.HIDE)
    assert court.state_of(court.rooms.first_post(topic)) == (State.HIDDEN, State.HIDDEN)


def test_an_edit_that_is_held_gets_a_case_too(app, court):
    post = court.rooms.reply(court.topic, court.rita, "Fine.")
    with app.app_context():
        operations.take_away(db.session(), post, State.HELD, None, now())
        db.session.commit()
    assert court.count(Case) == 1


def test_hostile_texts_end_soon():
    for text in ("a " * 2000, "_" * 4000, "http://" * 600, "x.com " * 700, "ﬀ" * 4000, "٠" * 4000):
        started = datetime.now(UTC)
        signs.signs_in(text, 0)
        assert (datetime.now(UTC) - started).total_seconds() < 2


def test_several_that_post_first_read_the_words_once(monkeypatch):
    read, lexicon = [], signs._lexicon
    monkeypatch.setattr(signs, "_lexicon", lambda file: read.append(file) or lexicon(file))
    signs._lexicons.cache_clear()
    readers = [Thread(target=signs.lexicons) for _ in range(6)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(read) == len(set(read)) == len(signs.lexicons())


@pytest.mark.parametrize("changed", range(0, 40, 4))
def test_a_sketch_leaves_out_nothing_that_is_alike(changed):
    words = [f"wörd{number} is said" for number in range(40)]
    other = [*words[: 40 - changed], *(f"else{number} was" for number in range(changed))]
    one, two = (signs._shingles(" ".join(text)) for text in (words, other))
    is_alike = len(one & two) / len(one | two) >= signs.LEAST_ALIKE
    assert signs.is_alike(" ".join(words), " ".join(other)) == is_alike
