"""Title, language and date as a file states them, or None where it states nonsense."""

import datetime
import re

_JUNK_TITLE = re.compile(
    r"\.(docx?|xml|html?|indd|pdf|odt|rtf|tex|pptx?)$|"
    r"^(untitled|document\d*|slide 1|word document|powerpoint[ -]\w+)$",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(microsoft word|microsoft powerpoint)\s*-\s*", re.IGNORECASE)
_DATE = re.compile(r"^(?:D:)?(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?")
_LANGUAGE = re.compile(r"^([a-z]{2,3})(?:[-_][a-z0-9]+)*$", re.IGNORECASE)


def title(stated: str | None) -> str | None:
    """The title, unless it is a file name, a placeholder or too short to name anything."""
    words = _PREFIX.sub("", " ".join((stated or "").replace("\x00", "").split()))
    return words if len(words) >= 4 and not _JUNK_TITLE.search(words) else None


def language(stated: str | None) -> str | None:
    """The primary subtag in lower case: "en" of "en-GB"."""
    match = _LANGUAGE.match((stated or "").strip())
    code = match.group(1).lower() if match else None
    return code if code not in (None, "und", "mul", "zxx") else None


def date(stated: str | None) -> str | None:
    """ISO 8601 from an ISO or a PDF date; a year or a month stays one."""
    match = _DATE.match((stated or "").strip())
    if not match:
        return None
    parts = [part for part in match.groups() if part]
    try:
        datetime.date(*(int(part) for part in [*parts, "01", "01"][:3]))
    except ValueError:
        return None
    return "-".join(parts) if 1900 <= int(parts[0]) <= 2100 else None
