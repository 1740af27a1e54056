"""The forum by keyboard alone, without script, and on a narrow telephone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.forum_site import NARROW, Forum, picture
from tests.browser.test_forum import heading, is_drawn

pytestmark = pytest.mark.browser

# Whether what has the focus can be seen to have it.
SHOWS_FOCUS = """() => {
  const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(document.activeElement);
  return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
}"""
MIDDLES = """parts => parts.filter(part => part.offsetParent).map(part => {
  const box = part.getBoundingClientRect();
  return Math.round((box.top + box.height / 2) / 10);
})"""
MOST_STOPS = 90


def tab_to(page: Page, selector: str) -> None:
    """By Tab alone; wherever it passes, the focus is seen."""
    wanted = page.locator(selector).first.element_handle()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        assert page.evaluate(SHOWS_FOCUS), page.evaluate("document.activeElement.outerHTML")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"Tab does not lead to {selector}")


def fits(page: Page) -> None:
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= NARROW["width"], page.url


@pytest.mark.parametrize("who", ["", "rita", "bo"])
@pytest.mark.parametrize("language", ["en", "el", "fr"])
def test_the_header_of_a_phone_has_two_lines(
    forum: Forum, enter: Enter, who: str, language: str
) -> None:
    page = enter(who, f"/language/{language}?next=/forum", NARROW)
    parts = page.locator(".site-header__name, .site-header__person > *, .site-header__language")
    lines = parts.evaluate_all(MIDDLES)
    assert len(set(lines)) <= 2, lines
    fits(page)


def test_reading_and_replying_by_shortcuts(forum: Forum, enter: Enter) -> None:
    title = "Shortcuts on duty"
    topic = forum.rooms.topic(forum.open_board, forum.mira, title)
    forum.rooms.reply(topic, forum.otto, "I use them all.")
    page = enter("rita", f"/forum/boards/{forum.open_board}")
    press = page.keyboard.press
    press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    press("j")
    expect(page.locator(".topic-row").first).to_be_focused()
    expect(page.locator(".topic-row").first).to_contain_text(title)
    press("Enter")
    expect(heading(page)).to_have_text(title)
    page.wait_for_load_state("domcontentloaded")
    press("j")
    expect(page.locator("#post-1")).to_be_focused()
    press("j")
    expect(page.locator("#post-2")).to_be_focused()
    press("k")
    press("j")
    press("l")
    thanks = page.locator("#post-2 button[value=thanks]")
    expect(thanks).to_have_attribute("aria-pressed", "true")
    press("b")
    expect(page.locator("#post-2 [data-bookmark]")).to_have_attribute("aria-pressed", "true")
    press("q")
    text = page.locator("#editor-text")
    expect(text).to_have_value(re.compile("> I use them all"))
    text.focus()
    press("Control+End")
    page.keyboard.type("So do I, jkq.")
    press("Control+Enter")
    expect(page.locator("#post-3 .post__body")).to_contain_text("So do I, jkq.")
    page.wait_for_load_state("domcontentloaded")
    press("g")
    press("b")
    expect(heading(page)).to_have_text("Open practice")


def test_reading_and_replying_by_tab(forum: Forum, enter: Enter) -> None:
    topic = forum.rooms.topic(forum.open_board, forum.mira, "Only with Tab")
    page = enter("rita", f"/forum/boards/{forum.open_board}")
    press = page.keyboard.press
    press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    press("Enter")
    tab_to(page, f"a[href='/forum/topics/{topic}']")
    press("Enter")
    expect(heading(page)).to_have_text("Only with Tab")
    tab_to(page, "#post-1 button[value=agree]")
    press("Space")
    expect(page.locator("#post-1 button[value=agree]")).to_have_attribute("aria-pressed", "true")
    tab_to(page, "#editor-text")
    page.keyboard.type("Slow, but it goes.")
    tab_to(page, ".editor__actions button")
    press("Enter")
    expect(page.locator("#post-2 .post__body")).to_have_text("Slow, but it goes.")


def test_shortcuts_that_are_switched_off_stay_off(forum: Forum, enter: Enter) -> None:
    page = enter("rita", f"/forum/boards/{forum.board}")
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_role("button", name="Switch them off").press("Enter")
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    expect(page.locator("[data-key-item]:focus")).to_have_count(0)


def test_all_that_matters_goes_without_script_on_a_telephone(forum: Forum, enter: Enter) -> None:
    board = f"/forum/boards/{forum.open_board}"
    page = enter("mira", board, NARROW, java_script_enabled=False)
    fits(page)
    page.get_by_role("link", name="Start a topic").first.click()
    page.get_by_label("Title").fill("Written without script")
    text = page.locator("#editor-text")
    text.fill("A **plain** page.\n")
    page.get_by_label("Picture or PDF").set_input_files(picture())
    page.get_by_role("button", name="Add file").click()
    expect(text).to_have_value(re.compile(r"plain[\s\S]*!\[.*\]\(/forum/uploads/\d+\)"))
    page.get_by_text("Add a poll").click()
    page.get_by_label("What the poll asks").fill("Do you need script?")
    page.get_by_label("Options", exact=True).fill("Yes\nNo")
    page.get_by_role("button", name="Preview").click()
    preview = page.locator(".editor-preview .prose")
    expect(preview.locator("strong")).to_have_text("plain")
    fits(page)
    previewed = preview.inner_html()
    page.get_by_role("button", name="Post the topic").click()
    expect(heading(page)).to_have_text("Written without script")
    assert page.locator("#post-1 .post__body").inner_html() == previewed
    assert is_drawn(page.locator("#post-1 .post__body img"))
    fits(page)
    _answer(enter, page.url)


def _answer(enter: Enter, address: str) -> None:
    """Another one votes, reacts, bookmarks, quotes and reports there."""
    page = enter("rita", address, NARROW, java_script_enabled=False)
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Vote").click()
    expect(page.locator(".poll__counts")).to_contain_text("1 vote, 100")
    first = page.locator("#post-1")
    first.locator("button[value=agree]").click()
    expect(first.locator("button[value=agree]")).to_have_attribute("aria-pressed", "true")
    first.locator("[data-bookmark]").click()
    expect(first.locator("[data-bookmark]")).to_have_attribute("aria-pressed", "true")
    first.get_by_role("link", name="Quote").click()
    text = page.locator("#editor-text")
    text.fill(f"{text.input_value()}\n\nNeither do I.")
    fits(page)
    page.locator("#editor").get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator("#post-2 .post__body")).to_contain_text("Neither do I.")
    first.get_by_role("link", name="Report").click()
    page.get_by_label("It does not belong here").check()
    page.get_by_label("Why", exact=True).fill("It is about browsers, not about tools.")
    page.get_by_role("button", name="Send the report").click()
    expect(heading(page)).to_have_text(re.compile("^Report "))
    fits(page)
