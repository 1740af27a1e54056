"""The answer to who has tried too often."""

from flask import make_response
from werkzeug.wrappers import Response


def wait_page(page: str, seconds: int) -> Response:
    """``page`` with the status that asks to wait, and for how long."""
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(seconds)
    return response
