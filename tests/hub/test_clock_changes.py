"""When the clock jumps, at the change of daylight saving, and at the ends of the calendar."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from hub.accounts.models import Person
from hub.cli.measuring.prepared import UNLIMITED
from hub.extensions import db
from hub.forum.models import Board, Post, Topic
from hub.moderation.models import Case
from hub.notifications.models import Notification
from tests.hub.conftest import checked
from tests.hub.court import Court
from tests.hub.soundness import assert_sound

BACK = [timedelta(hours=1), timedelta(days=1)]
ENDS = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Brussels", "UTC"]
PAGES = (
    *("/forum", "/forum/latest", "/forum/boards/{board}", "/forum/topics/{topic}"),
    *("/forum/topics/{topic}?unread=1", "/forum/posts/{post}/history", "/forum/tags/tools"),
    *("/feeds/latest.atom", "/feeds/boards/{board}.atom", "/feeds/topics/{topic}.atom"),
    *("/notifications", "/forum/drafts", "/following", "/search?q=data", "/people/Otto"),
    *("/desk/moderation", "/account/sign-ins", "/account/moderation"),
)


class Clock:
    """Stands in for the class from which ``hub.clock`` takes the time."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def now(self, zone: object) -> datetime:
        return datetime.now(UTC) + self.shift


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("hub.clock.datetime", clock)
    return clock


@pytest.fixture
def court(app):
    app.config.update(UNLIMITED)
    return Court(app)


def read_all(court, *people):
    for person in people:
        client = court.people.client(person) if person else court.app.test_client()
        for page in PAGES:
            address = page.format(board=court.board, topic=court.topic, post=court.post)
            answer = client.get(address, follow_redirects=True)
            assert answer.status_code < 500, f"{address}: {answer.status}"
            if answer.mimetype == "text/html":
                checked(answer.text)


def sent(text="Some words of ours."):
    return {"text": text, "submission": secrets.token_hex(12), "draft": "0"}


@pytest.mark.parametrize("back", BACK)
def test_nothing_breaks_when_the_clock_goes_back(app, court, clock, back):
    mira, mo = court.client(court.mira), court.client(court.mo)
    reply = f"/forum/topics/{court.topic}/reply"
    edit = f"/forum/posts/{court.post}/edit"
    assert mira.post(reply, data=sent("Before.")).status_code == 303
    case = court.report()
    clock.shift = -back
    otto = court.client(court.otto)
    for client in (mira, otto):
        assert client.post(reply, data=sent("After.")).status_code == 303
    changed = sent("Said otherwise.") | {"based_on": "1", "note": "so"}
    assert otto.post(edit, data=changed).status_code == 303
    react = f"/forum/posts/{court.post}/react"
    assert mira.post(react, data={"kind": "thanks"}).status_code == 303
    assert mira.post(f"/forum/topics/{court.topic}/read", data={"number": "4"}).status_code == 303
    place = f"topic {court.topic}"
    for text in ("One.", "Two."):
        kept = mira.post("/forum/drafts", data={"place": place, "text": text, "revision": "0"})
        assert kept.status_code in (200, 409)
    assert mo.post(f"/desk/moderation/{case}/claim").status_code == 303
    court.object(court.decide(case))
    read_all(court, 0, court.mira, court.otto, court.mo)
    with app.app_context():
        posts = db.session.query(Post).filter_by(topic_id=court.topic).order_by(Post.number)
        assert [post.number for post in posts] == [1, 2, 3, 4, 5]
    assert_sound(app)


def test_an_hour_that_comes_twice_is_told_apart(app, court):
    with app.app_context():
        db.session.get_one(Person, court.rita).time_zone = "Europe/Brussels"
        db.session.commit()
    moments = {  # both are half past two on the clock of the reader
        court.rooms.first_post(court.topic): datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        court.post: datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        court.rooms.reply(court.topic, court.mira): datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
        court.rooms.reply(court.topic, court.mira): datetime(2026, 3, 29, 1, 1, tzinfo=UTC),
    }
    dated(app, moments)
    page = checked(court.client(court.rita).get(f"/forum/topics/{court.topic}").text)
    words = " ".join(page.text_content().split())
    for spelled in ("02:30 CEST", "02:30 CET", "01:59 CET", "03:01 CEST"):
        assert spelled in words, spelled


def dated(app, moments):
    with app.app_context():
        for post_id, moment in moments.items():
            at = {"created_at": moment}
            db.session.execute(update(Post).where(Post.id == post_id).values(**at))
        db.session.commit()


@pytest.mark.parametrize("zone", ENDS)
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2099, 12, 31, 23, 59, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
    ],
    ids=["2099", "9999", "1"],
)
def test_rows_with_impossible_dates_are_shown(app, court, zone, moment):
    court.report()
    assert (
        court.client(court.mira)
        .post(f"/forum/topics/{court.topic}/reply", data=sent("@Otto look."))
        .status_code
        == 303
    )
    with app.app_context():
        for person in db.session.query(Person):
            person.time_zone = zone
        for table, columns in (
            (Post, ("created_at", "edited_at")),
            (Topic, ("created_at", "bumped_at")),
            (Board, ("created_at", "last_post_at")),
            (Notification, ("made_at",)),
            (Case, ("opened_at",)),
        ):
            known = {name: moment for name in columns if name in table.__table__.columns}
            db.session.execute(update(table).values(**known))
        db.session.commit()
    read_all(court, 0, court.mira, court.otto, court.mo)


@pytest.mark.parametrize("zone", ENDS)
@pytest.mark.parametrize("name", ["before", "after"])
@pytest.mark.parametrize(
    "day",
    [
        *("0001-01-01", "0001-01-02", "1899-12-31", "1900-01-01", "2200-12-31", "9999-12-31"),
        *("10000-01-01", "0000-01-01", "2026-02-29", "2024-02-29", "2026-03-29", "2026-10-25"),
        *("2026", "1", "9999", "2026-13", "-1", "+2026-01-01", "٢٠٢٦-٠١-٠١", "2026-W01-1", "today"),
    ],
)
def test_any_day_can_be_searched_for(searching, zone, name, day):
    client, set_zone = searching
    set_zone(zone)
    answer = client.get("/search", query_string={"q": f"data {name}:{day}"})
    assert answer.status_code == 200
    checked(answer.text)


@pytest.fixture(scope="module")
def searching(tmp_path_factory):
    from tests.hub.conftest import make_app
    from tests.hub.tables import empty_tables

    app = make_app(tmp_path_factory.mktemp("days"), **UNLIMITED)
    with app.app_context():
        empty_tables()
    court = Court(app)

    def set_zone(zone):
        with app.app_context():
            db.session.get_one(Person, court.rita).time_zone = zone
            db.session.commit()

    yield court.client(court.rita), set_zone
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
