"""Bytes to characters, for the formats that do not say how they are written."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""")


def decode(content: bytes) -> str:
    """The text of ``content``: by byte order mark, as UTF-8, or by its statistics."""
    return _by_mark(content) or _strict(content, "utf-8") or _by_statistics(content)


def decode_markup(content: bytes) -> str:
    """As `decode`, believing the encoding that a page declares where it holds."""
    declared = _DECLARED.search(content[:4096])
    name = declared.group(1).decode("ascii") if declared else "utf-8"
    return _by_mark(content) or _strict(content, name) or decode(content)


def _by_mark(content: bytes) -> str | None:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    for name in ("utf-16-le", "utf-16-be"):
        if _looks_wide(content, first=name == "utf-16-be"):
            return content.decode(name, errors="replace")
    return None


def _looks_wide(content: bytes, first: bool) -> bool:
    """UTF-16 without a mark: in Western text every other byte is nearly always zero."""
    sample = content[:2000]
    zeros = sample[0 if first else 1 :: 2].count(0)
    others = sample[1 if first else 0 :: 2].count(0)
    return len(sample) >= 8 and zeros > 0.4 * len(sample) and others < 0.02 * len(sample)


def _strict(content: bytes, name: str) -> str | None:
    try:
        text = content.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None
    return None if name.lower().replace("-", "").startswith("utf16") else text


def _by_statistics(content: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(content[:200_000]).best()
    # Short texts give statistics nothing to hold on to; then Western Europe is the best guess.
    unsure = best is None or len(content) < 64
    name = "cp1252" if unsure or best is None else best.encoding
    return content.decode(name, errors="replace")
