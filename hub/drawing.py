"""Parts of pages that come out the same for the same input: drawn once, then remembered.

A part is a macro of a template. What it puts out depends on its arguments, the language, the time
zone and the root of the addresses, and on nothing else; so a remembered part can neither be out of
date nor show somebody what they may not see: whoever draws it had the arguments in hand. Arguments
are plain values, or tuples of them. What is secret or different for everybody (the token of the
forms) is no argument: a part leaves a GAP for it, which the page fills in.
"""

import secrets
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from flask import Flask, current_app, request
from flask_babel import get_locale, get_timezone
from jinja2 import Environment
from markupsafe import Markup

MOST = 4_000  # parts, of some kilobytes at most: titles and names stand in them, no posts
# Nobody outside can guess them, and write them into a title.
GAP, OTHER_GAP = (f"gap-{secrets.token_hex(8)}" for _ in range(2))

Draw = Callable[..., Markup]


def register(app: Flask) -> None:
    """In templates: ``draw(template, macro, *arguments)``, the gaps, and the filter ``filled``."""
    most = 0 if app.debug else MOST  # whoever changes templates wants to see the change
    app.extensions["drawn"] = lru_cache(most, typed=True)(partial(_drawn, app.jinja_env))
    app.jinja_env.globals.update(gap=GAP, other_gap=OTHER_GAP)
    app.add_template_filter(filled)

    @app.context_processor
    def drawing() -> dict[str, Draw]:
        return {"draw": draw_here()}


def draw_here() -> Draw:
    """Draws parts for the reader of this request."""
    drawn: Draw = current_app.extensions["drawn"]
    return partial(drawn, request.script_root, str(get_locale()), str(get_timezone()))


def filled(part: Markup, value: str, other: str = "") -> Markup:
    """The part with these in its gaps; they are safe as they are (a token, an address)."""
    text = str.replace(part, GAP, value)
    return Markup(text.replace(OTHER_GAP, other) if other else text)  # noqa: S704 - see above


def _drawn(
    environment: Environment,
    _root: str,
    _language: str,
    _zone: str,
    template: str,
    macro: str,
    *arguments: Any,
) -> Markup:
    part: Markup = getattr(environment.get_template(template).module, macro)(*arguments)
    return part
