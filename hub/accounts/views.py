"""Signing up, signing in and out, and choosing a new password."""

from collections.abc import Callable

import structlog
from flask import (
    Blueprint,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts import (
    entering,
    links,
    operations,
    passwords,
    queries,
    sessions,
    throttle,
    wording,
)
from hub.accounts.addresses import normal_address
from hub.accounts.forms import (
    AddressForm,
    SignInForm,
)
from hub.accounts.models import Person, Purpose
from hub.accounts.visitor import visitor
from hub.accounts.waiting import wait_page
from hub.addresses import own_address
from hub.clock import now
from hub.extensions import db
from hub.guards import public
from hub.mail import outbox
from knowledge.orm import reading

accounts = Blueprint("accounts", __name__)


@accounts.get("/sign-in")
@public
def sign_in() -> Response | str:
    if visitor().is_signed_in:
        return redirect(own_address(request.args.get("next", "")), 303)
    return _sign_in_page(SignInForm(formdata=None))


@accounts.post("/sign-in")
@public
def check_sign_in() -> Response:
    form = SignInForm(request.form)
    if not form.validate():
        return make_response(_sign_in_page(form), 422)
    address, password = normal_address(form.email.data.strip()), form.password.data
    with reading(db.engine) as looking:  # no lock is held while the password is hashed
        person = queries.person_with_email(looking, address) if address else None
    attempt = throttle.attempt_on(address, person.id if person else 0)
    seconds = throttle.seconds_to_wait(attempt)
    if seconds:
        _log_sign_in(person, "too many")
        return _slow_down(form, seconds)
    is_right = passwords.matches(person.password_hash if person else "", password)
    entering_person = _unchanged(person) if person and is_right else None
    _log_sign_in(person, "right" if entering_person else "wrong")
    if entering_person is None:
        form.password.errors = [_("The address or the password is not right.")]
        return make_response(_sign_in_page(form), 422)
    throttle.note_success(attempt)
    response = entering.enter(entering_person, "password", request.form.get("next", ""))
    db.session.commit()
    return response


@accounts.post("/sign-out")
@public
def sign_out() -> Response:
    """Also half signed in: whoever is asked for a second factor can leave."""
    ended = visitor().sign_in or visitor().pending
    if ended is not None:
        sessions.end(db.session(), ended)
        db.session.commit()
    response = redirect(url_for("home.index"), 303)
    entering.leave(response)
    entering.say_signed_out()
    return response


@accounts.get("/sign-up")
@public
def sign_up() -> Response | str:
    if visitor().is_signed_in:
        return redirect(url_for("account.index"), 303)
    return _sign_up_page(AddressForm(formdata=None))


@accounts.post("/sign-up")
@public
def send_sign_up() -> Response:
    form = AddressForm(request.form)
    if not outbox.is_possible() or not form.validate():
        return make_response(_sign_up_page(form), 422)
    return _mailed(form, Purpose.SIGN_UP, "sign-up", _sign_up_page)


@accounts.get("/sign-up/sent")
@public
def sent() -> str:
    """The same for every address."""
    return render_template("accounts/sent.html", hours=links.LASTS.total_seconds() // 3600)


@accounts.get("/reset")
@public
def reset() -> str:
    return _reset_page(AddressForm(formdata=None))


@accounts.post("/reset")
@public
def send_reset() -> Response:
    form = AddressForm(request.form)
    if not outbox.is_possible() or not form.validate():
        return make_response(_reset_page(form), 422)
    return _mailed(form, Purpose.RESET, "reset", _reset_page)


def _log_sign_in(person: Person | None, outcome: str) -> None:
    """Ids only: 0 where the address is nobody's."""
    number = person.id if person else 0
    structlog.get_logger().info("password given", person=number, outcome=outcome)


def _mailed(form: AddressForm, purpose: Purpose, kind: str, page: Callable[..., str]) -> Response:
    """The same answer, by the same steps, whether the address is known or not."""
    address = form.email.data
    allowed = throttle.request_allowance(kind, request.remote_addr or "", address)
    if allowed.seconds_to_wait:
        form.email.errors = [wording.too_many_requests(allowed.seconds_to_wait)]
        return wait_page(page(form), allowed.seconds_to_wait)
    if allowed:
        language = str(get_locale() or "en")
        operations.ask_for_link(db.session(), purpose, kind, address, language, now())
        db.session.commit()
    return redirect(url_for("accounts.sent"), 303)


def _unchanged(compared: Person) -> Person | None:
    """The person as they are now, if what was compared is still their password: while it was
    hashed they may have changed it, which ends every sign-in but would miss this one."""
    held = queries.held_person(db.session(), compared.id)
    return held if held and held.password_hash == compared.password_hash else None


def _slow_down(form: SignInForm, seconds: int) -> Response:
    form.password.errors = [wording.too_many_attempts(seconds)]
    return wait_page(_sign_in_page(form), seconds)


def _sign_in_page(form: SignInForm) -> str:
    return render_template(
        "accounts/sign_in.html",
        form=form,
        target=request.values.get("next", ""),
        provider=current_app.config.get("OIDC_NAME", ""),
    )


def _sign_up_page(form: AddressForm) -> str:
    return render_template("accounts/sign_up.html", form=form, is_possible=outbox.is_possible())


def _reset_page(form: AddressForm) -> str:
    return render_template("accounts/reset.html", form=form, is_possible=outbox.is_possible())
