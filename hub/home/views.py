"""The home page."""

from flask import Blueprint, render_template, url_for

from hub.accounts.visitor import visitor
from hub.assistant.asker import ensured_key
from hub.extensions import db
from hub.guards import public
from hub.home.questions import EXAMPLE_QUESTIONS
from hub.library.audience_words import group_names
from hub.library.cards import card
from hub.library.queries import holdings, newest_documents
from hub.library.words import language_name

NEWEST = 5

home = Blueprint("home", __name__)


@home.get("/")
@public
def index() -> str:
    ensured_key()  # a first question from here is answered over the socket, which needs it
    reader = visitor().reader
    held = holdings(db.session(), reader)
    newest = newest_documents(db.session(), reader, NEWEST)
    groups = group_names(db.session(), {document.audience for document, _version in newest})
    return render_template(
        "home/page.html",
        documents=[card(document, version, groups=groups) for document, version in newest],
        total=held.documents,
        languages_held=[
            (language_name(code), count, url_for("library.index", language=code))
            for code, count in held.languages.most_common()
            if code
        ],
        questions=EXAMPLE_QUESTIONS,
    )
