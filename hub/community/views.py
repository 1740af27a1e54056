"""Ask the hub under a topic, ask the community under a declined question, and similar topics."""

import re
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from markupsafe import Markup
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from hub.accounts.visitor import me, visitor
from hub.addresses import LARGEST_ID
from hub.assistant import allowance, asker, running
from hub.assistant import operations as assistant
from hub.assistant.exchange import address_of
from hub.assistant.models import Answer, AnswerState, Question
from hub.clock import now
from hub.community import queries
from hub.community.asking import question_of, reader_for, text_of, title_of
from hub.community.drafting import NoRoom, add_to_draft
from hub.community.quoting import answer_as_markdown
from hub.community.similar import similar_topics
from hub.extensions import db
from hub.forum import rules
from hub.forum.models import Board
from hub.forum.reaching import ReachedTopic, reach_topic
from hub.forum.seats import seat_of
from hub.guards import signed_in
from hub.writing.allowance import spend
from hub.writing.operations import TooManyDrafts
from hub.writing.places import Kind, Place

community = Blueprint("community", __name__)


@community.get("/forum/similar")
@signed_in
def similar() -> str:
    """A part of a page, for the editor: topics like what is being written."""
    spend("suggestions", me().id)
    _board_to_write_in(request.args.get("board", ""))
    return similar_part(request.args.get("q", ""))


def similar_part(typed: str) -> Markup:
    """The same for the editor without script."""
    found = similar_topics(db.session(), visitor().reader, typed, str(get_locale() or "en"))
    part = render_template("community/_similar.html", topics=found)
    return Markup(part)  # noqa: S704 (a template has escaped what it shows)


@community.post("/forum/topics/<long:topic_id>/ask-the-hub")
@signed_in
def ask_hub(topic_id: int) -> Response:
    """Asks the assistant what the topic asks, with the eyes of everybody who reads the board, and
    leads to the reply with its quotes in the draft. Where the library does not answer, the page of
    the question says so."""
    reached = reach_topic(db.session(), visitor(), topic_id) or abort(404)
    if not rules.can_reply(reached.seat, reached.topic):
        abort(403)
    seconds = allowance.seconds_to_wait(asker.known_key(), get_remote_address())
    if seconds:
        raise TooManyRequests(retry_after=seconds)
    answer = _answered(reached)
    if answer is None or answer.state != AnswerState.ANSWERED or not answer.statements:
        return _not_answered(answer, topic_id)
    return _drafted(answer, topic_id)


def _answered(reached: ReachedTopic) -> Answer | None:
    """No transaction is open while the library works."""
    typed = question_of(reached.topic.title, queries.first_words(db.session(), reached.topic.id))
    reader = reader_for(reached.board, visitor().reader)
    language = str(get_locale() or "en")
    asked_in = assistant.start_conversation(
        db.session(), asker.known_key(), typed, language, now(), me().id
    )
    question = assistant.add_question(db.session(), asked_in, typed, language, now())
    db.session.commit()
    answer = None
    for state in running.answer_question(question, reader):
        answer = state
    return answer


def _not_answered(answer: Answer | None, topic_id: int) -> Response:
    if answer is None:
        flash(_("The assistant could not answer just now. Try again in a while."), "warning")
        return redirect(url_for("forum.topic", topic_id=topic_id), 303)
    flash(_("The library does not answer what this topic asks. Nothing was drafted."), "warning")
    return redirect(address_of(answer.question), 303)


def _drafted(answer: Answer, topic_id: int) -> Response:
    text = answer_as_markdown(answer.statements, answer.citations)
    try:
        add_to_draft(db.session(), me().id, Place(Kind.TOPIC, topic_id), text, now())
    except (NoRoom, TooManyDrafts):
        db.session.rollback()
        flash(_("There is no room in your drafts for this answer. It stands here."), "warning")
        return redirect(address_of(answer.question), 303)
    db.session.commit()
    flash(_("The quotes are in your draft. Read them, say what they mean, and send it."), "success")
    return redirect(url_for("writing.reply", topic_id=topic_id), 303)


@community.get("/forum/ask-the-community/<token>/<int:ordinal>")
@signed_in
def ask_community(token: str, ordinal: int) -> str:
    question = _declined(token, ordinal)
    boards = _boards()
    return render_template("community/ask.html", question=question, boards=boards)


@community.post("/forum/ask-the-community/<token>/<int:ordinal>")
@signed_in
def begin_topic(token: str, ordinal: int) -> Response:
    """Begins the topic as a draft, which its author finishes and posts."""
    question = _declined(token, ordinal)
    board = _board_to_write_in(request.form.get("board", ""))
    text = text_of(question, board, visitor().reader)
    try:
        place = Place(Kind.BOARD, board.id)
        title = title_of(question.text)
        add_to_draft(db.session(), me().id, place, text, now(), title)
    except (NoRoom, TooManyDrafts):
        db.session.rollback()
        flash(_("There is no room in your drafts for another one."), "warning")
        return redirect(url_for(".ask_community", token=token, ordinal=ordinal), 303)
    db.session.commit()
    return redirect(url_for("writing.new_topic", board_id=board.id), 303)


def _declined(token: str, ordinal: int) -> Question:
    """Asked here before or after signing in."""
    owners = {asker.known_key(), str(browser.get(asker.SESSION_KEY, ""))} - {""}
    return queries.declined_question(db.session(), owners, token, ordinal) or abort(404)


def _boards() -> Any:
    return (
        [] if visitor().is_silenced else queries.boards_to_write_in(db.session(), visitor().reader)
    )


def _board_to_write_in(number: str) -> Board:
    is_number = re.fullmatch("[0-9]{1,10}", number) and int(number) <= LARGEST_ID
    board = db.session.get(Board, int(number)) if is_number else None
    if board is None or not rules.can_read_board(visitor().reader, board):
        abort(404)
    if not rules.can_start_topic(seat_of(db.session(), visitor(), board)):
        abort(403)
    return board
