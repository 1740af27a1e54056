"""A text in the one plain form in which the rules read it, and the texts that are hidden in it."""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import unquote

LONGEST = 20_000
# Letters without an accent of their own, and marks that people write in several ways.
_PLAIN = str.maketrans({
    "ł": "l", "đ": "d", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "ς": "σ",
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"',
    "»": '"', "‹": '"', "›": '"', "–": "-", "—": "-", "‑": "-", "‒": "-", "−": "-", ";": "?",
})  # fmt: skip
# Cyrillic and Greek letters that look like Latin ones, for words that mix the alphabets.
_LOOKALIKES = str.maketrans("аеорсхуіјѕԁһԛԝвкмнтοαενικρτυχβμη", "aeopcxyijsdhqwbkmhtoaevikptuxbun")
_DIGITS = str.maketrans("013457@$!", "oieastasi")
_ACCENT = re.compile("[\u0300-\u036f]")
# Nobody sees these. Tag characters are an invisible copy of ASCII: whoever writes them wants them
# read.
_UNSEEN: dict[int, str | None] = {
    code: None for code in range(0xAD, 0xE0020) if unicodedata.category(chr(code)) == "Cf"
} | {0xE0000 + code: chr(code) for code in range(0x20, 0x7F)}
_MIXED = re.compile(r"\b(?=\w*[a-z])(?=\w*[\u0370-\u052f])\w+")
_SPELLED = re.compile(r"(?<!\w)\w(?:[ \-._*]\w){3,}(?!\w)")
_LEET = re.compile(r"(?<!\S)[a-z@$!0-9]*(?:[a-z][0-9@$!]|[0-9@$!][a-z])[a-z@$!0-9]*")
# “ignore”, “previous”, “instructions”, “system” as rot13 writes them.
_ROTATED = re.compile(r"\b(?:vtaber|cerivbhf|vafgehpgvbaf?|flfgrz)\b")
_CODED = re.compile(r"[!-~]{16}|[01]{8} [01]{8}")
_ALL_LEET = re.compile(r"(?<!\S)[\w@$!]*[0-9@$!][\w@$!]*")


def folded(text: str) -> str:
    """In lower case, without accents, without characters that cannot be seen, with the letters of
    other alphabets that only look Latin made Latin, and on one line per line of ``text``."""
    bare = text[:LONGEST].casefold()
    if not bare.isascii():
        seen = unicodedata.normalize("NFKC", bare.translate(_UNSEEN)).casefold()
        bare = _ACCENT.sub("", unicodedata.normalize("NFD", seen)).translate(_PLAIN)
        bare = _MIXED.sub(lambda word: word.group().translate(_LOOKALIKES), bare)
    return "\n".join(filter(None, (" ".join(line.split()) for line in bare.splitlines())))


def readings(text: str) -> Iterator[str]:
    """``text`` folded, then every text that can be decoded from it, folded as well."""
    plain = folded(text)
    yield plain
    for unmask in (_joined, _unleeted, _unquoted, _rotated):
        other = unmask(plain)
        if other != plain:
            yield other
    if _CODED.search(text):
        for decoded in _decoded(text[:LONGEST]):
            yield folded(decoded)


def _joined(plain: str) -> str:
    """“i g n o r e” → “ignore”."""
    return _SPELLED.sub(lambda match: re.sub(r"[ \-._*]", "", match.group()), plain)


def _unleeted(plain: str) -> str:
    """“1gn0r3” → “ignore”; numbers that stand alone become nonsense, which does no harm."""
    if len(_LEET.findall(plain)) < 3:
        return plain
    return _ALL_LEET.sub(lambda match: match.group().translate(_DIGITS), plain)


def _unquoted(plain: str) -> str:
    return folded(unquote(plain)) if plain.count("%") > 2 else plain


def _rotated(plain: str) -> str:
    return codecs.encode(plain, "rot13") if _ROTATED.search(plain) else plain


def _decoded(text: str) -> Iterator[str]:
    for pattern, decode in _CODES:
        for match in pattern.finditer(text):
            try:
                found = decode(match.group()).decode("utf-8")
            except (ValueError, binascii.Error):
                continue
            if _is_prose(found):
                yield found


def _is_prose(text: str) -> bool:
    letters = sum(letter.isalpha() or letter.isspace() for letter in text)
    return len(text) > 8 and letters >= 0.8 * len(text) and text.isprintable()


def _bits(text: str) -> bytes:
    return bytes(int(octet, 2) for octet in text.split())


def _padded(text: str, size: int) -> str:
    return text.rstrip("=") + "=" * (-len(text.rstrip("=")) % size)


_CODES: tuple[tuple[re.Pattern[str], Callable[[str], bytes]], ...] = (
    (re.compile(r"[A-Za-z0-9+/]{16,}={0,2}"), lambda t: base64.b64decode(_padded(t, 4))),
    (re.compile(r"[A-Z2-7]{16,}={0,6}"), lambda t: base64.b32decode(_padded(t, 8))),
    (re.compile(r"(?:[0-9a-fA-F]{2}){10,}"), bytes.fromhex),
    (re.compile(r"[01]{8}(?:\s[01]{8}){4,}"), _bits),
    (re.compile(r"[!-~]{40,}"), base64.b85decode),
)
