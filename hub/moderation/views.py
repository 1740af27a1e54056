"""Reporting a post, by anybody who may read it, and asking what became of the report."""

from dataclasses import dataclass, replace

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from hub.accounts.throttle import LimitsUnavailable, request_allowance
from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.extensions import db
from hub.forum import operations as forum
from hub.forum.reaching import ReachedPost, reach_post
from hub.guards import public, signed_in
from hub.mail.rendering import link_url
from hub.moderation import (
    limiting,
    objecting,
    queries,
    references,
    reporting,
    rules,
    taking,
    wording,
)
from hub.moderation.forms import ObjectionForm, ReportForm, StrangerForm
from hub.moderation.models import Decision, Ground, Objection, Report
from hub.moderation.reporting import Notice

moderation = Blueprint("moderation", __name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a report is: what was decided on it, and what its reporter said to that."""

    report: Report
    decision: Decision | None
    objection: Objection | None
    may_object: bool


@moderation.get("/forum/posts/<long:post_id>/report")
@public
def report(post_id: int) -> Response:
    reached = _readable(post_id)
    form = _form(formdata=None, key=references.new_key())
    return make_response(_report_page(reached, form))


@moderation.post("/forum/posts/<long:post_id>/report")
@public
def send_report(post_id: int) -> Response:
    reached = _readable(post_id)
    form = _form(request.form)
    if not form.validate():
        return make_response(_report_page(reached, form), 422)
    seconds = limiting.seconds_to_wait(_person_id(), request.remote_addr or "")
    if seconds:
        raise TooManyRequests(retry_after=seconds)
    notice = _notice(form)
    if not _may_mail(notice.address):
        notice = replace(notice, address="")
    try:
        made = reporting.report(db.session(), post_id, notice, now())
    except forum.Closed:
        abort(404)
    db.session.commit()
    flash(_("Your report is here. A moderator reads it."), "success")
    return redirect(url_for(".report_status", reference=made.reference), 303)


@moderation.get("/reports/<reference>")
@public
def report_status(reference: str) -> Response:
    return _private(_status_page(_found(reference), ObjectionForm(formdata=None)))


@moderation.post("/reports/<reference>/objection")
@public
def object_to_outcome(reference: str) -> Response:
    """By whoever reported: against leaving the post as it is."""
    found, form = _found(reference), ObjectionForm(request.form)
    if found.decision is None:
        abort(404)
    if not form.validate():
        return _private(_status_page(found, form), 422)
    try:
        objecting.object_as_reporter(
            db.session(), found.decision.id, found.report.id, form.text.data, now()
        )
    except taking.Refused as refused:
        db.session.rollback()
        flash(wording.why_not(refused.problem), "warning")
        return redirect(url_for(".report_status", reference=found.report.reference), 303)
    db.session.commit()
    flash(_("Your objection is here. Another moderator answers it."), "success")
    return redirect(url_for(".report_status", reference=found.report.reference), 303)


@moderation.get("/account/moderation")
@signed_in
def mine() -> str:
    """What one reported, and what was decided about what one wrote."""
    person_id = me().id
    return render_template(
        "moderation/mine.html",
        decisions=queries.decisions_about(db.session(), person_id),
        reports=queries.reports_by(db.session(), person_id),
        sanctions=queries.sanctions_in_force(db.session(), person_id, now()),
    )


def _readable(post_id: int) -> ReachedPost:
    """404 where they may not read it; nobody reports themself."""
    reached = reach_post(db.session(), visitor(), post_id) or abort(404)
    if reached.post.author_id == _person_id():
        abort(403)
    return reached


def _person_id() -> int | None:
    person = visitor().person
    return person.id if person else None


def _form(formdata: object, **values: str) -> ReportForm | StrangerForm:
    kind = ReportForm if visitor().is_signed_in else StrangerForm
    return kind(formdata, **values)


def _notice(form: ReportForm | StrangerForm) -> Notice:
    language = str(get_locale() or "en")
    if isinstance(form, StrangerForm):
        return Notice(
            Ground.ILLEGAL,
            form.reason.data or "",
            form.key.data or "",
            name=form.name.data or "",
            address=form.address.data or "",
            language=language,
            offence=form.offence.data or "",
        )
    ground = Ground(form.ground.data)
    return Notice(
        ground,
        form.reason.data or "",
        form.key.data or "",
        reporter_id=me().id,
        language=language,
        offence=(form.offence.data or "") if ground == Ground.ILLEGAL else "",
    )


def _may_mail(address: str) -> bool:
    """Whether mails about the report may go there, so that it is kept: nobody has mails sent to
    others without end."""
    if not address:
        return False
    try:
        return bool(request_allowance("report", request.remote_addr or "", address))
    except LimitsUnavailable:
        return False


def _found(text: str) -> Standing:
    reference = references.as_typed(text) or abort(404)
    made = queries.report_with(db.session(), reference) or abort(404)
    decision = queries.latest_decision(db.session(), made.case_id)
    objection = queries.objection_by_report(db.session(), made.id)
    is_answered_to = objection is not None and decision and objection.decision_id == decision.id
    may_object = (
        decision is not None
        and not is_answered_to
        and rules.why_not_object(decision, as_author=False, now=now()) is None
    )
    return Standing(made, decision, objection, may_object)


def _report_page(reached: ReachedPost, form: ReportForm | StrangerForm) -> str:
    return render_template(
        "moderation/report.html",
        exact_address=link_url("forum.post", post_id=reached.post.id),
        form=form,
        post=reached.post,
        topic=reached.topic,
    )


def _status_page(found: Standing, form: ObjectionForm) -> str:
    return render_template(
        "moderation/report_status.html",
        form=form,
        found=found,
        object_until=rules.objection_ends(found.decision) if found.decision else None,
    )


def _private(page: str, status: int = 200) -> Response:
    """Whoever has the number sees it, and no search engine and no cache."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
