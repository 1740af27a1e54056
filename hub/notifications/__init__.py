"""Telling people what is new, in the page and by mail."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.notifications import models  # noqa: F401 - its tables
