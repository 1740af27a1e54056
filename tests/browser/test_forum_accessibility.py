"""The pages of the forum, as each of those who use them sees them: no serious fault, nothing wider
than a narrow telephone, and nothing too small for a finger, in either colour scheme."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, Enter
from tests.browser.forum_sights import sights
from tests.browser.forum_site import NARROW, Forum

pytestmark = pytest.mark.browser

PLACES = {
    "": (
        *("/forum", "/forum/boards", "/forum/latest", "/forum/boards/{board}"),
        *("/forum/topics/{topic}", "/forum/topics/{long}?after=20", "/forum/tags/tools"),
        *("/search?q=harbour", "/search", "/forum/posts/{first}/report", "/reports/{reference}"),
    ),
    "rita": (
        *("/forum/boards/{board}", "/forum/topics/{topic}", "/forum/boards/{board}/new"),
        *("/forum/topics/{topic}/reply?quote={answer}", "/forum/posts/{answer}/history"),
        *("/forum/drafts", "/forum/bookmarks", "/forum/posts/{answer}/bookmark"),
        *("/forum/uploads", "/notifications", "/account/notifications", "/account/following"),
        *("/account/feeds", "/account/moderation", "/search?q=harbour+tag:tools"),
        *("/forum/posts/{first}/report", "/account/profile/notifications"),
    ),
    "otto": (
        *("/forum/posts/{answer}/edit", "/forum/posts/{answer}/delete", "/decisions/{decision}"),
        *("/account/moderation", "/notifications"),
    ),
    "mo": (
        *("/desk/moderation", "/desk/moderation?tab=objections", "/desk/moderation/{waiting}"),
        *("/desk/moderation/{case}", "/desk/moderation/objections/{objection}"),
        *("/forum/topics/{topic}", "/forum/topics/{topic}/move", "/forum/topics/{topic}/split"),
        "/forum/topics/{topic}/merge",
    ),
    "mia": ("/desk/moderation/objections/{objection}",),
    "ada": (
        *("/desk/forum", "/desk/forum/boards/new", "/desk/forum/boards/{board}"),
        "/desk/forum/categories/{category}",
    ),
    "lea": ("/forum/boards/{closed_board}", "/forum/topics/{closed}"),
}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
ALL = {"rules": {"target-size": {"enabled": True}}}
RUN = """options => axe.run(options).then(({violations}) => violations
  .filter(fault => ['serious', 'critical'].includes(fault.impact))
  .flatMap(fault => fault.nodes.map(node => [fault.id, node.html])))"""
OPEN = "document.querySelectorAll('details').forEach(part => { part.open = true; })"


@pytest.fixture(scope="module")
def numbers(forum: Forum) -> dict[str, Any]:
    return sights(forum)


def faults(page: Page, options: dict[str, Any]) -> list[str]:
    found = page.evaluate(RUN, {"resultTypes": ["violations"], **options})
    return [f"{rule}: {html[:160]}" for rule, html in found]


def wrongs(page: Page) -> list[str]:
    """At both widths and in both schemes: the page stays the same one."""
    found = []
    page.evaluate(Axe().axe_script)
    for viewport in (DESKTOP, NARROW):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")
        found += faults(page, ALL)
        page.emulate_media(color_scheme="dark")
        found += [f"dark {fault}" for fault in faults(page, COLOURS)]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > viewport["width"]:
            found.append(f"{width} wide of {viewport['width']}")
    headings = page.locator("h1").all_inner_texts()
    if len(headings) != 1 or not page.title().startswith(headings[0]):
        found.append(f"{page.title()} over {headings}")
    return found


@pytest.mark.parametrize("who", PLACES)
def test_pages_of_the_forum_have_no_serious_fault(
    forum: Forum, enter: Enter, numbers: dict[str, Any], who: str
) -> None:
    page = enter(who, "/robots.txt", reduced_motion="reduce")
    found = {}
    for place in PLACES[who]:
        answer = page.goto(place.format(**numbers))
        assert answer is not None
        assert answer.status == 200, place
        page.evaluate(OPEN)
        found[place] = wrongs(page)
    assert {place: said for place, said in found.items() if said} == {}
