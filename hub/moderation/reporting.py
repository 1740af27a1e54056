"""Opening cases: by a report, or because the hub held a post back. They flush.

Whoever opens takes the row of the topic first, as every change to a post does, so that of many who
report at once one opens the case and the others join it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.forum import operations as forum
from hub.forum.models import Post, Topic
from hub.moderation import evidence, letters, references, urgency
from hub.moderation.models import Case, CaseState, Ground, Report


@dataclass(frozen=True, slots=True)
class Notice:
    """What came by the form of a report. ``reporter_id`` is None without an account; only then
    ``name`` and ``address`` are kept. ``key`` is that of the form."""

    ground: Ground
    reason: str
    key: str
    reporter_id: int | None = None
    name: str = ""
    address: str = ""
    language: str = "en"
    offence: str = ""


def report(session: Session, post_id: int, notice: Notice, now: datetime) -> Report:
    """The report; the one that is there already where the same person reported the post as it is
    now, or the same form came twice.

    Raises: hub.forum.operations.Closed where there is no such post.
    """
    topic, post = forum.take_post(session, post_id)
    reference = references.reference_of(notice.key, post_id)
    if found := _reported_already(session, post, notice, reference):
        return found
    case = open_case_of(session, post.id) or _open(session, topic, post, notice.ground, now)
    made = Report(
        case_id=case.id,
        reporter_id=notice.reporter_id,
        name="" if notice.reporter_id else notice.name,
        address="" if notice.reporter_id else notice.address,
        language=notice.language,
        ground=notice.ground,
        offence=notice.offence,
        reason=notice.reason,
        reference=reference,
        made_at=now,
    )
    session.add(made)
    session.flush()
    urgency.reckon(session, case)
    letters.confirm_receipt(session, made, now)
    return made


def open_held_case(
    session: Session,
    topic: Topic,
    post: Post,
    ground: Ground,
    now: datetime,
    signs: tuple[str, ...] = (),
) -> Case:
    """The case of a post that the hub held back (``Ground.FIRST`` or ``AUTOMATIC``). ``signs``:
    what it saw in it. To be called in the transaction that makes the post."""
    found = open_case_of(session, post.id)
    if found is not None:
        return found
    case = _open(session, topic, post, ground, now)
    case.evidence = {**case.evidence, "held_for": str(ground), "signs": list(signs)}
    urgency.reckon(session, case)
    return case


def open_case_of(session: Session, post_id: int) -> Case | None:
    is_open = Case.post_id == post_id, Case.state == CaseState.OPEN
    return session.scalar(select(Case).where(*is_open).execution_options(populate_existing=True))


def follow_move(session: Session, topic: Topic, behind: int) -> None:
    """The cases of what stands behind this number belong to the board where it stands now."""
    moved = select(Post.id).where(Post.topic_id == topic.id, Post.number > behind)
    session.execute(
        update(Case)
        .where(Case.post_id.in_(moved), Case.board_id != topic.board_id)
        .values(board_id=topic.board_id),
        execution_options={"synchronize_session": False},
    )


def _open(session: Session, topic: Topic, post: Post, ground: Ground, now: datetime) -> Case:
    case = Case(
        board_id=topic.board_id,
        post_id=post.id,
        author_id=post.author_id,
        ground=ground,
        evidence=evidence.of_post(session, topic, post),
        opened_at=now,
    )
    session.add(case)
    session.flush()
    return case


def _reported_already(
    session: Session, post: Post, notice: Notice, reference: str
) -> Report | None:
    """By the same form, or by the same person while nothing has changed since: an open case, or
    one that was decided on this state of the post."""
    same_form = select(Report).where(Report.reference == reference)
    if (found := session.scalar(same_form)) is not None or not notice.reporter_id:
        return found
    theirs = (
        select(Report, Case.state, Case.evidence)
        .join(Case, Case.id == Report.case_id)
        .where(Case.post_id == post.id, Report.reporter_id == notice.reporter_id)
        .order_by(Report.id.desc())
    )
    for made, state, kept in session.execute(theirs):
        if state == CaseState.OPEN or kept.get("revision") == post.revision:
            return made  # type: ignore[no-any-return]
    return None
