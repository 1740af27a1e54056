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
    "document": "/library/1",
    "page": "/library/1/pages/2",
    "text": "/library/2/text",
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
    page = visitor(PLACES[place], PHONE, color_scheme=scheme)
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
