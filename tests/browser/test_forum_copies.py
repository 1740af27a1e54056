"""The copies that a browser keeps of what is being written: whose they are, and when they go."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.forum_site import Forum

pytestmark = pytest.mark.browser

COPIES = "() => Object.keys(sessionStorage).filter((name) => name.startsWith('writing:'))"
SIGN_OUT = "() => document.querySelector('form[action=\"/sign-out\"]').requestSubmit()"


def test_a_copy_is_its_writers_and_goes_when_they_sign_out(forum: Forum, enter: Enter) -> None:
    place = f"/forum/boards/{forum.open_board}"
    page = enter("rita", f"{place}/new")
    page.locator("#editor-text").fill("Half a thought.")
    page.goto(forum.address + place)  # leaving the page keeps a copy
    assert page.evaluate(COPIES) == [f"writing:{forum.rita}:board {forum.open_board}"]
    page.evaluate(
        "() => sessionStorage.setItem(Object.keys(sessionStorage)[0].replace(/:\\d+:/, ':4711:'),"
        " JSON.stringify({key: 'k', text: 'Of somebody else.', title: '', tags: ''}))"
    )
    page.evaluate(
        "() => sessionStorage.removeItem(Object.keys(sessionStorage)"
        ".find((name) => !name.includes(':4711:')))"
    )
    page.goto(f"{forum.address}{place}/new")
    expect(page.locator("[data-state] button")).to_have_count(0)
    page.locator("#editor-text").fill("Half a thought.")
    forum.forget_sign_in("rita")
    page.evaluate(SIGN_OUT)
    expect(page.get_by_role("link", name=re.compile("Sign in")).first).to_be_visible()
    assert page.evaluate(COPIES) == []
