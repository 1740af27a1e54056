"""What the script of the page asks and answers for passkeys: JSON in, JSON out."""

from typing import Any, NoReturn

from flask import abort, jsonify, make_response, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from hub.accounts.browsers import device_name
from hub.accounts.models import SignIn
from hub.accounts.visitor import visitor
from hub.addresses import own_address
from hub.clock import now
from hub.extensions import db
from hub.guards import freshly_confirmed, public
from hub.second_factor import operations, passkeys, rules, wording
from hub.second_factor.account_views import here, set_up
from hub.second_factor.blueprint import second_factor
from hub.second_factor.passkeys import Ceremony, NotProven
from hub.second_factor.proving import set_strong
from hub.texts import is_readable, tidied


@second_factor.post("/account/second-factor/passkeys/question")
@freshly_confirmed
def question_for_new_passkey() -> Response:
    if not passkeys.site().can_have_passkeys:
        _refuse(409, wording.no_passkeys_here())
    if not rules.can_add_passkey(here().person):
        _refuse(409, wording.too_many_passkeys())
    challenge = passkeys.begin(db.session(), here(), Ceremony.REGISTER, now())
    options = passkeys.registration_options(here().person, challenge)
    db.session.commit()
    return jsonify(options)


@second_factor.post("/account/second-factor/passkeys")
@freshly_confirmed
def add_passkey() -> Response:
    sign_in, sent = here(), _body()
    name = _name(sent.get("name"))
    challenge = _challenge(sign_in, Ceremony.REGISTER)
    try:
        passkey = passkeys.registered(sent.get("credential"), challenge)
        codes = operations.add_passkey(db.session(), sign_in, passkey, name, now())
    except NotProven:
        _refuse(422, wording.passkey_refused())
    except operations.Refused:
        _refuse(409, wording.too_many_passkeys())
    except IntegrityError:
        _refuse(409, wording.known_passkey())
    place = url_for(".codes" if codes else ".index")
    return set_up(sign_in, codes, jsonify(next=place))


@second_factor.post("/second-factor/passkey/question")
@public
def question() -> Response:
    """For who signs in and for who is asked again."""
    sign_in = _to_be_proven()
    challenge = passkeys.begin(db.session(), sign_in, Ceremony.PROVE, now())
    options = passkeys.proof_options(sign_in.person, challenge)
    db.session.commit()
    return jsonify(options)


@second_factor.post("/second-factor/passkey/answer")
@public
def answer() -> Response:
    sign_in, sent = _to_be_proven(), _body()
    challenge = _challenge(sign_in, Ceremony.PROVE)
    try:
        passkeys.prove(db.session(), sign_in.person, sent.get("credential"), challenge, now())
    except NotProven:
        _refuse(422, wording.passkey_refused())
    response = jsonify(next=own_address(_text(sent.get("next"))))
    set_strong(db.session(), sign_in, response, now())
    db.session.commit()
    return response


def _to_be_proven() -> SignIn:
    sign_in = visitor().pending or visitor().sign_in or abort(401)
    if not sign_in.person.passkeys:
        _refuse(409, wording.passkey_refused())
    return sign_in


def _challenge(sign_in: SignIn, ceremony: Ceremony) -> bytes:
    """Used up from here on, whatever the answer is worth."""
    try:
        challenge = passkeys.take_challenge(db.session(), sign_in, ceremony, now())
    except NotProven:
        db.session.commit()
        _refuse(422, wording.passkey_refused())
    db.session.commit()
    return challenge


def _body() -> dict[str, Any]:
    try:
        sent = request.get_json(silent=True)
    except RecursionError:  # brackets without end
        sent = None
    return sent if isinstance(sent, dict) else {}


def _name(sent: object) -> str:
    name = tidied(_text(sent)) or device_name(request.user_agent.string) or "Passkey"
    return name[: rules.LONGEST_NAME]


def _text(sent: object) -> str:
    return sent if isinstance(sent, str) and is_readable(sent) else ""


def _refuse(status: int, words: str) -> NoReturn:
    db.session.rollback()
    error = {"status": status, "explanation": words}
    raise HTTPException(response=make_response(jsonify(error=error), status))
