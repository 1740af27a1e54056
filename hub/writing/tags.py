"""The words that a topic is filed under, as they are typed and as they are kept."""

import unicodedata
from collections.abc import Sequence

SIGNS = "-.+#"


def typed_tags(text: str) -> list[str]:
    """What stands between the commas, in small letters and each once; words of one tag joined by a
    hyphen."""
    parts = ("-".join(part.split()).lower().strip("-") for part in text.split(","))
    return list(dict.fromkeys(filter(None, parts)))


def is_tag(tag: str) -> bool:
    """Letters, digits and a few signs, and at least one letter or digit."""
    return any(map(str.isalnum, tag)) and all(map(_is_allowed, tag))


def spelled(tags: Sequence[str]) -> str:
    """As they stand in the field."""
    return ", ".join(tags)


def _is_allowed(character: str) -> bool:
    return character in SIGNS or unicodedata.category(character)[0] in "LMN"
