"""Who may read a document, and how far they may pass it on: for curators."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.models import Role
from hub.accounts.visitor import visitor
from hub.audit.log import note
from hub.clock import now
from hub.extensions import db
from hub.guards import only
from hub.library.audience_words import AUDIENCES, MEANINGS, group_names
from hub.library.forms import AudienceForm
from hub.library.opening import Opening, open_or_404
from knowledge import documents
from knowledge.access import Mark, group_audience, told
from knowledge.errors import AudienceRefused
from knowledge.models import Document

library_audience = Blueprint("library_audience", __name__, url_prefix="/library")


@library_audience.get("/<int:document_id>/audience")
@only(Role.CURATOR, Role.ADMINISTRATOR)
def edit(document_id: int) -> str:
    opening = open_or_404(document_id)
    document = opening.opened.document
    form = _form(AudienceForm(formdata=None, mark=document.mark, audience=document.audience))
    return _page(form, opening)


@library_audience.post("/<int:document_id>/audience")
@only(Role.CURATOR, Role.ADMINISTRATOR, fresh=True)
def save(document_id: int) -> Response:
    opening = open_or_404(document_id)
    form = _form(AudienceForm(request.form))
    if not form.validate():
        return make_response(_page(form, opening), 422)
    document = opening.opened.document
    before = _state(document)
    try:
        changed = documents.set_audience(
            db.session(), document, form.audience.data, form.mark.data, now()
        )
    except AudienceRefused:
        form.audience.errors = [_("This sharing mark does not allow these readers.")]
        return make_response(_page(form, opening), 422)
    if changed:
        _note(document, before, form.reason.data)
    db.session.commit()
    flash(_("Saved. The search follows within seconds."), "success")
    return redirect(_next_place(document), 303)


def _note(document: Document, before: dict[str, str], reason: str) -> None:
    person = visitor().person
    note(
        db.session(),
        "document.audience",
        person.id if person else None,
        now(),
        subject=("document", document.id),
        before=before,
        after=_state(document),
        reason=reason,
    )


def _state(document: Document) -> dict[str, str]:
    return {"audience": document.audience, "mark": document.mark}


def _next_place(document: Document) -> str:
    """The document, or the list where they have just closed it to themselves."""
    if document.audience in visitor().reader.audiences:
        return url_for("library.document", document_id=document.id)
    return url_for("library.index")


def _form(form: AudienceForm) -> AudienceForm:
    """Only audiences that the curator belongs to are offered: they see what they have done."""
    form.mark.choices = [("", _("No mark")), *((mark.value, told(mark)) for mark in Mark)]
    groups = [group_audience(number) for number in sorted(visitor().standing.groups)]
    names = group_names(db.session(), groups)
    form.audience.choices = [
        *((code, str(name)) for code, name in AUDIENCES.items()),
        *((code, _("Group: %(name)s", name=names[code])) for code in groups if code in names),
    ]
    return form


def _page(form: AudienceForm, opening: Opening) -> str:
    return render_template(
        "library/audience.html", form=form, opening=opening, meanings=MEANINGS, told=told
    )
