"""Settings: defaults, then the environment. README.md lists every one of them.

*Production* is ``HUB_ENV=production``, or gunicorn started without ``HUB_ENV``. Everything else is
*local*: the checkout of a developer, where a secret is made and kept in the data folder.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.access_settings import access_settings
from hub.mail.settings import mail_settings
from hub.moderation.settings import moderation_settings
from hub.provider.settings import provider_settings
from hub.uploads.settings import upload_settings
from knowledge.orm import normalised_url

CHECKOUT = Path(__file__).resolve().parent.parent
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "nl": "Nederlands",
    "sk": "Slovenčina",
}
MAX_QUESTION_LENGTH = 1_000
DEFAULT_SECOND_FACTOR = "staff lea"
LONGEST_MEMBERSHIP = 3650


class MissingSetting(RuntimeError):
    """A setting without which the hub must not start; the message says what to do."""


def settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """The configuration of the app. Raises: MissingSetting."""
    data = Path(environ.get("HUB_DATA") or CHECKOUT / "data").resolve()
    production = is_production(environ)
    return {
        "PRODUCTION": production,
        "DATA": data,
        "MODEL_FOLDER": data / "models" / "e5-small",
        "EMBEDDER": environ.get("HUB_EMBEDDER") or "onnx",
        "SECRET_KEY": _secret(environ, data, production),
        "SQLALCHEMY_DATABASE_URI": _database_url(environ, data),
        # The values of a statement that fails are what somebody wrote; they belong in no log.
        # A connection for each thread of the server (hub.serve), and one for what it does beside.
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "hide_parameters": True,
            "pool_size": 20,
            "max_overflow": 44,
        },
        "ASK_LIMIT": environ.get("HUB_ASK_LIMIT") or "20 per minute; 300 per day",
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "TRUSTED_PROXIES": _whole_number(environ, "HUB_TRUSTED_PROXIES", 0),
        "RATELIMIT_STORAGE_URI": environ.get("HUB_RATE_LIMIT_STORE") or "memory://",
        "RATELIMIT_HEADERS_ENABLED": True,
        "SECOND_FACTOR_FOR": _second_factor_for(environ),
        "LEA_MEMBERSHIP_DAYS": _membership_days(environ),
        # What browsers call __Host- they keep to this host, this path and TLS.
        "SESSION_COOKIE_NAME": "__Host-session" if production else "hub_session",
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 60 * 60 * 24 * 30,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_DEFAULT_TIMEZONE": environ.get("HUB_TIMEZONE") or "Europe/Brussels",
        **_access_settings(environ),
        **_mail_settings(environ, production),
        **_provider_settings(environ, production),
        **_upload_settings(environ),
        **_moderation_settings(environ),
    }


def _second_factor_for(environ: Mapping[str, str]) -> frozenset[str]:
    """Whose rights take effect only after a second factor."""
    text = environ.get("HUB_SECOND_FACTOR_FOR")
    named = frozenset((DEFAULT_SECOND_FACTOR if text is None else text).split())
    if unknown := named - {"staff", "lea", "everyone"}:
        raise MissingSetting(
            f"HUB_SECOND_FACTOR_FOR names “{min(unknown)}”; it may name staff, lea or everyone."
        )
    return named


def _membership_days(environ: Mapping[str, str]) -> int:
    """For how long somebody is a verified LEA member before it must be renewed."""
    days = _whole_number(environ, "HUB_LEA_MEMBERSHIP_DAYS", 365)
    if not 1 <= days <= LONGEST_MEMBERSHIP:
        raise MissingSetting(
            f"HUB_LEA_MEMBERSHIP_DAYS is {days}; it must be between 1 and {LONGEST_MEMBERSHIP}."
        )
    return days


def _access_settings(environ: Mapping[str, str]) -> dict[str, str]:
    try:
        return access_settings(environ)
    except ValueError as error:
        raise MissingSetting(str(error)) from error


def _mail_settings(environ: Mapping[str, str], production: bool) -> dict[str, Any]:
    try:
        return mail_settings(environ, production)
    except ValueError as error:
        raise MissingSetting(str(error)) from error


def _provider_settings(environ: Mapping[str, str], production: bool) -> dict[str, str]:
    try:
        return provider_settings(environ, _mail_settings(environ, production)["ADDRESS"])
    except ValueError as error:
        raise MissingSetting(str(error)) from error


def _moderation_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    try:
        return moderation_settings(environ)
    except ValueError as error:
        raise MissingSetting(str(error)) from error


def _upload_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    try:
        return upload_settings(environ)
    except ValueError as error:
        raise MissingSetting(str(error)) from error


def is_production(environ: Mapping[str, str]) -> bool:
    mode = environ.get("HUB_ENV", "")
    if mode not in ("", "local", "production"):
        raise MissingSetting(f"HUB_ENV is “{mode}”; it is either “production” or “local”.")
    under_gunicorn = environ.get("SERVER_SOFTWARE", "").startswith("gunicorn")
    return mode == "production" or (not mode and under_gunicorn)


def _secret(environ: Mapping[str, str], data: Path, production: bool) -> str:
    secret = environ.get("HUB_SECRET_KEY", "")
    if secret:
        return secret
    if production:
        raise MissingSetting(
            "HUB_SECRET_KEY is not set. Sessions are signed with it: set it to a long random text "
            "that stays the same between starts, for example from "
            "python3 -c 'import secrets; print(secrets.token_hex(32))'."
        )
    return _kept_secret(data / "secret.key")


def _kept_secret(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(descriptor, "w") as out:
        out.write(secrets.token_hex(32) + "\n")
    return file.read_text().strip()


def _database_url(environ: Mapping[str, str], data: Path) -> str:
    url = environ.get("DATABASE_URL", "")
    if url:
        return normalised_url(url)
    data.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{data / 'hub.db'}"


def _whole_number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "")
    if not text:
        return default
    if not text.isdigit():
        raise MissingSetting(f"{name} is “{text}”; it must be a whole number.")
    return int(text)
