"""Questions that the documents of the starter library answer."""

from flask_babel import lazy_gettext as _

EXAMPLE_QUESTIONS = (
    _("May the police use live facial recognition in public?"),
    _("Is predictive policing about a person prohibited?"),
    _("What are the eight objectives of popAI?"),
    _("Who were the partners of popAI?"),
)
