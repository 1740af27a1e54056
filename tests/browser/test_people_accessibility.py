"""The pages of people, as those who use them see them: no serious fault, and nothing that is wider
than a telephone, in either colour scheme."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from hub import create_app
from hub.accounts.models import Role
from hub.clock import now
from hub.extensions import db
from hub.membership.models import LeaMembership
from knowledge.models import Document
from tests.browser.conftest import DESKTOP, PHONE, watched
from tests.browser.server import environment_of
from tests.browser.test_accessibility import faults
from tests.hub.people import People

pytestmark = pytest.mark.browser

PLACES = {
    "citizen": ("/sign-in", "/sign-up", "/reset", "/sign-up/sent", "/reset/x"),
    "member": (
        *("/account", "/account/sign-ins", "/account/profile", "/account/password"),
        *("/account/address", "/account/second-factor", "/account/second-factor/app"),
        *("/account/membership", "/account/membership/ask", "/account/data"),
        *("/account/data/erase", "/account/confirm", "/groups", "/people/Leo-of-the-walk"),
    ),
    "weak": ("/", "/desk"),
    "lea": ("/library", "/library/{closed}", "/groups/{group}", "/account/membership"),
    "curator": ("/library/{closed}/audience", "/desk"),
    "administrator": (
        *("/desk", "/desk/people", "/desk/people/{member}", "/desk/memberships"),
        *("/desk/memberships/{membership}", "/desk/memberships/invite", "/desk/groups"),
        *("/desk/groups/new", "/desk/groups/{group}", "/desk/mail", "/desk/audit"),
    ),
}


class Cast:
    """People in the database of the served hub, and their browsers."""

    def __init__(self, app: Flask, browser: Browser, hub: str) -> None:
        self.people, self.browser, self.hub = People(app), browser, hub
        add = self.people.add
        group = self.people.add_group("Circle of the walk")
        self.ids = {
            "member": add("Mira-of-the-walk", password=True),
            "lea": add("Leo-of-the-walk", lea=True, keeps=[group]),
            "curator": add("Clara-of-the-walk", Role.CURATOR),
            "weak": add("Wanda-of-the-walk", Role.CURATOR),
            "administrator": add("Ada-of-the-walk", Role.ADMINISTRATOR),
        }
        with app.app_context():
            request = LeaMembership(
                person_id=self.ids["member"],
                organisation="Harbour police",
                official_address="mira@police.example",
                real_name="Mira Real",
                requested_at=now(),
            )
            db.session.add(request)
            db.session.flush()
            closed = db.session.query(Document).filter_by(title="Night Watch Manual").one()
            self.numbers = {
                "closed": closed.id,
                "group": group,
                "member": self.ids["member"],
                "membership": request.id,
            }
            db.session.commit()

    def pages(
        self, role: str, viewport: dict[str, int], scheme: str
    ) -> Iterator[tuple[str, Page, list[str]]]:
        context = self.browser.new_context(
            base_url=self.hub, viewport=viewport, color_scheme=scheme, locale="en"
        )
        wrongs = watched(context, self.hub)
        if role != "citizen":
            client = self.people.client(self.ids[role], is_strong=role != "weak")
            key = client.get_cookie("hub_sign_in").value
            context.add_cookies([{"name": "hub_sign_in", "value": key, "url": self.hub}])
        page = context.new_page()
        for place in PLACES[role]:
            page.goto(place.format(**self.numbers))
            yield place, page, wrongs
        context.close()


@pytest.fixture(scope="module")
def cast(hub: str, hub_folder: Path, chromium: Browser) -> Iterator[Cast]:
    app = create_app({}, environment_of(hub_folder))
    yield Cast(app, chromium, hub)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("role", PLACES)
def test_pages_of_people_have_no_serious_fault(cast, role, viewport, scheme):
    for place, page, wrongs in cast.pages(role, viewport, scheme):
        assert faults(page) == [], place
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], place
        assert page.locator("h1").count() == 1, place
        assert wrongs == [], place
