"""Changing posts, looking at what they were, and taking one's own back."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.extensions import db
from hub.forum import operations, rules
from hub.forum.models import State
from hub.forum.operations import Closed, EditConflict
from hub.forum.reaching import ReachedPost, reach_post
from hub.guards import signed_in
from hub.membership.queries import shown_as
from hub.writing import history, pages, publishing, queries, sheets
from hub.writing.forms import PlainForm, whole
from hub.writing.publishing import NotNow, Published, Wish
from hub.writing.sheets import Sheet
from hub.writing.unsent import keeps_text
from hub.writing.views import send, writer, writing


@writing.get("/forum/posts/<long:post_id>/edit")
@signed_in
def edit(post_id: int) -> Response:
    sheet = sheets.for_edit_of(post_id)
    if not sheet.can_write:
        abort(403)
    return _begin(sheet, sheet.post)


@writing.post("/forum/posts/<long:post_id>/edit")
@keeps_text
@signed_in
def save(post_id: int) -> Response:
    sheet = sheets.for_edit_of(post_id)

    def post(form: Any) -> Published:
        title, tags = pages.typed_head(form)
        return publishing.edit(
            db.session(),
            writer(),
            post_id,
            Wish(
                text=form.text.data,
                draft=form.draft_revision,
                title=title,
                tags=tags,
                is_wiki=form.is_wiki.data,
            ),
            form.revision,
            now(),
            seat=sheet.seat,
            note=form.note.data,
        )

    return send(sheet, post)


@writing.get("/forum/posts/<long:post_id>/history", endpoint="history")
@signed_in
def history_of(post_id: int) -> str:
    reached = _reached(post_id)
    number = whole(request.args.get("revision")) or reached.post.revision
    below = whole(request.args.get("before"))
    told = history.told(db.session(), reached.post, number, reached.seat, below) or abort(404)
    people = {state.editor_id for state in told.states if state.editor_id}
    return render_template(
        "writing/history.html",
        told=told,
        before=below,
        post=reached.post,
        topic=reached.topic,
        board=reached.board,
        appearances=shown_as(db.session(), people, now()),
        can_edit=rules.can_edit(reached.seat, reached.topic, reached.post),
    )


@writing.post("/forum/posts/<long:post_id>/history/<int:number>")
@signed_in
def restore(post_id: int, number: int) -> Response:
    """Puts an earlier text back, as an edit of what stands there."""
    reached = _reached(post_id)
    if not rules.can_edit(reached.seat, reached.topic, reached.post):
        abort(403)
    if number < history.first_shown(db.session(), reached.post, reached.seat):
        abort(404)
    earlier = queries.revision(db.session(), post_id, number) or abort(404)
    based_on = whole(request.form.get("based_on"))
    wish = Wish(
        text=earlier.text,
        title=earlier.title or reached.topic.title,  # it may have been a reply when it was kept
        tags=reached.topic.tags,
        is_wiki=reached.post.is_wiki,
    )
    note = _("Restored state %(number)s", number=number)
    try:
        publishing.edit(
            db.session(), writer(), post_id, wish, based_on, now(), seat=reached.seat, note=note
        )
    except (Closed, EditConflict, NotNow) as refused:
        db.session.rollback()
        flash(_why_not_restored(refused), "warning")
        return redirect(url_for(".history", post_id=post_id), 303)
    db.session.commit()
    return redirect(url_for("forum.post", post_id=post_id), 303)


@writing.get("/forum/posts/<long:post_id>/delete")
@signed_in
def delete(post_id: int) -> str:
    reached = _deletable(post_id)
    return render_template("writing/delete.html", form=PlainForm(), **_parts(reached))


@writing.post("/forum/posts/<long:post_id>/delete")
@signed_in
def delete_now(post_id: int) -> Response:
    """Looks again once nobody else can change the topic: a reply may have come."""
    reached = _deletable(post_id)
    topic, post = operations.take_post(db.session(), post_id)
    if not rules.can_delete(reached.seat, topic, post):
        db.session.rollback()
        flash(_("Somebody has replied meanwhile, so the topic stays."), "warning")
        return redirect(url_for("forum.post", post_id=post_id), 303)
    operations.take_away(db.session(), post_id, State.DELETED, me().id, now())
    db.session.commit()
    flash(_("Your post was taken back."), "success")
    if post.number == 1:
        return redirect(url_for("forum.board", board_id=topic.board_id), 303)
    return redirect(url_for("forum.topic", topic_id=topic.id), 303)


def _begin(sheet: Sheet, post: Any) -> Response:
    """The post as it is, or the draft; one that is older than the latest edit stands beside it."""
    form: Any = pages.blank(sheet)
    draft, other, trouble = queries.draft(db.session(), me().id, sheet.place), None, ""
    if draft is not None:
        pages.put_draft_in(form, draft)
        if post.edited_at and post.edited_at > draft.kept_at:
            other = pages.post_instead(post, form)
            trouble = _("The post was edited after you kept this draft.")
    return pages.editor_page(sheet, form, draft=draft, other=other, trouble=trouble)


def _reached(post_id: int) -> ReachedPost:
    return reach_post(db.session(), visitor(), post_id) or abort(404)


def _deletable(post_id: int) -> ReachedPost:
    reached = _reached(post_id)
    if not rules.can_delete(reached.seat, reached.topic, reached.post):
        abort(403)
    return reached


def _parts(reached: ReachedPost) -> dict[str, Any]:
    return {"post": reached.post, "topic": reached.topic, "board": reached.board}


def _why_not_restored(refused: Exception) -> str:
    if isinstance(refused, EditConflict):
        return _("Somebody else has edited this post since. Look at it again before you restore.")
    if isinstance(refused, NotNow):
        return str(refused.opinion.why) or _("This cannot be posted now.")
    return _("The post is closed or was taken away.")
