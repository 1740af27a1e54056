"""What a document's codes are called in the reader's language."""

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale
from flask_babel import lazy_gettext as _

TYPES = {
    "law": _("Law"),
    "guideline": _("Guideline"),
    "guide": _("Guide"),
    "fact sheet": _("Fact sheet"),
    "report": _("Report"),
    "case law": _("Case law"),
    "deliverable": _("Project deliverable"),
    "glossary": _("Glossary"),
    "page": _("About the hub"),
}
STATUSES = {
    "not stated": _("Status not stated"),
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
