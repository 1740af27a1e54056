"""The desk of those who moderate: the queue, and a case with everything that is done to it."""

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.extensions import db
from hub.guards import signed_in
from hub.membership.queries import shown_as
from hub.moderation import (
    casefile,
    claiming,
    deciding,
    objecting,
    queries,
    rules,
    taking,
    wording,
)
from hub.moderation.casefile import CaseFile
from hub.moderation.filters import Tab, filters_from, number_from
from hub.moderation.forms import AnswerForm, DecisionForm, NoteForm, TakeOverForm
from hub.moderation.models import Objection
from hub.moderation.rules import Problem
from hub.moderation.views import moderation

IN_THE_FORM = (Problem.NO_REASONS, Problem.NO_END, Problem.NOT_POSSIBLE, Problem.CHANGED)


@moderation.get("/desk/moderation")
@signed_in
def queue() -> str:
    """404 for who moderates nothing: for them there is no queue."""
    if not queries.moderates_anything(db.session(), visitor()):
        abort(404)
    filters, page = filters_from(request.args), number_from(request.args, "page", 1)
    shows_objections = filters.tab is Tab.OBJECTIONS
    rows, total = ([], 0) if shows_objections else _cases(page)
    objections = queries.open_objections(db.session(), visitor()) if shows_objections else []
    claimers = {row.Case.claimed_by for row in rows if row.Case.claimed_by}
    return render_template(
        "moderation/queue.html",
        appearances=shown_as(db.session(), claimers, now()),
        filters=filters,
        grounds=rules.REPORTABLE + tuple(rules.HELD_FOR),
        objections=objections,
        page=page,
        pages=max(1, -(-total // queries.PAGE_SIZE)),
        rows=rows,
        total=total,
        waiting=queries.waiting(db.session(), visitor()),
    )


@moderation.get("/desk/moderation/<int:case_id>")
@signed_in
def case(case_id: int) -> Response:
    return make_response(_case_page(_known(case_id)))


@moderation.post("/desk/moderation/<int:case_id>/claim")
@signed_in
def claim(case_id: int) -> Response:
    _known(case_id, takes_part=True)
    if claiming.claim(db.session(), case_id, me().id, now()):
        db.session.commit()
        flash(_("You have the case. Others see that you look at it."), "success")
    else:
        db.session.rollback()
        flash(_("Somebody else has this case, or it is decided. See who, below."), "warning")
    return _back_to(case_id)


@moderation.post("/desk/moderation/<int:case_id>/release")
@signed_in
def release(case_id: int) -> Response:
    _known(case_id)
    is_done = claiming.release(db.session(), case_id, me().id, now())
    db.session.commit()
    words = _("The case waits for anybody again.") if is_done else _("It was not yours any more.")
    flash(words, "success" if is_done else "information")
    return _back_to(case_id)


@moderation.post("/desk/moderation/<int:case_id>/take-over")
@signed_in
def take_over(case_id: int) -> Response:
    file, form = _known(case_id, takes_part=True), TakeOverForm(request.form)
    if not form.validate():
        return make_response(_case_page(file, take=form), 422)
    holder, why = form.holder.data, form.text.data
    if claiming.take_over(db.session(), case_id, holder, me().id, why, now()):
        db.session.commit()
        flash(_("You have the case now."), "success")
    else:
        db.session.rollback()
        flash(_("It is somebody else’s by now, or it is decided."), "warning")
    return _back_to(case_id)


@moderation.post("/desk/moderation/<int:case_id>/notes")
@signed_in
def note(case_id: int) -> Response:
    file, form = _known(case_id, takes_part=True), NoteForm(request.form)
    if not form.validate():
        return make_response(_case_page(file, note_form=form), 422)
    claiming.add_note(db.session(), case_id, me().id, form.text.data, now())
    db.session.commit()
    flash(_("The note is there for all who moderate here."), "success")
    return _back_to(case_id)


@moderation.post("/desk/moderation/<int:case_id>/decision")
@signed_in
def decide(case_id: int) -> Response:
    file = _known(case_id)
    form = DecisionForm(request.form).offer(file.actions)
    if file.hindrance is not None:
        return _refused(case_id, file.hindrance)
    if not form.validate():
        return make_response(_case_page(file, form=form), 422)
    judge = queries.judge_of(visitor())
    try:
        deciding.decide(db.session(), case_id, judge, form.ruling(), now())
    except taking.Refused as refused:
        if refused.problem not in IN_THE_FORM:
            return _refused(case_id, refused.problem)
        db.session.rollback()
        form.refuse(refused.problem)
        return _shown_again(case_id, form, refused.problem)
    db.session.commit()
    flash(_("It is decided, and those whom it concerns are told."), "success")
    return _back_to(case_id)


@moderation.get("/desk/moderation/objections/<int:objection_id>")
@signed_in
def objection(objection_id: int) -> Response:
    found, file = _known_objection(objection_id)
    return make_response(_objection_page(found, file, AnswerForm(formdata=None)))


@moderation.post("/desk/moderation/objections/<int:objection_id>")
@signed_in
def answer(objection_id: int) -> Response:
    found, file = _known_objection(objection_id)
    form = AnswerForm(request.form)
    if not form.validate():
        return make_response(_objection_page(found, file, form), 422)
    judge = queries.judge_of(visitor())
    try:
        objecting.answer(db.session(), objection_id, judge, form.is_upheld, form.why.data, now())
    except taking.Refused as refused:
        if refused.problem is not Problem.ANSWERED:
            abort(403)
        db.session.rollback()
        flash(wording.why_not(refused.problem), "information")
        return redirect(url_for(".objection", objection_id=objection_id), 303)
    db.session.commit()
    flash(_("The objection is answered, and those whom it concerns are told."), "success")
    return _back_to(file.case.id)


def _known(case_id: int, *, takes_part: bool = False) -> CaseFile:
    """404 for everybody who does not moderate where it belongs; 403 for whoever wrote it, since
    it says who reported."""
    file = casefile.opened(db.session(), visitor(), case_id, now()) or abort(404)
    if file.bar is Problem.OWN_POST or (takes_part and file.bar is not None):
        abort(403)
    return file


def _known_objection(objection_id: int) -> tuple[Objection, CaseFile]:
    found = db.session.get(Objection, objection_id) or abort(404)
    return found, _known(found.decision.case_id)


def _cases(page: int) -> tuple[list, int]:  # type: ignore[type-arg]
    rows, total = queries.queue(db.session(), visitor(), filters_from(request.args), page)
    return list(rows), total


def _refused(case_id: int, problem: Problem) -> Response:
    """What nobody may who is this person is forbidden; what came too late is told."""
    if problem not in (Problem.DECIDED, Problem.CLAIMED):
        abort(403)
    db.session.rollback()
    flash(wording.why_not(problem), "warning")
    return _back_to(case_id)


def _shown_again(case_id: int, form: DecisionForm, problem: Problem) -> Response:
    """With what was typed; where the post was edited meanwhile, beside what it is now."""
    file = _known(case_id)
    if problem is not Problem.CHANGED:
        return make_response(_case_page(file, form=form), 422)
    form.based_on.raw_data = None  # else what was sent is shown
    form.based_on.data = file.post.revision if file.post else 0
    return make_response(_case_page(file, form=form), 409)


def _back_to(case_id: int) -> Response:
    return redirect(url_for(".case", case_id=case_id), 303)


def _case_page(
    file: CaseFile,
    *,
    form: DecisionForm | None = None,
    note_form: NoteForm | None = None,
    take: TakeOverForm | None = None,
) -> str:
    return render_template(
        "moderation/case.html",
        file=file,
        form=form or _decision_form(file),
        note_form=note_form or NoteForm(formdata=None),
        take=take or TakeOverForm(formdata=None, holder=file.case.claimed_by),
        why_not=wording.why_not,
    )


def _decision_form(file: CaseFile) -> DecisionForm:
    post = file.post
    return DecisionForm(
        formdata=None,
        ground=file.case.ground,
        text=post.text if post else "",
        title=file.title_now,
        based_on=post.revision if post else 0,
    ).offer(file.actions)


def _objection_page(found: Objection, file: CaseFile, form: AnswerForm) -> str:
    return render_template(
        "moderation/objection.html",
        file=file,
        form=form,
        hindrance=file.why_not_answer(found),
        objection=found,
        others=file.others_who_answer(db.session(), found.decision, now()),
        why_not=wording.why_not,
    )
