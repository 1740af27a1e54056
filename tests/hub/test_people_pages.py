"""A person's page: what the other members see, and nothing that only the person knows."""

import pytest
from sqlalchemy import update

from hub.accounts.models import Role
from hub.clock import now
from hub.extensions import db
from hub.membership.models import LeaMembership
from tests.hub.conftest import checked


@pytest.fixture
def reader(people):
    return people.signed_in("Plain Member")


def test_a_page_shows_name_role_and_since_when(people, reader):
    people.add("Ada Winter", Role.CURATOR)
    page = reader.get("/people/Ada Winter")
    assert page.status_code == 200
    assert checked(page.text).xpath("string(//h1)").strip() == "Ada Winter"
    for text in ("Curator", "Member since", f"{now():%B %Y}"):
        assert text in page.text
    assert "ada.winter@example.org" not in page.text
    assert f"{now():%d %B}".lstrip("0") + f" {now():%Y}" not in page.text, "the day is not shown"


def test_an_lea_member_appears_as_they_want(app, people, reader):
    person = people.add("Ada Winter", lea=True)
    page = reader.get("/people/Ada Winter").text
    assert "Verified LEA member" in page
    with app.app_context():
        change = {"shown_name": "Constable Reed", "country": "NL", "shows_country": True}
        db.session.execute(update(LeaMembership).values(change))
        db.session.commit()
    page = reader.get("/people/Ada Winter").text
    assert checked(page).xpath("string(//h1)").strip() == "Constable Reed"
    assert "Netherlands" in page
    for hidden in ("Real Name", "police.example", "Police of Ysel"):
        assert hidden not in page
    with app.app_context():
        db.session.execute(update(LeaMembership).values(shows_country=False))
        db.session.commit()
    assert "Netherlands" not in reader.get("/people/Ada Winter").text
    people.end_lea_membership(person)
    page = reader.get("/people/Ada Winter").text
    assert "Constable" not in page
    assert "Verified" not in page


def test_who_is_not_here_has_no_page(people, reader):
    people.add("Gone Away", disabled_at=now())
    people.add("former member 7", erased_at=now())
    for name in ("Gone Away", "former member 7", "Nobody", "plain member", "x" * 10_000, "%20"):
        assert reader.get(f"/people/{name}").status_code == 404
    assert reader.get("/people/%00").status_code == 400
    assert reader.get("/people/%ED%A0%80").status_code in (400, 404)
    assert reader.get("/people/%E2%80%AEx").status_code == 404
    assert reader.get("/people/").status_code == 404


def test_names_that_look_like_addresses_are_names(people, reader):
    for name in ("..x", "a.b-c_d", "O'Hara", "Élodie Ångström"):
        people.add(name)
        assert checked(reader.get(f"/people/{name}").text).xpath("string(//h1)").strip() == name


def test_a_citizen_is_led_to_sign_in(client, people):
    people.add("Ada Winter")
    for name in ("Ada Winter", "Nobody"):
        answer = client.get(f"/people/{name}")
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in?next=")
    assert client.post("/people/Ada Winter").status_code == 405
