"""The other buttons of the editor: each gives the page again with everything that was typed."""

from typing import Any

from flask import current_app, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from hub.accounts.visitor import me
from hub.clock import now
from hub.extensions import db
from hub.uploads import keeping, wording
from hub.uploads import operations as uploads
from hub.uploads.cleaning import Refused, cleaned
from hub.uploads.naming import markdown_for
from hub.writing import operations, pages
from hub.writing.operations import DraftConflict, TooManyDrafts, Typed
from hub.writing.sheets import Sheet


def pressed(sheet: Sheet, form: Any) -> Response | None:
    """What the button asks for; None where it is the one that posts."""
    for name, act in ACTS.items():
        if name in request.form:
            return act(sheet, form)
    return None


def _preview(sheet: Sheet, form: Any) -> Response:
    if not form.validate():
        return pages.editor_page(sheet, form, 422)
    return pages.editor_page(sheet, form, preview=pages.preview_of(form))


def _keep(sheet: Sheet, form: Any) -> Response:
    """As a draft, which may lack what a post needs, but must be readable."""
    if not form.is_keepable():
        return pages.editor_page(sheet, form, 422)
    title, tags = pages.typed_head(form)
    typed = Typed(form.text.data, title, tags)
    try:
        operations.keep(db.session(), me().id, sheet.place, typed, form.draft_revision, now())
    except DraftConflict as conflict:
        return _draft_conflict(sheet, form, conflict)
    except TooManyDrafts:
        trouble = _("You have too many drafts. Throw some away first.")
        return pages.editor_page(sheet, form, 422, trouble=trouble)
    db.session.commit()
    flash(_("Kept as a draft. You find it on every device on which you are signed in."), "success")
    return redirect(sheet.address, 303)


def _draft_conflict(sheet: Sheet, form: Any, conflict: DraftConflict) -> Response:
    db.session.rollback()
    form.draft.data = str(conflict.draft.revision)
    return pages.editor_page(
        sheet,
        form,
        409,
        other=pages.draft_instead(conflict.draft, form),
        trouble=_("Another device has kept a different draft. Nothing was kept yet."),
    )


def _attach(sheet: Sheet, form: Any) -> Response:
    """Puts the file at the end of the text."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return pages.editor_page(sheet, form, 422, trouble=_("Choose a file first."))
    try:
        markdown = _kept(file)
    except Refused as refused:
        db.session.rollback()
        trouble = wording.refused(refused.problem)
        return pages.editor_page(sheet, form, 422, trouble=trouble)
    form.text.data = f"{form.text.data}\n\n{markdown}".lstrip("\n")
    return pages.editor_page(sheet, form)


def _kept(file: FileStorage) -> str:
    """The Markdown that shows it. No transaction is open while it is read. Raises: Refused."""
    uploads.look_at_room(db.session(), me().id, 0)
    db.session.rollback()
    config, store = current_app.config, keeping.store()
    limit = config["UPLOAD_SIZE"]
    with (
        cleaned(file.stream, store.folder, limit, config["UPLOAD_CHECK"]) as clean,
        keeping.nothing_is_swept(store.folder),
        clean.path.open("rb") as content,
    ):
        stored = store.put(content, limit)
        upload = uploads.add(db.session(), me().id, file.filename or "", stored, clean, now())
        db.session.commit()
    return markdown_for(upload.id, upload.filename, upload.media_type)


def _similar(sheet: Sheet, form: Any) -> Response:
    return pages.editor_page(sheet, form, similar=True)


ACTS = {"preview": _preview, "keep": _keep, "attach": _attach, "similar": _similar}
