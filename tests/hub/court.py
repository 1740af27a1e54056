"""People, boards and cases of a test of moderation, made by the operations that the pages use."""

from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from hub.accounts.models import Role
from hub.clock import now
from hub.extensions import db
from hub.forum.models import Post, Topic
from hub.moderation import deciding, objecting, references, reporting
from hub.moderation.models import (
    Action,
    Case,
    CaseNote,
    Decision,
    Ground,
    Objection,
    Report,
    Sanction,
)
from hub.moderation.reporting import Notice
from hub.moderation.rules import Judge, Ruling
from tests.hub.people import People
from tests.hub.rooms import Rooms

FACTS = "It insults a colleague and says nothing about the matter."


class Court:
    """A board with a topic by Mira and a reply by Otto, which Rita reports; Mo and Mia moderate the
    hub, Bo the board, Ada administers."""

    def __init__(self, app: Flask) -> None:
        self.app, self.people, self.rooms = app, People(app), Rooms(app)
        add = self.people.add
        self.mira, self.otto, self.rita = add("Mira"), add("Otto"), add("Rita")
        self.mo, self.mia = add("Mo", Role.MODERATOR), add("Mia", Role.MODERATOR)
        self.ada, self.bo = add("Ada", Role.ADMINISTRATOR), add("Bo")
        self.board = self.rooms.board()
        self.rooms.moderator(self.board, self.bo)
        self.topic = self.rooms.topic(self.board, self.mira)
        self.post = self.rooms.reply(self.topic, self.otto, "You are a fool, and so is your unit.")

    def client(self, person_id: int) -> FlaskClient:
        return self.people.client(person_id)

    def report(
        self,
        person_id: int | None = None,
        ground: Ground = Ground.ABUSE,
        post_id: int | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> int:
        """The case of the report; by Rita unless it is said otherwise. ``person_id`` 0: a
        stranger."""
        reporter = self.rita if person_id is None else person_id or None
        notice = Notice(
            ground, "It is insulting.", references.new_key(), reporter_id=reporter, **fields
        )
        with self.app.app_context():
            made = reporting.report(db.session(), post_id or self.post, notice, at or now())
            case_id = made.case_id
            db.session.commit()
        return case_id

    def decide(
        self,
        case_id: int,
        action: Action = Action.HIDE,
        by: int | None = None,
        roles: frozenset[Role] = frozenset({Role.MODERATOR}),
        at: datetime | None = None,
        **fields: Any,
    ) -> int:
        values = {"ground": Ground.ABUSE, "facts": FACTS, "rule": "Rule 2", **fields}
        judge = Judge(by or self.mo, roles)
        with self.app.app_context():
            ruling = Ruling(action, **values)
            made = deciding.decide(db.session(), case_id, judge, ruling, at or now())
            decision_id = made.id
            db.session.commit()
        return decision_id

    def object(self, decision_id: int, by: int | None = None, at: datetime | None = None) -> int:
        with self.app.app_context():
            made = objecting.object_as_author(
                db.session(), decision_id, by or self.otto, "It was a joke.", at or now()
            )
            objection_id = made.id
            db.session.commit()
        return objection_id

    def object_as_reporter(self, decision_id: int, report_id: int) -> int:
        with self.app.app_context():
            made = objecting.object_as_reporter(
                db.session(), decision_id, report_id, "It is an insult.", now()
            )
            objection_id = made.id
            db.session.commit()
        return objection_id

    def answer(
        self,
        objection_id: int,
        is_upheld: bool = True,
        by: int | None = None,
        roles: frozenset[Role] = frozenset({Role.MODERATOR}),
        at: datetime | None = None,
    ) -> None:
        with self.app.app_context():
            judge = Judge(by or self.mia, roles)
            why = "It was a joke between friends, as both say."
            objecting.answer(db.session(), objection_id, judge, is_upheld, why, at or now())
            db.session.commit()

    def row(self, kind: type, row_id: int) -> Any:
        """A row as it stands, without what hangs on it."""
        with self.app.app_context():
            return db.session.get(kind, row_id)

    def case(self, case_id: int) -> Case:
        found: Case = self.row(Case, case_id)
        return found

    def decision(self, decision_id: int) -> Decision:
        found: Decision = self.row(Decision, decision_id)
        return found

    def objection(self, objection_id: int) -> Objection:
        found: Objection = self.row(Objection, objection_id)
        return found

    def state_of(self, post_id: int | None = None) -> tuple[str, str]:
        """Of the post and of its topic."""
        with self.app.app_context():
            post = db.session.get_one(Post, post_id or self.post)
            return str(post.state), str(db.session.get_one(Topic, post.topic_id).state)

    def reports(self) -> list[Report]:
        with self.app.app_context():
            return db.session.query(Report).order_by(Report.id).all()

    def count(self, kind: type) -> int:
        with self.app.app_context():
            return db.session.query(kind).count()


def decision_form(action: str, **fields: object) -> dict[str, object]:
    return {"action": action, "ground": "abuse", "facts": FACTS, "rule": "Rule 2", **fields}


# For tests/hub/test_own_data.py: what hangs below rows of a person, and why it is not theirs.
NOT_THEIRS = {
    ("moderation_case", "post_id"): "found by its author",
    ("report", "case_id"): "who reported stays unknown to the author",
    ("case_note", "case_id"): "what moderators tell each other",
    ("sanction", "decision_id"): "found by the person",
    ("objection", "decision_id"): "found by the person; those of reporters are theirs",
    ("objection", "report_id"): "found by the person",
}


def fill_moderation(me: int, other: int, name: str, post: Post) -> None:
    """A post of ``me`` that ``other`` reported, and decided about, and an objection; and a report
    that came from the address of ``me`` without an account. Needs the context of the app."""
    session, moment = db.session(), now()
    case = Case(
        board_id=post.topic.board_id,
        post_id=post.id,
        author_id=me,
        ground=Ground.ABUSE,
        state="decided",
        evidence={"text": f"what {name} wrote"},
        claimed_by=other,
        claimed_at=moment,
        opened_at=moment,
    )
    session.add(case)
    session.flush()
    of = {"case_id": case.id, "ground": Ground.ABUSE, "made_at": moment}
    stranger = f"{name.casefold()}@example.org"
    session.add_all(
        [
            Report(reporter_id=other, reason="a report", reference=f"R-{me}", **of),
            Report(address=stranger, reason=f"by {name}", reference=f"R-S-{me}", **of),
            CaseNote(case_id=case.id, author_id=other, text=f"on {name}", written_at=moment),
        ]
    )
    decision = Decision(
        case_id=case.id,
        action=Action.WARN,
        ground=Ground.ABUSE,
        facts=f"what {name} did",
        decided_by=other,
        decided_at=moment,
    )
    session.add(decision)
    session.flush()
    session.add_all(
        [
            Sanction(person_id=me, decision_id=decision.id, kind="warning", begins_at=moment),
            Objection(
                decision_id=decision.id,
                person_id=me,
                text=f"{name} objects",
                made_at=moment,
                is_upheld=False,
                answer="no",
                decided_by=other,
                decided_at=moment,
            ),
        ]
    )
    session.flush()
