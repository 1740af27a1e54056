"""Reacting to posts, and keeping them for later."""

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.errors import asks_for_json
from hub.extensions import db
from hub.forum import rules
from hub.forum.reaching import ReachedPost, reach_post
from hub.guards import signed_in
from hub.library.marks import whole_number
from hub.reactions import operations, queries
from hub.reactions.forms import BookmarkForm
from hub.reactions.models import ReactionKind

reactions = Blueprint("reactions", __name__, url_prefix="/forum")


@reactions.post("/posts/<long:post_id>/react")
@signed_in
def react(post_id: int) -> Response:
    """``kind``: once reacts, twice takes it back. JSON for script, else back to the post."""
    reached = _reached(post_id)
    if not rules.can_react(reached.seat, reached.post):
        abort(403)
    kind = request.form.get("kind", "")
    if kind not in list(ReactionKind):
        abort(422)
    try:
        post, stands = operations.react(db.session(), post_id, me().id, ReactionKind(kind), now())
    except operations.Gone:
        abort(404)
    mine = operations.mine_on(db.session(), post_id, me().id)
    counts = dict(post.reactions)
    db.session.commit()
    if asks_for_json():
        return jsonify(reactions=counts, mine=mine, stands=stands)
    return _back_to(post_id)


@reactions.post("/posts/<long:post_id>/bookmark")
@signed_in
def bookmark(post_id: int) -> Response | tuple[str, int]:
    """Keeps the post for later or, where it is kept, forgets it; with ``note`` it is kept either
    way, and the note is changed."""
    reached = _reached(post_id)
    if "note" in request.form:
        return _note(reached)
    keeps = not operations.forget(db.session(), post_id, me().id)
    if keeps:
        operations.bookmark(db.session(), post_id, me().id, "", now())
    db.session.commit()
    if asks_for_json():
        return jsonify(keeps=keeps)
    if keeps:
        flash(_("The post is in your bookmarks."), "success")
    else:
        flash(_("The post is not in your bookmarks any more."), "success")
    return _back_from_bookmark(post_id)


@reactions.get("/posts/<long:post_id>/bookmark")
@signed_in
def note(post_id: int) -> str:
    """The note of a bookmark, to be changed."""
    reached = _reached(post_id)
    kept = queries.bookmark_on(db.session(), me().id, post_id) or abort(404)
    return _note_page(reached, BookmarkForm(formdata=None, obj=kept))


@reactions.get("/bookmarks")
@signed_in
def bookmarks() -> str:
    before = whole_number(request.args.get("before", "")) or 0
    rows, next_id = queries.bookmarks(db.session(), visitor().reader, me().id, before)
    return render_template(
        "reactions/bookmarks.html", rows=rows, next_id=next_id, is_first=not before
    )


def _note(reached: ReachedPost) -> Response | tuple[str, int]:
    form = BookmarkForm(request.form)
    if not form.validate():
        return _note_page(reached, form), 422
    operations.bookmark(db.session(), reached.post.id, me().id, form.note.data, now())
    db.session.commit()
    flash(_("The note is kept. Only you see it."), "success")
    return redirect(url_for(".bookmarks"), 303)


def _note_page(reached: ReachedPost, form: BookmarkForm) -> str:
    return render_template("reactions/note.html", form=form, post=reached.post, topic=reached.topic)


def _reached(post_id: int) -> ReachedPost:
    return reach_post(db.session(), visitor(), post_id) or abort(404)


def _back_from_bookmark(post_id: int) -> Response:
    if request.form.get("back") == "bookmarks":
        return redirect(url_for(".bookmarks"), 303)
    return _back_to(post_id)


def _back_to(post_id: int) -> Response:
    """The address of a post leads to its page of the topic."""
    return redirect(url_for("forum.post", post_id=post_id), 303)
