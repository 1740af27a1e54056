"""What a link in a post unfolds into, by what its reader may see."""

import re

import pytest
from lxml.html import fromstring
from sqlalchemy import event

from hub.assistant import operations as assistant
from hub.cards import unfolded
from hub.clock import now
from hub.extensions import db
from hub.forum import operations as forum
from hub.forum.models import State, Topic
from hub.markup import rendered
from knowledge.access import ANYONE, LEA, MEMBERS, reader_of
from tests.hub.paper import pdf
from tests.hub.rooms import Rooms

MEMBER = reader_of(is_member=True)
OFFICER = reader_of(is_lea=True)
WORDS = "Recordings are deleted after thirty days."
RULES = f"# Drones\n\nDrones must be registered. {WORDS} Nobody else keeps them.\n"


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def author(people):
    return people.add("Mira")


@pytest.fixture
def drawn(app):
    """Unfolds texts for a reader; returns their HTML and how many statements that took."""

    def draw(texts, reader=MEMBER):
        statements = []
        with app.test_request_context():
            htmls = [rendered(text) for text in texts]
            db.session()
            event.listen(
                db.engine, "before_cursor_execute", lambda *args: statements.append(args[2])
            )
            cards = unfolded(db.session(), htmls, reader)
        return cards, len([text for text in statements if text != "BEGIN"])

    return draw


@pytest.fixture
def card(drawn):
    """The card that a link is for a reader; None where it stayed a link."""

    def one(path, reader=MEMBER):
        (html,), _count = drawn([f"[there]({path})"], reader)
        if "card-place" in html:
            assert html == rendered(f"[there]({path})")
            return None
        return fromstring(html)

    return one


def words(element):
    return " ".join(element.text_content().split())


# Documents


def test_a_document_shows_its_title_status_and_date(shelf, card):
    document = shelf.add("a.md", RULES, title="Drone rules", date="2024-05-02")
    shown = card(f"/library/{document}")
    assert shown.xpath(".//cite/a/@href") == [f"/library/{document}"]
    assert words(shown) == "Drone rules In force 2 May 2024"
    assert not shown.xpath(".//blockquote")


def test_a_marked_link_shows_the_words_that_stand_there(shelf, card):
    document = shelf.add("a.md", RULES, title="Drone rules", language="en")
    place = shelf.place(document, WORDS)
    shown = card(f"/library/{document}/text?version=1&{place.query}&n=1#quote-1")
    (quote,) = shown.xpath(".//blockquote")
    assert (quote.text, quote.get("lang")) == (WORDS, "en")


def test_a_quote_of_a_page_says_which(shelf, card):
    document = shelf.add("a.pdf", pdf([("First page",), ("Second page of the paper",)]), title="P")
    place = shelf.place(document, "Second page")
    shown = card(f"/library/{document}/pages/{place.page}?version=1&{place.query}")
    assert shown.xpath(".//blockquote/text()") == ["Second page"]
    assert "p. 2" in words(shown)
    assert card(f"/library/{document}/pages/9") is None


@pytest.mark.parametrize(
    "query", ["from=5&to=2", "from=0&to=900000", "from=a&to=b", "from=0&to=6000"]
)
def test_marks_that_the_text_does_not_have_quote_nothing(shelf, card, query):
    document = shelf.add("a.md", RULES, title="Drone rules")
    assert not card(f"/library/{document}/text?version=1&{query}").xpath(".//blockquote")


@pytest.mark.parametrize("rest", ["?version=7", "?version=x", "/original", "/pages/2", "/nothing"])
def test_an_address_that_opens_nothing_stays_a_link(shelf, card, rest):
    document = shelf.add("a.md", RULES, title="Drone rules")
    assert card(f"/library/{document}{rest}") is None


def test_a_document_unfolds_for_its_readers_alone(shelf, card):
    document = shelf.add("a.md", RULES, title="Drone rules")
    shelf.move(document, LEA)
    assert card(f"/library/{document}", OFFICER) is not None
    for reader in (ANYONE, MEMBER):
        assert card(f"/library/{document}", reader) is None


def test_a_withdrawn_document_is_no_card_and_no_quote(shelf, card):
    document = shelf.add("a.md", RULES, title="Drone rules")
    path = f"/library/{document}/text?version=1&{shelf.place(document, WORDS).query}"
    assert card(path) is not None
    shelf.withdraw(document)
    assert card(path) is None


# Topics and posts


def test_a_topic_shows_who_asked_what_where(rooms, author, card):
    topic = rooms.topic(rooms.board("Tools"), author, "Which **tool**?", "We have *two*.")
    shown = card(f"/forum/topics/{topic}?after=20#post-21")
    assert shown.xpath(".//p[@class='card__title']/a/text()") == ["Which **tool**?"]
    assert re.match(r"Which \*\*tool\*\*\? Mira Tools .*We have two\.$", words(shown))


def test_a_post_shows_its_number_and_its_words(rooms, people, author, card):
    topic = rooms.topic(rooms.board(), author, "Which tool?")
    other = people.add("Anna", lea=True)
    post = rooms.reply(topic, other, "> [@Mira, #1](/forum/posts/1)\n> Hers.\n\nThe *second*.")
    shown = card(f"/forum/posts/{post}")
    assert "Anna #2 Tools" in words(shown)
    assert shown.xpath(".//p[@class='card__excerpt']/text()") == ["The second."]


def test_an_author_appears_under_the_name_that_they_show(app, rooms, people, card):
    person = people.add("Anna", lea=True)
    with app.app_context():
        from hub.membership.models import LeaMembership

        db.session.query(LeaMembership).filter_by(person_id=person).update({"shown_name": "Sgt A"})
        db.session.commit()
    topic = rooms.topic(rooms.board(), person)
    assert "Sgt A" in words(card(f"/forum/topics/{topic}"))
    people.end_lea_membership(person)
    assert "Anna" in words(card(f"/forum/topics/{topic}"))


@pytest.mark.parametrize(
    ("audience", "reader", "is_seen"),
    [
        ("public", ANYONE, True),
        (MEMBERS, ANYONE, False),
        (MEMBERS, MEMBER, True),
        (LEA, MEMBER, False),
        (LEA, OFFICER, True),
        ("group-9", OFFICER, False),
        ("group-9", reader_of(groups=[9]), True),
    ],
)
def test_what_is_in_a_board_unfolds_for_its_readers(rooms, author, card, audience, reader, is_seen):
    topic = rooms.topic(rooms.board(audience=audience), author)
    post = rooms.reply(topic, author)
    for path in (f"/forum/topics/{topic}", f"/forum/posts/{post}"):
        assert (card(path, reader) is not None) is is_seen


@pytest.mark.parametrize("state", [State.HIDDEN, State.DELETED])
def test_a_post_that_is_gone_stays_a_link(app, rooms, author, card, state):
    topic = rooms.topic(rooms.board(), author)
    post = rooms.reply(topic, author)
    with app.app_context():
        forum.take_away(db.session(), post, state, author, now())
        db.session.commit()
    assert card(f"/forum/posts/{post}") is None
    assert card(f"/forum/topics/{topic}") is not None


@pytest.mark.parametrize(
    ("of_topic", "of_board", "shown"),
    [("red", "green", "RED"), ("", "amber", "AMBER"), ("clear", "", "CLEAR")],
)
def test_a_card_has_the_stricter_mark(app, rooms, author, card, of_topic, of_board, shown):
    topic = rooms.topic(rooms.board(), author)
    post = rooms.reply(topic, author)
    with app.app_context():
        marked = db.session.get_one(Topic, topic)
        marked.mark, marked.board.mark = of_topic, of_board
        db.session.commit()
    for path in (f"/forum/topics/{topic}", f"/forum/posts/{post}"):
        assert shown in words(card(path))


def test_a_held_post_and_a_held_topic_stay_links(rooms, author, card):
    board = rooms.board()
    post = rooms.reply(rooms.topic(board, author), author, is_held=True)
    topic = rooms.topic(board, author, is_held=True)
    assert card(f"/forum/posts/{post}") is None
    assert card(f"/forum/topics/{topic}") is None


@pytest.mark.parametrize(
    "path",
    [
        "/library/1",
        "/forum/topics/1",
        "/forum/posts/1",
        "/forum/topics/9999999999999999",
        "/library/9999999999",
    ],
)
def test_what_does_not_exist_stays_a_link(card, path):
    assert card(path) is None


# Answers


def test_a_conversation_unfolds_for_who_had_it_alone(app, people):
    person, other = people.add("Mira"), people.add("Anna")
    with app.app_context():
        asked = assistant.start_conversation(
            db.session(), f"person:{person}", "May drones film?", "en", now(), person
        )
        db.session.commit()
        html = rendered(f"[there](/assistant/{asked.token})")
    for reader, is_seen in ((person, True), (other, False)):
        with app.test_request_context(), app.app_context():
            from flask import g

            from hub.accounts.visitor import Visitor

            g.visitor = Visitor(person_id=reader, reader=MEMBER)
            (card,) = unfolded(db.session(), [html], MEMBER)
            assert ("May drones film?" in card) is is_seen
            assert (card == html) is not is_seen


# Pages


def test_a_page_without_such_links_asks_nothing(drawn):
    cards, count = drawn(["words", "[a](/library/1) in a sentence", "[^1]\n\n[^1]: note"])
    assert count == 0
    assert cards[0] == rendered("words")


def test_a_whole_page_of_links_asks_twice(shelf, rooms, author, drawn):
    board = rooms.board()
    texts = []
    for number in range(5):
        document = shelf.add(f"{number}.md", f"{RULES}\n{number}\n", title=f"Rules {number}")
        place = shelf.place(document, WORDS)
        topic = rooms.topic(board, author, f"Topic {number}")
        texts.append(
            f"[a](/library/{document}/text?version=1&{place.query})\n\n[b](/forum/topics/{topic})\n\n"
            f"[c](/forum/posts/{rooms.reply(topic, author)})\n\n[d](/library/{document})"
        )
    cards, count = drawn(texts)
    assert count == 2
    assert all(card.count('class="card ') == 4 and "card-place" not in card for card in cards)


def test_titles_of_others_cannot_become_markup(rooms, author, card):
    topic = rooms.topic(rooms.board("<i>B</i>"), author, "<script>x</script>", "&lt;b> <b>x</b>")
    shown = card(f"/forum/topics/{topic}")
    assert not shown.xpath(".//script | .//i | .//b")


def test_footnotes_of_equal_texts_are_told_apart(drawn):
    text = "Words[^1] and[^1].\n\n[^1]: The note."
    cards, count = drawn([text] * 20)
    root = fromstring("<div>" + "".join(cards) + "</div>")
    ids = root.xpath("//@id")
    assert count == 0
    assert len(ids) == len(set(ids)) == 60
    assert {href[1:] for href in root.xpath("//a/@href")} == set(ids)
