"""The names of uploads: as people gave them, without what a name must not hold."""

import re
import unicodedata

from hub.texts import DIRECTION_CHARACTERS
from hub.uploads.models import LONGEST_NAME
from hub.uploads.sniffing import ENDINGS, MediaType

UNFIT = re.compile(r'[\\:*?"<>|\[\]()`/]')
SPACES = re.compile(r"\s+")
ENDINGS_TYPED = re.compile(r"(\.[A-Za-z0-9]{1,5})+$")
LONGEST_SEEN = 1_000


def file_name(typed: str, media_type: MediaType) -> str:
    """Without folders, control characters and what turns the direction around; the ending is that
    of what the file is."""
    last = re.split(r"[/\\]", typed[:LONGEST_SEEN])[-1]
    composed = unicodedata.normalize("NFC", last)
    readable = "".join(letter for letter in composed if not _is_unfit(letter))
    words = SPACES.sub(" ", UNFIT.sub("_", readable)).strip()
    stem = ENDINGS_TYPED.sub("", words).strip(". _")
    ending = ENDINGS[media_type]
    if not any(map(str.isalnum, stem)):
        stem = "document" if media_type is MediaType.PDF else "picture"
    return f"{stem[: LONGEST_NAME - 10].strip()}.{ending}"


def markdown_for(upload_id: int, filename: str, media_type: str) -> str:
    """How a text shows the upload."""
    is_picture = media_type != MediaType.PDF
    shown = filename.rsplit(".", 1)[0] if is_picture else filename
    escaped = re.sub(r"([\\`*_{}\[\]<>!#~|])", r"\\\1", shown)
    return f"{'!' if is_picture else ''}[{escaped}](/forum/uploads/{upload_id})"


def _is_unfit(letter: str) -> bool:
    if letter in DIRECTION_CHARACTERS or letter in "\u200e\u200f\u061c":
        return True
    return unicodedata.category(letter) in ("Cc", "Cs", "Cn", "Co") and not letter.isspace()
