"""What a search means: read from what was typed, and what it then finds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.clock import now
from hub.extensions import db
from hub.forum.models import Topic
from hub.search import finding
from hub.search.asking import Kind, Query, Trouble, asked_for
from hub.search.words import Wanted, fts_query
from tests.hub.people import People
from tests.hub.rooms import Rooms
from tests.hub.shelf import Shelf
from tests.hub.test_search import ACT, looked_for, of_documents, titles


@pytest.fixture(autouse=True)
def fresh() -> None:
    finding.forget()


@pytest.fixture
def rooms(app: Flask) -> Rooms:
    return Rooms(app)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("face recognition", Query(words=("face", "recognition"))),
        ('the "exact words" here', Query(words=("the", "here"), phrases=("exact words",))),
        ('in:"Data lab" by:@Mira', Query(board="Data lab", person="Mira")),
        ("in:17", Query(board="17")),
        ("tag:#Drones tag:night", Query(tags=("drones", "night"))),
        ("TYPE:Topics", Query(kind=Kind.TOPIC)),
        ("is:answered", Query(answered=True)),
        ("is:unanswered", Query(answered=False)),
        ("type:answered", Query(answered=True)),
        ("before:2026-01-31", Query(before=date(2026, 1, 31))),
        ("after:2026-01-31", Query(after=date(2026, 1, 31))),
        ("https://example.org/a?b", Query(words=("https://example.org/a?b",))),
        ("Art:5", Query(words=("Art:5",))),
        ('an "open phrase', Query(words=("an",), phrases=("open phrase",))),
        ("", Query()),
        ('"" \'', Query()),
    ],
)
def test_what_is_typed_is_understood(typed: str, query: Query) -> None:
    assert asked_for(typed) == query
    assert asked_for(typed).problems == ()


@pytest.mark.parametrize(
    ("typed", "trouble", "rest"),
    [
        ("drones type:film", Trouble.TYPE, Query(words=("drones",))),
        ("drones is:old", Trouble.STATE, Query(words=("drones",))),
        ("drones before:2026-02-30", Trouble.DATE, Query(words=("drones",))),
        ("drones after:yesterday", Trouble.DATE, Query(words=("drones",))),
        ("drones after:0001-01-01", Trouble.DATE, Query(words=("drones",))),
        ("drones in: lab", Trouble.EMPTY, Query(words=("drones", "lab"))),
        ('drones by:""', Trouble.EMPTY, Query(words=("drones",))),
        ("drones from:Mira", Trouble.UNKNOWN, Query(words=("drones", "from:Mira"))),
        ("x" * 301, Trouble.TOO_LONG, Query()),
        ("a\u202eb", Trouble.UNREADABLE, Query()),
        (" ".join(f"tag:{n}" for n in range(7)), Trouble.TAGS, Query(tags=tuple("01234"))),
    ],
)
def test_what_is_not_understood_is_said_and_left_out(
    typed: str, trouble: Trouble, rest: Query
) -> None:
    query = asked_for(typed)
    assert [problem.trouble for problem in query.problems] == [trouble]
    assert query == rest


@settings(max_examples=300)
@given(st.text(max_size=320))
def test_a_search_reads_the_same_when_it_is_typed_again(typed: str) -> None:
    query = asked_for(typed)
    assert asked_for(query.said) == query or len(query.said) > 300


@settings(max_examples=200)
@given(st.lists(st.text(max_size=20), max_size=5))
def test_no_word_is_an_order_to_the_database(texts: list[str]) -> None:
    import sqlite3

    from hub.search.highlights import words_of

    words = words_of(texts)
    if not words:
        return
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE t USING fts5 (title, text, marks)")
    wanted = Wanted(words=words, phrases=(words,), marks=(("apublic", "agroup17"),))
    assert table.execute("SELECT * FROM t WHERE t MATCH ?", (fts_query(wanted),)).fetchall() == []
    table.close()


def test_each_operator_narrows(app: Flask, people: People, rooms: Rooms, shelf: Shelf) -> None:
    mira, otto = people.add("Mira"), people.add("Otto")
    lab, yard = rooms.board("Data lab"), rooms.board("Yard")
    long_ago = datetime(2024, 5, 17, 12, tzinfo=UTC)
    old = rooms.topic(lab, mira, "Kestrel old", "A kestrel.", at=long_ago, tags=("birds",))
    rooms.topic(yard, otto, "Kestrel new", "A kestrel.", tags=("birds", "night"))
    reply = rooms.reply(old, otto, "The kestrel hovers.", at=long_ago + timedelta(days=1))
    shelf.add("act.md", ACT + "\nA kestrel hovers.\n", title="Camera Act", language="en")
    with app.app_context():
        db.session.get_one(Topic, old).accepted_post_id = reply
        db.session.commit()
    client = people.client(mira)

    def found(typed: str) -> list[str]:
        return sorted(titles(looked_for(client, f"kestrel {typed}")))

    assert found("") == ["Kestrel new", "Kestrel old", "Kestrel old"]
    assert found('in:"data LAB"') == ["Kestrel old", "Kestrel old"]
    assert found(f"in:{yard}") == ["Kestrel new"]
    assert found("by:otto") == ["Kestrel new", "Kestrel old"]
    assert found("by:Otto type:post") == ["Kestrel old"]
    assert found("type:topic") == ["Kestrel new", "Kestrel old"]
    assert found("tag:birds tag:night") == ["Kestrel new"]
    assert found("is:answered") == ["Kestrel old"]
    assert found("is:unanswered") == ["Kestrel new"]
    assert found("before:2024-05-18") == ["Kestrel old"]
    assert found("after:2024-05-18 before:2024-06-01") == ["Kestrel old"]
    assert found(f"after:{now().date() - timedelta(days=1)}") == ["Kestrel new"]
    assert found('"kestrel hovers"') == ["Kestrel old"]
    assert found("by:Nobody") == []
    assert of_documents(looked_for(client, "kestrel type:document")) == ["Camera Act"]
    assert of_documents(looked_for(client, "kestrel in:Yard")) == []
    assert found("type:document") == []
    assert sorted(titles(looked_for(client, "by:Otto"))) == ["Kestrel new", "Kestrel old"]


def test_filters_are_links_that_add_and_take_away(app: Flask, people: People, rooms: Rooms) -> None:
    mira = people.add("Mira")
    for name in ("Data lab", "Yard"):
        rooms.topic(rooms.board(name), mira, f"Kestrel {name}", "A kestrel.", tags=("birds",))
    client = people.client(mira)
    page = looked_for(client, "kestrel")
    links = {
        " ".join(link.text_content().split()): link.get("href")
        for link in page.xpath("//main//a[contains(@href, '/search?')]")
    }
    assert titles(looked_for_at(client, links["Data lab"])) == ["Kestrel Data lab"]
    assert len(titles(looked_for_at(client, links["birds"]))) == 2
    assert titles(looked_for_at(client, links["answered"])) == []
    narrowed = looked_for_at(client, links["Data lab"])
    [away] = narrowed.xpath("//a[@class='search-chip']/@href")
    assert len(titles(looked_for_at(client, away))) == 2


def looked_for_at(client: object, address: str) -> object:
    from tests.hub.conftest import checked

    response = client.get(address)  # type: ignore[attr-defined]
    assert response.status_code == 200
    return checked(response.text)


def test_a_board_that_one_may_not_read_is_called_by_nobody(
    app: Flask, people: People, rooms: Rooms
) -> None:
    mira, leo = people.add("Mira"), people.add("Leo", lea=True)
    closed = rooms.board("Closed room", "lea")
    client = people.client(mira)
    answers = {
        looked_for(client, typed).xpath("string(//main)").replace(typed, "").replace(said, "")
        for typed, said in (
            ('in:"Closed room"', "Closed room"),
            ('in:"Nosuch room"', "Nosuch room"),
            (f"in:{closed}", str(closed)),
            ("in:4711", "4711"),
        )
    }
    assert len({" ".join(answer.split()) for answer in answers}) <= 2  # quoted, or a number
    assert "no board" in looked_for(client, f"in:{closed}").text_content()
    assert "no board" not in looked_for(people.client(leo), f"in:{closed}").text_content()
