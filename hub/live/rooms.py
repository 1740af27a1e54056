"""Who listens to what, in this process."""

from collections.abc import Collection

from hub.extensions import socketio
from hub.open_channels import sign_ins_behind

EVERYWHERE = "/"  # the namespace


def of_topic(topic_id: int) -> str:
    return f"topic:{topic_id}"


def of_person(person_id: int) -> str:
    return f"person:{person_id}"


def listeners(room: str) -> list[str]:
    """The sockets in a room."""
    if socketio.server is None:  # a command, or the worker
        return []
    return [sid for sid, _ in list(socketio.server.manager.get_participants(EVERYWHERE, room))]


def topics_of(sid: str) -> list[str]:
    """The rooms of topics that a socket is in. The server's own answer fails where another thread
    opens a room meanwhile: this one looks through a copy."""
    rooms = socketio.server.manager.rooms.get(EVERYWHERE, {}).copy()
    return [name for name, within in rooms.items() if _is_of_topic(name) and sid in within]


def _is_of_topic(room: str | None) -> bool:
    return room is not None and room.startswith("topic:")


def leave(sid: str, room: str) -> None:
    socketio.server.leave_room(sid, room)


def sign_ins_of(sids: Collection[str]) -> dict[str, int]:
    """The sign-in behind each socket; whoever is signed in no more has none."""
    return sign_ins_behind(sids)
