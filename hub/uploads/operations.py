"""Every change to uploads. They flush; whoever calls them commits."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    cast,
    delete,
    exists,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.forum.models import Board, Post, State, Topic
from hub.uploads import keeping, queries
from hub.uploads.cleaning import Clean, Problem, Refused
from hub.uploads.models import Attachment, Upload
from hub.uploads.naming import file_name
from hub.uploads.sniffing import ENDINGS, MediaType
from hub.writing.models import Draft
from knowledge.access import PUBLIC, Reader
from knowledge.files import StoredFile

NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}
MOST_LOOSE = 100
MOST_IN_A_POST = 50
LOOSE_FOR = timedelta(days=1)
DETACHED_FOR = timedelta(days=90)
AT_ONCE = 500


def add(
    session: Session,
    person_id: int,
    typed_name: str,
    stored: StoredFile,
    clean: Clean,
    now: datetime,
) -> Upload:
    """A file that is in the store already (``keeping``). Raises: Refused, where it is too much."""
    session.execute(
        select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    ).one()
    look_at_room(session, person_id, clean.size)
    upload = Upload(
        person_id=person_id,
        sha256=stored.sha256,
        filename=file_name(typed_name, clean.media_type),
        media_type=clean.media_type.value,
        size=stored.size,
        width=clean.width,
        height=clean.height,
        created_at=now,
    )
    session.add(upload)
    session.flush()
    return upload


def look_at_room(session: Session, person_id: int, size: int) -> None:
    """Raises: Refused."""
    held, loose = queries.used(session, person_id)
    if held + size > current_app.config["UPLOAD_QUOTA"]:
        raise Refused(Problem.QUOTA)
    if loose >= MOST_LOOSE:
        raise Refused(Problem.TOO_MANY)


def attach(
    session: Session,
    post: Post,
    upload_ids: Sequence[int],
    person_id: int,
    reader: Reader,
    now: datetime,
    *,
    is_moderator: bool = False,
) -> list[int]:
    """The post carries these uploads from now on, and those no longer that its text does not show
    any more. ``person_id`` and ``reader``: whoever wrote the text. Theirs may be carried, and what
    stands in a post that they may read, for everybody or for the same readers as this one. What the
    post carried once comes back by the same rule; a moderator (of its board) may bring back all.

    Returns the ids that the post may not carry; they stay closed to its readers.
    """
    wanted = list(dict.fromkeys(upload_ids))[:MOST_IN_A_POST]
    held = {
        one.upload_id: one
        for one in session.scalars(select(Attachment).where(Attachment.post_id == post.id))
    }
    shown = {upload_id for upload_id, one in held.items() if one.detached_at is None}
    for upload_id in shown.difference(wanted):
        held[upload_id].detached_at = now
    new = [upload_id for upload_id in wanted if upload_id not in shown]
    allowed = _allowed(session, post, new, person_id, reader) if new else set()
    if is_moderator:
        allowed |= held.keys()
    for upload_id in allowed.intersection(new):
        if upload_id in held:
            held[upload_id].detached_at = None
        else:
            session.add(Attachment(post_id=post.id, upload_id=upload_id))
    session.flush()
    return [upload_id for upload_id in new if upload_id not in allowed]


def _allowed(
    session: Session, post: Post, ids: Collection[int], person_id: int, reader: Reader
) -> set[int]:
    """Takes the uploads, so that none is swept before the post carries it."""
    audience = select(Board.audience).join(Topic, Topic.board_id == Board.id)
    here = session.scalar(audience.where(Topic.id == post.topic_id)) or PUBLIC
    wide = sorted({PUBLIC, here} & reader.audiences)
    stands_open = (
        exists()
        .where(Attachment.upload_id == Upload.id, Attachment.detached_at.is_(None))
        .where(Post.id == Attachment.post_id, Post.state == State.VISIBLE)
        .where(Topic.id == Post.topic_id, Topic.state == State.VISIBLE)
        .where(Board.id == Topic.board_id, Board.audience.in_(wide))
    )
    taken = (
        select(Upload.id)
        .where(Upload.id.in_(ids), or_(Upload.person_id == person_id, stands_open))
        .order_by(Upload.id)
        .with_for_update(of=Upload, read=True, key_share=True)
    )
    return set(session.scalars(taken))


def remove(session: Session, upload_id: int, person_id: int) -> bool:
    """Takes back one's own that no post carries; says whether there was one."""
    mine = and_(Upload.id == upload_id, Upload.person_id == person_id)
    return bool(_drop(session, mine, 1))


def detach_all(session: Session, post_id: int, now: datetime) -> None:
    """Of a post that its author took back."""
    session.execute(
        update(Attachment)
        .where(Attachment.post_id == post_id, Attachment.detached_at.is_(None))
        .values(detached_at=now),
        execution_options=NOT_SYNCHRONISED,
    )


def sweep(session: Session, now: datetime) -> int:
    """Deletes uploads that no post carries for a day and no draft of their owner shows, what posts
    do not show any more for ``DETACHED_FOR``, and bytes that belong to nothing. Run every hour."""
    folder = keeping.store().folder
    keeping.sweep(folder, lambda hashes: _named(session, hashes))
    session.execute(
        delete(Attachment).where(Attachment.detached_at < now - DETACHED_FOR),
        execution_options=NOT_SYNCHRONISED,
    )
    address = literal("%/forum/uploads/") + cast(Upload.id, String) + "%"
    in_a_draft = exists().where(Draft.person_id == Upload.person_id, Draft.text.like(address))
    return _drop(session, and_(Upload.created_at < now - LOOSE_FOR, ~in_a_draft), AT_ONCE)


def _drop(session: Session, condition: ColumnElement[bool], most: int) -> int:
    """Those that no post carries. They are taken first and looked at again: whoever is attaching
    one has taken it too (``_allowed``)."""
    is_loose = ~exists().where(Attachment.upload_id == Upload.id)
    found = select(Upload.id).where(condition, is_loose).order_by(Upload.id).limit(most)
    ids = session.scalars(found.with_for_update(of=Upload, skip_locked=True)).all()
    gone: Any = session.execute(
        delete(Upload).where(Upload.id.in_(ids), is_loose), execution_options=NOT_SYNCHRONISED
    )
    return int(gone.rowcount)


def _named(session: Session, hashes: Collection[str]) -> set[str]:
    return set(session.scalars(select(Upload.sha256).where(Upload.sha256.in_(hashes))))


def leave_with_posts(session: Session, person_id: int) -> None:
    """The posts of somebody who leaves stay: so do their files, under names that say nothing."""
    while _drop(session, Upload.person_id == person_id, AT_ONCE):
        pass
    for media_type, ending in ENDINGS.items():
        stem = "document" if media_type is MediaType.PDF else "picture"
        session.execute(
            update(Upload)
            .where(Upload.person_id == person_id, Upload.media_type == media_type.value)
            .values(filename=f"{stem}.{ending}"),
            execution_options=NOT_SYNCHRONISED,
        )


def remove_all(session: Session, person_id: int) -> None:
    """Whoever leaves takes their files with them, from posts of others too."""
    session.execute(
        delete(Upload).where(Upload.person_id == person_id), execution_options=NOT_SYNCHRONISED
    )
