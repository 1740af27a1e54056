"""Being asked for the second factor when signing in, and for any proof afresh."""

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts import passwords, sessions, throttle
from hub.accounts.models import Person, SignIn
from hub.accounts.visitor import visitor
from hub.accounts.wording import too_many_attempts
from hub.addresses import own_address
from hub.clock import now
from hub.extensions import db
from hub.guards import public, signed_in
from hub.second_factor import recovery, rules, wording
from hub.second_factor.blueprint import second_factor
from hub.second_factor.forms import CodeForm, PasswordForm
from hub.second_factor.proving import Proof, TooMany, prove_code, set_strong


@second_factor.get("/sign-in/second")
@public
def ask() -> Response | str:
    pending = visitor().pending
    return _code_page(CodeForm(formdata=None), pending) if pending else _elsewhere()


@second_factor.post("/sign-in/second")
@public
def check() -> Response:
    pending = visitor().pending
    return _checked_code(pending) if pending else _elsewhere()


@second_factor.get("/account/confirm")
@signed_in
def confirm() -> str:
    """Asks again who it is: for the second factor where there is one, else for the password."""
    if rules.has_second_factor(_here().person):
        return _code_page(CodeForm(formdata=None), _here())
    return _password_page(PasswordForm(formdata=None))


@second_factor.post("/account/confirm")
@signed_in
def check_again() -> Response:
    if rules.has_second_factor(_here().person):
        return _checked_code(_here())
    return _checked_password()


def _checked_code(sign_in: SignIn) -> Response:
    form = CodeForm(request.form)
    if not form.validate():
        return make_response(_code_page(form, sign_in), 422)
    try:
        proof = prove_code(db.session(), sign_in.person, form.code.data, now())
    except TooMany as too_many:
        form.code.errors = [wording.too_many_codes(too_many.seconds)]
        return _wait(_code_page(form, sign_in), too_many.seconds)
    if proof is None:
        form.code.data = ""
        form.code.errors = [wording.wrong_code()]
        return make_response(_code_page(form, sign_in), 422)
    return _go_on(sign_in, proof)


def _go_on(sign_in: SignIn, proof: Proof) -> Response:
    response = redirect(own_address(request.form.get("next", "")), 303)
    set_strong(db.session(), sign_in, response, now())
    if proof is Proof.RECOVERY:
        flash(wording.codes_left(recovery.left(db.session(), sign_in.person)), "warning")
    db.session.commit()
    return response


def _checked_password() -> Response:
    form, person = PasswordForm(request.form), _here().person
    if not form.validate() or not person.password_hash:
        return make_response(_password_page(form), 422)
    attempt = throttle.attempt_on(person.email or f"person {person.id}", person.id)
    if seconds := throttle.seconds_to_wait(attempt):
        form.password.errors = [too_many_attempts(seconds)]
        return _wait(_password_page(form), seconds)
    db.session.commit()  # lets the lock go while the password is hashed
    if not passwords.matches(person.password_hash, form.password.data):
        form.password.errors = [_("The password is not right.")]
        return make_response(_password_page(form), 422)
    throttle.note_success(attempt)
    return _confirmed(person)


def _confirmed(person: Person) -> Response:
    """Looks again, for the sign-in may have ended and a factor been set up meanwhile."""
    sign_in = sessions.with_id(db.session(), _here().id, now())
    if sign_in is None or rules.has_second_factor(person):
        return redirect(url_for("accounts.sign_in", next=request.form.get("next")), 303)
    sessions.confirm(sign_in, now(), is_strong=False)
    db.session.commit()
    return redirect(own_address(request.form.get("next", "")), 303)


def _here() -> SignIn:
    """The sign-in of this browser; the guard has seen to it that there is one."""
    return visitor().sign_in or abort(401)


def _elsewhere() -> Response:
    """Nobody is asked here: they are signed in, or have not begun, or took too long."""
    target = request.values.get("next", "")
    if visitor().is_signed_in:
        return redirect(own_address(target), 303)
    return redirect(url_for("accounts.sign_in", next=target or None), 303)


def _wait(page: str, seconds: int) -> Response:
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _code_page(form: CodeForm, sign_in: SignIn) -> str:
    return render_template(
        "second_factor/prove.html",
        form=form,
        person=sign_in.person,
        is_signing_in=sign_in.needs_second_factor,
        target=request.values.get("next", ""),
    )


def _password_page(form: PasswordForm) -> str:
    return render_template(
        "second_factor/confirm.html",
        form=form,
        person=_here().person,
        target=request.values.get("next", ""),
    )
