"""What open pages hear after a change stands: numbers only, never words.

A page then loads what is new by a request of its own, which asks what its reader may see. Before
the numbers are sent it is looked up who of those that listen may still read there: whoever may not
hears nothing, and listens no more.
"""

from collections.abc import Collection

from sqlalchemy.orm import Session

from hub.afterwards import afterwards
from hub.extensions import db, socketio
from hub.forum.happenings import Happening, Kind
from hub.live import rooms
from hub.live.queries import may_still_read, unread_counts
from knowledge.orm import reading


def tell_unread(session: Session, person_ids: Collection[int]) -> None:
    """How much waits for these people, to the pages that they have open, once the change stands."""
    told = set(person_ids)
    if told:
        afterwards(session, lambda: _send_unread(told))


def hear(session: Session, happening: Happening) -> None:
    topic, post = happening.topic, happening.post
    if happening.kind is not Kind.POSTED or topic is None or post is None:
        return
    audience, topic_id = happening.board.audience, topic.id
    numbers = {"topic": topic_id, "number": post.number, "count": topic.posts}
    afterwards(session, lambda: _send_posts(topic_id, audience, numbers))


def _send_unread(person_ids: set[int]) -> None:
    here = [person_id for person_id in person_ids if rooms.listeners(rooms.of_person(person_id))]
    if not here:
        return
    with reading(db.engine) as session:
        counts = unread_counts(session, here)
    for person_id in here:
        socketio.emit("unread", {"unread": counts[person_id]}, to=rooms.of_person(person_id))


def _send_posts(topic_id: int, audience: str, numbers: dict[str, int]) -> None:
    """To the room as a whole: what is sent is put together once. Whoever joins it meanwhile was
    looked at as they did."""
    room = rooms.of_topic(topic_id)
    listeners = rooms.listeners(room)
    if not listeners:
        return
    sign_ins = rooms.sign_ins_of(listeners)
    with reading(db.engine) as session:
        readers = may_still_read(session, set(sign_ins.values()), audience)
    for sid in listeners:
        if sign_ins.get(sid) not in readers:
            rooms.leave(sid, room)
    socketio.emit("posts", numbers, to=room)
