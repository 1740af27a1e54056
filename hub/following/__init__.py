"""How far somebody has read, and what they follow."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.following import models  # noqa: F401 - its tables
