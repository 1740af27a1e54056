"""The boards of the demonstration: one for every audience, over and over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.config import LANGUAGES
from hub.demo.crowd import YEARS, Crowd
from hub.forum.models import Board, BoardModerator, Category
from knowledge.access import LEA, MEMBERS, PUBLIC, STAFF, Mark, group_of

CATEGORIES = ("Practice", "Tools", "Law and oversight", "Working together")
SUBJECTS = (
    *("Testing before use", "Bias and fairness", "Procurement", "Human oversight", "Training"),
    *("Data protection", "Cross-border cooperation", "Logs and evidence", "Images and video"),
    *("Number plates", "Speech and transcription", "Translation", "Text and reports"),
    *("Risk assessment", "Payments and fraud", "Missing persons", "Road traffic", "Borders"),
    *("Prosecution and courts", "Incidents and lessons", "Public trust", "Research", "Standards"),
    *("Small forces", "Announcements"),
)
# Twelve kinds of rooms in turn; "group" is one of the groups.
AUDIENCES = (
    *(PUBLIC, PUBLIC, MEMBERS, LEA, PUBLIC, STAFF, "group", MEMBERS, PUBLIC, LEA),
    *(PUBLIC, PUBLIC),
)


@dataclass(slots=True)
class Room:
    """A board and who speaks in it, in which languages."""

    board: Board
    people: list[int]
    languages: list[str]


def furnished(
    session: Session, count: int, crowd: Crowd, random: Random, now: datetime
) -> list[Room]:
    """Adds the boards, in categories that are there or are added; each tenth has a moderator."""
    categories = [_category(session, name, place) for place, name in enumerate(CATEGORIES)]
    rooms = [
        _room(session, categories[place % len(categories)], place, count, crowd, random, now)
        for place in range(count)
    ]
    session.flush()
    session.add_all(
        BoardModerator(board_id=room.board.id, person_id=room.people[0], added_at=now)
        for room in rooms[::10]
    )
    session.flush()
    return rooms


def _category(session: Session, name: str, ordinal: int) -> Category:
    found = session.scalar(select(Category).where(Category.name == name))
    if found is None:
        found = Category(name=name, ordinal=ordinal)
        session.add(found)
        session.flush()
    return found


def _room(
    session: Session,
    category: Category,
    place: int,
    count: int,
    crowd: Crowd,
    random: Random,
    now: datetime,
) -> Room:
    """In a large forum each room has its language, and English; in a small one there are all."""
    everything = list(LANGUAGES)
    is_large = count > len(SUBJECTS)
    own = everything[place // len(SUBJECTS) % len(everything)]
    subject = SUBJECTS[place % len(SUBJECTS)]
    audience = _audience(AUDIENCES[place % len(AUDIENCES)], place, crowd)
    board = Board(
        id=random.randrange(1, 2**31),
        category=category,
        name=_free_name(
            session, category, f"{subject} ({LANGUAGES[own]})" if is_large else subject
        ),
        purpose=f"What people do, ask and have learned: {subject.lower()}.",
        ordinal=place,
        audience=audience,
        writers=MEMBERS if audience == PUBLIC else audience,
        mark=_mark(audience),
        created_at=now - timedelta(days=YEARS * 365 + 1),
    )
    session.add(board)
    return Room(board, crowd.who_may_write(audience), [own, own, "en"] if is_large else everything)


def _free_name(session: Session, category: Category, name: str) -> str:
    like = select(func.count()).where(Board.category == category, Board.name.startswith(name))
    before = session.scalar(like) or 0
    return f"{name} {before + 1}" if before else name


def _audience(kind: str, place: int, crowd: Crowd) -> str:
    groups = [audience for audience in crowd.of if group_of(audience) is not None]
    return groups[place // len(AUDIENCES) % len(groups)] if kind == "group" else kind


def _mark(audience: str) -> str:
    if audience in (PUBLIC, MEMBERS):
        return ""
    return {LEA: Mark.GREEN, STAFF: Mark.AMBER}.get(audience, Mark.RED)
