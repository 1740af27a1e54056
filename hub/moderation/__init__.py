"""Reports, cases, decisions, sanctions and objections."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.moderation import models  # noqa: F401 - its tables
