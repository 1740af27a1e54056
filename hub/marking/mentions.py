"""Names of people in a text: @Name, or @"Name with spaces"."""

import re
from collections.abc import Iterator

LONGEST_NAME = 40
# Not in the middle of a word: that is the address of a mailbox.
_MENTION = re.compile(
    rf"""(?<![\w@./+-])@(?:"([^"\n]{{1,{LONGEST_NAME}}})"|(\w[\w\-.'\u2019]{{0,{LONGEST_NAME}}}))"""
)


def mentions_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each begins and ends, and the name without the full stop of the sentence."""
    for found in _MENTION.finditer(text):
        if found[1] is not None:
            yield found.start(), found.end(), found[1].strip()
            continue
        name = found[2].rstrip("-.'\u2019")
        yield found.start(), found.start(2) + len(name), name
