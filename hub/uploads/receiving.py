"""Taking a file that somebody sends, whichever page it came by."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from flask import abort, current_app
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from hub.accounts.visitor import Visitor
from hub.clock import now
from hub.uploads import keeping, operations, queries
from hub.uploads.allowance import spend
from hub.uploads.cleaning import Problem, Refused, cleaned
from hub.uploads.models import Upload


@contextmanager
def received(
    session: Session, who: Visitor, file: FileStorage | None
) -> Iterator[tuple[Upload, tuple[str, ...]]]:
    """The file, kept without its metadata, and what was changed in it. To be committed within. No
    transaction is open while the file is read.

    Raises: Refused; Forbidden for who may write nowhere; TooManyRequests.
    """
    if not who.is_signed_in or not may_send(session, who):
        abort(403)
    person_id = who.person_id
    spend(person_id)
    if file is None or not file.filename:
        raise Refused(Problem.EMPTY)
    operations.look_at_room(session, person_id, 0)
    session.rollback()
    config, store = current_app.config, keeping.store()
    limit = config["UPLOAD_SIZE"]
    with (
        closing(file),
        cleaned(file.stream, store.folder, limit, config["UPLOAD_CHECK"]) as clean,
        keeping.nothing_is_swept(store.folder),
        clean.path.open("rb") as content,
    ):
        stored = store.put(content, limit)
        upload = operations.add(session, person_id, file.filename, stored, clean, now())
        yield upload, clean.notes


def may_send(session: Session, who: Visitor) -> bool:
    return not who.is_silenced and queries.may_write_somewhere(session, who.reader)
