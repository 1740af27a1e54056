"""Codes of an app that change every half minute (TOTP, RFC 6238), and the secret behind them.

While it awaits its first code, the secret stands sealed in the form itself: showing it is a GET,
which writes nothing, and a secret that nobody confirms leaves nothing behind. It is sealed for one
sign-in and half an hour, so that nobody can be handed a secret that somebody else knows.
"""

import hmac
from datetime import datetime

import pyotp
import segno
from markupsafe import Markup

from hub.accounts import sealing
from hub.accounts.models import Person, SignIn

ISSUER = "popAI hub"
SECONDS = 30
# The clock of a telephone may be off, and typing takes time.
STEPS_AROUND = (0, -1, 1)
SECONDS_TO_CONFIRM = 30 * 60
LETTERS = 32
WIDTH = 250  # pixels, which the narrowest telephone has


def new_secret() -> str:
    return pyotp.random_base32(LETTERS)


def offered(secret: str, sign_in: SignIn) -> str:
    """The secret as the form carries it until it is confirmed."""
    return sealing.seal(secret, _awaiting(sign_in))


def taken_up(sealed: str, sign_in: SignIn) -> str | None:
    return sealing.opened(sealed, _awaiting(sign_in), SECONDS_TO_CONFIRM)


def sealed_for(person: Person, secret: str) -> str:
    """The secret as it is kept."""
    return sealing.seal(secret, _kept(person))


def step_of(person: Person, code: str, now: datetime) -> int | None:
    """The step of time that the code belongs to, if it has not been used and is about now."""
    secret = sealing.opened(person.totp_secret, _kept(person))
    step = matching_step(secret, code, now) if secret else None
    return step if step is not None and step > person.totp_step else None


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    generator = pyotp.TOTP(secret)
    current = int(now.timestamp()) // SECONDS
    matching = [
        current + around
        for around in STEPS_AROUND
        if hmac.compare_digest(generator.generate_otp(current + around), code)
    ]
    return matching[0] if matching else None


def in_groups(secret: str) -> str:
    """As it is typed from the screen."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))


def address(secret: str, account: str) -> str:
    """What the app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def picture(secret: str, account: str) -> Markup:
    """The QR code, drawn in the page: black on white in both colour schemes, or no app reads it."""
    code = segno.make(address(secret, account), error="m", micro=False)
    scale = max(1, WIDTH // code.symbol_size()[0])
    return Markup(code.svg_inline(scale=scale, dark="#000", light="#fff"))  # noqa: S704 - made of squares


def _awaiting(sign_in: SignIn) -> str:
    return f"totp awaiting confirmation in {sign_in.id}"


def _kept(person: Person) -> str:
    return f"totp of {person.id}"
