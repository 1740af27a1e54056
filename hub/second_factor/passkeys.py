"""Passkeys (WebAuthn, level 2): what the browser is asked, and what its answer proves.

The challenge of a ceremony stands in the row of the sign-in with its purpose and time. It is taken
out before the answer is looked at, by one conditional UPDATE, so it serves one answer and no other.
"""

import ipaddress
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import current_app, request
from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from hub.accounts import sealing
from hub.accounts.models import Passkey, Person, SignIn

SECONDS_TO_ANSWER = 5 * 60
BYTES_OF_A_CHALLENGE = 32
SITE_NAME = "popAI community hub"


class Ceremony(StrEnum):
    REGISTER = "register"
    PROVE = "prove"


class NotProven(Exception):
    """The answer is not that of a passkey of this person to this question."""


@dataclass(frozen=True, slots=True)
class Site:
    """``name`` is the relying party: the host that the passkeys belong to."""

    name: str
    origin: str

    @property
    def can_have_passkeys(self) -> bool:
        """Browsers make them for names alone, not for addresses in figures."""
        try:
            ipaddress.ip_address(self.name.strip("[]"))
        except ValueError:
            return True
        return False


def site() -> Site:
    """The hub as its readers reach it; on one's own machine, as this request reached it."""
    known = current_app.config.get("ADDRESS") if current_app.config["PRODUCTION"] else ""
    parts = urlsplit(known or request.host_url)
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def begin(session: Session, sign_in: SignIn, ceremony: Ceremony, now: datetime) -> bytes:
    """A new challenge, which replaces any that waited."""
    challenge = secrets.token_urlsafe(BYTES_OF_A_CHALLENGE)
    waiting = f"{ceremony} {int(now.timestamp())} {challenge}"
    session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(challenge=waiting))
    return challenge.encode()


def take_challenge(session: Session, sign_in: SignIn, ceremony: Ceremony, now: datetime) -> bytes:
    """The challenge that waits for its answer, which it does no longer. Raises: NotProven."""
    waiting = sign_in.challenge
    taken = session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in.id, SignIn.challenge == waiting, SignIn.challenge != "")
        .values(challenge="")
    )
    if not isinstance(taken, CursorResult) or taken.rowcount != 1:
        raise NotProven("no challenge waits")
    purpose, asked_at, challenge = waiting.split(" ")
    if purpose != ceremony or now.timestamp() - int(asked_at) > SECONDS_TO_ANSWER:
        raise NotProven("the challenge was for something else, or long ago")
    return challenge.encode()


def registration_options(person: Person, challenge: bytes) -> dict[str, Any]:
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import structs

    options = generate_registration_options(
        rp_id=site().name,
        rp_name=SITE_NAME,
        user_id=sealing.key_for(f"passkeys of {person.id}"),
        user_name=person.pseudonym,
        challenge=challenge,
        timeout=SECONDS_TO_ANSWER * 1000,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            user_verification=structs.UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_descriptors(person.passkeys),
    )
    return json.loads(options_to_json(options))


def proof_options(person: Person, challenge: bytes) -> dict[str, Any]:
    from webauthn import generate_authentication_options, options_to_json

    options = generate_authentication_options(
        rp_id=site().name,
        challenge=challenge,
        timeout=SECONDS_TO_ANSWER * 1000,
        allow_credentials=_descriptors(person.passkeys),
    )
    return json.loads(options_to_json(options))


def registered(answer: Any, challenge: bytes) -> Passkey:
    """The new passkey, without owner and name. Raises: NotProven."""
    from webauthn import verify_registration_response

    try:
        verified = verify_registration_response(
            credential=_object(answer),
            expected_challenge=challenge,
            expected_rp_id=site().name,
            expected_origin=site().origin,
        )
    except Exception as error:  # the answer is a stranger's bytes: whatever they break, it is no
        raise NotProven(type(error).__name__) from error
    return Passkey(
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
    )


def prove(
    session: Session, person: Person, answer: Any, challenge: bytes, now: datetime
) -> Passkey:
    """The passkey of this person that answered; its counter moves on. Raises: NotProven."""
    passkey = _named(person.passkeys, answer)
    count = _verified_count(passkey, answer, challenge)
    if not _move_counter(session, passkey, count, now):
        raise NotProven("the counter has moved on meanwhile")
    return passkey


def _verified_count(passkey: Passkey, answer: Any, challenge: bytes) -> int:
    """The counter in the answer. One that has not grown is the mark of a copy of the passkey."""
    from webauthn import verify_authentication_response

    try:
        verified = verify_authentication_response(
            credential=_object(answer),
            expected_challenge=challenge,
            expected_rp_id=site().name,
            expected_origin=site().origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,
        )
    except Exception as error:  # see above
        raise NotProven(type(error).__name__) from error
    if passkey.sign_count and verified.new_sign_count <= passkey.sign_count:
        structlog.get_logger().warning(
            "passkey refused: its counter went back, there may be a copy of it",
            passkey=passkey.id,
            person=passkey.person_id,
        )
        raise NotProven("the counter went back")
    return verified.new_sign_count


def _move_counter(session: Session, passkey: Passkey, count: int, now: datetime) -> bool:
    moved = session.execute(
        update(Passkey)
        .where(Passkey.id == passkey.id, Passkey.sign_count == passkey.sign_count)
        .values(sign_count=count, used_at=now)
    )
    return isinstance(moved, CursorResult) and moved.rowcount == 1


def _named(passkeys: Sequence[Passkey], answer: Any) -> Passkey:
    from webauthn.helpers import base64url_to_bytes

    try:
        named = base64url_to_bytes(_object(answer)["rawId"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotProven("no passkey is named") from error
    found = next((passkey for passkey in passkeys if passkey.credential_id == named), None)
    if found is None:
        raise NotProven("no passkey of this person")
    return found


def _object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise NotProven("no answer")
    return answer


def _descriptors(passkeys: Sequence[Passkey]) -> list[Any]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in passkeys]
