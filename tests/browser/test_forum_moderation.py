"""A report without an account, a decision with reasons, an objection and its answer by another
person: each by the pages of their own, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.forum_site import NARROW, Forum
from tests.browser.test_forum import heading

pytestmark = pytest.mark.browser

REASON = "It names a person and calls for violence against them."
WHY = "The post calls for violence against a person who can be recognised."
OBJECTION = "It is a line of a film that all of us know."
ANSWER = "Both sides say that it is a line of a film, and the film is well known."


def report_without_account(page: Page) -> str:
    """Returns where its reporter follows it."""
    page.locator("#post-2").get_by_role("link", name="Report").click()
    page.get_by_label("Which kind of law").select_option(label="Incitement to hatred or violence")
    page.get_by_label("Why it is illegal").fill(REASON)
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("3 things to change")).to_be_visible()
    expect(page.get_by_label("Why it is illegal")).to_have_value(REASON)
    page.get_by_label("Your name").fill("Greta Guest")
    page.get_by_label("Your e-mail address").fill("greta@example.net")
    page.get_by_label("I believe in good faith").check()
    page.get_by_role("button", name="Send the report").click()
    expect(heading(page)).to_have_text(re.compile("^Report "))
    expect(page.locator(".facts")).to_contain_text("It waits for a moderator.")
    return page.url


def decide(page: Page, title: str) -> None:
    page.locator("main").get_by_role("link", name=title).click()
    expect(page.locator(".row-list").first).to_contain_text(REASON)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_label("Take the post from view", exact=True).check()
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_text("thing to change")).to_be_visible()
    page.get_by_label("Facts and reasons").fill(WHY)
    page.get_by_label("Ground").select_option(label="Illegal content")
    page.get_by_label("Rule or law").fill("Criminal code, section 131")
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.locator("main")).to_contain_text("The post was taken from view.")


def object_to(page: Page) -> None:
    """As the author, from the bell to the decision, with the reasons before their eyes."""
    page.locator("[data-bell]").click()
    page.locator("main").get_by_role("link", name="A moderator decided").first.click()
    expect(heading(page)).to_have_text(re.compile("^Decision "))
    expect(page.locator(".facts")).to_contain_text(WHY)
    expect(page.locator(".facts")).to_contain_text("Objection possible until")
    expect(page.locator("main")).not_to_contain_text("Greta")
    page.get_by_label("Why the decision is wrong").fill(OBJECTION)
    page.get_by_role("button", name="Object").click()
    expect(page.get_by_role("heading", name="Your objection")).to_be_visible()


def open_objection(page: Page) -> None:
    page.goto("/desk/moderation?tab=objections")
    page.locator("main").get_by_role("link", name=re.compile("^Objection ")).last.click()
    expect(page.locator("main")).to_contain_text(OBJECTION)


def test_a_report_goes_its_way_to_the_answer_of_another_moderator(
    forum: Forum, enter: Enter
) -> None:
    title = "Lines that we like"
    topic = forum.rooms.topic(forum.open_board, forum.mira, title)
    forum.rooms.reply(topic, forum.otto, "I will find you, and I will end you.")
    guest = enter("", f"/forum/topics/{topic}", NARROW)
    followed = report_without_account(guest)

    first = enter("mo", "/desk/moderation")
    decide(first, title)
    for who in ("", "rita"):
        hidden = enter(who, f"/forum/topics/{topic}").locator("#post-2")
        expect(hidden).not_to_contain_text("end you")
    guest.goto(followed)
    expect(guest.locator("main")).to_contain_text("It is decided.")
    expect(guest.locator("main")).to_contain_text(WHY)

    author = enter("otto", "/forum")
    object_to(author)
    decision = author.url

    open_objection(first)
    expect(first.locator("main")).to_contain_text("You decided this. Another moderator answers")
    expect(first.get_by_role("button", name="Answer")).to_have_count(0)
    second = enter("mia", "/desk/moderation")
    open_objection(second)
    second.get_by_label("The objection is right").check()
    second.get_by_label("Reasons").fill(ANSWER)
    second.get_by_role("button", name="Answer").click()

    author.goto(decision)
    expect(author.locator("main")).to_contain_text("This decision was overturned and undone.")
    expect(author.locator("main")).to_contain_text(ANSWER)
    guest.goto(followed)
    expect(guest.locator("main")).to_contain_text("the decision was overturned")
    expect(enter("", f"/forum/topics/{topic}").locator("#post-2")).to_contain_text("end you")


def test_who_may_not_moderate_finds_no_queue(forum: Forum, enter: Enter) -> None:
    forum.report()
    assert enter("rita", "/forum").request.get("/desk/moderation").status in (403, 404)
    moderator = enter("bo", "/desk/moderation", NARROW)  # of one board only
    expect(moderator.locator(".row-list__row", has_text="How do you test a tool?")).to_be_visible()
