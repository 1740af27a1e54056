"""Which addresses a post may lead to, and which of them are pages of this hub."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from flask import current_app, has_app_context

# What Markdown made of it: nothing is left in it that is not written as a percent sign and figures.
_PAGE = re.compile(r"/(?!/|%5[Cc])[!#-&(-;=?-\[\]^_a-z{|}~]*")
_MAIL = re.compile(r"(?i:mailto):[\w.!#$%*+/=^{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}", re.A)
_PLACE = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_UPLOAD = re.compile(r"/forum/uploads/([0-9]{1,16})")
_POST = re.compile(r"/forum/posts/([0-9]{1,16})(?:[?#].*)?")
_CARD = re.compile(
    r"/(?:library/[0-9]{1,10}|forum/(?:topics|posts)/[0-9]{1,16}|assistant/[\w-]{20,43})(?:[/?#].*)?"
)


def is_kept(address: str) -> bool:
    """Whether a link may have this address: a page of this hub, one elsewhere, or a mailbox.

    Everything else stays text: other schemes, addresses without a host or with a name and password
    in them, and those that start from wherever they are read.
    """
    return bool(_PAGE.fullmatch(address) or _MAIL.fullmatch(address)) or _is_elsewhere(address)


def own_path(address: str) -> str:
    """The address from the root of this hub; "" for what is elsewhere."""
    if address.startswith("/"):
        return address
    origin = current_app.config.get("ADDRESS", "") if has_app_context() else ""
    path = address[len(origin) :]
    is_own = origin and address.startswith(origin) and _PAGE.fullmatch(path)
    return path if is_own else ""


def upload_in(path: str) -> int | None:
    """The id of the upload that this path opens."""
    found = _UPLOAD.fullmatch(path)
    return int(found[1]) if found else None


def post_in(path: str) -> int | None:
    """The id of the post that this path opens."""
    found = _POST.fullmatch(path)
    return int(found[1]) if found else None


def may_unfold(path: str) -> bool:
    """Whether a card can stand for this page."""
    return bool(_CARD.fullmatch(path))


@lru_cache(maxsize=256)
def _is_elsewhere(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_web = parts.scheme in ("http", "https") and address[len(parts.scheme) :].startswith("://")
    return is_web and bool(_PLACE.fullmatch(parts.netloc)) and not re.search(r"[\s\\<>\"]", address)
