"""Voting in polls, and closing them."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.extensions import db
from hub.forum.reaching import ReachedPost, reach_post
from hub.guards import signed_in
from hub.library.marks import whole_number
from hub.polls import operations, rules
from hub.polls.models import MOST_OPTIONS, Poll

polls = Blueprint("polls", __name__, url_prefix="/forum")


@polls.post("/polls/<int:poll_id>/vote")
@signed_in
def vote(poll_id: int) -> Response:
    """``option``: each one that is chosen. ``withdraw`` takes the vote back."""
    poll, reached = _reached(poll_id)
    post_id, most_choices = poll.post_id, poll.most_choices  # it may be gone afterwards
    if not rules.can_vote(reached.seat, reached.topic, reached.post):
        abort(403)
    try:
        if "withdraw" in request.form:
            operations.withdraw(db.session(), poll_id, me().id, now())
        else:
            operations.vote(db.session(), poll_id, me().id, _chosen(), now())
    except operations.Refused as refused:
        return _refused(post_id, most_choices, refused)
    db.session.commit()
    if "withdraw" in request.form:
        flash(_("Your vote is taken back."), "success")
    else:
        flash(_("Your vote counts. Nobody sees what you chose."), "success")
    return _back_to(post_id)


@polls.post("/polls/<int:poll_id>/close")
@signed_in
def close(poll_id: int) -> Response:
    poll, reached = _reached(poll_id)
    if not rules.can_close(reached.seat, reached.post):
        abort(403)
    try:
        operations.close(db.session(), poll_id, now())
    except operations.Over:  # gone, with the account of its author
        abort(404)
    db.session.commit()
    flash(_("The poll is closed."), "success")
    return _back_to(poll.post_id)


def _reached(poll_id: int) -> tuple[Poll, ReachedPost]:
    poll = db.session.get(Poll, poll_id) or abort(404)
    return poll, reach_post(db.session(), visitor(), poll.post_id) or abort(404)


def _chosen() -> list[int]:
    """More than a poll can have is refused by the operation as it is."""
    sent = request.form.getlist("option")[: MOST_OPTIONS + 1]
    return [whole_number(text) or 0 for text in sent]


def _refused(post_id: int, most_choices: int, refused: operations.Refused) -> Response:
    db.session.rollback()
    if isinstance(refused, operations.Over):
        flash(_("The poll is closed. Your vote was not changed."), "warning")
    else:
        flash(
            ngettext(
                "Choose one option. Your vote was not changed.",
                "Choose at least one and at most %(num)s options. Your vote was not changed.",
                most_choices,
            ),
            "warning",
        )
    return _back_to(post_id)


def _back_to(post_id: int) -> Response:
    return redirect(url_for("forum.post", post_id=post_id), 303)
