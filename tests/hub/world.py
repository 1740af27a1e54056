"""A hub with people of every kind and with things that are not for everybody.

Words of secrets: every text that some may not see holds one of these names, which no page has
otherwise. ``World.secrets_from`` says which of them a role must never meet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from hub.accounts.models import Role
from hub.assistant import operations as assistant
from hub.assistant.models import Answer
from hub.clock import now
from hub.extensions import db
from knowledge.access import LEA, MEMBERS, STAFF, group_audience
from knowledge.answers import Answered, SourcesFound
from tests.fakes import quoted
from tests.hub.paper import pdf
from tests.hub.people import People
from tests.hub.shelf import Shelf

# By what they stand in: the document of an audience, a group, a conversation, a person's secrets.
BIRDS = {
    MEMBERS: "Nightjar",
    LEA: "Kingfisher",
    STAFF: "Goshawk",
    "group": "Bittern",
    "withdrawn": "Dotterel",
    "conversation": "Whinchat",
    "address": "plover@example.org",
    "real name": "Gisela Godwit",
}
# Who may see what beside the audiences of everybody: the rest of ROLES see nothing of it.
SEES = {
    "citizen": set(),
    "ended": set(),
    "weak": {MEMBERS},
    "member": {MEMBERS},
    "owner": {MEMBERS, "conversation", "address"},
    "lea": {MEMBERS, LEA},
    "insider": {MEMBERS, "group"},
    "keeper": {MEMBERS, "group"},
    "curator": {MEMBERS, LEA, STAFF},
    "moderator": {MEMBERS, LEA, STAFF},
    "stale": {MEMBERS, LEA, STAFF},
    "administrator": {MEMBERS, LEA, STAFF},
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
        self.group = self.people.add_group(f"{BIRDS['group']} circle")
        self.persons = self._persons()
        self.documents = self._documents()
        self.open_document = self._document("open", "public", "Heron")
        self.makers: dict[str, Callable[[], list[Thing]]] = {
            "": lambda: [Thing("", "")],
            "document": self._closed_documents,
            "conversation": lambda: [self._conversation()],
            "sign-in": lambda: [self._sign_in()],
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
                from hub.accounts.models import SignIn

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
            "lea": add("Leo", lea=True),
            "insider": add("Ines", groups=[self.group]),
            "keeper": add("Kemal", keeps=[self.group]),
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

    def _closed_documents(self) -> list[Thing]:
        return [Thing(str(number), kind) for kind, number in self.documents.items()]

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
        from hub.accounts.models import SignIn

        self.people.client(self.persons["owner"])
        with self.app.app_context():
            newest: Any = db.session.query(SignIn).order_by(SignIn.id.desc()).first()
            return Thing(str(newest.id), "conversation")
