"""Pin, lock, move and accept."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.visitor import me, visitor
from hub.arranging import operations
from hub.arranging.forms import MoveForm, ReasonForm
from hub.arranging.reaching import arranged, back_to, board_choices, refused, spot
from hub.clock import now
from hub.extensions import db
from hub.forum import rules
from hub.forum.operations import Closed, Refused
from hub.forum.reaching import ReachedTopic, reach_post
from hub.guards import signed_in

arranging = Blueprint("arranging", __name__, url_prefix="/forum")
DONE: dict[str, Callable[[], str]] = {
    "pin": lambda: _("The topic stands above the others of its board."),
    "unpin": lambda: _("The topic stands among the others of its board."),
    "lock": lambda: _("The topic is locked: nobody but moderators replies or edits."),
    "unlock": lambda: _("The topic is open again."),
}


@arranging.post("/topics/<long:topic_id>/arrange")
@signed_in
def act(topic_id: int) -> Response:
    """``act``: pin, unpin, lock or unlock."""
    reached, wanted = arranged(topic_id), request.form.get("act", "")
    form = ReasonForm(request.form)
    if wanted not in DONE or not form.validate():
        abort(422)
    try:
        _act(reached, wanted, form.reason.data or "")
    except Refused as refusal:
        return refused(topic_id, refusal)
    db.session.commit()
    flash(DONE[wanted](), "success")
    return back_to(topic_id)


@arranging.get("/topics/<long:topic_id>/move")
@signed_in
def move(topic_id: int) -> str:
    reached = arranged(topic_id)
    return _move_page(reached, _move_form(reached, fresh=True))


@arranging.post("/topics/<long:topic_id>/move")
@signed_in
def move_now(topic_id: int) -> Response | tuple[str, int]:
    reached = arranged(topic_id)
    form = _move_form(reached)
    if not form.validate():
        return _move_page(reached, form), 422
    try:
        operations.move(
            db.session(), spot(reached), form.board.data, me().id, now(), form.reason.data
        )
    except Refused as refusal:
        return refused(topic_id, refusal)
    db.session.commit()
    flash(_("The topic stands in its new board."), "success")
    return back_to(topic_id)


@arranging.post("/posts/<long:post_id>/accept")
@signed_in
def accept(post_id: int) -> Response:
    """Says that the post answers the question or, with ``undo``, takes that back."""
    accepted = not request.form.get("undo")
    reached = reach_post(db.session(), visitor(), post_id) or abort(404)
    if not rules.can_accept(reached.seat, reached.topic, reached.post):
        abort(403)
    try:
        operations.accept(db.session(), post_id, me().id, now(), accepted=accepted)
    except Closed:
        abort(404)
    db.session.commit()
    if accepted:
        flash(_("The post is shown as the answer."), "success")
    else:
        flash(_("The post is not shown as the answer any more."), "success")
    return redirect(url_for("forum.post", post_id=post_id), 303)


def _act(reached: ReachedTopic, wanted: str, reason: str) -> None:
    what, takes_back = (db.session(), spot(reached), me().id, now()), wanted.startswith("un")
    if wanted.endswith("pin"):
        operations.pin(*what, pinned=not takes_back)
    else:
        operations.lock(*what, locked=not takes_back, reason=reason)


def _move_form(reached: ReachedTopic, *, fresh: bool = False) -> MoveForm:
    form = MoveForm(formdata=None) if fresh else MoveForm(request.form)
    here = reached.board.id
    form.board.choices = [
        choice for choice in board_choices(reached.topic.mark) if choice.value != here
    ]
    return form


def _move_page(reached: ReachedTopic, form: MoveForm) -> str:
    return render_template(
        "arranging/move.html", topic=reached.topic, board=reached.board, form=form
    )
