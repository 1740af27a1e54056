"""Words that a question puts in quotation marks: they are asked for exactly as they stand."""

import re
import unicodedata
from collections.abc import Sequence

# Apostrophes look like single quotation marks; those count only around several words.
_QUOTED = re.compile(
    r'"([^"]+)"|[“”„]([^“”„]+)[“”]|«([^«»]+)»|»([^«»]+)«|(?<!\w)[‘\'‚]([^‘’\'‚]+)[’‘\'](?!\w)'
)
FEWEST_WORDS = 2  # one word is found by its stem, and its definition by its name


def phrases_asked_for(question: str) -> tuple[str, ...]:
    """The quoted phrases, as ``share_held`` compares them."""
    quoted = ("".join(filter(None, match.groups())) for match in _QUOTED.finditer(question))
    plain = (_plain(words).strip(" .,;:!?") for words in quoted)
    return tuple(dict.fromkeys(words for words in plain if len(words.split()) >= FEWEST_WORDS))


def share_held(text: str, phrases: Sequence[str]) -> float:
    """How many of the phrases stand in the text, word for word, from 0 to 1."""
    if not phrases:
        return 0.0
    words = f" {_plain(text)} "
    return sum(_stands_in(phrase, words) for phrase in phrases) / len(phrases)


def _stands_in(phrase: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text))


def _plain(text: str) -> str:
    """Case, spaces and the shape of marks do not tell phrases apart."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[‘’‚']", "'", folded).split())
