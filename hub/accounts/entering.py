"""A browser in which somebody begins, or ceases, to be signed in."""

from flask import flash, request, session, url_for
from flask_babel import gettext as _
from flask_babel import refresh
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from hub.accounts import cookie, sessions, throttle
from hub.accounts.browsers import device_name
from hub.accounts.models import Person
from hub.accounts.visitor import forget_visitor
from hub.addresses import own_address
from hub.clock import now
from hub.extensions import db
from hub.mail import outbox
from hub.second_factor.rules import has_second_factor

KEPT = ("language", "reader")


def enter(person: Person, method: str, target: str, *, is_strong: bool = False) -> Response:
    """Signs the person in and leads to ``target``, or half in and to the second factor.

    The key of the browser and the token of its forms are new afterwards; who was signed in here
    before, the same person or another, is no longer. Commits nothing.
    """
    sessions.end_key(db.session(), cookie.sent_key())
    awaits_more = has_second_factor(person) and not is_strong
    device = device_name(request.user_agent.string)
    key = sessions.start(
        db.session(), person, method, device, now(), needs_second_factor=awaits_more
    )
    if awaits_more:
        response = redirect(url_for("second_factor.ask", next=target or None), 303)
    else:
        if is_strong:
            begun = sessions.found(db.session(), key, now())
            if begun:
                sessions.confirm(begun, now(), is_strong=True)
        response = redirect(own_address(target), 303)
    arrive(response, person, key, is_whole=not awaits_more)
    return response


def arrive(response: Response, person: Person, key: str, *, is_whole: bool = True) -> None:
    """Gives the browser its new key, and forms and pages that know nothing from before.

    Only after the whole sign-in is it a known device: whoever knows the password alone would
    otherwise get new attempts at the second factor with each.
    """
    renew_browser(person)
    cookie.set_key(response, key)
    if is_whole:
        _tell_of_new_device(person, device_name(request.user_agent.string))
        throttle.remember_device(response, person.id)
    forget_visitor()


def renew_browser(person: Person) -> None:
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    session.update(kept)
    session["language"] = person.language
    session.permanent = True
    refresh()


def leave(response: Response) -> None:
    """Takes the key from the browser, and what its pages had been told."""
    cookie.remove_key(response)
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    forget_visitor()


def say_signed_out() -> None:
    flash(_("You are signed out."), "success")


def _tell_of_new_device(person: Person, device: str) -> None:
    """A mail where this browser has not been used for this account before."""
    if person.email and not throttle.knows_device(person.id):
        outbox.post(
            db.session(),
            "signed-in-elsewhere",
            person.email,
            person.language,
            now(),
            person_id=person.id,
            device=device,
        )
