"""Memberships on the desk of the administrators: decided, ended, and offered by invitation."""

from flask import (
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
from werkzeug.wrappers import Response

from hub.accounts.models import MailedLink, Person, Purpose, Role
from hub.accounts.visitor import me
from hub.clock import now
from hub.extensions import db
from hub.guards import only
from hub.mail import outbox
from hub.membership import invitations, operations, queries, rules
from hub.membership.forms import DecisionForm, EndForm, InviteForm, NameForm, PlainForm
from hub.membership.models import LeaMembership
from hub.membership.views import membership


@membership.get("/desk/memberships")
@only(Role.ADMINISTRATOR)
def queue() -> str:
    page = _page_number()
    rows, total = queries.members(db.session(), now(), page)
    waiting = queries.waiting(db.session())
    ids = {person.id for _membership, person in (*rows, *waiting)}
    return render_template(
        "membership/queue.html",
        appearances=queries.shown_as(db.session(), ids, now()),
        form=PlainForm(formdata=None),
        invitations=queries.invitations(db.session(), now()),
        members=rows,
        page=page,
        pages=max(1, -(-total // queries.PAGE_SIZE)),
        total=total,
        waiting=waiting,
    )


@membership.get("/desk/memberships/<int:membership_id>", endpoint="request")
@only(Role.ADMINISTRATOR)
def show(membership_id: int) -> str:
    return _request_page(_found(membership_id))


@membership.post("/desk/memberships/<int:membership_id>/decide")
@only(Role.ADMINISTRATOR, fresh=True)
def decide(membership_id: int) -> Response:
    asked = _found_for_decision(membership_id)
    form = DecisionForm(request.form)
    is_sound = form.validate()
    is_checked = bool(form.checked_otherwise.data)
    if form.is_granted and not rules.can_grant(asked, is_checked_otherwise=is_checked):
        form.decision.errors = [_("The official address is not confirmed yet.")]
        is_sound = False
    if not is_sound:
        return make_response(_request_page(asked, decision=form), 422)
    is_decided = operations.decide(
        db.session(),
        asked,
        me().id,
        now(),
        is_granted=form.is_granted,
        is_checked_otherwise=is_checked,
        reason=form.reason.data,
    )
    db.session.commit()
    return _done(asked.id, is_decided, _("The request is decided, and the person is told."))


@membership.post("/desk/memberships/<int:membership_id>/end")
@only(Role.ADMINISTRATOR, fresh=True)
def end(membership_id: int) -> Response:
    granted = _found_for_decision(membership_id)
    form = EndForm(request.form)
    if not form.validate():
        return make_response(_request_page(granted, ending=form), 422)
    is_ended = operations.end(db.session(), granted, me().id, form.reason.data, now())
    db.session.commit()
    return _done(granted.id, is_ended, _("The membership has ended, and the person is told."))


@membership.post("/desk/memberships/<int:membership_id>/name")
@only(Role.ADMINISTRATOR, fresh=True)
def show_name(membership_id: int) -> Response:
    """Shows the real name and the official address once. The look is noted first, and stays noted
    whatever becomes of the page."""
    asked = _found(membership_id)
    form = NameForm(request.form)
    if not form.validate():
        return make_response(_request_page(asked, looking=form), 422)
    operations.note_look(db.session(), asked, me().id, form.name_reason.data, now())
    db.session.commit()
    return make_response(
        render_template(
            "membership/real_name.html",
            membership=asked,
            real_name=queries.real_name(db.session(), asked.id),
        )
    )


@membership.get("/desk/memberships/invite")
@only(Role.ADMINISTRATOR)
def invite() -> str:
    form = InviteForm(formdata=None, data={"language": str(get_locale() or "en")})
    return _invite_page(form)


@membership.post("/desk/memberships/invite")
@only(Role.ADMINISTRATOR, fresh=True)
def send_invitation() -> Response:
    form = InviteForm(request.form)
    if not outbox.is_possible() or not form.validate():
        return make_response(_invite_page(form), 422)
    invitations.invite(
        db.session(),
        form.official_address.data,
        me().id,
        form.language.data,
        now(),
        organisation=form.organisation.data,
        country=form.country.data,
        note=form.note.data,
    )
    db.session.commit()
    flash(_("The invitation is on its way. It works for 14 days."), "success")
    return redirect(url_for(".queue"), 303)


@membership.post("/desk/memberships/invitations/<int:link_id>/withdraw")
@only(Role.ADMINISTRATOR, fresh=True)
def withdraw_invitation(link_id: int) -> Response:
    link = db.session.get(MailedLink, link_id)
    if link is None or link.purpose != Purpose.INVITATION:
        abort(404)
    is_withdrawn = invitations.withdraw(db.session(), link, me().id, now())
    db.session.commit()
    if is_withdrawn:
        flash(_("The invitation is withdrawn: its link does not work any more."), "success")
    else:
        flash(_("The invitation has been accepted meanwhile, or has run out."), "warning")
    return redirect(url_for(".queue"), 303)


def _found(membership_id: int) -> LeaMembership:
    found = db.session.get(LeaMembership, membership_id)
    person = db.session.get(Person, found.person_id) if found else None
    if found is None or person is None or person.erased_at is not None:
        abort(404)
    return found


def _found_for_decision(membership_id: int) -> LeaMembership:
    found = _found(membership_id)
    return found if rules.can_decide(me().id, found) else abort(403)


def _request_page(
    asked: LeaMembership,
    *,
    decision: DecisionForm | None = None,
    ending: EndForm | None = None,
    looking: NameForm | None = None,
) -> str:
    others = queries.of_person(db.session(), asked.person_id)
    return render_template(
        "membership/request.html",
        appearance=queries.shown_as(db.session(), [asked.person_id], now())[asked.person_id],
        can_decide=rules.can_decide(me().id, asked),
        counts=rules.counts(asked, now()),
        decision=decision or DecisionForm(formdata=None),
        ending=ending or EndForm(formdata=None),
        is_open=rules.is_open(asked),
        looking=looking or NameForm(formdata=None),
        membership=asked,
        others=[other for other in others if other.id != asked.id],
        same_address=queries.others_with_address(db.session(), asked),
    )


def _invite_page(form: InviteForm) -> str:
    return render_template("membership/invite.html", form=form, is_possible=outbox.is_possible())


def _done(membership_id: int, is_done: bool, sentence: str) -> Response:
    if is_done:
        flash(sentence, "success")
    else:
        flash(_("Somebody has decided this meanwhile. Nothing was changed by you."), "warning")
    return redirect(url_for(".request", membership_id=membership_id), 303)


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else 1
