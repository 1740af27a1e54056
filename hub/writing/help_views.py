"""What script asks for while somebody writes: a preview, names, tags."""

from flask import Response, abort, jsonify, make_response, request

from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.extensions import db
from hub.forum.authoring import html_of
from hub.guards import signed_in
from hub.texts import is_readable, tidied
from hub.writing import queries, sheets
from hub.writing.allowance import spend
from hub.writing.forms import WritingForm
from hub.writing.tags import typed_tags
from hub.writing.views import writing
from knowledge.orm import reading

LONGEST_PREFIX = 40


@writing.post("/forum/preview")
@signed_in
def preview() -> Response:
    """The HTML that posting this text would store."""
    spend("preview", me().id)
    form = WritingForm(request.form)
    if not form.validate():
        return make_response("", 422)
    with reading(db.engine) as session:
        return make_response(html_of(session, form.text.data))


@writing.get("/forum/boards/<int:board_id>/people")
@signed_in
def people(board_id: int) -> Response:
    """Names to mention, of people who may read the board, for who may write in it."""
    spend("suggestions", me().id)
    sheet = sheets.for_topic_in(board_id)
    if not sheet.can_write:
        abort(403)
    prefix = _prefix()
    names = queries.people(db.session(), sheet.board, prefix, now()) if prefix else ()
    return jsonify(people=list(names))


@writing.get("/forum/tag-names")
@signed_in
def tags() -> Response:
    """Tags in use on topics that they may read."""
    spend("suggestions", me().id)
    prefix = next(iter(typed_tags(_prefix())), "")
    names = queries.tags(db.session(), visitor().reader, prefix) if prefix else ()
    return jsonify(tags=list(names))


def _prefix() -> str:
    prefix = tidied(request.args.get("q"))
    return prefix if len(prefix) <= LONGEST_PREFIX and is_readable(prefix) else ""
