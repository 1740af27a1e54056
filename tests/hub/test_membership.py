"""Becoming an LEA member: asked for, confirmed, decided, renewed, ended, and what nobody sees."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import InvalidRequestError
from werkzeug.test import TestResponse

from hub.accounts import links
from hub.accounts import operations as accounts
from hub.accounts.models import MailedLink, Person, Purpose, Role
from hub.accounts.standing import standing_of
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.config import MissingSetting, settings
from hub.extensions import db
from hub.mail.models import Mail
from hub.membership import operations, queries, reminders, shown_names
from hub.membership.models import LeaMembership, MembershipState
from tests.hub.at_once import at_once
from tests.hub.conftest import checked
from tests.hub.people import People

CANARY = "Zylqwert Canaryson"
ADDRESS = "zylqwert.canaryson@police.example"
WANTED = {
    "organisation": "Police of Ysel",
    "official_address": ADDRESS,
    "real_name": CANARY,
    "shown_name": "",
    "country": "NL",
    "shows_country": "y",
}
HOSTILE = ["a\0b", "x" * 10_000, "a\nb", "\u202egnirts", "<script>", "%00", "'; --"]


def ask(client: FlaskClient, **fields: str) -> TestResponse:
    return client.post("/account/membership/ask", data={**WANTED, **fields})


def only_membership(app: Flask) -> LeaMembership:
    with app.app_context():
        return db.session.scalars(select(LeaMembership)).one()


def memberships(app: Flask) -> list[LeaMembership]:
    with app.app_context():
        return list(db.session.scalars(select(LeaMembership).order_by(LeaMembership.id)))


def link_text(app: Flask, purpose: Purpose) -> str:
    """The text of the link that was made last."""
    with app.app_context():
        made = select(MailedLink).where(MailedLink.purpose == purpose)
        return links.signed(db.session.scalars(made.order_by(MailedLink.id.desc())).first())


def mails(app: Flask, kind: str) -> list[Mail]:
    with app.app_context():
        return list(db.session.scalars(select(Mail).where(Mail.kind == kind)))


def entries(app: Flask, act: str) -> list[AuditEntry]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry).where(AuditEntry.act == act)))


def is_member(app: Flask, person_id: int) -> bool:
    with app.app_context():
        return standing_of(db.session(), person_id, now()).is_lea_member


def confirm(app: Flask, client: FlaskClient) -> TestResponse:
    text = link_text(app, Purpose.OFFICIAL_ADDRESS)
    return client.post(f"/membership/official-address/{text}")


def decide(client: FlaskClient, membership_id: int, choice: str, **fields: str) -> TestResponse:
    data = {"decision": choice, "reason": "", **fields}
    return client.post(f"/desk/memberships/{membership_id}/decide", data=data)


@pytest.fixture
def officer(people: People) -> FlaskClient:
    return people.signed_in("Ysel Rider")


@pytest.fixture
def chief(people: People) -> FlaskClient:
    return people.signed_in("Desk Keeper", Role.ADMINISTRATOR)


@pytest.fixture
def asked(app: Flask, officer: FlaskClient) -> int:
    """A request whose address is confirmed; its id."""
    assert ask(officer).status_code == 303
    assert confirm(app, app.test_client()).status_code == 303
    return only_membership(app).id


# asking


def test_asking_confirming_and_granting_makes_a_member_who_is_told(app, officer, chief):
    assert "not a verified LEA member" in officer.get("/account/membership").text
    assert checked(officer.get("/account/membership/ask").text) is not None
    assert ask(officer).status_code == 303
    assert [mail.recipient for mail in mails(app, "official-address")] == [ADDRESS]
    assert "not confirmed yet" in officer.get("/account/membership").text
    page = app.test_client().get(
        f"/membership/official-address/{link_text(app, Purpose.OFFICIAL_ADDRESS)}"
    )
    assert page.status_code == 200
    assert "Ysel Rider" in page.text
    assert only_membership(app).address_confirmed_at is None, "opening the link confirms nothing"
    assert confirm(app, app.test_client()).status_code == 303
    membership = only_membership(app)
    assert membership.address_confirmed_at is not None
    assert not is_member(app, membership.person_id)
    checked(chief.get(f"/desk/memberships/{membership.id}").text)
    assert decide(chief, membership.id, "grant", reason="Seen at the meeting").status_code == 303
    membership = only_membership(app)
    assert membership.state == MembershipState.GRANTED
    assert timedelta(days=364) < membership.expires_at - now() <= timedelta(days=365)
    assert is_member(app, membership.person_id)
    (told,) = mails(app, "membership-granted")
    assert told.parameters == {"membership": membership.id}
    (entry,) = entries(app, "membership.decided")
    assert (entry.subject_kind, entry.subject_id) == ("membership", membership.id)
    assert entry.before == {"state": "requested"}
    assert entry.after["state"] == "granted"
    assert entry.reason == "Seen at the meeting"
    assert "You are a verified LEA member" in checked_text(officer.get("/account/membership"))


def checked_text(response: TestResponse) -> str:
    checked(response.text)
    return response.text


def test_a_link_confirms_once_and_only_what_it_was_sent_for(app, officer):
    ask(officer)
    text = link_text(app, Purpose.OFFICIAL_ADDRESS)
    url = f"/membership/official-address/{text}"
    assert app.test_client().post(url).status_code == 303
    assert app.test_client().post(url).status_code == 410
    assert app.test_client().get(url).status_code == 410
    for wrong in ("x", "x" * 10_000, text[:-1], text.swapcase()):
        assert app.test_client().get(f"/membership/official-address/{wrong}").status_code == 410
        assert app.test_client().post(f"/membership/official-address/{wrong}").status_code == 410


def test_a_link_that_was_sent_before_is_void(app, officer):
    ask(officer)
    first = link_text(app, Purpose.OFFICIAL_ADDRESS)
    assert officer.post("/account/membership/link").status_code == 303
    assert officer.post(f"/membership/official-address/{first}").status_code == 410
    assert confirm(app, officer).status_code == 303
    assert officer.post("/account/membership/link").status_code == 303
    assert len(mails(app, "official-address")) == 2, "nothing is left to confirm"


def test_asking_for_links_voids_no_link_of_somebody_else(app, people, officer):
    ask(officer)
    text = link_text(app, Purpose.OFFICIAL_ADDRESS)
    other = people.signed_in("Somebody Else")
    ask(other)
    other.post("/account/membership/withdraw")
    assert officer.post(f"/membership/official-address/{text}").status_code == 303


def test_links_are_not_sent_without_end(app, officer):
    ask(officer)
    for _ in range(12):
        assert officer.post("/account/membership/link").status_code == 303
    assert len(mails(app, "official-address")) <= 4


def test_withdrawing_removes_the_request_and_its_link(app, officer, asked):
    assert officer.post("/account/membership/withdraw").status_code == 303
    assert memberships(app) == []
    assert len(entries(app, "membership.withdrawn")) == 1
    assert officer.post("/account/membership/withdraw").status_code == 303
    assert len(entries(app, "membership.withdrawn")) == 1
    assert ask(officer).status_code == 303


def test_the_number_of_a_withdrawn_request_is_not_given_again(app, people, officer):
    ask(officer)
    first = only_membership(app).id
    officer.post("/account/membership/withdraw")
    ask(people.signed_in("Somebody Else"))
    assert only_membership(app).id > first


def test_a_withdrawn_request_cannot_be_confirmed(app, officer):
    ask(officer)
    text = link_text(app, Purpose.OFFICIAL_ADDRESS)
    officer.post("/account/membership/withdraw")
    assert officer.post(f"/membership/official-address/{text}").status_code == 410


@pytest.mark.parametrize("field", ["organisation", "official_address", "real_name", "shown_name"])
@pytest.mark.parametrize("text", HOSTILE)
def test_what_cannot_be_taken_is_said_and_nothing_is_kept(app, officer, field, text):
    answer = ask(officer, **{field: text})
    may_be_taken = field in ("organisation", "real_name") and text in ("<script>", "%00", "'; --")
    assert answer.status_code == (303 if may_be_taken else 422), text[:20]
    assert len(memberships(app)) == may_be_taken
    assert "<script>" not in answer.text
    assert "<script>" not in officer.get("/account/membership").text


@pytest.mark.parametrize("octets", ["%ED%A0%80", "%FF", "%00", "%F0%9F"])
def test_octets_that_are_no_text_break_nothing(officer, chief, asked, octets):
    form = {"content_type": "application/x-www-form-urlencoded"}
    officer.post("/account/membership/withdraw")
    names = ("organisation", "official_address", "real_name", "shown_name", "country")
    body = "&".join(f"{name}={octets}" for name in names)
    assert officer.post("/account/membership/ask", data=body, **form).status_code == 422
    body = "&".join(f"{name}={octets}" for name in ("official_address", "organisation", "language"))
    assert chief.post("/desk/memberships/invite", data=body, **form).status_code == 422


@pytest.mark.parametrize("country", ["XX", "nl", "N" * 10_000, "\0", "US"])
def test_a_country_is_one_of_the_list(officer, country):
    assert ask(officer, country=country).status_code == 422


def test_everything_but_the_shown_name_and_the_country_is_needed(app, officer):
    for field in ("organisation", "official_address", "real_name"):
        assert ask(officer, **{field: "  "}).status_code == 422
    assert officer.post("/account/membership/ask", data={}).status_code == 422
    assert memberships(app) == []


def test_a_second_request_is_not_taken_while_one_waits(app, officer, asked):
    assert officer.get("/account/membership/ask").status_code == 303
    assert ask(officer, organisation="Another").status_code == 303
    assert only_membership(app).organisation == "Police of Ysel"


def test_two_requests_at_once_are_one(app, people):
    person = people.add("Ysel Rider")
    browsers = [people.client(person) for _ in range(4)]
    answers = at_once(*[lambda browser=browser: ask(browser) for browser in browsers])
    assert {answer.status_code for answer in answers} == {303}
    assert len(memberships(app)) == 1
    assert len(entries(app, "membership.requested")) == 1


# names


def test_nobody_appears_under_a_name_that_looks_like_anothers(app, people, officer):
    people.add("Ada Winter", pseudonym_key=key("Ada Winter"))
    for name in ("Ada Winter", "ada winter", "Ada W\u00ednter", "\u0410\u0434\u0430 Winter"):
        assert ask(officer, shown_name=name).status_code == 422
    assert ask(officer, shown_name="Constable Reed").status_code == 303
    other = people.signed_in("Somebody Else")
    assert ask(other, shown_name="Constab1e Reed").status_code == 422
    assert ask(other, shown_name="Moderator").status_code == 422
    assert ask(other, shown_name="Sergeant Bloom").status_code == 303


def test_nobody_signs_up_under_a_name_that_somebody_appears_under(app, officer):
    ask(officer, shown_name="Constable Reed")
    with app.test_request_context(), pytest.raises(accounts.Taken):
        accounts.create_person(
            db.session(),
            email=None,
            pseudonym="Constable  Reed"[:14].replace("  ", " ") + "d",
            password_hash="",
            language="en",
            now=now(),
        )
    with app.app_context():
        person = db.session.scalars(select(Person)).one()
        accounts.rename(db.session(), person, "Constable Reed")  # their own


def test_two_who_ask_for_one_name_at_once_do_not_both_get_it(app, people):
    browsers = [people.signed_in(f"Rider {word}") for word in ("one", "two", "three")]
    answers = at_once(
        *[lambda browser=browser: ask(browser, shown_name="Constable Reed") for browser in browsers]
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422]
    assert len(memberships(app)) == 1


def key(name: str) -> str:
    from hub.accounts.pseudonyms import key_of

    return key_of(name)


# deciding


def test_without_a_confirmed_address_it_is_granted_only_with_a_check_and_a_reason(
    app, officer, chief
):
    ask(officer)
    number = only_membership(app).id
    assert decide(chief, number, "grant").status_code == 422
    assert decide(chief, number, "grant", reason="I know her").status_code == 422
    assert decide(chief, number, "grant", checked_otherwise="y").status_code == 422
    assert only_membership(app).state == MembershipState.REQUESTED
    answer = decide(chief, number, "grant", checked_otherwise="y", reason="Rang the station")
    assert answer.status_code == 303
    assert only_membership(app).state == MembershipState.GRANTED
    assert entries(app, "membership.decided")[0].after["checked_otherwise"] is True


def test_refusing_needs_a_reason_which_the_person_is_told(app, officer, chief, asked):
    assert decide(chief, asked, "refuse").status_code == 422
    assert decide(chief, asked, "refuse", reason="Not an authority").status_code == 303
    assert only_membership(app).state == MembershipState.REFUSED
    assert len(mails(app, "membership-refused")) == 1
    assert "Not an authority" in officer.get("/account/membership").text
    assert officer.get("/account/membership/ask").status_code == 200, "they can ask again"


@pytest.mark.parametrize("text", [*HOSTILE[:4], "x" * 501])
def test_a_reason_is_one_line_that_can_be_read(app, chief, asked, text):
    assert decide(chief, asked, "refuse", reason=text).status_code == 422
    assert decide(chief, asked, text).status_code == 422
    assert decide(chief, asked, "").status_code == 422
    assert only_membership(app).state == MembershipState.REQUESTED


def test_nobody_decides_about_themself(app, people):
    person = people.add("Desk Keeper", Role.ADMINISTRATOR)
    browser = people.client(person)
    ask(browser)
    confirm(app, browser)
    number = only_membership(app).id
    assert "Another administrator" in browser.get(f"/desk/memberships/{number}").text
    assert decide(browser, number, "grant").status_code == 403
    assert browser.post(f"/desk/memberships/{number}/end", data={"reason": "x"}).status_code == 403
    with app.test_request_context():
        membership = db.session.get(LeaMembership, number)
        assert not operations.decide(
            db.session(),
            membership,
            person,
            now(),
            is_granted=True,
            is_checked_otherwise=True,
            reason="",
        )
    assert only_membership(app).state == MembershipState.REQUESTED


def test_two_deciders_at_once_give_one_decision(app, people, asked):
    deciders = [
        people.signed_in(f"Desk {word}", Role.ADMINISTRATOR) for word in ("one", "two", "three")
    ]
    answers = at_once(
        lambda: decide(deciders[0], asked, "grant"),
        lambda: decide(deciders[1], asked, "refuse", reason="No"),
        lambda: decide(deciders[2], asked, "grant"),
    )
    assert {answer.status_code for answer in answers} == {303}
    assert len(entries(app, "membership.decided")) == 1
    told = [*mails(app, "membership-granted"), *mails(app, "membership-refused")]
    assert [mail.kind for mail in told] == [f"membership-{only_membership(app).state}"]


def test_a_decision_after_another_changes_nothing(app, chief, asked):
    decide(chief, asked, "refuse", reason="No")
    answer = chief.post(
        f"/desk/memberships/{asked}/decide", data={"decision": "grant"}, follow_redirects=True
    )
    assert "meanwhile" in answer.text
    assert only_membership(app).state == MembershipState.REFUSED


def test_ending_ends_every_membership_of_the_person_at_once(app, people, chief):
    person = people.add("Ysel Rider")
    first, second = people.make_lea_member(person, 20), people.make_lea_member(person, 385)
    browser = people.client(person)
    url = f"/desk/memberships/{second}/end"
    assert chief.post(url, data={"reason": ""}).status_code == 422
    assert chief.post(url, data={"reason": "Has left"}).status_code == 303
    assert {row.state for row in memberships(app)} == {MembershipState.ENDED}
    assert not is_member(app, person)
    assert [mail.person_id for mail in mails(app, "membership-ended")] == [person]
    assert {entry.subject_id for entry in entries(app, "membership.ended")} == {first, second}
    assert chief.post(url, data={"reason": "Again"}).status_code == 303
    assert len(entries(app, "membership.ended")) == 2
    assert "Has left" in browser.get("/account/membership").text


# renewing


def test_an_expired_membership_does_not_count(app, people):
    person = people.add("Ysel Rider")
    people.make_lea_member(person, days=-1)
    assert not is_member(app, person)
    assert "You are a verified" not in people.client(person).get("/account/membership").text


def test_it_can_be_renewed_near_its_end_and_nothing_of_it_is_lost(app, people, chief):
    person = people.add("Ysel Rider")
    old = people.make_lea_member(person, days=61)
    browser = people.client(person)
    assert browser.get("/account/membership/ask").status_code == 303
    assert ask(browser).status_code == 303
    assert len(memberships(app)) == 1
    set_end(app, old, 59)
    page = browser.get("/account/membership/ask")
    assert 'value="Police of Ysel"' in checked_text(page)
    assert f"Real Name {person}" not in page.text
    assert ask(browser, real_name="", official_address=f"officer{person}@police.example")
    confirm(app, browser)
    before, after = memberships(app)
    with app.app_context():
        assert queries.real_name(db.session(), after.id) == f"Real Name {person}"
    assert is_member(app, person), "the old one counts until the new one is decided"
    decide(chief, after.id, "grant")
    before, after = memberships(app)
    assert after.expires_at == before.expires_at + timedelta(days=365)


def set_end(app: Flask, membership_id: int, days: int) -> None:
    with app.app_context():
        ends = {"expires_at": now() + timedelta(days=days)}
        changed = update(LeaMembership).where(LeaMembership.id == membership_id).values(ends)
        db.session.execute(changed)
        db.session.commit()


def test_everybody_whose_membership_ends_soon_is_reminded_once(app, people):
    soon, late, renewed, asking, over = (people.add(f"Rider {n}x") for n in "abcde")
    people.make_lea_member(soon, 29)
    people.make_lea_member(late, 31)
    people.make_lea_member(renewed, 20)
    people.make_lea_member(renewed, 385)
    people.make_lea_member(asking, 20)
    people.make_lea_member(over, -1)
    ask(people.client(asking))

    def remind() -> int:
        with app.app_context():
            count = reminders.remind(db.session(), now())
            db.session.commit()
        return count

    assert remind() == 1
    assert remind() == 0
    assert [mail.person_id for mail in mails(app, "membership-expires")] == [soon]


def test_the_worker_of_the_mails_reminds(app, people):
    from hub.mail.worker import Worker

    people.make_lea_member(people.add("Ysel Rider"), 10)
    with app.app_context():
        Worker(db.engine, None).sweep_now_and_then()
    assert len(mails(app, "membership-expires")) == 1


def test_how_long_it_lasts_is_a_setting(tmp_path):
    environ = {"HUB_DATA": str(tmp_path), "HUB_SECRET_KEY": "x"}
    assert settings(environ)["LEA_MEMBERSHIP_DAYS"] == 365
    assert settings({**environ, "HUB_LEA_MEMBERSHIP_DAYS": "30"})["LEA_MEMBERSHIP_DAYS"] == 30
    for wrong in ("0", "-1", "a year", "99999999"):
        with pytest.raises(MissingSetting, match="HUB_LEA_MEMBERSHIP_DAYS"):
            settings({**environ, "HUB_LEA_MEMBERSHIP_DAYS": wrong})


# the real name


def test_a_real_name_is_never_loaded_with_its_row(app, asked):
    with app.app_context(), pytest.raises(InvalidRequestError):
        _ = db.session.get(LeaMembership, asked).real_name


def test_the_real_name_is_shown_after_the_look_is_noted(app, chief, asked):
    url = f"/desk/memberships/{asked}"
    assert "…@police.example" in chief.get(url).text
    assert chief.post(f"{url}/name", data={"name_reason": ""}).status_code == 422
    assert entries(app, "membership.name_seen") == []
    shown = chief.post(f"{url}/name", data={"name_reason": "Rings the station"})
    assert CANARY in checked_text(shown)
    assert ADDRESS in shown.text
    (entry,) = entries(app, "membership.name_seen")
    assert (entry.subject_id, entry.reason) == (asked, "Rings the station")
    assert CANARY not in chief.get(url).text


def test_a_look_is_noted_even_if_the_page_fails(app, chief, asked, monkeypatch):
    def fail(*_args: object) -> str:
        raise RuntimeError

    monkeypatch.setattr(queries, "real_name", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    data = {"name_reason": "Rings the station"}
    assert chief.post(f"/desk/memberships/{asked}/name", data=data).status_code == 500
    assert len(entries(app, "membership.name_seen")) == 1


@pytest.mark.parametrize("state", ["waiting", "granted"])
def test_no_page_holds_a_real_name_or_an_official_address(
    app, people, officer, chief, asked, state
):
    if state == "granted":
        decide(chief, asked, "grant")
    browsers = {
        "citizen": app.test_client(),
        "member": people.signed_in("Plain Member"),
        "lea": people.signed_in("Other Officer", lea=True),
        "curator": people.signed_in("Cura Tern", Role.CURATOR),
        "moderator": people.signed_in("Mode Rose", Role.MODERATOR),
        "administrator": chief,
    }
    values = {"membership_id": asked, "person_id": 1, "pseudonym": "Ysel Rider", "code": "de"}
    walked = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static":
            continue
        named = {name: values.get(name, 1) for name in rule.arguments}
        url = app.url_map.bind("localhost").build(rule.endpoint, named)
        for name, browser in browsers.items():
            text = browser.get(url).get_data(as_text=True).lower()
            assert "canaryson" not in text, f"{url} as {name}"
            walked += 1
    assert walked > 100


def test_no_log_holds_a_real_name(app, officer, chief, caplog, capfd):
    ask(officer)
    confirm(app, officer)
    number = only_membership(app).id
    decide(chief, number, "refuse", reason="No")
    chief.post(f"/desk/memberships/{number}/name", data={"name_reason": "Why"})
    written = caplog.text + "".join(capfd.readouterr())
    assert "canaryson" not in written.lower()
    with app.app_context():
        for entry in db.session.scalars(select(AuditEntry)):
            assert "canaryson" not in str(vars(entry)).lower()
        for mail in db.session.scalars(select(Mail)):
            assert "canaryson" not in str(mail.parameters).lower()


# invitations

OFFER = {
    "official_address": "new.officer@police.example",
    "organisation": "Police of Ysel",
    "country": "NL",
    "language": "de",
    "note": "We met in Delft.\nWelcome.",
}


def invite(chief: FlaskClient, **fields: str) -> TestResponse:
    return chief.post("/desk/memberships/invite", data={**OFFER, **fields})


def test_whoever_accepts_an_invitation_is_a_member_at_once(app, people, officer, chief):
    checked(chief.get("/desk/memberships/invite").text)
    assert invite(chief).status_code == 303
    (mail,) = mails(app, "invitation")
    assert (mail.recipient, mail.language) == (OFFER["official_address"], "de")
    assert len(entries(app, "membership.invited")) == 1
    url = f"/membership/invitation/{link_text(app, Purpose.INVITATION)}"
    stranger = app.test_client()
    assert "Sign up" in checked_text(stranger.get(url))
    assert stranger.post(url, data={"real_name": CANARY}).status_code == 303
    assert memberships(app) == []
    assert "Welcome." in checked_text(officer.get(url))
    assert officer.post(url, data={"real_name": ""}).status_code == 422
    for text in HOSTILE[:4]:
        assert officer.post(url, data={"real_name": text}).status_code == 422
        data = {"real_name": CANARY, "shown_name": text}
        assert officer.post(url, data=data).status_code == 422
    data = {"real_name": CANARY, "shown_name": "Constable Reed", "shows_country": "y"}
    assert officer.post(url, data=data).status_code == 303
    membership = only_membership(app)
    assert membership.state == MembershipState.GRANTED
    assert membership.address_confirmed_at is not None
    assert is_member(app, membership.person_id)
    assert len(entries(app, "membership.accepted")) == 1
    other = people.signed_in("Somebody Else")
    assert other.get(url).status_code == 410
    assert other.post(url, data=data).status_code == 410
    assert len(memberships(app)) == 1


def test_an_invitation_is_accepted_by_one_of_two_at_once(app, people, chief):
    invite(chief)
    url = f"/membership/invitation/{link_text(app, Purpose.INVITATION)}"
    browsers = [people.signed_in(f"Rider {word}") for word in ("one", "two", "three")]
    answers = at_once(
        *[lambda browser=browser: browser.post(url, data=WANTED) for browser in browsers]
    )
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410]
    assert len(memberships(app)) == 1


def test_a_taken_name_leaves_the_invitation_as_it_was(app, people, officer, chief):
    people.add("Ada Winter", pseudonym_key=key("Ada Winter"))
    ask(officer)
    invite(chief)
    url = f"/membership/invitation/{link_text(app, Purpose.INVITATION)}"
    data = {"real_name": CANARY, "shown_name": "Ada Winter"}
    assert officer.post(url, data=data).status_code == 422
    assert only_membership(app).state == MembershipState.REQUESTED
    assert officer.post(url, data={**data, "shown_name": ""}).status_code == 303
    assert only_membership(app).state == MembershipState.GRANTED, "the request is settled by it"


def test_nobody_accepts_their_own_invitation(app, chief):
    invite(chief)
    url = f"/membership/invitation/{link_text(app, Purpose.INVITATION)}"
    assert chief.post(url, data={"real_name": CANARY}).status_code == 403
    assert memberships(app) == []


def test_an_invitation_can_be_withdrawn(app, officer, chief):
    invite(chief)
    text = link_text(app, Purpose.INVITATION)
    with app.app_context():
        number = db.session.scalars(select(MailedLink.id)).one()
    assert "new.officer" not in checked_text(chief.get("/desk/memberships"))
    url = f"/desk/memberships/invitations/{number}/withdraw"
    assert chief.post(url).status_code == 303
    assert chief.post(url).status_code == 303
    assert len(entries(app, "membership.uninvited")) == 1
    assert officer.get(f"/membership/invitation/{text}").status_code == 410
    assert chief.post("/desk/memberships/invitations/999/withdraw").status_code == 404


@pytest.mark.parametrize("state", ["disabled", "erased", "no administrator"])
def test_an_invitation_ends_with_the_rights_of_who_sent_it(app, officer, chief, state):
    invite(chief)
    url = f"/membership/invitation/{link_text(app, Purpose.INVITATION)}"
    with app.app_context():
        inviter = db.session.scalars(select(Person).where(Person.pseudonym == "Desk Keeper")).one()
        if state == "no administrator":
            inviter.grants[0].role = Role.CURATOR
        elif state == "disabled":
            inviter.disabled_at = now()
        else:
            inviter.erased_at = now()
        db.session.commit()
    assert officer.post(url, data={"real_name": CANARY}).status_code == 410
    assert memberships(app) == []


def test_an_invitation_runs_out_after_fourteen_days(app, officer, chief):
    invite(chief)
    with app.app_context():
        link = db.session.scalars(select(MailedLink)).one()
        assert link.expires_at - link.created_at == timedelta(days=14)


@pytest.mark.parametrize("field", ["official_address", "organisation", "country", "language"])
@pytest.mark.parametrize("text", [*HOSTILE[:4], ""])
def test_an_invitation_is_not_sent_with_what_cannot_be_taken(app, chief, field, text):
    if (field, text) == ("country", ""):
        return
    assert invite(chief, **{field: text}).status_code == 422
    assert invite(chief, note="x" * 1001).status_code == 422
    assert mails(app, "invitation") == []


# who may


WAYS = [
    ("GET", "/desk/memberships"),
    ("GET", "/desk/memberships/1"),
    ("GET", "/desk/memberships/invite"),
    ("POST", "/desk/memberships/1/decide"),
    ("POST", "/desk/memberships/1/end"),
    ("POST", "/desk/memberships/1/name"),
    ("POST", "/desk/memberships/invite"),
    ("POST", "/desk/memberships/invitations/1/withdraw"),
]


@pytest.mark.parametrize(("method", "url"), WAYS)
def test_the_desk_is_for_administrators(app, people, asked, method, url):
    assert app.test_client().open(url, method=method).location.startswith("/sign-in")
    for role in ((), (Role.CURATOR,), (Role.MODERATOR,)):
        name = f"Role {len(role) and role[0]} x"
        assert people.signed_in(name, *role, lea=True).open(url, method=method).status_code == 403
    weak = people.client(people.add("Weak Keeper", Role.ADMINISTRATOR), is_strong=False)
    assert weak.open(url, method=method).location.startswith("/account/second-factor")
    stale = people.client(people.add("Stale Keeper", Role.ADMINISTRATOR), is_fresh=False)
    if method == "POST":
        assert stale.open(url, method=method).location.startswith("/account/confirm")
    with app.app_context():
        assert db.session.get(LeaMembership, asked).state == MembershipState.REQUESTED


def test_what_is_not_there_is_not_found(chief):
    for part in ("", "/decide", "/end", "/name"):
        url = f"/desk/memberships/999{part}"
        answer = chief.post(url, data={"reason": "x"}) if part else chief.get(url)
        assert answer.status_code == 404


@pytest.mark.parametrize("part", ["", "/ask"])
def test_whoever_is_signed_out_is_led_to_sign_in(app, part):
    assert app.test_client().get(f"/account/membership{part}").location.startswith("/sign-in")
    assert app.test_client().post("/account/membership/ask").location.startswith("/sign-in")
    assert app.test_client().post("/account/membership/withdraw").status_code == 303


@pytest.mark.parametrize("part", ["link", "withdraw"])
def test_changes_are_made_by_post_only(officer, chief, asked, part):
    assert officer.get(f"/account/membership/{part}").status_code == 405
    assert officer.put("/account/membership/ask").status_code == 405
    for way in ("decide", "end", "name"):
        assert chief.get(f"/desk/memberships/{asked}/{way}").status_code == 405


def test_the_queue_shows_what_waits_and_who_is_a_member(people, chief, asked):
    people.signed_in("Other Officer", lea=True)
    text = checked_text(chief.get("/desk/memberships"))
    assert "Ysel Rider" in text
    assert "Other Officer" in text
    for page in ("0", "-1", "x", "9" * 50, "2"):
        assert chief.get(f"/desk/memberships?page={page}").status_code == 200


# appearing


def test_people_appear_by_what_they_are_in_one_statement(app, people):
    plain = people.add("Plain Member")
    person = people.add("Ysel Rider", Role.MODERATOR, Role.CURATOR)
    shown = people.make_lea_member(person)
    gone = people.add("former member 9", erased_at=now())
    with app.app_context():
        change = {"shown_name": "Constable Reed", "country": "NL", "shows_country": True}
        db.session.execute(update(LeaMembership).where(LeaMembership.id == shown).values(change))
        db.session.commit()
    with app.test_request_context():
        statements: list[str] = []
        event.listen(
            db.engine, "before_cursor_execute", lambda *args: statements.append(str(args[2]))
        )
        found = queries.shown_as(db.session(), [plain, person, gone, 999], now())
        assert len([text for text in statements if text.startswith("SELECT")]) == 1
    assert found[plain] == queries.Appearance("Plain Member", "Member", "", "Plain Member")
    assert found[person] == queries.Appearance(
        "Constable Reed", "Moderator, Curator, Verified LEA member", "Netherlands", "Ysel Rider"
    )
    assert found[gone] == queries.Appearance("former member 9", "", "", "former member 9")
    assert 999 not in found
    people.end_lea_membership(person)
    with app.test_request_context():
        ended = queries.shown_as(db.session(), [person], now())[person]
    assert ended == queries.Appearance("Ysel Rider", "Moderator, Curator", "", "Ysel Rider")


def test_counting_uses_the_lock_of_names(app):
    """What looks for a name waits for its turn; on SQLite there is nothing to wait for."""
    with app.app_context():
        assert not shown_names.is_taken(db.session(), "Constable Reed", 1)
        assert db.session.scalar(select(func.count()).select_from(LeaMembership)) == 0
