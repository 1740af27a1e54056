"""What an address of this hub asks a card of."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from werkzeug.datastructures import MultiDict

from hub.library.marks import Mark, asks_for_marks, requested_marks, whole_number
from hub.marking.addresses import post_in
from knowledge.orm import LARGEST_LONG_ID

DOCUMENT, TOPIC, POST, ANSWER = "document", "topic", "post", "answer"
# A stretch that is longer is no quote any more; the card names its document.
LONGEST_QUOTE = 5_000
LARGEST_POSITION = 10**9
_DOCUMENT = re.compile(r"/library/([0-9]{1,10})(?:/pages/([0-9]{1,5})|/text)?")
_TOPIC = re.compile(r"/forum/topics/([0-9]{1,16})")
_ANSWER = re.compile(r"/assistant/([\w-]{20,43})", re.A)


@dataclass(frozen=True, slots=True)
class Asked:
    """``key``: the id, or the token of a conversation. Of a document: the number of the ``version``
    (None for the current one), the ``page``, and the quote."""

    kind: str
    key: str
    version: int | None = None
    page: int | None = None
    mark: Mark | None = None


def asked_by(path: str) -> Asked | None:
    """None where no page of this hub that a card can stand for has this address."""
    parts = urlsplit(path)
    if found := _DOCUMENT.fullmatch(parts.path):
        return _document(int(found[1]), found[2], MultiDict(parse_qsl(parts.query)))
    if found := _ANSWER.fullmatch(parts.path):
        return Asked(ANSWER, found[1])
    topic = _TOPIC.fullmatch(parts.path)
    post = post_in(parts.path)
    number = int(topic[1]) if topic else post
    if number is None or number > LARGEST_LONG_ID:
        return None
    return Asked(TOPIC if topic else POST, str(number))


def _document(number: int, page: str | None, query: MultiDict[str, str]) -> Asked | None:
    version = whole_number(query["version"]) if "version" in query else None
    if number >= 2**31 or ("version" in query and not version):
        return None
    marks = requested_marks(query, LARGEST_POSITION) if asks_for_marks(query) else ()
    mark = marks[0] if marks and marks[0].end - marks[0].start <= LONGEST_QUOTE else None
    return Asked(DOCUMENT, str(number), version, int(page) if page else None, mark)
