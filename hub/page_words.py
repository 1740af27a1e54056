"""The words of pages in the reader's language, looked up fast.

Flask-Babel looks up the request, its domain and its locale for every word anew, and formats also
what holds nothing to fill in: on a page with a hundred words that is as much time as the page.
Here the request keeps its catalogue. So whoever speaks another language for a while does it by
``speaking``, and not by Flask-Babel's ``force_locale`` alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from typing import Any

from flask import Flask, g
from flask_babel import force_locale, get_translations
from jinja2.nodes import EvalContext
from jinja2.utils import pass_eval_context
from markupsafe import Markup


def register(app: Flask) -> None:
    """After Flask-Babel was, whose functions in templates these replace."""
    app.jinja_env.globals.update(_=_in_template, gettext=_in_template, ngettext=_many_in_template)


def gettext(words: str, /, **values: Any) -> str:
    """As Flask-Babel's, for pages that say much."""
    found = _catalogue().gettext(words)
    return found % values if values else found


def ngettext(one: str, many: str, count: int, /, **values: Any) -> str:
    return _catalogue().ngettext(one, many, count) % {"num": count, **values}


@pass_eval_context
def _in_template(context: EvalContext, words: str, /, **values: Any) -> str:
    """``%%`` stands for ``%`` also where there are no values, as in the catalogues."""
    return _filled(context, _catalogue().gettext(words), values)


@pass_eval_context
def _many_in_template(
    context: EvalContext, one: str, many: str, count: int, /, **values: Any
) -> str:
    values.setdefault("num", count)
    return _filled(context, _catalogue().ngettext(one, many, count), values)


def _filled(context: EvalContext, words: str, values: dict[str, Any]) -> str:
    if context.autoescape:
        words = Markup(words)  # noqa: S704 - from the catalogue, or the template itself
    return words % values if values or "%" in words else words


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Inside, words are in this language of the hub."""
    before = g.pop("catalogue", None)
    try:
        with force_locale(language):
            yield
    finally:
        g.catalogue = before


def _catalogue() -> NullTranslations:
    found = g.get("catalogue")
    if found is None:
        found = g.catalogue = get_translations()
    return found
