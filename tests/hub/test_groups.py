"""Groups: who is in them, who keeps them, and that nobody else learns of them."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from hub.accounts import cookie
from hub.accounts.models import Role
from hub.accounts.visitor import visitor
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.extensions import db
from hub.groups import operations, rules
from hub.groups.models import Group, GroupMember
from hub.library.audience_words import MEANINGS
from hub.mail.models import Mail
from knowledge.access import Mark, Reader, group_audience
from tests.hub.at_once import at_once
from tests.hub.conftest import checked
from tests.hub.people import People
from tests.hub.shelf import Shelf

HOSTILE = ["a\0b", "x" * 10_000, "\u202egnirts", "<script>alert(1)</script>", "'; --"]


def members(app: Flask, group_id: int) -> dict[int, bool]:
    """Who is in a group, and who keeps it."""
    with app.app_context():
        inside = select(GroupMember).where(GroupMember.group_id == group_id)
        return {member.person_id: member.is_keeper for member in db.session.scalars(inside)}


def acts(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def mails(app: Flask) -> list[Mail]:
    with app.app_context():
        return list(db.session.scalars(select(Mail).where(Mail.kind == "group-added")))


@pytest.fixture
def group(people: People) -> int:
    return people.add_group("Night Shift Ysel")


@pytest.fixture
def keeper_id(people: People, group: int) -> int:
    return people.add("Kee Per", keeps=[group])


@pytest.fixture
def keeper(people: People, keeper_id: int) -> FlaskClient:
    return people.client(keeper_id)


@pytest.fixture
def member_id(people: People, group: int) -> int:
    return people.add("Mem Ber", groups=[group])


@pytest.fixture
def member(people: People, member_id: int) -> FlaskClient:
    return people.client(member_id)


@pytest.fixture
def chief(people: People) -> FlaskClient:
    return people.signed_in("Desk Keeper", Role.ADMINISTRATOR)


# seeing


def test_a_member_sees_the_group_and_who_is_in_it(group, keeper, member):
    listed = member.get("/groups")
    checked(listed.text)
    assert "Night Shift Ysel" in listed.text
    page = member.get(f"/groups/{group}")
    checked(page.text)
    for text in ("Night Shift Ysel", "TLP:AMBER", "need to know it", "Kee Per", "Mem Ber"):
        assert text in page.text
    assert "Add somebody" not in page.text
    page = keeper.get(f"/groups/{group}")
    checked(page.text)
    assert "Add somebody" in page.text


@pytest.mark.parametrize("mark", Mark)
def test_every_mark_says_what_it_means(app, people, mark):
    group = people.add_group("Night Shift Ysel", mark)
    page = people.signed_in("Mem Ber", groups=[group]).get(f"/groups/{group}")
    assert f"TLP:{mark.upper()}" in page.text
    assert str(MEANINGS[mark]) in checked(page.text).text_content()


def test_who_is_in_no_group_learns_what_groups_are(people):
    page = people.signed_in("Plain Member").get("/groups")
    checked(page.text)
    assert "Administrators make groups" in page.text


def test_to_everybody_else_a_group_is_not_there(app, people, group, keeper_id, chief):
    other = people.add_group("Other Room")
    strangers = [
        people.signed_in("Plain Member"),
        people.signed_in("Other Member", lea=True, groups=[other]),
        people.signed_in("Other Keeper", Role.CURATOR, keeps=[other]),
        chief,
    ]
    there, nowhere = f"/groups/{group}", "/groups/99999"
    for browser in strangers:
        answers = [browser.get(there), browser.get(nowhere)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text.replace(there, "") == answers[1].text.replace(nowhere, "")
        assert "Night Shift" not in browser.get("/groups").text
        for way in WAYS:
            assert browser.post(f"{there}/{way}").status_code == 404
    assert members(app, group) == {keeper_id: True}
    stranger = app.test_client()
    assert stranger.get(there).location.startswith("/sign-in")
    for way in WAYS:
        assert stranger.post(f"{there}/{way}").location.startswith("/sign-in")
        assert strangers[0].get(f"{there}/{way}").status_code == 405


WAYS = ("members", "members/1/remove", "members/1/keeper", "step-down", "leave")


def test_the_documents_of_the_group_stand_in_it(people, shelf: Shelf, group, member, chief):
    audience = group_audience(group)
    shelf.add(
        "room.md", "# Rota\n\nIt begins at ten.", title="Rota of the nights", audience=audience
    )
    shelf.add("open.md", "# Open\n\nFor everybody.", title="Open to everybody")
    page = member.get(f"/groups/{group}")
    assert "Rota of the nights" in page.text
    assert "Open to everybody" not in page.text
    for url in ("/desk/groups", f"/desk/groups/{group}", "/library"):
        assert "Rota of the nights" not in chief.get(url).text


# keeping


def test_a_keeper_adds_people_who_are_told(app, people, group, keeper):
    person = people.add("Ada Winter")
    assert keeper.post(f"/groups/{group}/members", data={"pseudonym": " Ada Winter "}).location
    assert members(app, group)[person] is False
    (mail,) = mails(app)
    assert (mail.person_id, mail.parameters) == (person, {"group": group})
    assert acts(app) == ["group.member_added"]
    again = keeper.post(f"/groups/{group}/members", data={"pseudonym": "Ada Winter"})
    assert again.status_code == 422
    assert "in the group already" in again.text
    assert len(mails(app)) == 1


def test_whoever_is_added_again_and_again_is_told_once_a_day(app, people, group, keeper):
    person, other = people.add("Ada Winter"), people.add("Bo Summer")
    for _ in range(3):
        for name in ("Ada Winter", "Bo Summer"):
            keeper.post(f"/groups/{group}/members", data={"pseudonym": name})
        for number in (person, other):
            keeper.post(f"/groups/{group}/members/{number}/remove")
    assert sorted(mail.person_id for mail in mails(app)) == sorted([person, other])
    second = people.add_group("Second")
    with app.app_context():
        keeper_id = db.session.scalar(select(GroupMember.person_id))
        db.session.add(
            GroupMember(group_id=second, person_id=keeper_id, is_keeper=True, added_at=now())
        )
        db.session.commit()
        operations.add_member(db.session(), second, "Ada Winter", keeper_id, now())
        tomorrow = now() + timedelta(days=1, minutes=1)
        operations.add_member(db.session(), group, "Ada Winter", keeper_id, tomorrow)
        db.session.commit()
    assert len(mails(app)) == 4


def test_that_somebody_else_was_made_a_keeper_keeps_no_mail_back(app, people):
    first, second = people.add("Ada Winter"), people.add("Bo Summer")
    assert first == 1, "the number that counts as true"
    group = people.add_group("Cell")
    with app.app_context():
        for name in ("Bo Summer", "Ada Winter"):
            operations.name_keeper(db.session(), group, name, second, now())
        db.session.commit()
    assert {mail.person_id for mail in mails(app)} == {first, second}


def test_the_first_keeper_is_told_once_too(app, people, chief):
    keeper = people.add("Ada Winter")
    data = {"name": "Cell", "purpose": "", "mark": "amber", "keeper": "Ada Winter"}
    assert chief.post("/desk/groups/new", data=data).status_code == 303
    with app.app_context():
        db.session.execute(delete(GroupMember))
        group = db.session.scalars(select(Group.id)).one()
        operations.name_keeper(db.session(), group, "Ada Winter", keeper, now())
        db.session.commit()
    assert len(mails(app)) == 1


@pytest.mark.parametrize("name", [*HOSTILE, "", "   ", "ada winter", "Ada Winte", "Gone Away"])
def test_a_name_that_nobody_has_is_one_plain_error(app, people, group, keeper, name):
    people.add("Ada Winter")
    people.add("Gone Away", disabled_at=now())
    answer = keeper.post(f"/groups/{group}/members", data={"pseudonym": name})
    assert answer.status_code == 422
    checked(answer.text)
    assert len(members(app, group)) == 1
    assert "<script>alert" not in answer.text
    if name.strip():
        assert "Nobody here has exactly this name" in answer.text


def test_octets_that_are_no_text_break_nothing(group, keeper, chief):
    for octets in ("%ED%A0%80", "%FF", "%00"):
        form = {"content_type": "application/x-www-form-urlencoded"}
        body = f"pseudonym={octets}"
        assert keeper.post(f"/groups/{group}/members", data=body, **form).status_code == 422
        body = f"name={octets}&keeper={octets}&mark={octets}&purpose={octets}"
        assert chief.post("/desk/groups/new", data=body, **form).status_code == 422


def test_a_keeper_removes_people_who_then_see_nothing(app, group, keeper, member, member_id):
    assert member.get(f"/groups/{group}").status_code == 200
    url = f"/groups/{group}/members/{member_id}/remove"
    assert keeper.post(url).status_code == 303
    assert member.get(f"/groups/{group}").status_code == 404
    assert keeper.post(url).status_code == 303, "not there any more: nothing to do"
    assert acts(app) == ["group.member_removed"]


def test_a_member_who_does_not_keep_the_group_changes_nothing(
    app, people, group, keeper_id, member, member_id
):
    people.add("Ada Winter")
    for way in ("members", f"members/{keeper_id}/remove", f"members/{member_id}/keeper"):
        answer = member.post(f"/groups/{group}/{way}", data={"pseudonym": "Ada Winter"})
        assert answer.status_code == 403
    assert member.post(f"/groups/{group}/step-down").status_code == 403
    assert members(app, group) == {keeper_id: True, member_id: False}
    assert acts(app) == []


def test_keeping_is_handed_on(app, group, keeper, keeper_id, member_id, member):
    assert keeper.post(f"/groups/{group}/step-down").status_code == 303
    assert keeper.post(f"/groups/{group}/leave").status_code == 303
    assert keeper.post(f"/groups/{group}/members/{keeper_id}/remove").status_code == 303
    assert members(app, group)[keeper_id] is True, "the last keeper stays"
    assert keeper.post(f"/groups/{group}/members/{member_id}/keeper").status_code == 303
    assert keeper.post(f"/groups/{group}/members/99999/keeper").status_code == 303
    assert keeper.post(f"/groups/{group}/step-down").status_code == 303
    assert members(app, group) == {keeper_id: False, member_id: True}
    assert keeper.post(f"/groups/{group}/leave").status_code == 303
    assert keeper.get(f"/groups/{group}").status_code == 404
    assert acts(app) == ["group.keeper", "group.keeper", "group.member_left"]


def test_a_keeper_who_cannot_act_does_not_count_as_one(app, people, group, keeper, keeper_id):
    people.add("Gone Away", keeps=[group], disabled_at=now())
    keeper.post(f"/groups/{group}/step-down")
    assert members(app, group)[keeper_id] is True


@pytest.mark.parametrize("way", ["step-down", "leave"])
def test_of_two_keepers_who_go_at_once_one_stays(app, people, group, keeper, keeper_id, way):
    second = people.client(people.add("Second Keeper", keeps=[group]))
    at_once(
        lambda: keeper.post(f"/groups/{group}/{way}"),
        lambda: second.post(f"/groups/{group}/{way}"),
    )
    assert sum(members(app, group).values()) == 1


def test_of_two_keepers_who_remove_one_another_one_stays(app, people, group, keeper, keeper_id):
    second_id = people.add("Second Keeper", keeps=[group])
    second = people.client(second_id)
    answers = at_once(
        lambda: keeper.post(f"/groups/{group}/members/{second_id}/remove"),
        lambda: second.post(f"/groups/{group}/members/{keeper_id}/remove"),
    )
    assert sorted(answer.status_code for answer in answers) in ([303, 403], [303, 404])
    assert len(members(app, group)) == 1


def test_a_person_who_is_added_twice_at_once_is_in_it_once(app, people, group, keeper_id):
    people.add("Ada Winter")
    browsers = [people.client(keeper_id) for _ in range(3)]
    data = {"pseudonym": "Ada Winter"}
    answers = at_once(
        *[lambda b=browser: b.post(f"/groups/{group}/members", data=data) for browser in browsers]
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422]
    assert len(members(app, group)) == 2
    assert len(mails(app)) == 1


def test_a_group_has_no_more_members_than_may_be(app, people, group, keeper_id, monkeypatch):
    monkeypatch.setattr("hub.groups.operations.MOST_MEMBERS", 2)
    assert rules.MOST_MEMBERS == 500
    names = ["Ada Winter", "Bo Summer"]
    for name in names:
        people.add(name)
    browsers = [people.client(keeper_id) for _ in names]
    answers = at_once(
        *[
            lambda b=browser, n=name: b.post(f"/groups/{group}/members", data={"pseudonym": n})
            for browser, name in zip(browsers, names, strict=True)
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert len(members(app, group)) == 2


# the end of access


def audiences_now(app: Flask, reader: Reader) -> frozenset[str]:
    with app.app_context():
        return reader.now().audiences


def reader_of(app: Flask, client: FlaskClient) -> Reader:
    """As an answer holds it that is still being written."""
    key = client.get_cookie(cookie.name()).value
    with app.test_request_context(headers={"Cookie": f"{cookie.name()}={key}"}):
        return visitor().reader


def test_what_goes_on_learns_at_once_that_somebody_is_out(app, group, keeper, member, member_id):
    with app.app_context():
        reader = reader_of(app, member)
    assert group_audience(group) in audiences_now(app, reader)
    keeper.post(f"/groups/{group}/members/{member_id}/remove")
    assert group_audience(group) not in audiences_now(app, reader)


def test_what_goes_on_learns_at_once_that_a_group_is_closed(app, group, member, chief):
    with app.app_context():
        reader = reader_of(app, member)
    assert group_audience(group) in audiences_now(app, reader)
    chief.post(f"/desk/groups/{group}/close")
    assert group_audience(group) not in audiences_now(app, reader)


# the desk


NEW = {"name": "Day Shift", "purpose": "Rota", "mark": "red", "keeper": "Ada Winter"}


def test_an_administrator_makes_a_group_with_its_keeper(app, people, chief):
    keeper = people.add("Ada Winter")
    checked(chief.get("/desk/groups").text)
    checked(chief.get("/desk/groups/new").text)
    answer = chief.post("/desk/groups/new", data=NEW)
    assert answer.status_code == 303
    with app.app_context():
        made = db.session.scalars(select(Group)).one()
        assert (made.name, made.purpose, made.mark) == ("Day Shift", "Rota", Mark.RED)
    assert members(app, made.id) == {keeper: True}
    assert [mail.person_id for mail in mails(app)] == [keeper]
    assert acts(app) == ["group.created"]
    assert "Ada Winter" in chief.get("/desk/groups").text
    checked(chief.get(answer.location).text)
    assert chief.get(f"/groups/{made.id}").status_code == 404, "an administrator is not in it"


@pytest.mark.parametrize("field", ["name", "mark", "keeper"])
@pytest.mark.parametrize("text", ["a\0b", "x" * 10_000, "\u202egnirts", "", "  ", "--"])
def test_a_group_is_not_made_of_what_cannot_be_taken(app, people, chief, field, text):
    people.add("Ada Winter")
    answer = chief.post("/desk/groups/new", data={**NEW, field: text})
    assert answer.status_code == 422
    checked(answer.text)
    assert chief.post("/desk/groups/new", data={**NEW, "purpose": "x" * 2001}).status_code == 422
    assert chief.post("/desk/groups/new", data={}).status_code == 422
    assert acts(app) == []


def test_a_group_has_a_name_of_its_own(app, people, group, chief):
    people.add("Ada Winter")
    assert (
        chief.post("/desk/groups/new", data={**NEW, "name": "Night Shift Ysel"}).status_code == 422
    )
    other = people.add_group("Other Room")
    data = {"name": "Night Shift Ysel", "purpose": "", "mark": "amber"}
    answer = chief.post(f"/desk/groups/{other}", data=data)
    assert answer.status_code == 422
    checked(answer.text)
    assert acts(app) == []


def test_two_who_make_one_group_at_once_make_it_once(app, people):
    people.add("Ada Winter")
    browsers = [people.signed_in(f"Desk {n}", Role.ADMINISTRATOR) for n in ("one", "two")]
    answers = at_once(
        *[lambda b=browser: b.post("/desk/groups/new", data=NEW) for browser in browsers]
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert acts(app) == ["group.created"]


def test_an_administrator_changes_a_group_and_names_keepers(app, people, group, member_id, chief):
    url = f"/desk/groups/{group}"
    data = {"name": "Late Shift", "purpose": "New", "mark": "green"}
    assert chief.post(url, data=data).status_code == 303
    assert chief.post(url, data={**data, "mark": "purple"}).status_code == 422
    assert chief.post(f"{url}/keepers", data={"pseudonym": "Mem Ber"}).status_code == 303
    ada = people.add("Ada Winter")
    assert chief.post(f"{url}/keepers", data={"pseudonym": "Ada Winter"}).status_code == 303
    for name in ("", "Nobody", "x" * 10_000, "a\0b"):
        answer = chief.post(f"{url}/keepers", data={"pseudonym": name})
        assert answer.status_code == 422
        checked(answer.text)
    assert members(app, group) == {member_id: True, ada: True}
    assert acts(app) == ["group.changed", "group.keeper", "group.member_added"]
    with app.app_context():
        log = db.session.scalars(select(AuditEntry)).all()
        assert "Shift" not in "".join(str((entry.before, entry.after)) for entry in log)


def test_closing_ends_access_at_once(app, group, keeper, member, chief):
    url = f"/desk/groups/{group}"
    assert chief.post(f"{url}/close").status_code == 303
    assert member.get(f"/groups/{group}").status_code == 404
    assert "Night Shift" not in member.get("/groups").text
    for way in WAYS:
        assert keeper.post(f"/groups/{group}/{way}").status_code == 404
    assert chief.post(f"{url}/close").status_code == 303
    data = {"name": "Night Shift Ysel", "purpose": "", "mark": "red", "pseudonym": "Mem Ber"}
    assert chief.post(url, data=data).status_code == 303
    assert chief.post(f"{url}/keepers", data=data).status_code == 303
    assert acts(app) == ["group.closed"]
    checked(chief.get(url).text)


DESK = [
    ("GET", "/desk/groups"),
    ("GET", "/desk/groups/new"),
    ("GET", "/desk/groups/1"),
    ("POST", "/desk/groups/new"),
    ("POST", "/desk/groups/1"),
    ("POST", "/desk/groups/1/keepers"),
    ("POST", "/desk/groups/1/close"),
]


@pytest.mark.parametrize(("method", "url"), DESK)
def test_the_desk_is_for_administrators(app, people, group, keeper, method, url):
    assert app.test_client().open(url, method=method).location.startswith("/sign-in")
    assert keeper.open(url, method=method).status_code == 403
    for role in (Role.CURATOR, Role.MODERATOR):
        browser = people.signed_in(f"{role.title()} x", role, lea=True, keeps=[group])
        assert browser.open(url, method=method).status_code in (403,)
    stale = people.client(people.add("Stale Keeper", Role.ADMINISTRATOR), is_fresh=False)
    if method == "POST":
        assert stale.open(url, method=method).location.startswith("/account/confirm")
    assert acts(app) == []


def test_what_is_not_there_is_not_found(chief):
    assert chief.get("/desk/groups/99999").status_code == 404
    for part in ("", "/keepers", "/close"):
        assert chief.post(f"/desk/groups/99999{part}").status_code == 404
    assert chief.get("/desk/groups/1/close").status_code in (404, 405)


def test_many_members_stand_on_several_pages(app, people, group, keeper):
    with app.app_context():
        db.session.execute(update(Group).values(purpose="Rota\nand plans"))
        db.session.commit()
    for number in range(51):
        people.add(f"Rider number {number}", groups=[group])
    first, second = keeper.get(f"/groups/{group}"), keeper.get(f"/groups/{group}?page=2")
    checked(first.text)
    checked(second.text)
    assert "Kee Per" in first.text
    assert "Rider number 50" in second.text
    for page in ("0", "x", "9" * 40):
        assert keeper.get(f"/groups/{group}?page={page}").status_code == 200
