"""Passkeys in Chromium, with the authenticator that it keeps for tests."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect
from werkzeug.serving import make_server

from hub.extensions import db, limiter
from tests.browser.conftest import DESKTOP, watched
from tests.hub.conftest import make_app
from tests.hub.people import PASSWORD, People
from tests.hub.tables import empty_tables

pytestmark = [
    pytest.mark.browser,
    # The server of these tests leaves a file to the collector where a browser goes on to the next
    # page before it has read a script to its end.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]
HOME = "/account/second-factor"


@dataclass
class Hub:
    """``address`` has a name: browsers make no passkeys under an address in figures."""

    address: str
    people: People


@pytest.fixture
def small_hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with people and without documents, served by this process."""
    app = make_app(tmp_path, WTF_CSRF_ENABLED=True)
    with app.app_context():
        empty_tables()
        limiter.reset()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield Hub(f"http://localhost:{server.server_port}", People(app))
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def profile(small_hub: Hub, chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser profiles. At the end it is checked that none broke a rule or a script."""
    opened: list[tuple[BrowserContext, list[str]]] = []

    def make(**options: Any) -> BrowserContext:
        context = chromium.new_context(
            base_url=small_hub.address, viewport=DESKTOP, locale="en", **options
        )
        opened.append((context, watched(context, small_hub.address)))
        return context

    yield make
    for context, wrongs in opened:
        context.close()
        assert wrongs == []


def device_on(page: Page) -> tuple[CDPSession, str]:
    """Gives the page a device that keeps passkeys and finds its owner's finger at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, added["authenticatorId"]


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill("anna@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def make_passkey(page: Page, name: str) -> None:
    page.goto(f"{HOME}/passkeys/new")
    page.get_by_label("Name of the passkey").fill(name)
    page.get_by_role("button", name="Make the passkey").click()


def test_a_passkey_is_made_and_signs_in(
    small_hub: Hub, profile: Callable[..., BrowserContext]
) -> None:
    small_hub.people.add("Anna", password=True)
    page = profile().new_page()
    device_on(page)
    sign_in(page)
    make_passkey(page, "Laptop")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    expect(page.locator("main ol code")).to_have_count(10)
    page.get_by_role("button", name="I have kept them").click()
    expect(page.locator("main")).to_contain_text("Laptop")
    page.context.clear_cookies()
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{small_hub.address}/")
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    page.goto("/account/confirm?next=/account/second-factor/codes")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


def test_a_device_that_has_one_already_makes_no_second(
    small_hub: Hub, profile: Callable[..., BrowserContext]
) -> None:
    small_hub.people.add("Anna", password=True)
    page = profile().new_page()
    device_on(page)
    sign_in(page)
    make_passkey(page, "Laptop")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    make_passkey(page, "Laptop again")
    expect(page.locator("[data-passkey-message]")).to_contain_text("has one for the hub already")
    expect(page.get_by_role("button", name="Make the passkey")).to_be_enabled()


def test_a_browser_without_the_passkey_says_so_and_the_code_still_works(
    small_hub: Hub, profile: Callable[..., BrowserContext]
) -> None:
    small_hub.people.add("Anna", password=True)
    page = profile().new_page()
    session, device = device_on(page)
    sign_in(page)
    make_passkey(page, "Laptop")
    code = page.locator("main ol code").first.text_content() or ""
    session.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    page.context.clear_cookies()
    sign_in(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("[data-passkey-message]")).to_contain_text("this browser has none")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("main")).to_contain_text("9 are left")


def test_without_script_the_pages_say_what_else_there_is(
    small_hub: Hub, profile: Callable[..., BrowserContext]
) -> None:
    small_hub.people.add("Anna", password=True)
    page = profile(java_script_enabled=False).new_page()
    sign_in(page)
    page.goto(f"{HOME}/passkeys/new")
    expect(page.get_by_text("needs a browser that runs scripts")).to_be_visible()
    expect(page.get_by_role("button", name="Make the passkey")).to_be_hidden()
    page.locator("main").get_by_role("link", name="Set up an app").click()
    picture = page.get_by_role("img", name="QR code")
    expect(picture).to_be_visible()
    box = picture.locator("svg").bounding_box()
    assert box
    assert box["width"] > 150
