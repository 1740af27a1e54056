"""What is not for everybody stays so in search, in similar topics, beside answers and in counts."""

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from hub.clock import now
from hub.extensions import db
from hub.forum import operations
from hub.forum.happenings import Happening, Kind, tell
from hub.forum.models import Board, Post, State, Topic
from hub.search import finding
from hub.wiring import parts
from knowledge.access import ANYONE, LEA, MEMBERS, PUBLIC, STAFF, group_audience
from knowledge.community_models import Contribution, ContributionPassage
from tests.fakes import ScriptedAssistant, an_answer
from tests.hub.people import People
from tests.hub.rooms import Rooms, written
from tests.hub.shelf import Shelf
from tests.hub.test_search import index_posts, looked_for
from tests.hub.world import ROLES, STAFF_ROLES

# The words of each kind of post; whoever may not read it must meet none of them.
CANARIES = {
    PUBLIC: "quagga",
    MEMBERS: "thylacine",
    LEA: "aurochs",
    STAFF: "moa",
    "group": "dodo",
    "hidden": "tarpan",
    "held": "bluebuck",
    "deleted": "solenodon",
    "moved": "huia",
    "closed": "mamo",
}
SEES = {
    "citizen": {PUBLIC},
    "ended": {PUBLIC},
    "weak": {PUBLIC, MEMBERS},
    "member": {PUBLIC, MEMBERS},
    "owner": {PUBLIC, MEMBERS},
    "lea": {PUBLIC, MEMBERS, LEA},
    "insider": {PUBLIC, MEMBERS, "group", "moved", "closed"},
    "keeper": {PUBLIC, MEMBERS, "group", "moved", "closed"},
    "curator": {PUBLIC, MEMBERS, LEA, STAFF},
    "moderator": {PUBLIC, MEMBERS, LEA, STAFF},
    "stale": {PUBLIC, MEMBERS, LEA, STAFF},
    "administrator": {PUBLIC, MEMBERS, LEA, STAFF},
}
COMMON = "extinct animal"


class Zoo:
    """Topics with canaries in everything that could tell of them: title, text, tag, board name."""

    def __init__(self, app: Flask) -> None:
        self.app, self.people, self.rooms = app, People(app), Rooms(app)
        self.group = self.people.add_group("Circle")
        self.writer = self.people.add("Wilma")
        self.persons = {role: self._person(role) for role in ROLES if role != "citizen"}
        audiences = {name: name for name in (PUBLIC, MEMBERS, LEA, STAFF)}
        audiences["group"] = group_audience(self.group)
        self.boards = {
            name: self.rooms.board(f"{CANARIES[name]} board", audience)
            for name, audience in audiences.items()
        }
        self.topics = {name: self._topic(name, board) for name, board in self.boards.items()}
        for name in ("hidden", "held", "deleted", "moved"):
            self.topics[name] = self._topic(name, self.boards[PUBLIC])
        closing = self.rooms.board(f"{CANARIES['closed']} board", PUBLIC)
        self.topics["closed"] = self._topic("closed", closing)
        self.boards["closed"] = closing

    def _person(self, role: str) -> int:
        options: dict[str, Any] = {"lea": role == "lea"}
        if role in ("insider", "keeper"):
            options["groups"] = [self.group]
        return self.people.add(role.title(), *STAFF_ROLES.get(role, ()), **options)

    def _topic(self, name: str, board: int) -> int:
        word = CANARIES[name]
        return self.rooms.topic(
            board,
            self.writer,
            f"The {word}, an {COMMON}",
            f"Every {word} is an {COMMON} and is missed.",
            tags=(word,),
            is_held=name == "held",
        )

    def change(self) -> None:
        """After all of it was open, and found."""
        with self.app.app_context():
            session, moment = db.session(), now()
            for name, state in (("hidden", State.HIDDEN), ("deleted", State.DELETED)):
                first = session.query(Post).filter_by(topic_id=self.topics[name], number=1).one()
                operations.take_away(session, first.id, state, None, moment)
            moved = session.get_one(Topic, self.topics["moved"])
            moved.board = session.get_one(Board, self.boards["group"])
            session.flush()
            tell(session, Happening(Kind.MOVED, moved.board, moved, None, None, moment))
            closed = session.get_one(Board, self.boards["closed"])
            closed.audience = group_audience(self.group)
            session.flush()
            tell(session, Happening(Kind.BOARD, closed, None, None, None, moment))
            session.commit()

    def client(self, role: str) -> Any:
        if role == "citizen":
            return self.app.test_client()
        client = self.people.client(
            self.persons[role], is_strong=role != "weak", is_fresh=role != "stale"
        )
        if role == "ended":
            client.post("/sign-out")
        return client


@pytest.fixture
def zoo(app: Flask) -> Zoo:
    finding.forget()
    made = Zoo(app)
    index_posts(app)
    looked_for(made.client("moderator"), COMMON)  # remembered while all was open
    made.change()
    return made


def met(text: str) -> set[str]:
    """The canaries in a page."""
    return {name for name, word in CANARIES.items() if re.search(rf"\b{word}\b", text, re.I)}


def ask_everywhere(client: Any, board: int) -> dict[str, str]:
    pages = {}
    for typed in (
        COMMON,
        '"extinct animal"',
        "animals that are missed",
        "by:Wilma",
        "is:unanswered",
        "type:topic extinct",
        "after:2020-01-01 missed",
    ):
        pages[typed] = client.get("/search", query_string={"q": typed}).text
    asked = {"board": board, "q": f"Every {COMMON} is missed"}
    pages["similar"] = client.get("/forum/similar", query_string=asked).text
    return pages


@pytest.mark.parametrize("is_indexed", [False, True])
def test_everybody_meets_what_they_may_read_and_nothing_else(
    app: Flask, zoo: Zoo, is_indexed: bool
) -> None:
    """Before the worker has heard of what was hidden, moved and closed, and after."""
    if is_indexed:
        index_posts(app)
    for role in ROLES:
        client = zoo.client(role)
        for typed, text in ask_everywhere(client, zoo.boards[MEMBERS]).items():
            assert met(text) <= SEES[role], f"{role} searched {typed}"
        found = client.get("/search", query_string={"q": "extinct"}).text
        assert met(found) == SEES[role], role


def test_a_word_that_stands_in_closed_posts_only_is_found_by_nobody_else(zoo: Zoo) -> None:
    """Neither by itself, nor by what is near to it, nor as a tag or a board."""
    for role in ROLES:
        client = zoo.client(role)
        for name, word in CANARIES.items():
            if name in SEES[role]:
                continue
            for typed in (word, f"the {word}", f"tag:{word}", f'in:"{word} board"'):
                page = looked_for(client, typed)  # which repeats what was typed
                results = page.xpath("//article | //p[@class='search-narrower']")
                told = " ".join(result.text_content() for result in results)
                assert name not in met(told), (role, typed)


def test_counts_and_pages_are_those_of_a_forum_without_the_rest(app: Flask, zoo: Zoo) -> None:
    index_posts(app)
    for role in ROLES:
        page = looked_for(zoo.client(role), f"{COMMON} type:topic")
        [count] = page.xpath("//span[@class='search-count']/text()")
        assert count.split()[0] == str(len(SEES[role])), role


def test_the_search_by_meaning_is_that_of_a_forum_without_the_rest(app: Flask, zoo: Zoo) -> None:
    """Scores included: no word of a closed post weighs in what others find."""
    index_posts(app)
    with app.app_context():
        before = parts().community.proposed(f"every {COMMON} is missed", ANYONE, "en")
    for name in (MEMBERS, LEA, STAFF, "group"):
        for _ in range(4):
            zoo.rooms.reply(zoo.topics[name], zoo.writer, f"{COMMON} again and again")
    index_posts(app)
    with app.app_context():
        after = parts().community.proposed(f"every {COMMON} is missed", ANYONE, "en")
    assert before.candidates
    assert after == before


def test_beside_an_answer_everybody_meets_what_they_may_read(
    app: Flask, zoo: Zoo, shelf: Shelf
) -> None:
    shelf.add_rows(1)
    with app.app_context():
        app.extensions["parts"] = replace(parts(), assistant=ScriptedAssistant(an_answer(1)))
    for role in ROLES:
        client = zoo.client(role)
        question = {"question": f"Is every {COMMON} missed?"}
        response = client.post("/assistant/ask", data=question)
        assert met(client.get(response.location).text) <= SEES[role], role


def test_nothing_is_left_of_the_words_of_who_took_them_along(app: Flask, zoo: Zoo) -> None:
    """Also of what was hidden or held back, of which nobody was told."""
    from hub.own_data.content import Choice, apply

    with app.app_context():
        apply(db.session(), zoo.writer, Choice.GOES)
        db.session.commit()
        rows = db.session.query(Contribution).all()
        assert rows
        assert {(row.title, row.text, row.tags) for row in rows} == {("", "", "")}
        assert all(row.withdrawn_at for row in rows)
        assert db.session.query(ContributionPassage).count() == 0


def test_a_post_that_goes_alone_leaves_the_others_of_its_topic(app: Flask, people: People) -> None:
    rooms = Rooms(app)
    mira, otto = people.add("Mira"), people.add("Otto")
    board = rooms.board("Open", "public")
    topic = rooms.topic(board, mira, "Quagga", "A quagga.")
    rooms.reply(topic, otto, "Another quagga.")
    with app.app_context():
        from hub.own_data.content import Choice, apply

        apply(db.session(), mira, Choice.GOES)
        db.session.commit()
        texts = {row.text for row in db.session.query(Contribution) if not row.withdrawn_at}
    assert texts == {"Another quagga."}


def test_nothing_is_left_of_the_words_of_what_was_hidden_and_then_taken_back(
    app: Flask, people: People
) -> None:
    rooms = Rooms(app)
    mira = people.add("Mira")
    topic = rooms.topic(rooms.board("Open", "public"), mira, "Quagga", "A quagga.")
    reply = rooms.reply(topic, mira, "Another quagga.")
    with app.app_context():
        for state in (State.HIDDEN, State.DELETED):
            operations.take_away(db.session(), reply, state, None, now())
        db.session.commit()
        assert {row.text for row in db.session.query(Contribution)} == {"A quagga.", ""}


def test_the_search_hears_of_every_change(app: Flask, people: People) -> None:
    rooms = Rooms(app)
    mira = people.add("Mira")
    board, other = rooms.board("Open", "public"), rooms.board("Closed", LEA)
    topic = rooms.topic(board, mira, "First title", "First words.", tags=("a",))
    held = rooms.reply(topic, mira, "Held words.", is_held=True)
    reply = rooms.reply(topic, mira, "Reply **words**.")

    def rows() -> dict[str, tuple[str, str, bool]]:
        with app.app_context():
            return {
                row.text: (row.title, row.audience, row.withdrawn_at is None)
                for row in db.session.query(Contribution)
            }

    assert rows() == {
        "First words.": ("First title", PUBLIC, True),
        "Reply words.": ("", PUBLIC, True),
    }
    with app.app_context():
        operations.show(db.session(), held, None, now())
        first = db.session.query(Post).filter_by(topic_id=topic, number=1).one().id
        form = written("Second words.", title="Second title", tags=("b",))
        operations.edit(db.session(), first, mira, form, 1, now())
        db.session.commit()
    assert rows()["Held words."] == ("", PUBLIC, True)
    assert rows()["Second words."] == ("Second title", PUBLIC, True)
    with app.app_context():
        operations.take_away(db.session(), reply, State.HIDDEN, None, now())
        operations.take_away(db.session(), first, State.HIDDEN, None, now())
        db.session.commit()
    assert not any(is_there for _, _, is_there in rows().values())
    with app.app_context():
        operations.show(db.session(), first, None, now())
        db.session.commit()
    assert {text: is_there for text, (_, _, is_there) in rows().items()} == {
        "Second words.": True,
        "Held words.": True,
        "Reply words.": False,  # it was hidden for itself
    }
    with app.app_context():
        session = db.session()
        moved = session.get_one(Topic, topic)
        moved.board = session.get_one(Board, other)
        session.flush()
        tell(session, Happening(Kind.MOVED, moved.board, moved, None, None, now()))
        session.commit()
    assert {audience for _, audience, _ in rows().values()} == {LEA}
