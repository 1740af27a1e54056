"""Writing and reading in the forum, in a real browser: what is sent is what was previewed, and
what is new moves nothing."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Enter
from tests.browser.forum_site import Forum, picture

pytestmark = pytest.mark.browser

TABLE = """We compared **three** tools.

| Tool | Hits |
| --- | --- |
| Anchor | 12 |

"""


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def send(page: Page, text: str, button: str = "Reply") -> None:
    page.locator("#editor-text").fill(text)
    page.locator("#editor").get_by_role("button", name=button, exact=True).click()


def is_drawn(image: Locator) -> bool:
    return bool(image.evaluate("image => image.decode().then(() => image.naturalWidth > 0)"))


def top_of(element: Locator) -> float:
    return float(element.evaluate("element => element.getBoundingClientRect().top"))


def test_a_topic_is_written_with_a_preview_and_a_picture(forum: Forum, enter: Enter) -> None:
    page = enter("mira", f"/forum/boards/{forum.open_board}")
    page.get_by_role("link", name="Start a topic").first.click()
    page.get_by_label("Title").fill("Three tools compared")
    page.get_by_role("combobox", name="Tags").fill("tools, tests")
    text = page.locator("#editor-text")
    text.fill(TABLE)
    page.get_by_label("Picture or PDF").set_input_files(picture())
    expect(text).to_have_value(re.compile(r"!\[.*\]\(/forum/uploads/\d+\)"))
    page.get_by_text("Preview while I write").click()
    preview = page.locator("[data-live-text]")
    expect(preview.locator("img")).to_be_visible()
    expect(preview.locator("td")).to_have_text(["Anchor", "12"])
    previewed = preview.inner_html()

    page.get_by_role("button", name="Post the topic").click()

    expect(heading(page)).to_have_text("Three tools compared")
    assert page.locator("#post-1 .post__body").inner_html() == previewed
    assert is_drawn(page.locator("#post-1 .post__body img"))
    expect(page.locator("a.tag")).to_have_text(["tools", "tests"])
    guest = enter("", page.url)
    assert is_drawn(guest.locator("#post-1 .post__body img"))


def test_a_reply_is_seen_live_and_moves_nothing(forum: Forum, enter: Enter) -> None:
    topic = forum.rooms.topic(forum.open_board, forum.mira, "Who tests at night?")
    for number in range(2, 14):
        forum.rooms.reply(topic, forum.otto, f"Answer {number}.\n\nOne more paragraph of it.")
    reader = enter("rita", f"/forum/topics/{topic}#post-6")
    bar = reader.locator("[data-live-bar] button")
    expect(bar).to_be_hidden()
    read = reader.locator("#post-6")
    before = top_of(read)

    writer = enter("mira", f"/forum/topics/{topic}")
    send(writer, "We do, with *two* people.")
    expect(writer.locator("#post-14")).to_be_visible()

    expect(bar).to_have_text("1 new post")
    expect(reader.locator("#post-14")).to_have_count(0)
    assert top_of(read) == before
    bar.click()
    expect(reader.locator("#post-14 .post__body")).to_have_text("We do, with two people.")
    expect(reader.locator("#post-14")).to_be_focused()
    expect(bar).to_be_hidden()
    assert top_of(read) == before


def test_a_post_is_quoted_and_the_quote_leads_back(forum: Forum, enter: Enter) -> None:
    topic = forum.rooms.topic(forum.open_board, forum.mira, "What do you log?")
    forum.rooms.reply(topic, forum.otto, "Everything that a court may ask for.")
    page = enter("rita", f"/forum/topics/{topic}")
    page.locator("#post-2").get_by_role("link", name="Quote").click()
    text = page.locator("#editor-text")
    expect(text).to_have_value(re.compile("Otto.*#2.*\n> Everything that a court", re.DOTALL))
    send(page, f"{text.input_value()}\n\nAnd nothing else.")

    quote = page.locator("#post-3 .person-quote")
    expect(quote).to_contain_text("Everything that a court may ask for.")
    expect(page.locator("#post-3 .post__body")).to_contain_text("And nothing else.")
    quote.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("#post-2$"))

    told = enter("otto", "/notifications")
    expect(told.locator(".bell__count")).to_have_text("1")
    told.locator("main").get_by_role("link", name=re.compile("Rita.*quoted")).click()
    expect(told.locator("#post-3")).to_be_in_viewport()


def test_an_edit_leaves_its_history(forum: Forum, enter: Enter) -> None:
    topic = forum.rooms.topic(forum.open_board, forum.mira, "How long?", "Keep it nine days.")
    page = enter("mira", f"/forum/topics/{topic}")
    page.locator("#post-1").get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("What you changed, and why").fill("The law says thirty")
    send(page, "Keep it thirty days.", "Save")
    expect(page.locator("#post-1 .post__body")).to_have_text("Keep it thirty days.")

    reader = enter("rita", f"/forum/topics/{topic}")
    reader.locator("#post-1 .post__edited").get_by_role("link").click()
    expect(heading(reader)).to_have_text("History of post 1 of “How long?”")
    expect(reader.locator(".difference del")).to_contain_text("nine")
    expect(reader.locator(".difference ins")).to_contain_text("thirty")
    expect(reader.get_by_text("The law says thirty")).to_be_visible()
    expect(reader.get_by_role("button", name=re.compile("Restore"))).to_have_count(0)
    reader.get_by_role("link", name="State 1", exact=True).click()
    expect(reader.locator(".difference").last).to_contain_text("Keep it nine days.")


def test_the_second_editor_sees_both_texts(forum: Forum, enter: Enter) -> None:
    topic = forum.rooms.topic(
        forum.open_board, forum.mira, "A list of courses", "First course.", is_wiki=True
    )
    post = forum.rooms.first_post(topic)
    first = enter("mira", f"/forum/posts/{post}/edit")
    second = enter("otto", f"/forum/posts/{post}/edit")
    send(first, "First course, in Ghent.", "Save")
    expect(first.locator("#post-1")).to_contain_text("in Ghent")
    send(second, "First course, in Athens.", "Save")
    expect(second.locator(".editor-other")).to_contain_text("in Ghent")
    expect(second.locator("#editor-text")).to_have_value("First course, in Athens.")


def test_a_closed_board_is_there_for_nobody_else(forum: Forum, enter: Enter) -> None:
    topic = forum.rooms.topic(
        forum.closed_board, forum.lea, "Kestrel plates", "A kestrel word.", tags=("kestrel",)
    )
    places = (
        f"/forum/boards/{forum.closed_board}",
        f"/forum/topics/{topic}",
        f"/forum/posts/{forum.rooms.first_post(topic)}",
        f"/feeds/boards/{forum.closed_board}.atom",
        f"/feeds/topics/{topic}.atom",
    )
    lists = {
        "/forum": "Night desk",
        "/forum/boards": "Night desk",
        "/forum/latest": "Kestrel plates",
        "/forum/tags/kestrel": "Kestrel plates",
        "/search?q=kestrel": "Kestrel plates",
    }
    for who in ("", "mira", "lea"):
        page = enter(who, "/forum")
        sees = who == "lea"
        for place in places[: 3 if sees else None]:
            answer = page.request.get(place)
            assert answer.status == (200 if sees else 404), (who, place)
            assert ("kestrel" in answer.text().lower()) is sees, (who, place)
        for place, words in lists.items():
            page.goto(place)
            expect(page.locator("main").get_by_text(words)).to_have_count(int(sees))
        said = page.request.get("/feeds/latest.atom").text()
        assert "<feed" in said
        assert "estrel" not in said  # without a key it holds what anyone may read
