"""What every page shows: the places of the hub, the languages, where the reader is."""

from dataclasses import dataclass

from flask import Flask, url_for
from flask_babel import get_locale, lazy_gettext
from sqlalchemy.exc import SQLAlchemyError

from hub import drawing, page_addresses, page_words
from hub.accounts.visitor import NOBODY, Visitor, visitor
from hub.accounts.wording import role_name
from hub.config import LANGUAGES, MAX_QUESTION_LENGTH

PLACES = (
    (lazy_gettext("Ask"), "assistant.index"),
    (lazy_gettext("Library"), "library.index"),
    (lazy_gettext("Forum"), "forum.index"),
)

ACCOUNT_PLACES = (
    (lazy_gettext("Overview"), "account.index"),
    (lazy_gettext("Profile"), "profile.edit"),
    (lazy_gettext("Sign-ins"), "account.sign_ins"),
    (lazy_gettext("Second factor"), "second_factor.index"),
    (lazy_gettext("LEA membership"), "membership.index"),
    (lazy_gettext("Groups"), "groups.index"),
    (lazy_gettext("Notifications"), "notifications.choices"),
    (lazy_gettext("Following"), "following.index"),
    (lazy_gettext("Feeds"), "feeds.index"),
    (lazy_gettext("Reports and decisions"), "moderation.mine"),
    (lazy_gettext("Your data"), "own_data.index"),
)


@dataclass(frozen=True)
class Place:
    """``feature`` is where one is when one is there, and names its icon."""

    label: str
    url: str
    feature: str


def register(app: Flask) -> None:
    page_words.register(app)
    page_addresses.register(app)
    drawing.register(app)
    app.add_template_filter(role_name)
    app.jinja_env.globals.update(languages=LANGUAGES, max_question_length=MAX_QUESTION_LENGTH)

    @app.template_test("endpoint")
    def is_endpoint(name: str) -> bool:
        """Whether there is such a page: features link to each other and stand alone."""
        return name in app.view_functions

    @app.template_global()
    def account_places() -> list[tuple[object, str]]:
        """The parts of one's account."""
        return [place for place in ACCOUNT_PLACES if place[1] in app.view_functions]

    @app.template_global()
    def places() -> list[Place]:
        return [Place(str(label), url_for(name), name.split(".")[0]) for label, name in PLACES]

    @app.context_processor
    def page_frame() -> dict[str, object]:
        return {"visitor": _visitor(), "current_language": str(get_locale() or "en")}


def _visitor() -> Visitor:
    """A page that says what went wrong must come about also where the database does not answer."""
    try:
        return visitor()
    except SQLAlchemyError:
        return NOBODY
