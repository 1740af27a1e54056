"""The profile: name, language, time zone, and where notifications go."""

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from babel.dates import get_timezone
from flask import Flask
from flask.testing import FlaskClient

from hub.accounts import links
from hub.accounts.models import MailedLink, Person, Purpose
from hub.accounts.pseudonyms import key_of
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.config import LANGUAGES
from hub.extensions import db
from hub.mail.models import Mail
from hub.profile.zones import zones
from tests.hub.conftest import checked
from tests.hub.people import People


@pytest.fixture
def ada(people: People) -> int:
    return people.add("Ada", pseudonym_key=key_of("Ada"))


@pytest.fixture
def browser(people: People, ada: int) -> FlaskClient:
    return people.client(ada)


def save(browser: FlaskClient, status: int = 303, **fields: str) -> str:
    sent = {"pseudonym": "Ada", "language": "en", "time_zone": "", **fields}
    response = browser.post("/account/profile", data=sent)
    assert response.status_code == status, response.text
    return response.text


def person(app: Flask, person_id: int) -> Person:
    with app.app_context():
        return db.session.get_one(Person, person_id)


def ask(app: Flask, browser: FlaskClient, address: str) -> str:
    """Asks for notifications at an address; the text of the link that is mailed."""
    response = browser.post("/account/profile/notifications", data={"email": address})
    assert response.status_code == 303, response.text
    with app.app_context():
        newest = db.session.query(MailedLink).order_by(MailedLink.id.desc()).first()
        assert newest is not None
        return links.signed(newest)


def test_the_page_shows_what_is_set(browser: FlaskClient) -> None:
    root = checked(browser.get("/account/profile").text)
    assert root.xpath("//input[@name='pseudonym']/@value") == ["Ada"]
    assert len(root.xpath("//select[@name='language']/option")) == len(LANGUAGES)
    assert root.xpath("//select[@name='time_zone']/optgroup/@label")[:2] == ["General", "Europe"]


def test_a_new_language_counts_at_once(app: Flask, browser: FlaskClient, ada: int) -> None:
    save(browser, language="de")
    assert checked(browser.get("/account/profile").text).get("lang") == "de"
    assert person(app, ada).language == "de"


def test_times_on_pages_follow_the_zone(browser: FlaskClient) -> None:
    for zone, name in (("Asia/Tokyo", "+0900"), ("UTC", "UTC")):
        save(browser, time_zone=zone)
        assert name in browser.get("/account/sign-ins").text


def test_every_zone_that_can_be_chosen_can_be_shown() -> None:
    offered = [name for names in zones().values() for name in names]
    assert len(offered) > 400
    assert set(offered) <= available_timezones()
    assert all(len(name) <= 60 and get_timezone(name) for name in offered)


@pytest.mark.parametrize(
    "zone", ["Europe/Atlantis", "../../etc/passwd", "Factory", "\0", "\ud800", "x" * 10_000]
)
def test_another_zone_is_refused(app: Flask, browser: FlaskClient, ada: int, zone: str) -> None:
    response = browser.post(
        "/account/profile",
        data=b"pseudonym=Ada&language=en&time_zone=" + quoted(zone),
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 422
    assert person(app, ada).time_zone == ""


@pytest.mark.parametrize("name", ["pseudonym", "language", "time_zone"])
@pytest.mark.parametrize("value", ["\0", "\ud800", "x" * 10_000, "\u202eevil", "[]"])
def test_nothing_that_is_sent_breaks_the_page(
    app: Flask, browser: FlaskClient, ada: int, name: str, value: str
) -> None:
    fields = {"pseudonym": "Ada", "language": "en", "time_zone": "", name: value}
    body = b"&".join(key.encode() + b"=" + quoted(text) for key, text in fields.items())
    response = browser.post(
        "/account/profile", data=body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 422
    assert person(app, ada).pseudonym == "Ada"


def quoted(text: str) -> bytes:
    octets = text.encode("utf-8", "surrogatepass")
    return b"".join(b"%%%02X" % octet for octet in octets)


def test_a_form_without_fields_is_refused(browser: FlaskClient) -> None:
    assert browser.post("/account/profile").status_code == 422


def test_a_new_name_is_noted_by_number_only(app: Flask, browser: FlaskClient, ada: int) -> None:
    save(browser, pseudonym="Byron")
    assert person(app, ada).pseudonym == "Byron"
    with app.app_context():
        (entry,) = db.session.query(AuditEntry).filter_by(act="person.renamed")
        assert (entry.actor_id, entry.subject_id) == (ada, ada)
        assert entry.before is None
        assert entry.after is None


@pytest.mark.parametrize("name", ["Admin", "Ben", "BEN", "B\u0435n", "x", "Ada\u200b"])
def test_a_name_that_may_not_be_had_is_refused_with_what_was_typed(
    app: Flask, people: People, browser: FlaskClient, ada: int, name: str
) -> None:
    people.add("Ben", pseudonym_key=key_of("Ben"))
    save(browser, 422, pseudonym=name, language="fr")
    kept = person(app, ada)
    assert (kept.pseudonym, kept.language) == ("Ada", "en")


def test_a_name_that_is_kept_is_not_judged_again(app: Flask, people: People) -> None:
    browser = people.client(people.add("Administrator", pseudonym_key="by the command line"))
    save(browser, pseudonym="Administrator", language="it")


def test_after_three_new_names_one_must_wait(app: Flask, browser: FlaskClient, ada: int) -> None:
    for name in ("Beryl", "Cedric", "Doris"):
        save(browser, pseudonym=name)
    assert "Wait some weeks" in save(browser, 422, pseudonym="Edgar")
    assert person(app, ada).pseudonym == "Doris"
    save(browser, pseudonym="Doris", language="nl")


def test_after_a_month_there_may_be_new_names(
    app: Flask, browser: FlaskClient, people: People, ada: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Beryl", "Cedric", "Doris"):
        save(browser, pseudonym=name)
    monkeypatch.setattr("hub.profile.views.now", lambda: datetime.now(UTC) + timedelta(days=31))
    save(browser, pseudonym="Edgar")
    assert person(app, ada).pseudonym == "Edgar"


def test_notifications_go_elsewhere_once_the_link_was_pressed(
    app: Flask, browser: FlaskClient, ada: int
) -> None:
    token = ask(app, browser, "Elsewhere@Example.org")
    with app.app_context():
        (mail,) = db.session.query(Mail)
        assert (mail.kind, mail.recipient) == ("notifications", "elsewhere@example.org")
    page = checked(app.test_client().get(f"/account/profile/notifications/{token}").text)
    assert "elsewhere@example.org" in page.text_content()
    assert person(app, ada).notification_email == ""  # looking changes nothing
    stranger = app.test_client()
    assert stranger.post(f"/account/profile/notifications/{token}").status_code == 303
    assert person(app, ada).notification_email == "elsewhere@example.org"
    assert person(app, ada).email == "ada@example.org"
    assert stranger.post(f"/account/profile/notifications/{token}").status_code == 410


def test_a_later_link_makes_the_earlier_ones_worthless(app: Flask, browser: FlaskClient) -> None:
    first = ask(app, browser, "one@example.org")
    second = ask(app, browser, "two@example.org")
    assert browser.get(f"/account/profile/notifications/{first}").status_code == 410
    assert browser.get(f"/account/profile/notifications/{second}").status_code == 200


def test_a_link_for_another_purpose_does_not_work(
    app: Flask, browser: FlaskClient, ada: int
) -> None:
    with app.app_context():
        link = links.make(db.session(), Purpose.ADDRESS, "a@example.org", now(), person_id=ada)
        db.session.commit()
        token = links.signed(link)
    assert browser.post(f"/account/profile/notifications/{token}").status_code == 410


@pytest.mark.parametrize("token", ["x", "x" * 5_000, "%00", "a.b.c"])
def test_a_link_that_is_none_is_over(browser: FlaskClient, token: str) -> None:
    status = browser.get(f"/account/profile/notifications/{token}").status_code
    assert status in (400, 404, 410)


def test_a_disabled_person_changes_nothing_by_link(
    app: Flask, browser: FlaskClient, ada: int
) -> None:
    token = ask(app, browser, "elsewhere@example.org")
    with app.app_context():
        db.session.get_one(Person, ada).disabled_at = now()
        db.session.commit()
    response = app.test_client().post(f"/account/profile/notifications/{token}")
    assert response.status_code == 410


def test_the_other_address_can_be_removed_and_open_links_with_it(
    app: Flask, browser: FlaskClient, people: People, ada: int
) -> None:
    with app.app_context():
        db.session.get_one(Person, ada).notification_email = "elsewhere@example.org"
        db.session.commit()
    assert "elsewhere@example.org" in browser.get("/account/profile").text
    token = ask(app, browser, "third@example.org")
    assert browser.post("/account/profile/notifications/remove").status_code == 303
    assert person(app, ada).notification_email == ""
    assert browser.get(f"/account/profile/notifications/{token}").status_code == 410


@pytest.mark.parametrize("address", ["", "x", "a@b", "\0@example.org", "x" * 10_000 + "@a.org"])
def test_what_is_no_address_is_refused(browser: FlaskClient, address: str) -> None:
    response = browser.post("/account/profile/notifications", data={"email": address})
    assert response.status_code == 422


def test_without_mail_the_page_says_so(browser: FlaskClient, app: Flask) -> None:
    app.config["MAIL"] = ""
    assert not checked(browser.get("/account/profile/notifications").text).xpath(
        "//input[@name='email']"
    )
    response = browser.post("/account/profile/notifications", data={"email": "a@example.org"})
    assert response.status_code == 422


def test_others_must_sign_in(app: Flask, people: People, ada: int) -> None:
    stranger, stale = app.test_client(), people.client(ada, is_fresh=False)
    for path in ("/account/profile", "/account/profile/notifications"):
        assert stranger.get(path).headers["Location"].startswith("/sign-in?")
        assert stranger.post(path).headers["Location"].startswith("/sign-in?")
    assert stale.get("/account/profile").status_code == 200
    assert "/account/confirm" in stale.get("/account/profile/notifications").headers["Location"]
