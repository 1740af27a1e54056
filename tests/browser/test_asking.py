"""From a question to the page where its answer stands, in a real browser."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visitor
from tests.fakes import UnhurriedAssistant

pytestmark = pytest.mark.browser

QUESTION = "When are recordings of harbour patrol drones deleted?"
SENTENCE = "Recordings of harbour patrol drones are deleted after thirty days."
SLOWLY = f"{QUESTION} {UnhurriedAssistant.PAUSE}"


def ask(page: Page, question: str = QUESTION) -> None:
    page.get_by_role("textbox").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()


def answer(page: Page, number: int = 1) -> None:
    """Waits until the answer is complete."""
    ended = page.locator(f"#answer-{number} [data-answer]:not([aria-busy])")
    expect(ended).to_be_visible(timeout=20_000)


def open_source(page: Page) -> None:
    page.locator(".citation-chip").first.click()
    expect(page.locator("mark").first).to_contain_text("deleted after thirty days")
    assert "/library/" in page.url


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_question_leads_to_the_marked_words(visitor: Visitor, viewport, script):
    page = visitor("/assistant", viewport, java_script_enabled=script)
    ask(page)
    page.wait_for_url(re.compile("/assistant/.+#answer-1"))
    answer(page)
    expect(page.locator(".quote__text").first).to_contain_text(SENTENCE)
    expect(page.locator(".answer__lead-in").first).to_contain_text("Harbour Patrol Guideline")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    open_source(page)


def test_a_question_can_be_asked_from_the_home_page(visitor: Visitor):
    page = visitor("/")
    ask(page)
    page.wait_for_url(re.compile("/assistant/.+#answer-1"))
    answer(page)


def test_an_answer_streams_in_sentence_by_sentence(visitor: Visitor):
    page = visitor("/assistant")
    ask(page, SLOWLY)
    page.wait_for_url(re.compile("/assistant/.+"))
    lead = page.locator(".answer__lead")
    expect(lead).to_contain_text("Searching the library")
    expect(lead).to_contain_text("Found passages")
    expect(page.locator(".quote__text").first).to_contain_text(SENTENCE)
    expect(page.locator("[data-answer][aria-busy]")).to_have_count(1)
    answer(page)
    expect(page.locator(".sources")).to_be_visible()


def test_a_reload_in_the_middle_loses_and_doubles_nothing(visitor: Visitor):
    page = visitor("/assistant")
    ask(page, SLOWLY)
    page.wait_for_url(re.compile("/assistant/.+"))
    expect(page.locator(".answer__lead")).to_contain_text("Found passages")
    page.reload()
    answer(page)
    streamed = page.locator("#answer-1 [data-answer]").inner_text()
    page.reload()
    assert page.locator("#answer-1 [data-answer]").inner_text() == streamed
    assert streamed.count(SENTENCE) == 1


def test_a_lost_connection_is_taken_up_again(visitor: Visitor):
    page = visitor("/assistant")
    ask(page, SLOWLY)
    page.wait_for_url(re.compile("/assistant/.+"))
    expect(page.locator(".answer__lead")).to_contain_text("Found passages")
    page.context.set_offline(True)
    time.sleep(1)
    page.context.set_offline(False)
    answer(page)
    assert page.locator("#answer-1").inner_text().count(SENTENCE) == 1


def test_a_second_question_is_answered_on_the_same_page(visitor: Visitor):
    page = visitor("/assistant")
    ask(page)
    page.wait_for_url(re.compile("/assistant/.+"))
    answer(page)
    page.evaluate("window.samePage = true")
    ask(page, "Which drones must be registered with the port authority?")
    answer(page, 2)
    assert page.evaluate("window.samePage")
    assert page.url.endswith("#answer-2")
    expect(page.get_by_role("textbox")).to_have_value("")
    page.reload()
    expect(page.locator("[data-exchange]")).to_have_count(2)


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_an_answer_can_be_stopped(visitor: Visitor, script):
    page = visitor("/assistant")
    ask(page, SLOWLY)
    page.wait_for_url(re.compile("/assistant/.+"))
    if not script:
        state = page.context.storage_state()
        page = visitor(page.url, java_script_enabled=False, storage_state=state)
        expect(page.get_by_text("Show what has been found since")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".notice")).to_contain_text("You stopped this answer")
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()


def test_a_refused_question_is_kept_and_explained(visitor: Visitor):
    page = visitor("/assistant")
    ask(page, "...!")
    expect(page.locator("#ask-error")).to_contain_text("holds no word")
    expect(page.get_by_role("textbox")).to_have_value("...!")


def test_without_the_channel_the_form_is_sent(visitor: Visitor):
    page = visitor("/assistant")
    page.route("**/static/vendor/*", lambda route: route.abort())
    ask(page)
    page.wait_for_url(re.compile("/assistant/.+#answer-1"))
    answer(page)


def test_everything_goes_by_keyboard_alone(visitor: Visitor):
    page = visitor("/assistant")
    page.keyboard.press("/")
    page.keyboard.type(f"{QUESTION}/")
    assert page.get_by_role("textbox").input_value() == f"{QUESTION}/"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/assistant/.+"))
    answer(page)
    page.evaluate("document.querySelector('#answer-1').scrollIntoView()")
    chip = page.locator(".citation-chip").first
    for _ in range(25):
        page.keyboard.press("Tab")
        if chip.evaluate("chip => chip === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_contain_text("deleted after thirty days")


def test_an_answer_is_copied_with_its_sources(visitor: Visitor, hub):
    page = visitor("/assistant", permissions=["clipboard-read", "clipboard-write"])
    ask(page)
    page.wait_for_url(re.compile("/assistant/.+"))
    answer(page)
    page.get_by_role("button", name="Copy with sources").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"“{SENTENCE}” [1]" in copied
    assert f"{hub}/library/" in copied


def test_the_characters_are_counted_when_they_become_few(visitor: Visitor):
    page = visitor("/assistant")
    field = page.get_by_role("textbox")
    field.fill("x" * 100)
    expect(page.locator("#ask-hint")).not_to_contain_text(" / 1,000")
    field.fill("x" * 950)
    expect(page.locator("#ask-hint")).to_contain_text("950 / 1,000")
