"""The live channel: the same answers as the pages, part by part.

A browser sends ``ask`` {"conversation": token or null, "text"}, ``follow`` {"answer", "after"} for
an answer that it shows in part, and ``stop`` {"answer"}. It gets ``started``, then the events of
``hub.assistant.wire``, or ``refused`` {"problem"}. Only pages of this site may connect (the
server compares the origin), with the reader's session cookie. What answers goes on when the
browser leaves.
"""

from collections.abc import Iterable

import structlog
from flask import request, session
from flask_babel import get_locale
from flask_limiter.util import get_remote_address
from flask_socketio import ConnectionRefusedError, emit
from sqlalchemy.orm import Session

from hub import open_channels
from hub.assistant import allowance, asker, operations, queries, rules, running, wording
from hub.assistant.exchange import address_of, exchange_part
from hub.assistant.models import Answer, Conversation, Question
from hub.assistant.wire import events_after
from hub.clock import now
from hub.extensions import db, socketio
from hub.texts import tidied
from knowledge.orm import reading

LONGEST_MESSAGE = 16_384
SECONDS_BETWEEN_LOOKS = 0.25
log = structlog.get_logger()


class Refused(Exception):
    """The message cannot be acted on; the text says why, to the reader."""


def bind_events() -> None:
    """Binds the events to the server of the app that was made last."""
    socketio.server.eio.max_http_buffer_size = LONGEST_MESSAGE
    socketio.on_event("connect", on_connect)
    socketio.on_event("disconnect", on_disconnect)
    socketio.on_event("ask", on_ask)
    socketio.on_event("follow", on_follow)
    socketio.on_event("stop", on_stop)
    socketio.default_exception_handler = on_problem


def on_connect() -> None:
    if not asker.known_key():
        raise ConnectionRefusedError("no session")
    open_channels.note_channel(request.sid)  # type: ignore[attr-defined]


def on_disconnect(*_reason: object) -> None:
    open_channels.forget_channel(request.sid)  # type: ignore[attr-defined]


def on_ask(*sent: object) -> None:
    message = _message(sent)
    text = tidied(_text(message, "text"))
    problem = rules.question_problem(text)
    if problem:
        raise Refused(wording.question_problem(problem))
    seconds = allowance.seconds_to_wait(asker.known_key(), get_remote_address())
    if seconds:
        raise Refused(wording.too_many_questions(seconds))
    question = _recorded_question(text, _text(message, "conversation"))
    emit(
        "started",
        {
            "answer": question.answer.id,
            "url": address_of(question),
            "html": exchange_part(question),
        },
    )
    _send(running.answer_question(question, asker.reader()), after=0)


def on_follow(*sent: object) -> None:
    """Sends what is missing, then what comes, until the answer has ended or the browser left."""
    message = _message(sent)
    answer_id = _number(message, "answer")
    following = session.setdefault("following", [])
    if answer_id in following or len(following) > 3:
        raise Refused(wording.no_answer_to_that_message())
    following.append(answer_id)
    try:
        _send(_looks_at(answer_id), after=_number(message, "after"))
    finally:
        following.remove(answer_id)


def on_stop(*sent: object) -> None:
    answer_id = _number(_message(sent), "answer")
    with Session(db.engine, expire_on_commit=False) as writing, writing.begin():
        answer = queries.answer_of(writing, asker.known_key(), answer_id)
        if answer is None:
            raise Refused(wording.no_answer_to_that_message())
        operations.stop(writing, answer, now())


def on_problem(problem: Exception) -> None:
    if not isinstance(problem, Refused):
        log.error("socket event failed", **running.fault_of(problem))
    text = str(problem) if isinstance(problem, Refused) else wording.failed()
    emit("refused", {"problem": text})


def _recorded_question(text: str, token: str) -> Question:
    language = str(get_locale() or "en")
    key = asker.known_key()
    with Session(db.engine, expire_on_commit=False) as writing, writing.begin():
        conversation = _conversation(writing, key, token) or operations.start_conversation(
            writing, key, text, language, now(), asker.person_id()
        )
        return operations.add_question(writing, conversation, text, language, now())


def _conversation(writing: Session, key: str, token: str) -> Conversation | None:
    if not token:
        return None
    conversation = queries.conversation_of(writing, key, token)
    if conversation is None:
        raise Refused(wording.no_answer_to_that_message())
    return conversation


def _send(states: Iterable[Answer], after: int) -> None:
    """Sends the events of each state that come after those sent already."""
    for answer in states:
        for event in events_after(answer, after):
            emit(event.name, event.payload())
            after = event.sequence


def _looks_at(answer_id: int) -> Iterable[Answer]:
    """The answer as it stands in the database, again and again until it has ended."""
    while socketio.server.manager.is_connected(request.sid, "/"):  # type: ignore[attr-defined]
        with reading(db.engine) as looking:
            answer = queries.answer_of(looking, asker.known_key(), answer_id)
        if answer is None:
            raise Refused(wording.no_answer_to_that_message())
        yield answer
        if not rules.is_running(answer, now()):
            return
        socketio.sleep(SECONDS_BETWEEN_LOOKS)


def _message(sent: tuple[object, ...]) -> dict[str, object]:
    if len(sent) != 1 or not isinstance(sent[0], dict):
        raise Refused(wording.no_answer_to_that_message())
    return sent[0]


def _text(message: dict[str, object], name: str) -> str:
    text = message.get(name, "")
    if text is None:
        return ""
    if not isinstance(text, str):
        raise Refused(wording.no_answer_to_that_message())
    return text


def _number(message: dict[str, object], name: str) -> int:
    number = message.get(name)
    if type(number) is not int or not 0 <= number < 2**31:
        raise Refused(wording.no_answer_to_that_message())
    return number
