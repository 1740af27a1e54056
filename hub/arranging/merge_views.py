"""Merging a topic into another: name it, look at what will be, do it."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.visitor import me
from hub.arranging.forms import MergeForm, topic_named
from hub.arranging.merging import merge as merge_topics
from hub.arranging.reaching import Found, arranged, back_to, found, refused, spot
from hub.arranging.rules import can_be_taken_apart
from hub.arranging.views import arranging
from hub.clock import now
from hub.extensions import db
from hub.forum.operations import Refused
from hub.forum.reaching import ReachedTopic
from hub.guards import signed_in
from hub.library.audience_words import audience_name, group_names


@arranging.get("/topics/<long:topic_id>/merge")
@signed_in
def merge(topic_id: int) -> str:
    """``into``: the address of the other topic; then the page says what will be."""
    reached = arranged(topic_id)
    if "into" not in request.args:
        return _page(reached, MergeForm(formdata=None), Found(None))
    form = MergeForm(request.args, meta={"csrf": False})
    return _page(reached, form, found(reached.topic, topic_named(form.into.data)))


@arranging.post("/topics/<long:topic_id>/merge")
@signed_in
def merge_now(topic_id: int) -> Response | tuple[str, int]:
    reached, form = arranged(topic_id), MergeForm(request.form)
    is_valid = form.validate()
    other = found(reached.topic, topic_named(form.into.data)) if is_valid else Found(None)
    if other.reached is None or not can_be_taken_apart(reached.topic):
        return _page(reached, form, other), 422
    try:
        merge_topics(
            db.session(), spot(reached), spot(other.reached), me().id, now(), form.reason.data
        )
    except Refused as refusal:
        return refused(topic_id, refusal)
    db.session.commit()
    flash(_("The topics are one now."), "success")
    return back_to(other.reached.topic.id)


def _page(reached: ReachedTopic, form: MergeForm, other: Found) -> str:
    if other.problem:
        form.into.errors = [*form.into.errors, other.problem]
    readers = other.reached.board.audience if other.reached else ""
    return render_template(
        "arranging/merge.html",
        topic=reached.topic,
        board=reached.board,
        form=form,
        other=other.reached,
        readers=audience_name(readers, group_names(db.session(), {readers})),
        can_be_merged=can_be_taken_apart(reached.topic),
    )
