"""A hub in which every page has something to show, and things of every kind for everybody."""

import io
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from hub.accounts import links, sessions
from hub.accounts.models import Identity, Passkey, Person, Purpose, Role, SignIn
from hub.assistant import operations as assistant
from hub.clock import now
from hub.extensions import db
from hub.feeds.models import FeedKey
from hub.feeds.operations import digest
from hub.forum.models import Category, Post
from hub.groups.models import GroupMember
from hub.mail import outbox
from hub.membership.models import LeaMembership, MembershipState
from hub.moderation.claiming import claim
from hub.notifications.models import About, Notification
from hub.notifications.unsubscribing import token_for
from hub.polls import writing as polls
from hub.polls.writing import PollWish
from hub.uploads.keeping import store
from hub.uploads.models import Upload
from hub.writing.models import Draft
from knowledge.answers import Answered, SourcesFound
from tests.fakes import quoted
from tests.hub.court import Court
from tests.hub.people import PASSWORD
from tests.hub.shelf import Shelf

ROLES = ("guest", "member", "moderator", "administrator")
GRANTED = {"administrator": (Role.ADMINISTRATOR,)}
PURPOSES = {
    "accounts.complete": Purpose.SIGN_UP,
    "accounts.create": Purpose.SIGN_UP,
    "accounts.choose_password": Purpose.RESET,
    "accounts.set_password": Purpose.RESET,
    "accounts.confirm_address": Purpose.ADDRESS,
    "accounts.set_address": Purpose.ADDRESS,
    "membership.accept_invitation": Purpose.INVITATION,
    "membership.become_member": Purpose.INVITATION,
    "membership.confirm_official_address": Purpose.OFFICIAL_ADDRESS,
    "membership.set_official_address": Purpose.OFFICIAL_ADDRESS,
    "profile.confirm_notifications": Purpose.NOTIFICATIONS,
    "profile.set_notifications": Purpose.NOTIFICATIONS,
}


ABOUT_OTHERS = ("moderation.report", "moderation.send_report", "reactions.react")


class Stage:
    """A board with all that can stand in it, people of each role, and for each of them something of
    their own of every kind."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.court = Court(app)
        self.people, self.rooms = self.court.people, self.court.rooms
        self.document = Shelf(app).add("act.md", "# Act\n\nThe harbour is open at noon.\n")
        self.persons = {
            "member": self.court.mira,
            "moderator": self.court.bo,
            "administrator": self.court.ada,
        }
        self.group = self.memberships = 0
        self.fresh: dict[str, str] = {}  # what fits a field, of what was made last
        self.browsers: dict[str, tuple[FlaskClient, int]] = {}
        self.makers = self._makers()
        self._give_passwords(*self.persons.values())
        self.open_board = self.rooms.board("Open", "public")

    def person(self, role: str) -> int:
        """Whoever has the role; somebody new where the one before is gone."""
        with self.app.app_context():
            found = db.session.get_one(Person, self.persons[role])
            roles = {grant.role for grant in found.grants}
            is_well = not (found.erased_at or found.disabled_at) and roles == {
                *GRANTED.get(role, ())
            }
        if not is_well:
            name = f"Heir {secrets.token_hex(6)}"
            self.persons[role] = self.people.add(name, *GRANTED.get(role, ()))
            self._give_passwords(self.persons[role])
            if role == "moderator":
                self.rooms.moderator(self.court.board, self.persons[role])
        return self.persons[role]

    def _give_passwords(self, *people: int) -> None:
        """Hashed in no time, which is what these tests are short of."""
        hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        with self.app.app_context():
            for person_id in people:
                db.session.get_one(Person, person_id).password_hash = hashed
            db.session.commit()

    def client(self, role: str) -> FlaskClient:
        """The browser of the role, in which they are signed in still or again."""
        if role == "guest":
            return self.app.test_client()
        client, person = self.browsers.get(role, (None, 0))
        key = client and client.get_cookie("hub_sign_in")
        if person != self.person(role) or not key or not self._knows(key.value):
            client = self.people.client(self.persons[role])
            self.browsers[role] = client, self.persons[role]
        assert client
        return client

    def _knows(self, key: str) -> bool:
        with self.app.app_context():
            return sessions.found(db.session(), key, now()) is not None

    def me(self, role: str) -> int:
        """Whose the things are; for a guest they are somebody else's."""
        return self.court.rita if role == "guest" else self.person(role)

    def things(self, role: str, names: Iterable[str], is_others: bool = False) -> dict[str, str]:
        """For these names in addresses: numbers of things that are there and are new.
        ``is_others``: what somebody else wrote."""
        me = self.court.otto if is_others else self.me(role)
        return {name: str(self.makers[name](me)) for name in names}

    def _makers(self) -> dict[str, Callable[[int], object]]:
        court, add = self.court, self._added
        return {
            "board_id": lambda me: court.board,
            "topic_id": self._topic,
            "post_id": self._post,
            "case_id": self._case,
            "reference": self._reference,
            "decision_id": self._decision,
            "objection_id": lambda me: court.object(self._decision(court.otto)),
            "document_id": lambda me: self.document,
            "group_id": self._group,
            "person_id": self._member,
            "poll_id": self._poll,
            "upload_id": self._upload,
            "membership_id": self._membership,
            "passkey_id": lambda me: add(
                Passkey(
                    person_id=me,
                    credential_id=secrets.token_bytes(16),
                    public_key=b"key",
                    name="Phone",
                    created_at=now(),
                )
            ),
            "identity_id": lambda me: add(
                Identity(
                    person_id=me,
                    issuer="https://id.example",
                    subject=secrets.token_hex(8),
                    created_at=now(),
                )
            ),
            "draft_id": self._draft,
            "notification_id": self._notification,
            "key_id": lambda me: add(
                FeedKey(
                    person_id=me,
                    name="Reader",
                    key_hash=digest(secrets.token_hex(8)),
                    made_at=now(),
                )
            ),
            "category_id": lambda me: add(Category(name=secrets.token_hex(6))),
            "link_id": lambda me: self._link(Purpose.INVITATION, None)[0],
            "mail_id": self._mail,
            "sign_in_id": self._sign_in,
            **{name: lambda me: 1 for name in ("number", "ordinal")},
            **{"tag": lambda me: "tools", "code": lambda me: "de", "pseudonym": lambda me: "Rita"},
        }

    def _added(self, row: Any) -> int:
        with self.app.app_context():
            db.session.add(row)
            db.session.flush()
            number = int(row.id)
            db.session.commit()
        return number

    def _topic(self, me: int) -> int:
        title = "مرحبا How do you test a tool?"
        topic = self.rooms.topic(self.court.board, me, title, tags=("tools",))
        other = self.rooms.topic(self.court.board, self.court.otto, "Another one")
        posts = [self.rooms.reply(topic, who) for who in (self.court.otto, me)]
        self.fresh |= {"into": str(other), "post": str(posts[0]), "target": str(topic)}
        return topic

    def _post(self, me: int) -> int:
        """The last one of a topic of somebody else."""
        topic = self.rooms.topic(self.court.board, self.court.otto, "مرحبا again", tags=("tools",))
        return self.rooms.reply(topic, me, "With real data.")

    def _case(self, me: int) -> int:
        """About somebody else; whoever moderates has it."""
        case = self.court.report(post_id=self._post(self.court.otto))
        if me in (self.persons["moderator"], self.persons["administrator"]):
            with self.app.app_context():
                claim(db.session(), case, me, now())
                db.session.commit()
        self.fresh["holder"] = str(me)
        return case

    def _reference(self, me: int) -> str:
        case = self.court.report(post_id=self._post(me))
        self.court.decide(case)
        return next(report.reference for report in self.court.reports() if report.case_id == case)

    def _decision(self, me: int) -> int:
        return self.court.decide(self.court.report(post_id=self._post(me)))

    def _group(self, me: int) -> int:
        self.group = self.people.add_group(secrets.token_hex(4))
        of = {"group_id": self.group, "person_id": me}
        self._added(GroupMember(is_keeper=True, added_at=now(), **of))
        self._member(me)
        return self.group

    def _member(self, me: int) -> int:
        """Of the group that was made last, where there is one, and moderator of the board."""
        groups = [self.group] if self.group else []
        name = f"Peer {secrets.token_hex(6)}"
        self.fresh["pseudonym"] = name
        member = self.people.add(name, groups=groups)
        self.rooms.moderator(self.court.board, member)
        return member

    def _poll(self, me: int) -> int:
        post, wish = self._post(me), PollWish("Which one?", ("This one", "That one"))
        with self.app.app_context():
            poll = polls.make(db.session(), db.session.get_one(Post, post), wish, now())
            number, self.fresh["option"] = poll.id, str(poll.options[0].id)
            db.session.commit()
        return number

    def _upload(self, me: int) -> int:
        content = b"%PDF-1.7 a map"
        with self.app.app_context():
            kept = store().put(io.BytesIO(content), len(content))
        return self._added(
            Upload(
                person_id=me,
                sha256=kept.sha256,
                filename="map.pdf",
                media_type="application/pdf",
                size=len(content),
                created_at=now(),
            )
        )

    def _membership(self, me: int) -> int:
        """Of somebody new; every other one is granted."""
        self.memberships += 1
        is_granted = self.memberships % 2 == 0
        return self._added(
            LeaMembership(
                person_id=self._member(me),
                state=MembershipState.GRANTED if is_granted else MembershipState.REQUESTED,
                expires_at=now() + timedelta(days=9) if is_granted else None,
                organisation="Harbour police",
                official_address=f"{secrets.token_hex(4)}@police.example",
                address_confirmed_at=now(),
                real_name="Gisela Godwit",
                requested_at=now() - timedelta(days=1),
            )
        )

    def _draft(self, me: int) -> int:
        place = f"topic {self._topic(me)}"
        return self._added(Draft(person_id=me, place=place, text="Words.", kept_at=now()))

    def _notification(self, me: int) -> int:
        post = self._post(me)
        return self._added(
            Notification(
                person_id=me, about=About.REPLY, post_id=post, post_key=post, made_at=now()
            )
        )

    def _mail(self, me: int) -> int:
        with self.app.app_context():
            number = outbox.post(db.session(), "reset", "a@example.org", "en", now()).id
            db.session.commit()
        return number

    def _sign_in(self, me: int) -> int:
        self.people.client(me)
        with self.app.app_context():
            return int(db.session.query(SignIn.id).order_by(SignIn.id.desc()).limit(1).scalar())

    def token(self, endpoint: str, role: str) -> str:
        """What stands for the thing in an address that proves something."""
        me = self.me(role)
        if endpoint.startswith("notifications."):
            with self.app.app_context():
                return token_for(me)
        if endpoint not in PURPOSES:
            return self._conversation(me)
        purpose = PURPOSES[endpoint]
        return self._link(purpose, None if purpose == Purpose.SIGN_UP else me)[1]

    def _link(self, purpose: Purpose, person_id: int | None) -> tuple[int, str]:
        """Number and token."""
        details = {"organisation": "Police", "country": "", "membership": 1}
        with self.app.app_context():
            person = db.session.get(Person, person_id) if purpose == Purpose.RESET else None
            link = links.make(
                db.session(),
                purpose,
                (person and person.email) or f"{secrets.token_hex(6)}@example.org",
                now(),
                person_id=person_id,
                details=details | {"invited_by": self.court.mo},
            )
            found = link.id, links.signed(link)
            db.session.commit()
        return found

    def _conversation(self, me: int) -> str:
        moment, said = now(), quoted(1, "The harbour is open.", document_id=self.document)
        with self.app.app_context():
            session = db.session()
            started = assistant.start_conversation(
                session, f"person:{me}", "What is open?", "en", moment, me
            )
            question = assistant.add_question(session, started, started.title, "en", moment)
            for event in (SourcesFound("en", 1, ("Act",)), said, Answered()):
                assistant.record(question.answer, event, moment)
            token = str(started.token)
            session.commit()
        return token

    def address(self, endpoint: str, method: str, role: str) -> str:
        """Of a thing that was made for it."""
        named = sorted(self._arguments(endpoint, method) - {"token"})
        made = self.things(role, named, endpoint in ABOUT_OTHERS)
        if "token" in self._arguments(endpoint, method):
            made["token"] = self.token(endpoint, role)
        return self.address_of(endpoint, method, made)

    def address_of(self, endpoint: str, method: str, things: Mapping[str, str]) -> str:
        names = self._arguments(endpoint, method)
        values: dict[str, Any] = {name: things[name] for name in names}
        return str(self.app.url_map.bind("localhost").build(endpoint, values, method))

    def _arguments(self, endpoint: str, method: str) -> set[str]:
        rules = self.app.url_map.iter_rules(endpoint)
        return next(rule.arguments for rule in rules if method in (rule.methods or ()))
