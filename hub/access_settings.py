"""The settings of signing in: how often it may be tried, and the list of leaked passwords."""

from collections.abc import Mapping

from limits import parse_many

from hub.accounts.breaches import BreachedPasswords, ListUnusable

DEFAULT_LIMITS = {
    "SIGN_IN_ACCOUNT_LIMIT": ("HUB_SIGN_IN_ACCOUNT_LIMIT", "5 per 15 minutes"),
    "SIGN_IN_DEVICE_LIMIT": ("HUB_SIGN_IN_DEVICE_LIMIT", "10 per 15 minutes"),
    "SIGN_IN_ADDRESS_LIMIT": ("HUB_SIGN_IN_ADDRESS_LIMIT", "20 per 15 minutes"),
    "SIGN_IN_TOTAL_LIMIT": ("HUB_SIGN_IN_TOTAL_LIMIT", "300 per 5 minutes"),
    # Three of a million codes are right at any moment: thirty tries a day hit one in thirty years.
    "SECOND_FACTOR_LIMIT": ("HUB_SECOND_FACTOR_LIMIT", "5 per 15 minutes; 30 per day"),
    "REQUEST_RECIPIENT_LIMIT": ("HUB_REQUEST_RECIPIENT_LIMIT", "3 per hour"),
    "REQUEST_ADDRESS_LIMIT": ("HUB_REQUEST_ADDRESS_LIMIT", "10 per hour"),
    "REQUEST_TOTAL_LIMIT": ("HUB_REQUEST_TOTAL_LIMIT", "200 per hour"),
}


def access_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Raises: ValueError, with a sentence that names the setting."""
    limits = {
        key: _limit(environ, name, default) for key, (name, default) in DEFAULT_LIMITS.items()
    }
    return limits | {"BREACHED_PASSWORDS": _breached_passwords(environ)}


def _limit(environ: Mapping[str, str], name: str, default: str) -> str:
    text = environ.get(name) or default
    try:
        parse_many(text)
    except ValueError as error:
        raise ValueError(f"{name} is “{text}”; write it like “{default}”.") from error
    return text


def _breached_passwords(environ: Mapping[str, str]) -> str:
    file = environ.get("HUB_BREACHED_PASSWORDS", "")
    try:
        if file:
            BreachedPasswords(file).check()
    except ListUnusable as error:
        raise ValueError(f"HUB_BREACHED_PASSWORDS: {error}") from error
    return file
