"""The boxes lie over the quoted words at every size of the page, and on paper."""

import io

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Visitor
from tests.browser.test_asking import answer, ask

pytestmark = pytest.mark.browser

# Where a box lies in the picture, as shares of the picture's width and height.
PLACES = """boxes => {
  const sheet = document.querySelector('.page-viewer__image').getBoundingClientRect();
  return boxes.map(box => box.getBoundingClientRect()).map(box => [
    (box.left - sheet.left) / sheet.width, (box.top - sheet.top) / sheet.height,
    box.width / sheet.width, box.height / sheet.height]);
}"""


def marked_page(visitor: Visitor, viewport: dict[str, int] = DESKTOP) -> Page:
    page = visitor("/assistant", viewport)
    ask(page)
    answer(page)
    page.locator(".citation-chip").first.click()
    expect(page.locator(".page-viewer__box").first).to_be_attached()
    return page


def places(page: Page) -> list[list[float]]:
    page.wait_for_load_state("networkidle")
    return page.locator(".page-viewer__box").evaluate_all(PLACES)  # type: ignore[no-any-return]


def test_the_boxes_keep_their_place_at_every_size(visitor: Visitor) -> None:
    page = marked_page(visitor)
    whole = places(page)
    widths = {round(page.locator(".page-viewer__image").bounding_box()["width"])}  # type: ignore[index]
    assert len(whole) == 2  # the quoted sentence goes over two lines

    for zoom in ("100 %", "150 %"):
        page.get_by_role("link", name=zoom).click()
        page.wait_for_url("**zoom=**")
        assert places(page) == [pytest.approx(place, abs=0.003) for place in whole]
        widths.add(round(page.locator(".page-viewer__image").bounding_box()["width"]))  # type: ignore[index]
    assert len(widths) == 3

    on_phone = places(marked_page(visitor, PHONE))
    assert on_phone == [pytest.approx(place, abs=0.003) for place in whole]


def test_the_boxes_are_printed_where_they_lie(visitor: Visitor) -> None:
    page = marked_page(visitor)
    [[left, top, width, height], _] = places(page)

    sheets = pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4")))

    page.emulate_media(media="print")
    assert places(page)[0] == pytest.approx([left, top, width, height], abs=0.003)
    assert any(map(has_tint, sheets))


def has_tint(sheet: pypdfium2.PdfPage) -> bool:
    """Whether there is an area in the colour of a box, which is neither grey nor the ink's."""
    picture = sheet.render(scale=1.5).to_pil().convert("RGB")
    tinted = sum(
        count
        for count, (red, green, blue) in picture.getcolors(1 << 20)
        if min(red, green, blue) > 150 and max(red, green, blue) - min(red, green, blue) > 20
    )
    return tinted > 1_000
