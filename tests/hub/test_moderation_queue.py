"""The queue: who sees which cases, in what order, and who looks at one."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.accounts.models import Role
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.extensions import db, limiter
from hub.forum import happenings, operations
from hub.forum.happenings import Happening, Kind
from hub.forum.models import Board, Topic
from hub.moderation.models import Action, CaseNote, Ground
from hub.moderation.urgency import Voice, gravest, urgency_of
from knowledge.access import LEA, group_audience
from tests.hub.conftest import checked
from tests.hub.court import Court
from tests.hub.rooms import written

QUEUE = "/desk/moderation"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def court(app):
    limiter.reset()
    return Court(app)


def case_links(client, query=""):
    root = checked(client.get(f"{QUEUE}{query}").text)
    return [link.get("href") for link in root.xpath("//ul[@class='row-list']//strong/a")]


@pytest.mark.parametrize("who", ["otto", "rita", "mira"])
def test_who_moderates_nothing_has_no_queue(court, who):
    case = court.report()
    client = court.client(getattr(court, who))
    assert client.get(QUEUE).status_code == 404
    assert client.get(f"{QUEUE}/{case}").status_code == 404
    for act in ("claim", "release", "take-over", "notes", "decision"):
        assert client.post(f"{QUEUE}/{case}/{act}").status_code == 404


def test_who_is_not_signed_in_is_led_to_sign_in(court, client):
    assert client.get(QUEUE).status_code == 303


@pytest.mark.parametrize("who", ["mo", "ada", "bo"])
def test_those_who_moderate_see_the_case(court, who):
    case = court.report()
    client = court.client(getattr(court, who))
    assert case_links(client) == [f"{QUEUE}/{case}"]
    text = checked(client.get(f"{QUEUE}/{case}").text).text_content()
    assert "You are a fool" in text
    assert "Rita" in text
    assert "Otto" in text


def test_who_moderates_one_board_sees_only_its_cases(court):
    other = court.rooms.board("Other")
    post = court.rooms.reply(court.rooms.topic(other, court.mira), court.otto)
    there, here = court.report(post_id=post), court.report()
    client = court.client(court.bo)
    assert case_links(client) == [f"{QUEUE}/{here}"]
    assert client.get(f"{QUEUE}/{there}").status_code == 404
    assert len(case_links(court.client(court.mo))) == 2


@pytest.mark.parametrize(("audience", "sees"), [(LEA, {"mo"}), ("group", set())])
def test_nobody_sees_cases_of_a_board_that_they_may_not_read(app, court, audience, sees):
    """Whoever moderates the board but is no LEA member, and moderators outside of a group."""
    case = court.report()
    group = group_audience(court.people.add_group("The group"))
    with app.app_context():
        db.session.get_one(Board, court.board).audience = LEA if audience == LEA else group
        db.session.commit()
    for who in ("bo", "mo"):
        answer = court.client(getattr(court, who)).get(f"{QUEUE}/{case}")
        assert (answer.status_code == 200) == (who in sees), who


def test_a_role_without_its_second_factor_moderates_nothing(court):
    case = court.report()
    weak = court.people.client(court.mo, is_strong=False)
    assert weak.get(f"{QUEUE}/{case}").status_code == 404


def test_a_moderator_who_is_silenced_decides_nothing(court):
    court.decide(
        court.report(post_id=court.rooms.reply(court.topic, court.bo)),
        Action.SILENCE,
        days=7,
    )
    assert court.client(court.bo).get(QUEUE).status_code == 404


def test_the_case_goes_where_its_topic_goes(app, court):
    case, other = court.report(), court.rooms.board("Other")
    with app.app_context():
        topic = db.session.get_one(Topic, court.topic)
        topic.board_id = other
        db.session.flush()
        board = db.session.get_one(Board, other)
        happenings.tell(db.session(), Happening(Kind.MOVED, board, topic, None, court.mo, now()))
        db.session.commit()
    assert court.case(case).board_id == other


def test_illegal_content_and_threats_stand_first():
    voice, held = Voice(Ground.OPERATIONAL, 9, 9), None
    grave = urgency_of([voice] * 20, held, NOW - timedelta(days=90))
    for ground in (Ground.ILLEGAL, Ground.THREAT):
        assert urgency_of([Voice(ground, 0, 9)], None, NOW) > grave


def test_the_order_is_weight_reliability_number_and_age():
    def urgency(*voices, days=0):
        return urgency_of(voices, None, NOW - timedelta(days=days))

    assert urgency(Voice(Ground.ABUSE)) > urgency(Voice(Ground.SPAM))
    assert urgency(Voice(Ground.ABUSE, 9, 9)) > urgency(Voice(Ground.ABUSE, 0, 9))
    assert urgency(Voice(Ground.SPAM, 9, 9)) > urgency(Voice(Ground.ABUSE, 0, 9))
    assert urgency(Voice(Ground.SPAM), Voice(Ground.SPAM)) > urgency(Voice(Ground.SPAM))
    assert urgency(Voice(Ground.SPAM), days=1) > urgency(Voice(Ground.SPAM))
    assert urgency(Voice(Ground.ABUSE)) > urgency(Voice(Ground.ABUSE, is_stranger=True))
    assert gravest([Ground.SPAM, Ground.ILLEGAL]) == Ground.ILLEGAL


def test_reporters_who_were_right_are_heard_first(court):
    posts = [court.rooms.reply(court.topic, court.otto) for _ in range(4)]
    for post in posts[:2]:
        court.decide(court.report(court.rita, post_id=post))
    wrong = court.rooms.reply(court.topic, court.otto)
    court.decide(court.report(court.mira, post_id=wrong), Action.NOTHING)
    of_mira, of_rita = (
        court.report(court.mira, post_id=posts[2]),
        court.report(court.rita, post_id=posts[3]),
    )
    client = court.client(court.mo)
    assert case_links(client) == [f"{QUEUE}/{of_rita}", f"{QUEUE}/{of_mira}"]
    assert "right in 2 of 2 reports" in client.get(f"{QUEUE}/{of_rita}").text


def test_the_list_is_narrowed_by_links(court):
    spam = court.rooms.reply(court.topic, court.otto)
    abuse, other = court.report(), court.report(ground=Ground.SPAM, post_id=spam)
    client = court.client(court.mo)
    client.post(f"{QUEUE}/{abuse}/claim")
    assert case_links(client, "?ground=spam") == [f"{QUEUE}/{other}"]
    assert case_links(client, "?tab=mine") == [f"{QUEUE}/{abuse}"]
    assert case_links(client, "?tab=decided") == []
    court.decide(other, Action.HIDE)
    assert case_links(client, "?tab=decided") == [f"{QUEUE}/{other}"]


@pytest.mark.parametrize(
    "query", ["?tab=x", "?ground=x", "?page=0", "?page=99999999999", "?board=x", "?page=²"]
)
def test_filters_that_make_no_sense_are_left_out(court, query):
    assert court.client(court.mo).get(f"{QUEUE}{query}").status_code == 200


def test_a_second_one_sees_who_has_the_case_and_takes_it_over_with_a_note(app, court):
    case = court.report()
    mo, mia = court.client(court.mo), court.client(court.mia)
    mo.post(f"{QUEUE}/{case}/claim")
    answer = mia.post(f"{QUEUE}/{case}/claim", follow_redirects=True)
    assert "Somebody else has this case" in answer.text
    assert "Mo" in checked(answer.text).text_content()
    assert "Mo has it" in mia.get(QUEUE).text
    assert court.case(case).claimed_by == court.mo
    empty = mia.post(f"{QUEUE}/{case}/take-over", data={"holder": court.mo, "text": ""})
    assert empty.status_code == 422
    mia.post(f"{QUEUE}/{case}/take-over", data={"holder": court.mo, "text": "Mo is ill."})
    assert court.case(case).claimed_by == court.mia
    stale = mo.post(
        f"{QUEUE}/{case}/take-over",
        data={"holder": court.mo, "text": "Back"},
        follow_redirects=True,
    )
    assert "somebody else’s by now" in stale.text
    with app.app_context():
        assert [note.text for note in db.session.query(CaseNote)] == ["Mo is ill."]
        acts = [entry.act for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert acts == ["case.claimed", "case.taken_over"]


def test_a_case_is_given_back_by_who_has_it(court):
    case = court.report()
    mo, mia = court.client(court.mo), court.client(court.mia)
    mo.post(f"{QUEUE}/{case}/claim")
    mia.post(f"{QUEUE}/{case}/release")
    assert court.case(case).claimed_by == court.mo
    mo.post(f"{QUEUE}/{case}/release")
    assert court.case(case).claimed_by is None


def test_notes_are_for_those_who_moderate(court):
    case = court.report()
    client = court.client(court.mo)
    assert client.post(f"{QUEUE}/{case}/notes", data={"text": "\0"}).status_code == 422
    client.post(f"{QUEUE}/{case}/notes", data={"text": "Seen before."})
    assert "Seen before." in court.client(court.bo).get(f"{QUEUE}/{case}").text


def test_the_case_shows_what_changed_since(app, court):
    case = court.report()
    with app.app_context():
        operations.edit(
            db.session(),
            court.post,
            court.otto,
            written("You are a friend, and so is it."),
            1,
            now(),
        )
        db.session.commit()
    root = checked(court.client(court.mo).get(f"{QUEUE}/{case}").text)
    assert "fool" in "".join(root.xpath("//del/text()"))
    assert "friend" in "".join(root.xpath("//ins/text()"))


def test_the_desk_says_how_many_wait(court):
    court.report()
    assert "1 case waits" in court.client(court.mo).get("/desk").text
    curator = court.people.signed_in("Clara", Role.CURATOR)
    assert "case waits" not in curator.get("/desk").text


def test_markup_of_a_post_stays_text_in_the_case(court):
    post = court.rooms.reply(court.topic, court.otto, "<script>alert(1)</script> & <b>bold</b>")
    page = court.client(court.mo).get(f"{QUEUE}/{court.report(post_id=post)}").text
    assert "<script>alert" not in page
    assert "&lt;b&gt;bold" in page
