"""The live channel of the forum.

A page sends ``listen`` to hear how much waits for its reader, and gets ``unread`` {"unread"} now
and with every change. It sends ``join`` {"topic"} and gets ``posts`` {"topic", "number", "count"}:
the highest number that can be read there now, so that what was missed while the channel was away is
noticed, and with every new post; ``leave`` {"topic"} ends that. Only who is signed in listens; what
one may not read answers nothing, as if it did not exist.
"""

from flask import request
from flask_socketio import emit, join_room
from sqlalchemy import select

from hub.accounts.visitor import visitor
from hub.extensions import db, socketio
from hub.following.queries import readable_topic
from hub.forum.readable import latest_number
from hub.live import rooms
from knowledge.orm import LARGEST_LONG_ID, reading

MOST_TOPICS = 4


def bind_events() -> None:
    """Binds the events to the server of the app that was made last."""
    socketio.on_event("listen", on_listen)
    socketio.on_event("join", on_join)
    socketio.on_event("leave", on_leave)


def on_listen(*_sent: object) -> None:
    who = visitor()
    if not who.is_signed_in:
        return
    join_room(rooms.of_person(who.person_id))
    emit("unread", {"unread": who.unread})


def on_join(*sent: object) -> None:
    topic_id, who = _topic(sent), visitor()
    if topic_id is None or not who.is_signed_in or len(rooms.topics_of(_sid())) >= MOST_TOPICS:
        return
    with reading(db.engine) as session:
        topic = readable_topic(session, who.reader, topic_id)
        if topic is None:
            return
        latest = session.scalar(select(latest_number(topic.id)))
        numbers = {"topic": topic.id, "number": latest, "count": topic.posts}
    join_room(rooms.of_topic(topic.id))
    emit("posts", numbers)


def on_leave(*sent: object) -> None:
    topic_id = _topic(sent)
    if topic_id is not None:
        rooms.leave(_sid(), rooms.of_topic(topic_id))


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]


def _topic(sent: tuple[object, ...]) -> int | None:
    message = sent[0] if len(sent) == 1 else None
    number = message.get("topic") if isinstance(message, dict) else None
    return number if type(number) is int and 0 < number <= LARGEST_LONG_ID else None
