"""What every page shows: the places of the hub, the languages, where the reader is."""

from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import get_locale, lazy_gettext

from hub.config import LANGUAGES, MAX_QUESTION_LENGTH

PLACES = ((lazy_gettext("Ask"), "assistant.index"), (lazy_gettext("Library"), "library.index"))


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    is_current: bool
    icon: str


def register(app: Flask) -> None:
    @app.context_processor
    def page_frame() -> dict[str, object]:
        return {
            "navigation": [_place(str(label), endpoint) for label, endpoint in PLACES],
            "languages": list(LANGUAGES.items()),
            "current_language": str(get_locale() or "en"),
            "max_question_length": MAX_QUESTION_LENGTH,
        }


def _place(label: str, endpoint: str) -> Place:
    feature = endpoint.split(".")[0]
    return Place(label, url_for(endpoint), request.blueprint == feature, feature)
