"""Atom feeds of what one may read."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.feeds import models  # noqa: F401 - its tables
