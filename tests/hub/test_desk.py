"""The desk: what waits, and the administration of people, on pages and on the command line."""

import json
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.accounts.models import MailedLink, Passkey, Person, RecoveryCode, Role, RoleGrant
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.desk import operations
from hub.desk.operations import Deed, LastAdministrator
from hub.desk.rules import Act
from hub.extensions import db
from hub.mail.models import Mail
from hub.membership.models import LeaMembership, MembershipState
from tests.hub.conftest import checked


@pytest.fixture
def ada(people) -> int:
    return people.add("Ada", Role.ADMINISTRATOR)


@pytest.fixture
def browser(people, ada):
    """Where Ada is signed in."""
    return people.client(ada)


@pytest.fixture
def ben(people) -> int:
    return people.add("Ben")


def act(browser, person_id: int, name: str, reason: str = "She asked for it."):
    return browser.post(f"/desk/people/{person_id}", data={"act": name, "reason": reason})


def person_page(browser, person_id: int):
    return checked(browser.get(f"/desk/people/{person_id}").text)


def offered(browser, person_id: int) -> set[str]:
    return set(person_page(browser, person_id).xpath("//input[@name='act']/@value"))


def roles(app, person_id: int) -> set[str]:
    with app.app_context():
        held = sa.select(RoleGrant.role).where(RoleGrant.person_id == person_id)
        return set(db.session.scalars(held))


def loaded(app, person_id: int) -> Person:
    with app.app_context():
        return db.session.get_one(Person, person_id)


def entries(app) -> list[AuditEntry]:
    with app.app_context():
        return list(db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))


def second_factor(app, person_id: int) -> None:
    with app.app_context():
        person = db.session.get_one(Person, person_id)
        person.totp_secret = "sealed"
        key = {"credential_id": b"1", "public_key": b"2", "name": "phone", "created_at": now()}
        db.session.add(Passkey(person_id=person_id, **key))
        db.session.add(RecoveryCode(person_id=person_id, code_hash="0" * 64))
        db.session.commit()


# Who may


@pytest.mark.parametrize("role", Role)
def test_staff_see_the_desk(people, role):
    page = checked(people.signed_in("Somebody", role).get("/desk").text)
    links = page.xpath("//main//a/@href")
    assert "/library" in links
    assert ("/desk/people" in links) == (role == Role.ADMINISTRATOR)


def test_members_do_not_see_the_desk(people, client):
    assert people.signed_in("Somebody").get("/desk").status_code == 403
    assert client.get("/desk").status_code == 303


@pytest.mark.parametrize("role", [None, Role.CURATOR, Role.MODERATOR])
def test_only_administrators_see_people(people, ben, role):
    other = people.signed_in("Somebody", *([role] if role else []))
    assert other.get("/desk/people").status_code == 403
    assert other.get(f"/desk/people/{ben}").status_code == 403
    assert act(other, ben, "disable").status_code == 403
    assert loaded(people.app, ben).disabled_at is None


def test_citizens_are_led_to_sign_in(client, ben):
    for answer in (client.get("/desk/people"), act(client, ben, "disable")):
        assert answer.status_code == 303
        assert "/sign-in" in answer.location


def test_an_act_asks_for_a_proof_that_is_fresh(app, people, ada, ben):
    stale = people.client(ada, is_fresh=False)
    assert stale.get(f"/desk/people/{ben}").status_code == 200
    assert act(stale, ben, "disable").status_code == 303
    assert loaded(app, ben).disabled_at is None
    assert entries(app) == []


# The desk and the list


def test_what_waits_stands_first(app, people, browser, ben):
    with app.app_context():
        request = {
            "person_id": ben,
            "organisation": "Police",
            "official_address": "ben@police.example",
            "real_name": "Benjamin Secret",
            "requested_at": now(),
        }
        db.session.add(LeaMembership(**request))
        db.session.commit()
    page = checked(browser.get("/desk").text)
    first = page.xpath("//main//li")[0].text_content()
    assert "1 request waits" in first


def names(browser, **query) -> list[str]:
    answer = browser.get("/desk/people", query_string=query)
    assert answer.status_code == 200
    page = checked(answer.text)
    return [cell.text_content() for cell in page.xpath("//table/tbody/tr/th")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Elle", "Dora", "Carl 50%", "Ada"]),
        ({"q": "dor"}, ["Dora"]),
        ({"q": "DORA"}, ["Dora"]),
        ({"q": "elle@example"}, ["Elle"]),
        ({"q": "%"}, ["Carl 50%"]),
        ({"q": "_"}, []),
        ({"q": "nobody"}, []),
        ({"q": "x" * 10_000}, []),
        ({"role": "administrator"}, ["Ada"]),
        ({"role": "curator"}, ["Dora"]),
        ({"role": "lea"}, ["Elle"]),
        ({"role": "king"}, ["Elle", "Dora", "Carl 50%", "Ada"]),
        ({"state": "disabled"}, ["Carl 50%"]),
        ({"state": "active"}, ["Elle", "Dora", "Ada"]),
        ({"state": "erased"}, ["former member 9"]),
        ({"role": "curator", "state": "disabled"}, []),
    ],
)
def test_people_are_found(people, browser, query, expected):
    people.add("Carl 50%", disabled_at=now())
    people.add("Dora", Role.CURATOR)
    people.add("Elle", lea=True)
    people.add("former member 9", erased_at=now(), email=None)
    assert names(browser, **query) == expected


def test_many_people_are_paged_by_number(app, browser):
    with app.app_context():
        for number in range(120):
            name = f"Person {number}"
            db.session.add(Person(pseudonym=name, pseudonym_key=name, created_at=now()))
        db.session.commit()
    place, seen = "/desk/people?q=person", []
    while place:
        page = checked(browser.get(place).text)
        assert "120 people" in page.text_content()
        seen += [cell.text_content() for cell in page.xpath("//table/tbody/tr/th")]
        place = next(iter(page.xpath("//a[@rel='next']/@href")), "")
    assert seen == [f"Person {number}" for number in range(119, -1, -1)]


def test_the_page_of_a_person_never_has_the_real_name(people, browser):
    elle = people.add("Elle", lea=True)
    page = person_page(browser, elle)
    text = page.text_content()
    assert "elle@example.org" in text
    assert "Granted" in text
    assert "Real Name" not in text
    assert "police.example" not in text


def test_an_expired_membership_is_called_so(people, browser, ben):
    people.make_lea_member(ben, days=-1)
    assert "Expired" in person_page(browser, ben).text_content()
    people.end_lea_membership(ben)
    assert "Ended" in person_page(browser, ben).text_content()


@pytest.mark.parametrize("number", ["999", "99999999999", "x"])
def test_nobody_is_not_found(browser, number):
    assert browser.get(f"/desk/people/{number}").status_code == 404


# Acts


@pytest.mark.parametrize("role", Role)
def test_a_role_is_given_and_taken(app, browser, ada, ben, role):
    assert f"grant-{role}" in offered(browser, ben)
    assert act(browser, ben, f"grant-{role}").status_code == 303
    assert roles(app, ben) == {role}
    assert f"revoke-{role}" in offered(browser, ben)
    assert act(browser, ben, f"revoke-{role}").status_code == 303
    assert roles(app, ben) == set()
    given, taken = entries(app)
    assert (given.act, given.after, given.before) == ("role.granted", {"role": role}, None)
    assert (taken.act, taken.before, taken.after) == ("role.revoked", {"role": role}, None)
    assert (given.actor_id, given.subject_kind, given.subject_id) == (ada, "person", ben)
    assert given.reason == "She asked for it."


def test_a_role_counts_from_the_next_request(people, browser, ben):
    theirs = people.client(ben)
    assert theirs.get("/desk").status_code == 403
    act(browser, ben, "grant-moderator")
    assert theirs.get("/desk").status_code == 200
    act(browser, ben, "revoke-moderator")
    assert theirs.get("/desk").status_code == 403


def test_who_is_disabled_is_out_at_once(app, people, browser, ben):
    first, second = people.client(ben), people.client(ben)
    assert first.get("/account").status_code == 200
    assert act(browser, ben, "disable").status_code == 303
    assert people.sign_ins(ben) == 0
    assert [b.get("/account").status_code for b in (first, second)] == [303, 303]
    assert offered(browser, ben) >= {"enable"}
    act(browser, ben, "enable")
    assert loaded(app, ben).disabled_at is None
    assert first.get("/account").status_code == 303  # the old sign-ins stay ended
    assert [entry.act for entry in entries(app)] == ["person.disabled", "person.enabled"]
    assert entries(app)[0].before == {"is_disabled": False, "sign_ins": 2}


def test_somebody_is_signed_out_everywhere(app, people, browser, ben):
    theirs = people.client(ben)
    act(browser, ben, "sign-out")
    assert theirs.get("/account").status_code == 303
    assert people.sign_ins(ben) == 0
    assert entries(app)[0].act == "person.signed_out"


def test_a_lost_second_factor_is_removed_and_the_person_told(app, people, browser, ben):
    assert "remove-second-factor" not in offered(browser, ben)
    second_factor(app, ben)
    people.client(ben)
    assert "remove-second-factor" in offered(browser, ben)
    assert act(browser, ben, "remove-second-factor").status_code == 303
    with app.app_context():
        person = db.session.get_one(Person, ben)
        assert (person.totp_secret, person.passkeys) == ("", [])
        assert db.session.scalar(sa.select(sa.func.count(RecoveryCode.id))) == 0
        mail = db.session.scalars(sa.select(Mail)).one()
        assert (mail.kind, mail.recipient) == ("second-factor-changed", "ben@example.org")
    assert people.sign_ins(ben) == 0
    (entry,) = entries(app)
    assert entry.before == {"passkeys": 1, "totp": True}


def test_ones_own_second_factor_goes_through_the_account(app, browser, ada):
    second_factor(app, ada)
    assert "remove-second-factor" not in offered(browser, ada)
    assert act(browser, ada, "remove-second-factor").status_code == 422
    assert loaded(app, ada).totp_secret


@pytest.mark.parametrize("name", ["revoke-administrator", "disable"])
def test_the_last_administrator_stays(app, people, browser, ada, name):
    people.add("Disabled", Role.ADMINISTRATOR, disabled_at=now())
    people.add("Erased", Role.ADMINISTRATOR, erased_at=now())
    answer = act(browser, ada, name)
    assert answer.status_code == 422
    assert "last administrator" in checked(answer.text).text_content()
    assert roles(app, ada) == {Role.ADMINISTRATOR}
    assert loaded(app, ada).disabled_at is None
    assert browser.get("/desk").status_code == 200
    assert entries(app) == []


@pytest.mark.parametrize("name", ["revoke-administrator", "disable"])
def test_an_administrator_who_is_not_the_last_may_go(app, people, browser, ada, name):
    people.add("Other", Role.ADMINISTRATOR)
    answer = act(browser, ada, name)
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.get("/desk").status_code in (303, 403)


@pytest.mark.parametrize("first", ["revoke", "disable"])
@pytest.mark.parametrize("second", ["revoke", "disable"])
def test_two_at_once_leave_one_administrator(app, people, first, second):
    ids = [people.add(name, Role.ADMINISTRATOR) for name in ("One", "Two")]
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def go(person_id: int, way: str) -> None:
        deed = Deed(None, now(), "", "command line")
        together.wait()
        with app.app_context(), Session(db.engine) as session:
            try:
                if way == "revoke":
                    operations.revoke(session, person_id, Role.ADMINISTRATOR, deed)
                else:
                    operations.disable(session, person_id, deed)
                session.commit()
                outcomes.append("done")
            except LastAdministrator:
                outcomes.append("refused")

    threads = [
        threading.Thread(target=go, args=(person_id, way))
        for person_id, way in zip(ids, (first, second), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]
    assert len(entries(app)) == 1


@pytest.mark.parametrize("name", Act)
def test_every_act_says_when_it_was_so_already(app, browser, ben, name):
    """Sent from a page that is out of date. Signing out can always be done."""
    if name.gives:
        act(browser, ben, name)
    noted = len(entries(app))
    answer = act(browser, ben, "disable" if name == Act.DISABLE else name)
    if name == Act.DISABLE:
        noted, answer = len(entries(app)), act(browser, ben, name)
    assert answer.status_code == 303
    page = person_page(browser, ben).text_content()
    assert ("It was so already" in page) == (name != Act.SIGN_OUT)
    assert len(entries(app)) == noted + (name == Act.SIGN_OUT)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "Why"),
        ("erase", "Why"),
        ("grant-king", "Why"),
        ("x" * 10_000, "Why"),
        ("disable", ""),
        ("disable", "   "),
        ("disable", "x" * 501),
        ("disable", "a\0b"),
        ("disable", "a\nb"),
        ("disable", "a\u202eb"),
    ],
)
def test_an_act_needs_a_name_and_a_reason(app, browser, ben, name, reason):
    answer = act(browser, ben, name, reason)
    assert answer.status_code == 422
    checked(answer.text)
    assert loaded(app, ben).disabled_at is None
    assert entries(app) == []


def test_what_was_typed_stays_in_a_refused_form(browser, ben):
    page = checked(act(browser, ben, "", "Because of this").text)
    assert page.xpath("//input[@name='reason']/@value") == ["Because of this"]


def test_nothing_is_done_to_whoever_is_erased(people, browser):
    gone = people.add("former member 9", erased_at=now())
    assert act(browser, gone, "grant-curator").status_code == 404
    assert offered(browser, gone) == set()


def test_nothing_changes_by_reading(app, browser, ben):
    browser.get(f"/desk/people/{ben}?act=disable&reason=x")
    assert loaded(app, ben).disabled_at is None


# The command line


def run(app, *arguments: str):
    return app.test_cli_runner().invoke(args=["people", *arguments])


def test_an_empty_hub_gets_its_first_administrator(app, client):
    result = run(app, "add", "Eva@Example.org", "--pseudonym", "Eva", "--role", "administrator")
    assert result.exit_code == 0, result.output
    place = result.output.splitlines()[-1]
    path = "/" + place.split("/", 3)[3]
    assert client.get(path).status_code == 200
    chosen = client.post(path, data={"password": "copper meadow violin thirteen"})
    assert chosen.status_code == 303
    assert client.get("/account").status_code == 200
    assert client.get(path).status_code != 200 or "password" not in client.get(path).text
    assert [(entry.act, entry.actor) for entry in entries(app)] == [
        ("person.added", "command line"),
        ("role.granted", "command line"),
    ]
    assert "eva" not in json.dumps([entry.after for entry in entries(app)])


@pytest.mark.parametrize(
    "arguments",
    [
        ["no address", "--pseudonym", "Eva"],
        ["eva@example.org", "--pseudonym", "E"],
        ["eva@example.org", "--pseudonym", "Eva", "--role", "king"],
        ["eva@example.org", "--pseudonym", "Eva", "--language", "xx"],
        ["eva@example.org"],
        ["ben@example.org", "--pseudonym", "Other"],
        ["eva@example.org", "--pseudonym", "Ben"],
    ],
)
def test_what_cannot_be_added(app, ben, arguments):
    result = run(app, "add", *arguments)
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 1
    assert entries(app) == []


@pytest.mark.parametrize("who", ["ben@example.org", "BEN@example.org", "Ben", "ben", "ID"])
def test_people_are_named_in_three_ways(app, ben, who):
    result = run(app, "grant", str(ben) if who == "ID" else who, "curator", "--reason", "Why")
    assert (result.exit_code, result.output) == (0, "Done.\n")
    assert roles(app, ben) == {"curator"}
    (entry,) = entries(app)
    assert (entry.actor_id, entry.actor, entry.reason) == (None, "command line", "Why")


def test_nobody_of_that_name(app, ben):
    result = run(app, "grant", "Nobody", "curator")
    assert result.exit_code == 1
    assert "Nobody here is called “Nobody”." in result.output


def test_the_command_line_does_what_the_desk_does(app, people, ben):
    second_factor(app, ben)
    people.client(ben)
    for arguments in (
        ["grant", "Ben", "moderator"],
        ["revoke", "Ben", "moderator"],
        ["sign-out", "Ben"],
        ["remove-second-factor", "Ben"],
        ["disable", "Ben"],
        ["enable", "Ben"],
    ):
        result = run(app, *arguments)
        assert (result.exit_code, result.output) == (0, "Done.\n"), arguments
    assert run(app, "enable", "Ben").output == "It was so already.\n"
    assert [entry.act for entry in entries(app)] == [
        "role.granted",
        "role.revoked",
        "person.signed_out",
        "person.second_factor_removed",
        "person.disabled",
        "person.enabled",
    ]
    assert people.sign_ins(ben) == 0


@pytest.mark.parametrize("arguments", [["revoke", "Ada", "administrator"], ["disable", "Ada"]])
def test_the_last_administrator_goes_by_force_only(app, ada, arguments):
    result = run(app, *arguments)
    assert result.exit_code == 1
    assert "last administrator" in result.output
    assert entries(app) == []
    assert run(app, *arguments, "--force").exit_code == 0
    assert len(entries(app)) == 1


def test_a_reason_that_cannot_be_kept_is_refused(app, ben):
    assert run(app, "disable", "Ben", "--reason", "x" * 501).exit_code == 2
    assert loaded(app, ben).disabled_at is None


def test_people_are_listed(app, people, ada, ben):
    people.add("former member 9", erased_at=now(), email=None)
    assert run(app, "list").output.endswith("2 people\n")
    shown = json.loads(run(app, "list", "--role", "administrator", "--json").output)["people"]
    assert [(row["id"], row["pseudonym"], row["roles"]) for row in shown] == [
        (ada, "Ada", ["administrator"])
    ]
    assert MembershipState.REQUESTED not in run(app, "list").output


@pytest.mark.parametrize("name", ["disable", "sign-out", "remove-second-factor"])
def test_links_to_another_address_go_with_the_sign_ins(app, people, browser, ben, name):
    """Whoever had got hold of a browser may have asked for one."""
    theirs, kept = people.client(ben), people.signed_in("Cy")
    for client in (theirs, kept):
        for place in ("/account/address", "/account/profile/notifications"):
            assert client.post(place, data={"email": "thief@example.net"}).status_code == 303
    second_factor(app, ben)
    assert act(browser, ben, name).status_code == 303
    with app.app_context():
        rows = db.session.scalars(sa.select(MailedLink).order_by(MailedLink.id))
        assert [(row.person_id == ben, row.used_at is not None) for row in rows] == [
            *[(True, True)] * 2,
            *[(False, False)] * 2,
        ]
