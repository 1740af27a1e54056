"""Pictures and PDFs in posts."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.uploads import models  # noqa: F401 - its tables
