"""Polls in posts."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.polls import models  # noqa: F401 - its tables
