"""What mails say is decided when they are sent, in the reader's language, on lines of their own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from hub.accounts import links
from hub.accounts.models import Person, Purpose
from hub.config import CHECKOUT
from hub.extensions import db
from hub.groups.models import GroupMember
from hub.mail import outbox
from hub.mail.kinds import Content, content_of
from hub.mail.models import Mail
from hub.mail.rendering import link_url, message_of, rendered
from hub.membership.models import LeaMembership
from hub.notifications.mailing import Told
from hub.notifications.words import sentence
from tests.hub.people import People

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
TEMPLATES = sorted(
    file.stem
    for file in (CHECKOUT / "templates" / "mail").glob("*.txt")
    if not file.stem.startswith("_")
)
EVERYTHING: dict[str, Any] = {
    "token": "the-token",
    "valid_until": NOW + timedelta(days=1),
    "happened_at": NOW,
    "device": "Firefox · Linux",
    "reason": "The address is private.",
    "expires_at": NOW + timedelta(days=30),
    "group": "Policy lab",
    "group_id": 7,
    "item": Told("reply", False, ("library.index", {}), "Mira", "A title", "Tools", "Words."),
    "told": [
        Told("mention", True, ("library.index", {})),
        Told("watched", False, None, "Mira", "A title", "Tools", "Words."),
        Told("decision", False, None),
    ],
    "count": 5,
    "more": 2,
    "sentence": sentence,
    "reference": "R-0000-0000-0000",
    "decision_id": 7,
    "action": "silence",
    "takes_away": True,
    "ground": "abuse",
    "facts": "It names a colleague and insults them.",
    "rule": "Rule 2",
    "ends_at": NOW + timedelta(days=30),
    "object_until": NOW + timedelta(days=184),
    "is_upheld": True,
    "answer": "It was meant as a joke.",
}


def queued(kind: str, to: str, person_id: int | None = None, **parameters: Any) -> Mail:
    return outbox.post(db.session(), kind, to, "en", NOW, person_id=person_id, **parameters)


def decided(mail: Mail, now: datetime = NOW) -> Content | None:
    return content_of(db.session(), mail, now)


def link_for(purpose: Purpose, address: str) -> int:
    return links.make(db.session(), purpose, address, NOW).id


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_mail_can_be_written(app: Flask, template: str, language: str) -> None:
    with app.app_context():
        written = rendered(Content(template, EVERYTHING), language)
    assert written.subject
    assert "\n" not in written.subject
    assert len(written.text) > 150
    assert app.config["ADDRESS"] in written.text
    assert "\n\n\n" not in written.text
    assert "&#" not in written.text


def test_what_is_missing_is_an_error_and_no_gap(app: Flask) -> None:
    with app.app_context(), pytest.raises(Exception, match="is undefined"):
        rendered(Content("erased", {}), "en")


def test_links_begin_with_the_address_of_the_hub(app: Flask) -> None:
    app.config["ADDRESS"] = "https://example.org/hub"
    with app.app_context():
        assert link_url("library.index") == "https://example.org/hub/library"


def test_sign_up_tells_only_the_mailbox_whether_there_is_an_account(
    app: Flask, people: People
) -> None:
    people.add("Elena")
    with app.app_context():
        known = queued("sign-up", "elena@example.org", link=link_for(Purpose.SIGN_UP, "e"))
        new = queued("sign-up", "new@example.org", link=link_for(Purpose.SIGN_UP, "n"))
        for_known, for_new = decided(known), decided(new)
        assert for_known
        assert for_known.template == "sign-up-known"
        assert "token" not in for_known.values
        assert for_new
        assert for_new.template == "sign-up"
        opened = links.opened(db.session(), Purpose.SIGN_UP, for_new.values["token"], NOW)
        assert opened
        assert opened.id == new.parameters["link"]


def test_a_reset_goes_only_to_those_who_may_sign_in(app: Flask, people: People) -> None:
    people.add("Elena")
    people.add("Disabled", disabled_at=NOW)
    people.add("Erased", erased_at=NOW)
    with app.app_context():

        def is_sent(name: str) -> bool:
            address = f"{name}@example.org"
            link = link_for(Purpose.RESET, address)
            return decided(queued("reset", address, link=link)) is not None

        assert [is_sent(name) for name in ("elena", "disabled", "erased", "nobody")] == [
            True,
            False,
            False,
            False,
        ]


def test_a_link_that_would_not_work_is_not_sent(app: Flask) -> None:
    with app.app_context():
        link = link_for(Purpose.ADDRESS, "new@example.org")
        mail = queued("address", "new@example.org", link=link)
        assert decided(mail)
        assert decided(mail, NOW + timedelta(days=2)) is None
        assert decided(queued("address", "new@example.org", link=link + 1)) is None
        used = links.make(db.session(), Purpose.ADDRESS, "x@example.org", NOW)
        late = queued("address", "x@example.org", link=used.id)
        assert links.use(db.session(), used, NOW)
        db.session.expire_all()
        assert decided(late) is None


def test_who_is_erased_gets_only_the_mail_that_says_so(app: Flask, people: People) -> None:
    person = people.add("Elena")
    with app.app_context():
        mails = [
            queued(kind, "elena@example.org", person) for kind in ("password-changed", "erased")
        ]
        assert all(decided(mail) for mail in mails)
        db.session.get_one(Person, person).erased_at = NOW
        assert [decided(mail) is not None for mail in mails] == [False, True]


def test_the_name_of_a_group_is_told_only_to_who_is_in_it(app: Flask, people: People) -> None:
    group = people.add_group("Quiet\r\nBcc: all@example.org")
    person = people.add("Elena", groups=[group])
    people.add("Jo", groups=[group])
    with app.app_context():
        mail = queued("group-added", "elena@example.org", person, group=group)
        content = decided(mail)
        assert content
        message = message_of(mail, content, NOW)
        assert message["Bcc"] is None
        assert message["Subject"].startswith(
            "You are now in the group “Quiet Bcc: all@example.org”"
        )
        db.session.query(GroupMember).filter_by(person_id=person).delete()
        assert decided(mail) is None


def test_a_device_that_looks_like_a_header_stays_text(app: Flask, people: People) -> None:
    person = people.add("Elena")
    with app.app_context():
        hostile = "Firefox\r\nBcc: all@example.org\0\ud800"
        mail = queued("signed-in-elsewhere", "elena@example.org", person)
        with db.session.no_autoflush:
            mail.parameters = {"device": hostile}
            content = decided(mail)
        assert content
        octets = message_of(mail, content, NOW).as_bytes()
        db.session.rollback()
    assert b"\r\nBcc:" not in octets
    assert octets.count(b"\r\nSubject:") == 1


def test_a_decision_on_a_membership_says_why_and_until_when(app: Flask, people: People) -> None:
    person = people.add("Elena", lea=True)
    with app.app_context():
        membership = db.session.query(LeaMembership).filter_by(person_id=person).one()
        membership.reason = "Ελληνική Αστυνομία 👮"
        membership.expires_at = datetime(2027, 5, 3, tzinfo=UTC)
        to = ("elena@example.org", person)
        refused = decided(queued("membership-refused", *to, membership=membership.id))
        ends = decided(queued("membership-expires", *to, membership=membership.id))
        assert refused
        assert ends
        assert "Ελληνική Αστυνομία 👮" in rendered(refused, "en").text
        assert "3 May 2027" in rendered(ends, "en").text
        assert "3. Mai 2027" in rendered(ends, "de").text
        assert decided(queued("membership-ended", *to, membership=10_000)) is None
