"""From signing up to seeing a closed document, and to seeing it no longer, in a real browser."""

import re
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Visitor
from tests.browser.server import run_flask
from tests.browser.test_asking import answer, ask

pytestmark = pytest.mark.browser

PASSWORD = "walnut harbour lantern sixty"
QUESTION = "When are recordings of night watch cameras deleted?"
SENTENCE = "Recordings of night watch cameras are deleted after nine days."


def open_mail(page: Page, folder: Path, subject: str) -> None:
    """Lets the hub send what waits, and opens the newest mail with these words in its subject."""
    run_flask(folder, "mail", "send")
    page.goto("/mail")
    page.get_by_role("link", name=re.compile(subject)).first.click()


def follow_link(page: Page) -> None:
    page.locator("main a[href*='127.0.0.1'], main pre a").first.click()


def sign_up(page: Page, folder: Path, name: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Sign up").click()
    page.get_by_label("E-mail address").fill(f"{name.lower()}@example.org")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    open_mail(page, folder, "account")
    follow_link(page)
    page.get_by_label("Name on the hub").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def set_up_app(page: Page) -> None:
    page.goto("/account/second-factor")
    page.get_by_role("link", name=re.compile("app")).first.click()
    secret = page.locator("main code").first.inner_text().replace(" ", "")
    page.get_by_role("textbox", name=re.compile("[Cc]ode")).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert page.locator("main ol code").count() == 10
    page.get_by_role("button", name="I have kept them").click()


def ask_to_be_verified(page: Page, folder: Path, name: str) -> None:
    page.goto("/account/membership")
    page.locator("main a[href='/account/membership/ask']").first.click()
    page.get_by_label("Organisation").fill("Harbour police of Ysel")
    page.get_by_label("Official e-mail address").fill(f"{name.lower()}@police.example.org")
    page.get_by_label("Real name").fill("Berta Real")
    page.get_by_role("button", name="Send the request").click()
    open_mail(page, folder, "official address")
    follow_link(page)
    page.locator("main").get_by_role("button").click()


def administrator(visitor: Visitor, folder: Path, name: str) -> Page:
    said = run_flask(
        folder,
        *("people", "add", f"{name.lower()}@example.org", "--pseudonym", name),
        *("--role", "administrator"),
    )
    place = re.search(r"http://[^/\s]+(/\S+)", said)
    assert place, said
    page = visitor(place[1])
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    set_up_app(page)
    return page


def decide(page: Page, name: str) -> None:
    page.goto("/desk/memberships")
    page.locator("main").get_by_role("link", name=re.compile(f"Open {name}")).first.click()
    page.get_by_label("Grant", exact=True).check()
    page.get_by_role("button", name="Decide").click()


def end(page: Page, name: str) -> None:
    page.goto("/desk/memberships?state=granted")
    page.locator("main").get_by_role("link", name=re.compile(f"Open {name}")).first.click()
    page.get_by_label("Reason").first.fill("Left the service")
    page.get_by_role("button", name="End the membership").click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_member_becomes_an_lea_member_and_ceases_to_be_one(visitor, hub_folder, script):
    name = "Berta" if script else "Bruno"
    viewport = DESKTOP if script else PHONE
    page = visitor("/", viewport, java_script_enabled=script)
    sign_up(page, hub_folder, name)
    page.goto("/library")
    expect(page.get_by_text("Night Watch Manual")).to_have_count(0)
    set_up_app(page)
    ask_to_be_verified(page, hub_folder, name)
    chief = administrator(visitor, hub_folder, f"Chief-{name}")
    decide(chief, name)

    page.goto("/library")
    page.get_by_role("link", name="Night Watch Manual").click()
    expect(page.locator(".mark-chip").first).to_have_text("TLP:GREEN")
    closed = page.url
    page.goto("/assistant")
    ask(page, QUESTION)
    page.wait_for_url(re.compile("/assistant/.+"))
    answer(page)
    expect(page.locator(".quote__text").first).to_contain_text(SENTENCE)
    conversation = page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]

    end(chief, name)
    assert page.goto(closed).status == 404
    page.goto(conversation)
    expect(page.get_by_text(SENTENCE)).to_have_count(0)
    page.goto("/library")
    expect(page.get_by_text("Night Watch Manual")).to_have_count(0)


def test_signing_in_asks_for_the_second_factor_by_keyboard_alone(visitor, hub_folder):
    page = visitor("/")
    sign_up(page, hub_folder, "Carla")
    page.goto("/account/second-factor/app")
    secret = page.locator("main code").first.inner_text().replace(" ", "")
    page.get_by_role("textbox", name=re.compile("[Cc]ode")).fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    codes = page.locator("main ol code").all_inner_texts()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Recovery codes")
    page.get_by_role("button", name="Sign out", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("carla@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto("/sign-in/second")
    page.locator("main input[type=text], main input[inputmode]").first.focus()
    page.keyboard.type(codes[0])
    page.keyboard.press("Enter")
    expect(page.locator(".notice").first).to_contain_text("9")
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
