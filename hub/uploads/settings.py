"""The settings of uploads."""

import shlex
from collections.abc import Mapping
from typing import Any

MEGABYTE = 1_000_000
SIZE, QUOTA, CHECK = "HUB_UPLOAD_SIZE", "HUB_UPLOAD_QUOTA", "HUB_UPLOAD_CHECK"
LARGEST = 500


def upload_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Sizes in bytes; the command as a list of words. Raises: ValueError, in a sentence."""
    size = _megabytes(environ, SIZE, 10, LARGEST)
    return {
        "UPLOAD_SIZE": size * MEGABYTE,
        "UPLOAD_QUOTA": _megabytes(environ, QUOTA, 200, 1_000_000) * MEGABYTE,
        "UPLOAD_CHECK": _command(environ),
    }


def _megabytes(environ: Mapping[str, str], name: str, default: int, largest: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 8 and 1 <= int(text) <= largest):
        raise ValueError(f"{name} is “{text}”; it must be a number of megabytes up to {largest}.")
    return int(text)


def _command(environ: Mapping[str, str]) -> list[str]:
    try:
        return shlex.split(environ.get(CHECK, ""))
    except ValueError as error:
        raise ValueError(f"{CHECK} is no command: {error}.") from error
