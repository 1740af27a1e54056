"""Which language a page is in: the reader's choice, else the browser's, else English."""

from flask import request, session

from hub.config import LANGUAGES


def choose_language() -> str:
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"
