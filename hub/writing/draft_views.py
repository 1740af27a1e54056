"""Drafts: kept while somebody writes, listed, and thrown away."""

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.dates import spelled_moment
from hub.extensions import db
from hub.guards import signed_in
from hub.writing import operations, queries
from hub.writing.allowance import spend
from hub.writing.forms import DraftForm, whole
from hub.writing.models import Draft
from hub.writing.operations import DraftConflict, TooManyDrafts, Typed
from hub.writing.places import place_named
from hub.writing.tags import spelled, typed_tags
from hub.writing.views import writing


@writing.get("/forum/drafts")
@signed_in
def drafts() -> str:
    kept = queries.drafts(db.session(), visitor().reader, me().id)
    return render_template("writing/drafts.html", drafts=kept)


@writing.post("/forum/drafts")
@signed_in
def keep_draft() -> Response:
    """For script. 409 with what another device has kept, 422 where it cannot be kept."""
    spend("draft", me().id)
    form, place = DraftForm(request.form), place_named(request.form.get("place", ""))
    if place is None or not form.validate():
        return _answered(422)
    typed = Typed(form.text.data, form.title.data, typed_tags(form.tags.data))
    try:
        kept = operations.keep(
            db.session(), me().id, place, typed, whole(form.revision.data), now()
        )
    except DraftConflict as conflict:
        return _answered(409, conflict.draft)
    except TooManyDrafts:
        return _answered(422)
    db.session.commit()
    return _answered(200, kept)


@writing.post("/forum/drafts/<int:draft_id>/throw-away")
@signed_in
def throw_away(draft_id: int) -> Response:
    if not operations.throw_away(db.session(), me().id, draft_id):
        abort(404)
    db.session.commit()
    flash(_("The draft was thrown away."), "success")
    return redirect(url_for(".drafts"), 303)


def _answered(status: int, draft: Draft | None = None) -> Response:
    told: dict[str, int | str] = {"revision": draft.revision if draft else 0}
    if draft is not None:
        told |= {"kept_at": spelled_moment(draft.kept_at)}
    if draft is not None and status == 409:
        told |= {"text": draft.text, "title": draft.title, "tags": spelled(draft.tags)}
    answer = jsonify(told)
    answer.status_code = status
    return answer
