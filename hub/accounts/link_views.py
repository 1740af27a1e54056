"""What the links of mails lead to: completing an account, a new password, a new address."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts import entering, links, operations, passwords, queries, throttle, wording
from hub.accounts.forms import CompleteForm, NewPasswordForm, PlainForm
from hub.accounts.models import MailedLink, Person, Purpose
from hub.accounts.views import accounts
from hub.accounts.waiting import wait_page
from hub.clock import now
from hub.extensions import db
from hub.guards import public
from knowledge.orm import reading


@accounts.get("/sign-up/<token>")
@public
def complete(token: str) -> Response | str:
    link = links.opened(db.session(), Purpose.SIGN_UP, token, now())
    if link is None or queries.person_with_email(db.session(), link.address):
        return _link_is_over("accounts.sign_up")
    return _complete_page(CompleteForm(formdata=None), link)


@accounts.post("/sign-up/<token>")
@public
def create(token: str) -> Response:
    link = links.opened(db.session(), Purpose.SIGN_UP, token, now())
    if link is None:
        return _link_is_over("accounts.sign_up")
    form = CompleteForm(request.form)
    db.session.commit()  # lets the lock go before the password is judged and hashed
    if seconds := _seconds_to_wait(link):
        form.password.errors = [wording.too_many_attempts(seconds)]
        return wait_page(_complete_page(form, link), seconds)
    if not form.validate():
        return make_response(_complete_page(form, link), 422)
    try:
        with reading(db.engine) as looking:
            operations.refuse_taken(looking, link.address, form.pseudonym.data)
        hashed = passwords.hash_password(form.password.data)
        person = operations.create_person(
            db.session(),
            email=link.address,
            pseudonym=form.pseudonym.data,
            password_hash=hashed,
            language=str(get_locale() or "en"),
            now=now(),
        )
    except operations.Taken:
        return _taken(form, token)
    if not links.use(db.session(), link, now()):
        db.session.rollback()
        return _link_is_over("accounts.sign_up")
    response = entering.enter(person, "password", url_for("account.index"))
    db.session.commit()
    flash(_("Your account is ready."), "success")
    return response


@accounts.get("/reset/<token>")
@public
def choose_password(token: str) -> Response | str:
    link = links.opened(db.session(), Purpose.RESET, token, now())
    if link is None or _person_of(link) is None:
        return _link_is_over("accounts.reset")
    return _password_page(NewPasswordForm(formdata=None), token)


@accounts.post("/reset/<token>")
@public
def set_password(token: str) -> Response:
    link = links.opened(db.session(), Purpose.RESET, token, now())
    person = _person_of(link) if link else None
    if link is None or person is None:
        return _link_is_over("accounts.reset")
    form = NewPasswordForm(request.form)
    db.session.commit()  # lets the lock go before the password is judged and hashed
    if seconds := _seconds_to_wait(link):
        form.password.errors = [wording.too_many_attempts(seconds)]
        return wait_page(_password_page(form, token), seconds)
    if not form.validate():
        return make_response(_password_page(form, token), 422)
    hashed = passwords.hash_password(form.password.data)
    held = queries.held_person(db.session(), person.id)  # meanwhile much may have happened
    if held is None or held.email != link.address or not links.use(db.session(), link, now()):
        db.session.rollback()
        return _link_is_over("accounts.reset")
    operations.set_password(db.session(), person, hashed, now())
    response = entering.enter(person, "password", url_for("account.index"))
    db.session.commit()
    flash(_("Your password is changed. You are signed out everywhere else."), "success")
    return response


@accounts.get("/confirm-address/<token>")
@public
def confirm_address(token: str) -> Response | str:
    """A page with a button: programs that read mail open links, but press no buttons."""
    link = links.opened(db.session(), Purpose.ADDRESS, token, now())
    if link is None:
        return _link_is_over("account.address")
    return render_template(
        "accounts/confirm_address.html", form=PlainForm(formdata=None), link=link, token=token
    )


@accounts.post("/confirm-address/<token>")
@public
def set_address(token: str) -> Response:
    link = links.opened(db.session(), Purpose.ADDRESS, token, now())
    person = queries.held_person(db.session(), link.person_id or 0) if link else None
    if link is None or person is None or not links.use(db.session(), link, now()):
        return _link_is_over("account.address")
    try:
        operations.set_address(db.session(), person, link.address, now())
    except operations.Taken:
        return _link_is_over("account.address")
    db.session.commit()
    flash(_("Your address is changed."), "success")
    return redirect(url_for("account.index"), 303)


def _person_of(link: MailedLink) -> Person | None:
    """Whose password a link may change: it went to the address that they confirmed."""
    person = queries.person_with_email(db.session(), link.address)
    return person if person and not person.disabled_at else None


def _seconds_to_wait(link: MailedLink) -> int:
    """Counts a new password that is sent with a link."""
    return throttle.seconds_to_wait_for_hash(f"link {link.id}", request.remote_addr or "")


def _taken(form: CompleteForm, token: str) -> Response:
    form.pseudonym.errors = [_("Somebody has this name, or one that looks like it.")]
    link = links.opened(db.session(), Purpose.SIGN_UP, token, now())
    if link is None or queries.person_with_email(db.session(), link.address):
        return _link_is_over("accounts.sign_up")
    return make_response(_complete_page(form, link), 422)


def _complete_page(form: CompleteForm, link: MailedLink) -> str:
    return render_template("accounts/complete.html", form=form, address=link.address)


def _password_page(form: NewPasswordForm, token: str) -> str:
    return render_template("accounts/choose_password.html", form=form, token=token)


def _link_is_over(endpoint: str) -> Response:
    """Used, run out, or never there: it looks the same."""
    page = render_template("accounts/link_is_over.html", again_url=url_for(endpoint))
    return make_response(page, 410)
