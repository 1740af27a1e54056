"""No page has a serious fault that a machine can find, in either colour scheme."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import PHONE, Visitor
from tests.browser.test_asking import answer, ask

pytestmark = pytest.mark.browser

PLACES = {
    "home": "/",
    "ask": "/assistant",
    "library": "/library",
    "document": "/library?q=Harbour > Harbour Patrol Guideline",
    "page": "/library?q=Harbour > Harbour Patrol Guideline > Next page",
    "text": "/library?q=Glossary > Glossary",
    "error": "/nowhere",
    "style": "/style",
}


def faults(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", PLACES)
def test_a_page_has_no_serious_fault(visitor: Visitor, place, scheme):
    start, *links = PLACES[place].split(" > ")
    page = visitor(start, PHONE, color_scheme=scheme)
    for link in links:
        page.locator("main").get_by_role("link", name=link).first.click()
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "question",
    ["When are recordings of harbour patrol drones deleted?", "What does bread cost in Lisbon?"],
    ids=["answered", "declined"],
)
def test_a_conversation_has_no_serious_fault(visitor: Visitor, question, scheme):
    page = visitor("/assistant", color_scheme=scheme)
    ask(page, question)
    page.wait_for_url(re.compile("/assistant/.+"))
    answer(page)
    assert faults(page) == []
