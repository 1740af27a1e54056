"""One search over what people wrote and what documents say, each shown as what it is."""

from threading import Event
from typing import Any

import pytest
from flask import Flask
from lxml.html import HtmlElement
from sqlalchemy import event, text

from hub.clock import now
from hub.extensions import db
from hub.forum import operations
from hub.forum.models import Board, State, Topic
from hub.search import finding, forgetting, presentation, queries
from hub.wiring import parts
from indexer import worker
from indexer.pipeline import Tools
from knowledge.access import group_audience, reader_of
from knowledge.embedders import embedder_from
from tests.factories import READER
from tests.hub.conftest import checked
from tests.hub.people import People
from tests.hub.rooms import Rooms
from tests.hub.shelf import Shelf

# What no page takes, wherever it is sent.
UNREADABLE = ("\x00", "\ud800".encode("utf-8", "surrogatepass"))
GREEK = {"Accept-Language": "el"}
ACT = "# Camera Act\n\n## Article 1\n\nCameras in harbours are calibrated every month.\n"


@pytest.fixture(autouse=True)
def fresh() -> None:
    finding.forget()


@pytest.fixture
def rooms(app: Flask) -> Rooms:
    return Rooms(app)


def index_posts(app: Flask) -> None:
    with app.app_context():
        built = parts()
        embedder = embedder_from("hashing", built.model_folder)
        tools = Tools(
            *(built.engine, built.files, built.index, embedder, now),
            reader=READER,
            community=built.posts_index,
        )
        worker.run(tools, Event(), once=True)
    finding.forget()


@pytest.mark.parametrize(("is_member", "most"), [(True, 60), (False, 300)])
def test_whoever_searches_without_end_is_asked_to_wait(
    client: Any, people: People, is_member: bool, most: int
) -> None:
    searcher = people.signed_in("Mira") if is_member else client
    for _ in range(most):
        assert searcher.get("/search?q=type:", headers=GREEK).status_code == 200
    refused = searcher.get("/search?q=type:", headers=GREEK)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert checked(refused.text).get("lang") == "el"
    assert searcher.get("/search").status_code == 200
    assert people.signed_in("Jonas").get("/search?q=type:").status_code == 200


def test_at_night_the_word_index_forgets_what_was_taken_out(
    app: Flask, people: People, rooms: Rooms
) -> None:
    author = people.add("Mira")
    topic = rooms.topic(rooms.board(), author)
    post = rooms.reply(topic, author, "Quixotica zebra")
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL clears its rows by itself")
        operations.take_away(db.session(), post, State.DELETED, None, now())
        db.session.commit()
        assert "uixotica" in words_kept()
        night = now().replace(hour=forgetting.AT_NIGHT)
        forgetting.forget_words(db.session(), night.replace(hour=12))
        assert "uixotica" in words_kept()
        forgetting.forget_words(db.session(), night)
        assert db.session().info  # there may be more
        db.session.commit()
        assert "uixotica" not in words_kept()
        assert "know" in words_kept()
        db.session().info.clear()
        forgetting.forget_words(db.session(), night)
        assert not db.session().info


def words_kept() -> str:
    blocks = db.session.execute(text("SELECT block FROM contribution_words_data")).scalars()
    return b"".join(blocks).decode("utf-8", "replace")


def looked_for(client: Any, typed: str, page: int = 1) -> HtmlElement:
    response = client.get("/search", query_string={"q": typed, "page": page})
    assert response.status_code == 200, typed
    return checked(response.text)


def titles(page: HtmlElement) -> list[str]:
    found = page.xpath("//article[@class='found-post']/*[1]/a")
    return [" ".join(link.text_content().split()) for link in found]


def of_documents(page: HtmlElement) -> list[str]:
    found = page.xpath("//article[@class='found-document']/*[1]/a")
    return [" ".join(link.text_content().split()) for link in found]


def test_topics_posts_and_documents_are_found_each_in_its_voice(
    app: Flask, people: People, rooms: Rooms, shelf: Shelf
) -> None:
    mira = people.add("Mira")
    board = rooms.board("Night shift")
    topic = rooms.topic(board, mira, "Harbour cameras", "Who calibrates the cameras in harbours?")
    rooms.reply(topic, mira, "We calibrate cameras in harbours with a grey card.")
    shelf.add("act.md", ACT, title="Camera Act", language="en")
    page = looked_for(people.client(mira), "cameras harbours")
    assert titles(page) == ["Harbour cameras", "Harbour cameras"]
    assert of_documents(page) == ["Camera Act"]
    [quote] = page.xpath("//article[@class='found-document']/blockquote")
    assert "".join(quote.itertext()) == "Cameras in harbours are calibrated every month."
    assert quote.xpath("mark/text()") == ["Cameras", "harbours"]
    [section] = page.xpath("//section[h2[contains(., 'not checked')]]")
    assert not section.xpath(".//blockquote")
    places = [p.text_content() for p in page.xpath("//p[@class='found-post__place']")]
    assert all("Mira" in place and "Night shift" in place for place in places)


def test_a_document_opens_where_its_words_stand(app: Flask, client: Any, shelf: Shelf) -> None:
    shelf.add("act.md", ACT, title="Camera Act", language="en")
    page = looked_for(client, "calibrated harbours")
    [address] = page.xpath("//article[@class='found-document']//a/@href")
    opened = client.get(address, follow_redirects=True)
    assert opened.status_code == 200
    assert "<mark" in opened.text


def test_guests_find_what_is_public_only(
    app: Flask, client: Any, people: People, rooms: Rooms
) -> None:
    mira = people.add("Mira")
    rooms.topic(rooms.board("Open", "public"), mira, "Public kestrel", "A kestrel.")
    rooms.topic(rooms.board("Closed"), mira, "Secret kestrel", "Another kestrel.")
    assert titles(looked_for(client, "kestrel")) == ["Public kestrel"]
    assert set(titles(looked_for(people.client(mira), "kestrel"))) == {
        "Public kestrel",
        "Secret kestrel",
    }


def test_what_means_the_same_is_found_once_it_is_indexed(
    app: Flask, people: People, rooms: Rooms
) -> None:
    """Other endings and only some of the words: the words alone do not find it."""
    mira = people.add("Mira")
    board = rooms.board()
    for number in range(12):
        rooms.topic(board, mira, f"Winter report {number}", f"Nothing of note in week {number}.")
    rooms.topic(board, mira, "Calibrating harbour cameras", "With a grey card each night.")
    client = people.client(mira)
    typed = "calibrated cameras of the harbour"
    assert titles(looked_for(client, typed)) == []
    index_posts(app)
    assert titles(looked_for(client, typed))[:1] == ["Calibrating harbour cameras"]


def test_what_is_taken_away_is_not_found_any_more_though_it_is_remembered(
    app: Flask, people: People, rooms: Rooms
) -> None:
    mira = people.add("Mira")
    board = rooms.board()
    topic = rooms.topic(board, mira, "Kestrel", "A kestrel.")
    reply = rooms.reply(topic, mira, "The kestrel hovers.")
    index_posts(app)
    client = people.client(mira)
    assert len(titles(looked_for(client, "kestrel"))) == 2
    with app.app_context():
        operations.take_away(db.session(), reply, State.HIDDEN, None, now())
        db.session.commit()
    assert titles(looked_for(client, "kestrel")) == ["Kestrel"]
    with app.app_context():
        operations.show(db.session(), reply, None, now())
        db.session.commit()
    first = rooms.first_post(topic)
    assert len(titles(looked_for(client, "kestrel"))) == 2
    with app.app_context():
        operations.take_away(db.session(), first, State.DELETED, mira, now())
        db.session.commit()
    page = looked_for(client, "kestrel")
    assert titles(page) == []
    finding.forget()
    assert "Nothing found" in looked_for(client, "kestrel").text_content()


def test_what_moves_to_a_closed_board_is_gone_at_once(
    app: Flask, client: Any, people: People, rooms: Rooms
) -> None:
    mira = people.add("Mira")
    group = people.add_group("Circle")
    open_board = rooms.board("Open", "public")
    topic = rooms.topic(open_board, mira, "Kestrel", "A kestrel.")
    assert titles(looked_for(client, "kestrel")) == ["Kestrel"]
    with app.app_context():
        db.session.get_one(Board, open_board).audience = group_audience(group)
        db.session.commit()
    assert titles(looked_for(client, "kestrel")) == []  # before anybody was told of it
    with app.app_context():
        assert db.session.get_one(Topic, topic).state == State.VISIBLE


@pytest.mark.parametrize(
    ("of_topic", "of_board", "shown"),
    [("amber", "green", "amber"), ("", "green", "green")],
)
def test_the_stricter_mark_of_a_topic_and_its_board_is_shown(
    app: Flask, people: People, rooms: Rooms, of_topic: str, of_board: str, shown: str
) -> None:
    mira = people.add("Mira")
    topic = rooms.topic(rooms.board(), mira, "Kestrel", "A kestrel.")
    with app.app_context():
        marked = db.session.get_one(Topic, topic)
        marked.mark, marked.board.mark = of_topic, of_board
        db.session.commit()
        reader = reader_of(is_member=True)
        [row] = queries.posts(db.session(), reader, [rooms.first_post(topic)]).values()
    with app.test_request_context():
        assert presentation.shown_post(row, 0, None).mark == shown


def test_markup_in_posts_and_searches_is_shown_as_it_is(
    app: Flask, client: Any, people: People, rooms: Rooms
) -> None:
    mira = people.add("Mira")
    board = rooms.board("Open <b>", "public")
    rooms.topic(board, mira, "<script>alert(1)</script> kestrel", "`<img src=x>` kestrel")
    response = client.get("/search", query_string={"q": 'kestrel "><script>'})
    assert "<script>" not in response.text.replace("<script type", "")
    page = looked_for(client, "kestrel")
    assert titles(page) == ["<script>alert(1)</script> kestrel"]
    assert "<img src=x>" in page.xpath("//p[@class='found-post__words']")[0].text_content()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        *UNREADABLE,
        "a" * 5000,
        "‮evil",
        '"',
        "'",
        "AND OR NOT NEAR(",
        "title:x marks:apublic",
        "a* ^b -c +d {e}",
        "in:",
        "in:nowhere by:nobody tag:none",
        "before:9999-12-31 after:0001-01-01",
        "%" * 50,
        "in:99999999999999999999",
        "ß İ ﬁ Ω",
        "👩‍👩‍👧",
    ],
)
def test_nothing_that_is_typed_is_an_error(client: Any, people: People, typed: Any) -> None:
    signed_in = people.signed_in("Mira")
    for browser in (client, signed_in):
        status = browser.get("/search", query_string={"q": typed}).status_code
        assert status == (400 if typed in UNREADABLE else 200)


def test_pages_follow_each_other(app: Flask, client: Any, people: People, rooms: Rooms) -> None:
    mira = people.add("Mira")
    board = rooms.board("Open", "public")
    for number in range(17):
        rooms.topic(board, mira, f"Kestrel {number}", "It hovers.")
    first, second = looked_for(client, "kestrel"), looked_for(client, "kestrel", 2)
    assert (len(titles(first)), len(titles(second))) == (15, 2)
    assert not set(titles(first)) & set(titles(second))
    assert first.xpath("//a[@rel='next']/@href") == ["/search?q=kestrel&page=2"]


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_it_takes_six_statements_at_most_whatever_is_found(
    app: Flask, client: Any, people: People, rooms: Rooms, shelf: Shelf, is_signed_in: bool
) -> None:
    mira = people.add("Mira")
    browser = people.client(mira) if is_signed_in else client
    board = rooms.board("Open", "public")
    shelf.add("act.md", ACT, title="Camera Act", language="en")
    counts = []
    for _ in range(2):
        for number in range(9):
            topic = rooms.topic(board, mira, f"Harbour cameras {number}", "Cameras in harbours.")
            rooms.reply(topic, mira, "Cameras in harbours again.")
        index_posts(app)
        looked_for(browser, "anything else")
        finding.forget()
        with statements(app) as cold:
            looked_for(browser, "cameras harbours")
        with statements(app) as warm:
            looked_for(browser, "cameras harbours")
        with statements(app) as narrowed:
            looked_for(browser, f"cameras in:{board} by:Mira is:unanswered after:2020-01-01")
        counts.append((len(cold), len(warm), len(narrowed)))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 6, counts


class statements:
    """Those that the database gets inside."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self.engine = db.engine
        self.seen: list[str] = []

    def __enter__(self) -> list[str]:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self.seen

    def __exit__(self, *_error: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            self.seen.append(statement)
