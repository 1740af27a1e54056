"""Reports, cases, decisions, sanctions and objections."""

from flask import Flask


def register(app: Flask) -> None:
    """Nothing yet."""
