"""A hub with people of every kind and with things that are not for everybody.

Words of secrets: every text that some may not see holds one of these names, which no page has
otherwise. ``World.secrets_from`` says which of them a role must never meet.
"""

import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from hub.accounts.models import Identity, Passkey, Role, SignIn
from hub.assistant import operations as assistant
from hub.assistant.models import Answer
from hub.clock import now
from hub.extensions import db
from hub.forum import operations as forum
from hub.forum.models import Post, State
from hub.groups.models import GroupMember
from hub.mail import outbox
from hub.membership.models import LeaMembership
from hub.polls import writing as polls
from hub.polls.writing import PollWish
from hub.uploads.keeping import store
from hub.uploads.models import Attachment, Upload
from knowledge.access import LEA, MEMBERS, STAFF, group_audience
from knowledge.answers import Answered, SourcesFound
from tests.fakes import quoted
from tests.hub.paper import pdf
from tests.hub.people import People
from tests.hub.rooms import Rooms
from tests.hub.shelf import Shelf

# By what they stand in: the document of an audience, a group, a conversation, a person's secrets.
BIRDS = {
    MEMBERS: "Nightjar",
    LEA: "Kingfisher",
    STAFF: "Goshawk",
    "group": "Bittern",
    "group name": "Curlew",
    "withdrawn": "Dotterel",
    "conversation": "Whinchat",
    "address": "plover@example.org",
    "real name": "Gisela Godwit",
    "hidden": "Wryneck",
    "held": "Firecrest",
}
# Who may see what beside the audiences of everybody: the rest of ROLES see nothing of it.
SEES = {
    "citizen": set(),
    "ended": set(),
    "weak": {MEMBERS},
    "member": {MEMBERS},
    "owner": {MEMBERS, "conversation", "address", "held"},
    "lea": {MEMBERS, LEA},
    "insider": {MEMBERS, "group", "group name"},
    "keeper": {MEMBERS, "group", "group name"},
    "curator": {MEMBERS, LEA, STAFF},
    "moderator": {MEMBERS, LEA, STAFF, "hidden", "held"},
    "stale": {MEMBERS, LEA, STAFF, "group name", "address", "hidden", "held"},
    "administrator": {MEMBERS, LEA, STAFF, "group name", "address", "hidden", "held"},
}
ROLES = tuple(SEES)
STAFF_ROLES = {
    "curator": {Role.CURATOR},
    "moderator": {Role.MODERATOR},
    "stale": {Role.ADMINISTRATOR},
    "administrator": {Role.ADMINISTRATOR},
}


@dataclass(frozen=True)
class Thing:
    """Something that a page is about: what stands for it in an address, and what it is of SEES."""

    name: str
    kind: str


class World:
    """Things are made anew for each route, so that one route changes nothing for the next."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.people = People(app)
        self.shelf = Shelf(app)
        self.group = self.people.add_group(f"{BIRDS['group name']} circle")
        self.persons = self._persons()
        self.documents = self._documents()
        self.open_document = self._document("open", "public", "Heron")
        self.rooms = Rooms(app)
        self.open_board = self.rooms.board("Heron board", "public")
        self.boards = self._boards()
        self.numbers = self._numbers()
        self.makers: dict[str, Callable[[], list[Thing]]] = {
            "": lambda: [Thing("", "")],
            "document": self._closed_documents,
            "conversation": lambda: [self._conversation()],
            "sign-in": lambda: [self._sign_in()],
            "group": lambda: [self._group()],
            "passkey": lambda: [self._passkey()],
            "identity": lambda: [self._identity()],
            "board": self._closed_boards,
            "topic": self._closed_topics,
            "post": self._closed_posts,
            "held topic": lambda: [self._held_topic()],
            "poll": self._closed_polls,
            "upload": self._closed_uploads,
        }

    def things(self, about: str) -> list[Thing]:
        return self.makers[about]()

    def client(self, role: str) -> FlaskClient:
        """A fresh browser of this role."""
        if role == "citizen":
            return self.app.test_client()
        client = self.people.client(
            self.persons[role], is_strong=role != "weak", is_fresh=role != "stale"
        )
        if role == "ended":
            with self.app.app_context():
                newest = db.session.query(SignIn).order_by(SignIn.id.desc()).first()
                db.session.delete(newest)
                db.session.commit()
        return client

    def secrets_from(self, role: str) -> set[str]:
        """The words that this role must not meet anywhere."""
        return {word for kind, word in BIRDS.items() if kind not in SEES[role]}

    def _persons(self) -> dict[str, int]:
        add = self.people.add
        return {
            "ended": add("Enzo"),
            "weak": add("Wanda", Role.ADMINISTRATOR),
            "member": add("Mira"),
            "owner": add("Olga", email=BIRDS["address"]),
            "candidate": add("Gil"),
            "writer": add("Wilma"),
            "lea": add("Leo", lea=True),
            "insider": add("Ines", groups=[self.group]),
            "keeper": add("Kemal", keeps=[self.group]),
            "second keeper": add("Kim", keeps=[self.group]),
            "curator": add("Clara", Role.CURATOR),
            "moderator": add("Mo", Role.MODERATOR),
            "stale": add("Stan", Role.ADMINISTRATOR),
            "administrator": add("Ada", Role.ADMINISTRATOR),
        }

    def _documents(self) -> dict[str, int]:
        made = {
            kind: self._document(kind, audience, BIRDS[kind])
            for kind, audience in (
                (MEMBERS, MEMBERS),
                (LEA, LEA),
                (STAFF, STAFF),
                ("group", group_audience(self.group)),
                ("withdrawn", "public"),
            )
        }
        self.shelf.withdraw(made["withdrawn"])
        return made

    def _document(self, path: str, audience: str, bird: str) -> int:
        content = pdf(
            [[f"{bird} protocol", f"The {bird} unit watches the {bird} harbour at midnight."]]
        )
        return self.shelf.add(
            f"{path}.pdf",
            content,
            title=f"{bird} protocol",
            audience=audience,
            publisher=f"{bird} office",
            type=f"{bird} type".lower() if path != "open" else "law",
            language="en",
        )

    def _numbers(self) -> dict[str, str]:
        """What pages for administrators are about."""
        with self.app.app_context():
            waiting = LeaMembership(
                person_id=self.persons["candidate"],
                organisation="Harbour police",
                official_address=f"{BIRDS['real name'].replace(' ', '.')}@police.example",
                real_name=BIRDS["real name"],
                requested_at=now() - timedelta(days=1),
            )
            mail = outbox.post(db.session(), "reset", BIRDS["address"], "en", now())
            db.session.add(waiting)
            db.session.flush()
            numbers = {"membership": waiting.id, "mail": mail.id}
            db.session.commit()
        other = self.people.add_group("Other circle")
        numbers |= {"group": self.group, "other_group": other}
        numbers |= {name: self.persons[name] for name in ("owner", "insider")}
        numbers["open_board"] = self.open_board
        return {f"${name}": str(number) for name, number in numbers.items()}

    def _group(self) -> Thing:
        """The group as it was: those who left are in it again."""
        with self.app.app_context():
            db.session.query(GroupMember).filter_by(group_id=self.group).delete()
            for role in ("insider", "keeper", "second keeper"):
                db.session.add(
                    GroupMember(
                        group_id=self.group,
                        person_id=self.persons[role],
                        is_keeper=role != "insider",
                        added_at=now(),
                    )
                )
            db.session.commit()
        return Thing(str(self.group), "group")

    def _passkey(self) -> Thing:
        """Of the owner, who has an app too."""
        with self.app.app_context():
            key = Passkey(
                person_id=self.persons["owner"],
                credential_id=secrets.token_bytes(16),
                public_key=b"key",
                name="Phone",
                created_at=now(),
            )
            db.session.add(key)
            db.session.flush()
            number = key.id
            db.session.commit()
        return Thing(str(number), "conversation")

    def _identity(self) -> Thing:
        with self.app.app_context():
            identity = Identity(
                person_id=self.persons["owner"],
                issuer="https://id.example",
                subject=secrets.token_hex(8),
                created_at=now(),
            )
            db.session.add(identity)
            db.session.flush()
            number = identity.id
            db.session.commit()
        return Thing(str(number), "conversation")

    def _closed_documents(self) -> list[Thing]:
        return [Thing(str(number), kind) for kind, number in self.documents.items()]

    def _boards(self) -> dict[str, int]:
        """A board of each audience; in the one of members stand posts that not all of them see."""
        made = {
            kind: self.rooms.board(f"{BIRDS[name]} board", audience, purpose=f"{BIRDS[name]} talk")
            for kind, name, audience in (
                (MEMBERS, MEMBERS, MEMBERS),
                (LEA, LEA, LEA),
                (STAFF, STAFF, STAFF),
                # Administrators made it and named it; what stands in it they do not see.
                ("group", "group name", group_audience(self.group)),
            )
        }
        topic = self._topic(made[MEMBERS], MEMBERS)
        self._reply(topic, "held", "owner", is_held=True)
        hidden = self._reply(topic, "hidden", "writer")
        self._held_topic(made[MEMBERS])
        with self.app.app_context():
            forum.take_away(db.session(), hidden, State.HIDDEN, None, now())
            db.session.commit()
        return made

    def _closed_boards(self) -> list[Thing]:
        return [Thing(str(number), kind) for kind, number in self.boards.items()]

    def _closed_topics(self) -> list[Thing]:
        return [Thing(str(self._topic(board, kind)), kind) for kind, board in self.boards.items()]

    def _closed_posts(self) -> list[Thing]:
        """The second post of a topic; what a visitor wrote is in their file, so only where they may
        read it is it theirs."""
        return [
            Thing(str(self._reply(self._topic(board, kind), kind, author)), kind)
            for kind, board in self.boards.items()
            for author in ["owner" if kind == MEMBERS else "writer"]
        ]

    def _closed_polls(self) -> list[Thing]:
        return [
            Thing(self._poll(int(post.name), post.kind), post.kind) for post in self._closed_posts()
        ]

    def _poll(self, post_id: int, kind: str) -> str:
        with self.app.app_context():
            wish = PollWish(f"Is it a {BIRDS[kind]}?", ("Yes", "No"))
            number = str(
                polls.make(db.session(), db.session.get_one(Post, post_id), wish, now()).id
            )
            db.session.commit()
        return number

    def _closed_uploads(self) -> list[Thing]:
        """Files of the writer, each in one of the posts."""
        kept = [(post, self._upload(int(post.name), post.kind)) for post in self._closed_posts()]
        return [Thing(number, post.kind) for post, number in kept]

    def _upload(self, post_id: int, kind: str) -> str:
        with self.app.app_context():
            content = f"%PDF-1.7 the {BIRDS[kind]} map".encode()
            stored = store().put(io.BytesIO(content), len(content))
            upload = Upload(
                person_id=self.persons["writer"],
                sha256=stored.sha256,
                filename=f"{BIRDS[kind]}.pdf",
                media_type="application/pdf",
                size=len(content),
                created_at=now(),
            )
            db.session.add(upload)
            db.session.flush()
            db.session.add(Attachment(post_id=post_id, upload_id=upload.id))
            number = str(upload.id)
            db.session.commit()
        return number

    def _held_topic(self, board: int = 0) -> Thing:
        board = board or self.boards[MEMBERS]
        return Thing(str(self._topic(board, "held", "owner", is_held=True)), "held")

    def _topic(self, board: int, kind: str, author: str = "writer", **fields: object) -> int:
        bird = BIRDS[kind]
        text = f"The {bird} flies over the {bird} harbour."
        return self.rooms.topic(board, self.persons[author], f"{bird} topic", text, **fields)

    def _reply(self, topic: int, kind: str, author: str, **fields: object) -> int:
        text = f"I have seen the {BIRDS[kind]} twice."
        return self.rooms.reply(topic, self.persons[author], text, **fields)

    def _conversation(self) -> Thing:
        """A conversation of the owner, answered from an open document."""
        with self.app.app_context():
            owner = self.persons["owner"]
            started = assistant.start_conversation(
                db.session(),
                f"person:{owner}",
                f"What does the {BIRDS['conversation']} eat?",
                "en",
                now(),
                owner,
            )
            question = assistant.add_question(db.session(), started, started.title, "en", now())
            answer: Answer = question.answer
            said = quoted(1, "The Heron unit watches.", document_id=self.open_document)
            for event in (SourcesFound("en", 1, ("Heron protocol",)), said, Answered()):
                assistant.record(answer, event, now())
            token = started.token
            db.session.commit()
        return Thing(token, "conversation")

    def _sign_in(self) -> Thing:
        self.people.client(self.persons["owner"])
        with self.app.app_context():
            newest: Any = db.session.query(SignIn).order_by(SignIn.id.desc()).first()
            return Thing(str(newest.id), "conversation")
