"""The other buttons of the editor: each gives the page again with everything that was typed."""

from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.error_words import WORDS
from hub.extensions import db
from hub.uploads import wording
from hub.uploads.cleaning import Refused
from hub.uploads.naming import markdown_for
from hub.uploads.receiving import received
from hub.writing import operations, pages
from hub.writing.allowance import spend
from hub.writing.operations import DraftConflict, TooManyDrafts, Typed
from hub.writing.sheets import Sheet


def pressed(sheet: Sheet, form: Any) -> Response | None:
    """What the button asks for; None where it is the one that posts."""
    for name, act in ACTS.items():
        if name in request.form:
            try:
                return act(sheet, form)
            except TooManyRequests as error:
                return _too_often(sheet, form, error)
    return None


def needs_to_write() -> bool:
    """Whether what the button asks for is for who may post here: all but looking at the text and
    keeping it."""
    return "attach" in request.form or not any(name in request.form for name in ACTS)


def _too_often(sheet: Sheet, form: Any, error: TooManyRequests) -> Response:
    db.session.rollback()
    trouble = str(WORDS[429].explanation)
    answer = pages.editor_page(sheet, form, 429, trouble=trouble)
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _preview(sheet: Sheet, form: Any) -> Response:
    spend("preview", me().id)
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
        with received(db.session(), visitor(), file) as (upload, _notes):
            db.session.commit()
    except Refused as refused:
        db.session.rollback()
        trouble = wording.refused(refused.problem)
        return pages.editor_page(sheet, form, 422, trouble=trouble)
    markdown = markdown_for(upload.id, upload.filename, upload.media_type)
    form.text.data = f"{form.text.data}\n\n{markdown}".lstrip("\n")
    return pages.editor_page(sheet, form)


def _similar(sheet: Sheet, form: Any) -> Response:
    return pages.editor_page(sheet, form, similar=True)


ACTS = {"preview": _preview, "keep": _keep, "attach": _attach, "similar": _similar}
