"""What a document's codes are called in the reader's language."""

from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from flask_babel import get_locale
from flask_babel import lazy_gettext as _

TYPES = {
    "law": _("Law"),
    "guideline": _("Guideline"),
    "report": _("Report"),
    "case law": _("Case law"),
    "deliverable": _("Project deliverable"),
    "glossary": _("Glossary"),
    "page": _("About the hub"),
}
STATUSES = {
    "in force": _("In force"),
    "draft": _("Draft"),
    "superseded": _("Superseded"),
}


def type_name(code: str) -> str:
    """A type we do not know is shown as the curator wrote it."""
    return str(TYPES[code]) if code in TYPES else code[:1].upper() + code[1:]


def language_name(code: str) -> str:
    if not code:
        return ""
    try:
        name = Locale.parse(code, sep="-").get_display_name(get_locale() or "en")
    except (UnknownLocaleError, ValueError):
        name = None
    return (name[:1].upper() + name[1:]) if name else code


def spelled_date(iso: str) -> date | str:
    """A whole date for ``day`` in macros/time.html, or the year or month in words."""
    if len(iso) == 10:
        return date.fromisoformat(iso)
    if len(iso) == 7:
        first = date.fromisoformat(f"{iso}-01")
        return format_skeleton("yMMMM", first, locale=get_locale() or "en")
    return iso
