"""The words of pages in the reader's language, looked up fast.

Flask-Babel looks up the request, its domain and its locale for every word anew, and formats also
what holds nothing to fill in: on a page with a hundred words that is as much time as the page.
"""

from gettext import NullTranslations
from typing import Any

from babel import Locale
from flask import Flask
from flask_babel import get_locale, get_translations
from jinja2.nodes import EvalContext
from jinja2.utils import pass_eval_context
from markupsafe import Markup

_CATALOGUES: dict[Locale | None, NullTranslations] = {}


def register(app: Flask) -> None:
    """After Flask-Babel was, whose functions in templates these replace."""
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)


@pass_eval_context
def gettext(context: EvalContext, words: str, /, **values: Any) -> str:
    """``%%`` stands for ``%`` also where there are no values, as in the catalogues."""
    return _filled(context, _catalogue().gettext(words), values)


@pass_eval_context
def ngettext(context: EvalContext, one: str, many: str, count: int, /, **values: Any) -> str:
    values.setdefault("num", count)
    return _filled(context, _catalogue().ngettext(one, many, count), values)


def _filled(context: EvalContext, words: str, values: dict[str, Any]) -> str:
    if context.autoescape:
        words = Markup(words)  # noqa: S704 - from the catalogue, or the template itself
    return words % values if values or "%" in words else words


def _catalogue() -> NullTranslations:
    locale = get_locale()
    found = _CATALOGUES.get(locale)
    if found is None:
        found = _CATALOGUES[locale] = get_translations()
    return found
