"""What one has read, and what one follows."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.visitor import me, visitor
from hub.addresses import LARGEST_ID, own_address
from hub.clock import now
from hub.errors import asks_for_json
from hub.extensions import db
from hub.following import operations, queries, wording
from hub.following.models import Followed, Level
from hub.forum.models import LONGEST_TAG, Board, Topic
from hub.guards import signed_in
from hub.notifications.operations import mark_topic_read
from hub.texts import is_readable, tidied
from knowledge.orm import LARGEST_LONG_ID

following = Blueprint("following", __name__)


@following.get("/account/following")
@signed_in
def index() -> str:
    before = _number(request.args.get("before", ""), LARGEST_ID) or 0
    found = queries.following(db.session(), me().id, visitor().reader, before)
    return render_template("following/index.html", following=found, Level=Level, wording=wording)


@following.post("/account/following")
@signed_in
def follow() -> Response:
    kind, target = _target()
    level = request.form.get("level", "")
    if level not in set(Level):
        abort(422)
    try:
        operations.follow(db.session(), me().id, kind, target, Level(level), now())
    except operations.TooMany:
        db.session.rollback()
        flash(
            _("You follow as much as is possible here. Stop following something first."), "danger"
        )
        return redirect(url_for(".index"), 303)
    db.session.commit()
    return _done(url_for(".index"))


@following.post("/forum/topics/<long:topic_id>/read")
@signed_in
def mark_read(topic_id: int) -> Response:
    topic = _topic(topic_id)
    number = _number(request.form.get("number", ""), LARGEST_ID)
    if number is None:
        abort(422)
    if topic.id == topic_id:  # of one that was merged into another the numbers say nothing
        operations.mark_read(db.session(), me().id, topic, number, now())
        mark_topic_read(db.session(), me().id, topic.id, number, now())
    db.session.commit()
    return _done(url_for("forum.topic", topic_id=topic.id))


@following.post("/forum/boards/<int:board_id>/read")
@signed_in
def mark_board_read(board_id: int) -> Response:
    board = _board(board_id)
    operations.mark_board_read(db.session(), me().id, board.id, now())
    db.session.commit()
    flash(_("Everything in this board counts as read."), "success")
    return _done(url_for("forum.board", board_id=board.id))


def _target() -> tuple[Followed, str]:
    """What the form names, in one spelling; 404 where it is nothing that one may read."""
    kind, target = request.form.get("kind", ""), tidied(request.form.get("target", ""))
    if kind == Followed.TAG:
        return Followed.TAG, _tag(target)
    number = _number(target, LARGEST_LONG_ID if kind == Followed.TOPIC else LARGEST_ID)
    if kind not in set(Followed) or not number:
        abort(422)
    if kind == Followed.TOPIC:
        return Followed.TOPIC, str(_topic(number).id)
    return Followed.BOARD, str(_board(number).id)


def _tag(text: str) -> str:
    """A tag that one follows already may be let go also when no topic carries it any more."""
    if not 0 < len(text) <= LONGEST_TAG or not is_readable(text):
        abort(422)
    is_followed = queries.chosen(db.session(), me().id, Followed.TAG, text) is not None
    if not is_followed and not queries.is_readable_tag(db.session(), visitor().reader, text):
        abort(404)
    return text


def _topic(topic_id: int) -> Topic:
    return queries.readable_topic(db.session(), visitor().reader, topic_id) or abort(404)


def _board(board_id: int) -> Board:
    return queries.readable_board(db.session(), visitor().reader, board_id) or abort(404)


def _number(text: str, largest: int) -> int | None:
    """A number that fits the column it is for; None for what is none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= 16
    return int(text) if is_number and int(text) <= largest else None


def _done(place: str) -> Response:
    """204 for the script, which stays where it is."""
    if asks_for_json():
        return Response(status=204)
    wanted = request.form.get("next", "")
    return redirect(own_address(wanted) if wanted else place, 303)
