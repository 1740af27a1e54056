"""A decision, for those whom it concerns: its reasons, and the way to object."""

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.visitor import me
from hub.clock import now
from hub.extensions import db
from hub.guards import signed_in
from hub.moderation import objecting, queries, rules, taking, wording
from hub.moderation.forms import ObjectionForm
from hub.moderation.models import Decision
from hub.moderation.views import moderation


@moderation.get("/decisions/<int:decision_id>")
@signed_in
def decision(decision_id: int) -> Response:
    """For the author; who reported it is led to their report. Nobody else learns of it."""
    found = db.session.get(Decision, decision_id) or abort(404)
    if found.case.author_id != me().id:
        theirs = queries.report_decided(db.session(), found, me().id) or abort(404)
        return redirect(url_for(".report_status", reference=theirs.reference), 303)
    return make_response(_page(_mine(decision_id), ObjectionForm(formdata=None)))


@moderation.post("/decisions/<int:decision_id>/objection")
@signed_in
def object_to(decision_id: int) -> Response:
    found, form = _mine(decision_id), ObjectionForm(request.form)
    if not form.validate():
        return make_response(_page(found, form), 422)
    try:
        objecting.object_as_author(db.session(), decision_id, me().id, form.text.data, now())
    except taking.Refused as refused:
        db.session.rollback()
        flash(wording.why_not(refused.problem), "warning")
        return redirect(url_for(".decision", decision_id=decision_id), 303)
    db.session.commit()
    flash(_("Your objection is here. Another moderator answers it."), "success")
    return redirect(url_for(".decision", decision_id=decision_id), 303)


def _mine(decision_id: int) -> Decision:
    """A restriction of what they wrote, or of them. That a post was left is not theirs."""
    found = db.session.get(Decision, decision_id) or abort(404)
    if found.case.author_id != me().id or found.action not in rules.RESTRICTING:
        abort(404)
    return found


def _page(found: Decision, form: ObjectionForm) -> str:
    objection = queries.objection_by_author(db.session(), found, me().id)
    is_open = rules.why_not_object(found, as_author=True, now=now()) is None
    return render_template(
        "moderation/decision.html",
        decision=found,
        evidence=found.case.evidence,
        form=form,
        may_object=is_open and objection is None,
        objection=objection,
        object_until=rules.objection_ends(found),
    )
