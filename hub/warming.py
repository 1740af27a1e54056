"""What the first question, search or post would wait for is loaded a moment after a web process
starts: the embedding model, the tables that recognise languages, the indexes, the words by which
a new member's post is looked at.

After the first pages, which whoever starts the hub looks at. By one search, as anybody would make
it, so that nothing must be said here of what a search needs.
"""

import os
from threading import Timer

import structlog
from flask import Flask

from hub.extensions import db
from knowledge.access import ANYONE

AFTER_SECONDS = 3.0
ASKED = "What is here?"


def begin(app: Flask) -> None:
    """Only in a process that serves: commands and tests load what they use when they use it."""
    if os.environ.get("SERVER_SOFTWARE", "").startswith("gunicorn"):
        later = Timer(AFTER_SECONDS, warm, [app])
        later.daemon = True
        later.start()


def warm(app: Flask) -> None:
    """What fails here fails again, with its page, for whoever searches: it is only noted."""
    from hub.moderation.signs import lexicons
    from hub.search.asking import asked_for
    from hub.search.finding import find
    from knowledge.language import language_of
    from knowledge.orm import reading

    language_of(ASKED)
    lexicons()
    with app.app_context():
        try:
            with reading(db.engine) as session:
                find(session, ANYONE, asked_for(ASKED), "en")
        except Exception as error:
            structlog.get_logger().warning("nothing loaded yet", cause=type(error).__name__)
