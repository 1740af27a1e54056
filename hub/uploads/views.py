"""Sending files, opening them, and seeing one's own."""

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.visitor import me, visitor
from hub.errors import asks_for_json
from hub.extensions import db
from hub.guards import public, signed_in
from hub.uploads import keeping, operations, queries, rules, wording
from hub.uploads.cleaning import Problem, Refused
from hub.uploads.models import Upload
from hub.uploads.naming import markdown_for
from hub.uploads.receiving import received
from hub.uploads.sniffing import MediaType
from knowledge.orm import LARGEST_LONG_ID

uploads = Blueprint("uploads", __name__, url_prefix="/forum/uploads")
POLICY = "sandbox; default-src 'none'"


@uploads.get("")
@signed_in
def index() -> str:
    return _page()


@uploads.post("")
@signed_in
def add() -> Response | tuple[str, int] | tuple[Response, int]:
    """``file``: kept without its metadata until a post carries it. JSON for script."""
    try:
        with received(db.session(), visitor(), request.files.get("file")) as (upload, notes):
            db.session.commit()
    except Refused as refused:
        db.session.rollback()
        return _refused(refused.problem)
    said = " ".join(filter(None, map(wording.noted, notes)))
    if asks_for_json():
        return jsonify(_told(upload) | {"said": said})
    flash(f"{_('The file is kept for a day; a post that shows it keeps it.')} {said}", "success")
    return redirect(url_for(".index"), 303)


@uploads.get("/<long:upload_id>")
@public
def open(upload_id: int) -> Response:
    """The file, for whoever may read a post that shows it. PDFs are saved, never shown."""
    upload = db.session.get(Upload, upload_id) or abort(404)
    person, carried = visitor().person, queries.carried(db.session(), visitor(), upload_id)
    posts = queries.posts_with(db.session(), upload_id)
    if not rules.can_open(person.id if person else 0, upload.person_id, carried, posts):
        abort(404)
    keeping.store().open(upload.sha256).close()  # what has changed on the disk is not handed out
    sent = send_file(
        keeping.store().path(upload.sha256),
        upload.media_type,
        as_attachment=upload.media_type == MediaType.PDF,
        download_name=upload.filename,
        etag=upload.sha256,
        last_modified=upload.created_at,
    )
    del sent.headers["Cache-Control"]  # hub.security says who may keep it
    sent.headers["Content-Security-Policy"] = POLICY
    return sent


@uploads.post("/<long:upload_id>/remove")
@signed_in
def remove(upload_id: int) -> Response:
    """One's own that no post carries. What a post shows goes by editing the post."""
    upload = db.session.get(Upload, upload_id) or abort(404)
    if upload.person_id != me().id:
        abort(404)
    is_gone = operations.remove(db.session(), upload_id, me().id)
    db.session.commit()
    if is_gone:
        flash(_("The file is removed."), "success")
    else:
        flash(_("A post carries the file. Take it out of the post first."), "warning")
    return redirect(url_for(".index"), 303)


def _refused(problem: Problem) -> tuple[str, int] | tuple[Response, int]:
    if asks_for_json():
        return jsonify(problem=wording.refused(problem)), 422
    return _page(wording.refused(problem)), 422


def _told(upload: Upload) -> dict[str, str | int]:
    return {
        "id": upload.id,
        "filename": upload.filename,
        "url": url_for(".open", upload_id=upload.id),
        "markdown": markdown_for(upload.id, upload.filename, upload.media_type),
    }


def _page(problem: str = "") -> str:
    text = request.args.get("before", "")
    is_id = text.isascii() and text.isdigit() and len(text) < 17 and int(text) <= LARGEST_LONG_ID
    rows, next_id = queries.of_person(db.session(), me().id, int(text) if is_id else 0)
    held, _loose = queries.used(db.session(), me().id)
    return render_template(
        "uploads/index.html",
        rows=rows,
        next_id=next_id,
        markdown_for=markdown_for,
        megabytes=wording.megabytes,
        held=held,
        problem=problem,
        may_send=not visitor().is_silenced,
        quota=current_app.config["UPLOAD_QUOTA"],
        limit=current_app.config["UPLOAD_SIZE"],
    )
