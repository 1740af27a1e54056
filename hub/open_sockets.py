"""Bounds the open channels, each of which holds a thread: pages must always find a free one."""

from collections import Counter
from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHANNEL = "/socket.io/"
# Of the 32 threads that README.md gives to gunicorn. A page that gets no channel sends its form.
MOST_OPEN = 24
MOST_OPEN_AT_AN_ADDRESS = 12


def register(app: Flask) -> None:
    """To be called after the sockets are bound and before the proxies are trusted."""
    app.wsgi_app = OpenSockets(  # type: ignore[method-assign]
        app.wsgi_app, MOST_OPEN, MOST_OPEN_AT_AN_ADDRESS
    )


class OpenSockets:
    """Refuses a channel with 503 where ``most`` are open, or ``most_at_an_address`` there."""

    def __init__(self, app: "WSGIApplication", most: int, most_at_an_address: int) -> None:
        self.app, self.most, self.most_at_an_address = app, most, most_at_an_address
        self.open_at: Counter[str] = Counter()
        self._lock = Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(CHANNEL):
            return self.app(environ, start_response)
        address = environ.get("REMOTE_ADDR", "")
        if not self._enter(address):
            start_response("503 Service Unavailable", [("Retry-After", "10")])
            return [b""]
        try:
            return self.app(environ, start_response)  # returns when the channel is closed
        finally:
            self._leave(address)

    def _enter(self, address: str) -> bool:
        with self._lock:
            is_free = (
                self.open_at.total() < self.most and self.open_at[address] < self.most_at_an_address
            )
            self.open_at += Counter([address] if is_free else [])
            return is_free

    def _leave(self, address: str) -> None:
        with self._lock:
            self.open_at -= Counter([address])
