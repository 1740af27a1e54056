"""Arranging topics: pin, lock, move, split, merge, and the answer that was accepted."""

from flask import Flask


def register(app: Flask) -> None:
    """Nothing yet."""
