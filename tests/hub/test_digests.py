"""Mail about what is new: at once and in digests, what it may say, and how it is stopped."""

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import now
from hub.extensions import db
from hub.following import operations as following
from hub.following.models import Followed, Level
from hub.mail.kinds import content_of
from hub.mail.models import Mail
from hub.mail.rendering import message_of
from hub.mail.worker import HOURLY
from hub.notifications import digests, mailing, operations, unsubscribing
from hub.notifications.digests import next_morning, send_digests
from hub.notifications.models import About, Notification, NotificationChoice, Rhythm
from knowledge.access import LEA, MEMBERS, PUBLIC, STAFF
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms

BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def author(people):
    return people.add("Anton")


@pytest.fixture
def mira(people):
    return people.add("Mira", language="de")


@pytest.fixture
def topic(rooms, author):
    return rooms.topic(rooms.board(), author, "Which camera?")


def choose(app, person, rhythm):
    with app.app_context():
        operations.choose(db.session(), person, rhythm, reactions=None)
        db.session.commit()


def mails(app, kind):
    with app.app_context():
        return list(db.session.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.id)))


def message(app, mail, moment=None):
    """The message as it would be sent now; None: nothing."""
    with app.app_context():
        moment = moment or now()
        content = content_of(db.session(), db.session.get_one(Mail, mail.id), moment)
        return message_of(mail, content, moment) if content else None


def chore(app, moment):
    with app.app_context():
        sent = send_digests(db.session(), moment)
        db.session.commit()
    return sent


def tomorrow_noon():
    return now() + timedelta(days=1, hours=1)


# at once


def test_a_mail_comes_at_once_to_who_wants_it_so(app, rooms, topic, author, mira):
    choose(app, author, Rhythm.AT_ONCE)
    rooms.reply(topic, mira, "It depends on **the light**.")
    [mail] = mails(app, "notification")
    assert (mail.recipient, mail.parameters.keys()) == ("anton@example.org", {"notification"})
    sent = message(app, mail)
    assert sent["Subject"] == "Mira replied to you: “Which camera?”"
    assert "> It depends on the light." in sent.get_content()
    assert "/forum/posts/" in sent.get_content()


def test_others_get_none(app, rooms, topic, author, mira):
    choose(app, author, Rhythm.NEVER)
    rooms.reply(topic, mira, "@Anton")
    rooms.reply(topic, author, "@Mira")
    assert mails(app, "notification") == []


def test_what_was_read_meanwhile_is_not_sent(app, rooms, people, topic, author, mira):
    choose(app, author, Rhythm.AT_ONCE)
    rooms.reply(topic, mira)
    people.client(author).post(f"/forum/topics/{topic}/read", data={"number": 2})
    assert message(app, mails(app, "notification")[0]) is None


@pytest.mark.parametrize("what", ["disabled", "never", "address"])
def test_what_changed_meanwhile_counts(app, rooms, topic, author, mira, what):
    choose(app, author, Rhythm.AT_ONCE)
    rooms.reply(topic, mira)
    if what == "never":
        choose(app, author, Rhythm.NEVER)
    with app.app_context():
        from hub.accounts.models import Person

        person = db.session.get_one(Person, author)
        if what == "disabled":
            person.disabled_at = now()
        if what == "address":
            person.notification_email = "else@example.org"
        db.session.commit()
    assert message(app, mails(app, "notification")[0]) is None


def test_nobody_is_flooded(app, rooms, topic, author, mira):
    choose(app, author, Rhythm.AT_ONCE)
    for _ in range(mailing.MOST_AN_HOUR + 3):
        rooms.reply(topic, mira)
    assert len(mails(app, "notification")) == mailing.MOST_AN_HOUR
    assert chore(app, now()) == 0
    assert chore(app, now() + timedelta(hours=1)) == 1
    [rest] = mails(app, "digest")
    assert message(app, rest)["Subject"].startswith("3 things are new")


def test_the_mail_goes_where_notifications_go(app, rooms, people, topic, mira):
    person = people.add("Nele", notification_email="news@example.org")
    choose(app, person, Rhythm.AT_ONCE)
    rooms.reply(topic, mira, "@Nele")
    assert [mail.recipient for mail in mails(app, "notification")] == ["news@example.org"]


# what a mail may say


@pytest.mark.parametrize(
    ("audience", "marks", "may"),
    [
        (PUBLIC, ("", ""), True),
        (MEMBERS, ("clear", ""), True),
        (MEMBERS, ("", "green"), False),
        (LEA, ("", ""), False),
        (STAFF, ("amber", "amber"), False),
        ("group-7", ("red", ""), False),
    ],
)
def test_words_leave_only_what_is_open(audience, marks, may):
    assert mailing.may_carry_words(audience, marks) is may


@pytest.mark.parametrize("kind", ["notification", "digest"])
def test_of_a_closed_board_a_mail_says_no_word(app, rooms, people, kind):
    lea = people.add("Leo", lea=True)
    writer = people.add("Wilma", lea=True)
    choose(app, lea, Rhythm.AT_ONCE if kind == "notification" else Rhythm.DAILY)
    board = rooms.board("Heron board", LEA, mark="green")
    rooms.topic(board, writer, "Heron topic", "@Leo the Heron flies")
    if kind == "digest":
        chore(app, now())
        chore(app, tomorrow_noon())
    [mail] = mails(app, kind)
    sent = message(app, mail)
    whole = f"{sent['Subject']} {sent.get_content()}"
    assert "closed board" in whole
    assert "Heron" not in whole
    assert "Wilma" not in whole
    people.end_lea_membership(lea)
    assert message(app, mail) is None


def test_what_somebody_typed_begins_no_line(app, rooms, topic, author, mira):
    choose(app, author, Rhythm.AT_ONCE)
    rooms.reply(topic, mira, "Bcc: all@example.org\n\nSubject: x\n\n-- \nx")
    sent = message(app, mails(app, "notification")[0])
    assert sent["Bcc"] is None
    assert not [line for line in sent.get_content().splitlines() if line.startswith(("Bcc", "Sub"))]


# digests


def test_a_digest_comes_on_the_next_morning_with_all_that_is_unread(
    app, rooms, people, topic, author, mira
):
    rooms.reply(topic, mira, "One.")
    rooms.reply(topic, mira, "Two.")
    moment = now()
    assert chore(app, moment) == 0
    with app.app_context():
        due = db.session.query(NotificationChoice).filter_by(person_id=author).one().next_digest_at
    assert due.astimezone(BRUSSELS).hour == 7
    assert moment < due <= moment + timedelta(hours=25)
    people.client(author).post(f"/forum/topics/{topic}/read", data={"number": 2})
    assert chore(app, due - timedelta(minutes=1)) == 0
    assert chore(app, due + timedelta(minutes=20)) == 1
    sent = message(app, mails(app, "digest")[0])
    assert sent["Subject"].startswith("1 thing is new")
    assert "Two." in sent.get_content()
    assert "One." not in sent.get_content()


def test_what_a_digest_said_is_not_said_again(app, rooms, topic, author, mira):
    rooms.reply(topic, mira)
    chore(app, now())
    assert chore(app, tomorrow_noon()) == 1
    assert chore(app, tomorrow_noon() + timedelta(days=1)) == 0
    assert chore(app, tomorrow_noon() + timedelta(days=2)) == 0


def test_without_news_there_is_no_digest(app, rooms, people, topic, author, mira):
    rooms.reply(topic, mira)
    chore(app, now())
    people.client(author).post(f"/forum/topics/{topic}/read", data={"number": 2})
    assert chore(app, tomorrow_noon()) == 0
    assert mails(app, "digest") == []


def test_whoever_wants_none_gets_none(app, rooms, topic, author, mira):
    choose(app, author, Rhythm.NEVER)
    rooms.reply(topic, mira)
    chore(app, now())
    assert chore(app, tomorrow_noon()) == 0


def test_of_two_workers_at_once_one_sends(app, rooms, topic, author, mira):
    rooms.reply(topic, mira)
    chore(app, now())
    due, gate = tomorrow_noon(), threading.Barrier(3)

    def work():
        with app.app_context():
            gate.wait()
            with Session(db.engine) as session, session.begin():
                send_digests(session, due)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(mails(app, "digest")) == 1


def test_a_digest_has_an_end(app, rooms, topic, author, mira, monkeypatch):
    monkeypatch.setattr(mailing, "MOST_IN_A_DIGEST", 2)
    for number in range(4):
        rooms.reply(topic, mira, f"Post {number}.")
    chore(app, now())
    chore(app, tomorrow_noon())
    text = message(app, mails(app, "digest")[0]).get_content()
    assert "Post 1." in text
    assert "Post 2." not in text
    assert "And 2 more." in text


def test_a_mail_is_in_the_language_of_the_person(app, rooms, topic, author, mira):
    rooms.reply(topic, author, "@Mira")
    chore(app, now())
    chore(app, tomorrow_noon())
    mail = next(mail for mail in mails(app, "digest") if mail.recipient == "mira@example.org")
    assert message(app, mail)["Content-Language"] == "de"


def test_a_hub_without_mail_plans_nothing(app, rooms, topic, author, mira):
    app.config["MAIL"] = ""
    choose(app, author, Rhythm.AT_ONCE)
    rooms.reply(topic, mira)
    assert chore(app, tomorrow_noon()) == 0
    with app.app_context():
        assert db.session.query(Mail).count() == 0
        assert db.session.query(Notification).one().mailed_at is None


def test_the_worker_does_it_about_once_an_hour():
    assert HOURLY.count(digests.send_digests) == 1


@pytest.mark.parametrize(
    ("rhythm", "moment", "due"),
    [
        # Wednesday afternoon; the clocks go forward in the night to 29 March, back on 25 October.
        (Rhythm.DAILY, "2026-03-28T12:00", "2026-03-29T05:00"),
        (Rhythm.DAILY, "2026-03-27T12:00", "2026-03-28T06:00"),
        (Rhythm.DAILY, "2026-10-24T12:00", "2026-10-25T06:00"),
        (Rhythm.DAILY, "2026-10-25T06:00", "2026-10-26T06:00"),
        (Rhythm.DAILY, "2026-07-01T04:59", "2026-07-01T05:00"),
        (Rhythm.WEEKLY, "2026-10-21T12:00", "2026-10-26T06:00"),
        (Rhythm.WEEKLY, "2026-10-26T06:00", "2026-11-02T06:00"),
    ],
)
def test_the_morning_is_that_of_the_clock_on_the_wall(rhythm, moment, due):
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert next_morning(rhythm, BRUSSELS, at) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_the_zone_is_that_of_the_person(app):
    with app.app_context():
        assert digests.zone_of("Pacific/Auckland").key == "Pacific/Auckland"
        assert digests.zone_of("").key == digests.zone_of("Nowhere/None").key == "Europe/Brussels"


# stopping


def test_each_mail_says_how_it_is_stopped(app, rooms, topic, author, mira):
    app.config["ADDRESS"] = "https://hub.example.org"
    choose(app, author, Rhythm.AT_ONCE)
    rooms.reply(topic, mira)
    sent = message(app, mails(app, "notification")[0])
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = sent["List-Unsubscribe"].strip("<>")
    assert url.startswith("https://hub.example.org/unsubscribe/")
    assert url in sent.get_content()
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in sent.as_bytes()


def unsubscribe_url(app, person):
    with app.app_context():
        return f"/unsubscribe/{unsubscribing.token_for(person)}"


def test_a_look_stops_nothing_and_one_press_does(app, author):
    client: FlaskClient = app.test_client()
    url = unsubscribe_url(app, author)
    page = checked(client.get(url).text)
    assert page.xpath("//form[@method='post']//button")
    with app.app_context():
        assert db.session.query(NotificationChoice).count() == 0
    for _ in range(2):
        assert client.post(url).status_code == 200
    with app.app_context():
        assert db.session.query(NotificationChoice).one().rhythm == Rhythm.NEVER
    assert "no more mails" in client.get(url).text.lower()


def test_a_mail_program_needs_neither_token_nor_sign_in(app, author):
    app.config["WTF_CSRF_ENABLED"] = True
    form = {"List-Unsubscribe": "One-Click"}
    assert app.test_client().post(unsubscribe_url(app, author), data=form).status_code == 200


def test_the_page_does_not_say_whose_mails_stop(app, author):
    assert "Anton" not in app.test_client().get(unsubscribe_url(app, author)).text


@pytest.mark.parametrize("token", ["x", "x" * 5_000, "W10.abc", "%00", "1.2.3"])
def test_a_link_that_is_none_stops_nothing(app, author, token):
    client = app.test_client()
    for answer in (client.get(f"/unsubscribe/{token}"), client.post(f"/unsubscribe/{token}")):
        assert answer.status_code in (400, 410)
    with app.app_context():
        assert db.session.query(NotificationChoice).count() == 0


def test_a_token_for_something_else_stops_no_mails(app, author):
    with app.app_context():
        token = unsubscribing.token_for(author, "something else")
    assert app.test_client().post(f"/unsubscribe/{token}").status_code == 410


def test_one_chooses_and_sees_what_one_chose(app, people, author):
    client = people.client(author)
    assert client.post("/account/notifications", data={"rhythm": "loud"}).status_code == 422
    form = {"rhythm": "weekly", "reactions": "y"}
    assert client.post("/account/notifications", data=form).status_code == 303
    root = checked(client.get("/account/notifications").text)
    assert root.xpath("//input[@name='rhythm'][@checked]/@value") == ["weekly"]
    assert root.xpath("//input[@name='reactions'][@checked]")


def test_hundreds_at_once_are_one_insert(app, rooms, people, topic, author):
    ids = [people.add(f"Watcher {number}") for number in range(60)]
    for person in ids:
        choose(app, person, Rhythm.AT_ONCE)
        with app.app_context():
            what = Followed.TOPIC, str(topic), Level.WATCH
            following.follow(db.session(), person, *what, now())
            db.session.commit()
    rooms.reply(topic, author)
    assert len(mails(app, "notification")) == 60
    with app.app_context():
        rows = db.session.query(Notification).filter_by(about=About.WATCHED)
        assert all(row.mailed_at for row in rows)
