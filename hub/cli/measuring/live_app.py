"""The hub that ``flask benchmark live`` measures: the hub itself, only that nobody in it writes too
often and that a form needs no page before it."""

from flask import Flask

from hub import create_app, warming
from hub.cli.measuring.prepared import UNLIMITED


def app() -> Flask:
    made = create_app({**UNLIMITED, "WTF_CSRF_ENABLED": False, "TESTING": True})
    made.testing = False
    warming.begin(made)  # as wsgi.py does
    return made
