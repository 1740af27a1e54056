"""A person's own membership: asked for, confirmed, withdrawn, or accepted by invitation."""

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
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts import links, throttle
from hub.accounts.models import MailedLink, Person, Purpose
from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.extensions import db
from hub.guards import public, signed_in
from hub.mail import outbox
from hub.membership import invitations, operations, queries, rules, wording
from hub.membership.forms import AcceptForm, PlainForm, RenewalForm, RequestForm
from hub.membership.models import LeaMembership

membership = Blueprint("membership", __name__)


@membership.get("/account/membership")
@signed_in
def index() -> str:
    mine = queries.of_person(db.session(), me().id)
    return render_template(
        "membership/index.html",
        can_ask=rules.can_ask(mine, now()),
        current=rules.latest(mine, now()),
        form=PlainForm(formdata=None),
        is_possible=outbox.is_possible(),
        memberships=mine,
        waiting=next(filter(rules.is_open, mine), None),
    )


@membership.get("/account/membership/ask")
@signed_in
def ask() -> Response | str:
    mine = queries.of_person(db.session(), me().id)
    if not rules.can_ask(mine, now()):
        return redirect(url_for(".index"), 303)
    last = rules.latest(mine, now())
    form = _prefilled(last) if last else RequestForm(formdata=None)
    return _ask_page(form, last)


@membership.post("/account/membership/ask")
@signed_in
def send_request() -> Response:
    mine = queries.of_person(db.session(), me().id)
    if not rules.can_ask(mine, now()):
        return _cannot_ask()
    last = rules.latest(mine, now())
    form = RenewalForm(request.form) if last else RequestForm(request.form)
    if not form.validate():
        return make_response(_ask_page(form, last), 422)
    try:
        asked = operations.ask(db.session(), me(), _wanted(form), now())
    except operations.AlreadyAsked:
        return _cannot_ask()
    except operations.NameTaken:
        form.shown_name.errors = [wording.name_taken()]
        return make_response(_ask_page(form, last), 422)
    _send_link(asked)
    db.session.commit()
    return redirect(url_for(".index"), 303)


@membership.post("/account/membership/link")
@signed_in
def send_link_again() -> Response:
    asked = queries.open_request(db.session(), me().id)
    if asked is None or asked.address_confirmed_at:
        flash(_("There is no address to confirm."), "information")
        return redirect(url_for(".index"), 303)
    _send_link(asked)
    db.session.commit()
    return redirect(url_for(".index"), 303)


@membership.post("/account/membership/withdraw")
@signed_in
def withdraw() -> Response:
    is_withdrawn = operations.withdraw(db.session(), me().id, now())
    db.session.commit()
    if is_withdrawn:
        flash(_("Your request is withdrawn, and what you wrote in it is removed."), "success")
    else:
        flash(_("There is no request any more that could be withdrawn."), "information")
    return redirect(url_for(".index"), 303)


@membership.get("/membership/official-address/<token>")
@public
def confirm_official_address(token: str) -> Response | str:
    """A page with a button: programs that read mail open links, but press no buttons. Anybody who
    reads mail there may press it, wherever they are signed in."""
    link = links.opened(db.session(), Purpose.OFFICIAL_ADDRESS, token, now())
    person = db.session.get(Person, link.person_id) if link else None
    if link is None or person is None:
        return _link_is_over()
    return render_template(
        "membership/confirm_official_address.html",
        form=PlainForm(formdata=None),
        link=link,
        person=person,
        token=token,
    )


@membership.post("/membership/official-address/<token>")
@public
def set_official_address(token: str) -> Response:
    link = links.opened(db.session(), Purpose.OFFICIAL_ADDRESS, token, now())
    if link is None:
        return _link_is_over()
    try:
        operations.confirm_address(db.session(), link, now())
    except operations.LinkUsed:
        db.session.rollback()
        return _link_is_over()
    db.session.commit()
    flash(_("The official address is confirmed. An administrator decides next."), "success")
    return redirect(url_for(".index" if visitor().is_signed_in else "home.index"), 303)


@membership.get("/membership/invitation/<token>")
@public
def accept_invitation(token: str) -> Response | str:
    """Whoever has no account yet makes one, and opens the link again: opening does not use it."""
    link = links.opened(db.session(), Purpose.INVITATION, token, now())
    if link is None:
        return _link_is_over()
    if not visitor().is_signed_in:
        return render_template("membership/invitation_signed_out.html", link=link, token=token)
    return _accept_page(AcceptForm(formdata=None), link, token)


@membership.post("/membership/invitation/<token>")
@signed_in
def become_member(token: str) -> Response:
    link = links.opened(db.session(), Purpose.INVITATION, token, now())
    if link is None:
        return _link_is_over()
    if not rules.may_accept(link.details.get("invited_by"), me().id):
        abort(403)
    form = AcceptForm(request.form)
    if not form.validate():
        return make_response(_accept_page(form, link, token), 422)
    try:
        invitations.accept(
            db.session(),
            link,
            me(),
            now(),
            real_name=form.real_name.data,
            shown_name=form.shown_name.data,
            shows_country=form.shows_country.data,
        )
    except operations.LinkUsed:
        db.session.rollback()
        return _link_is_over()
    except operations.NameTaken:
        db.session.rollback()
        form.shown_name.errors = [wording.name_taken()]
        return make_response(_accept_page(form, link, token), 422)
    db.session.commit()
    flash(_("You are now a verified LEA member."), "success")
    return redirect(url_for(".index"), 303)


def _wanted(form: RequestForm) -> operations.Wanted:
    return operations.Wanted(
        form.organisation.data,
        form.official_address.data,
        form.real_name.data,
        form.shown_name.data,
        form.country.data,
        form.shows_country.data,
    )


def _send_link(asked: LeaMembership) -> None:
    """As often as mails may be asked for. Nothing is said where only the recipient has enough."""
    if not outbox.is_possible():
        flash(_("Your request waits for a decision. This hub cannot send mail."), "warning")
        return
    address = asked.official_address
    allowance = throttle.request_allowance("official-address", request.remote_addr or "", address)
    if allowance.may_send:
        operations.send_link(db.session(), asked, me(), now())
    if allowance.seconds_to_wait:
        flash(_("Too many mails were asked for. Ask for the link again in a while."), "warning")
    else:
        flash(wording.link_sent(address), "success")


def _prefilled(last: LeaMembership) -> RenewalForm:
    """All but the real name, which no page shows; left empty, it stays as it was."""
    names = ("organisation", "official_address", "shown_name", "country", "shows_country")
    return RenewalForm(formdata=None, data={name: getattr(last, name) for name in names})


def _cannot_ask() -> Response:
    flash(_("You have asked already, or you are a member and it is not near its end."), "warning")
    return redirect(url_for(".index"), 303)


def _ask_page(form: RequestForm, last: LeaMembership | None) -> str:
    return render_template(
        "membership/ask.html", form=form, last=last, is_possible=outbox.is_possible()
    )


def _accept_page(form: AcceptForm, link: MailedLink, token: str) -> str:
    return render_template("membership/invitation.html", form=form, link=link, token=token)


def _link_is_over() -> Response:
    """Used, run out, withdrawn, or never there: it looks the same."""
    page = render_template("membership/link_is_over.html")
    return make_response(page, 410)
