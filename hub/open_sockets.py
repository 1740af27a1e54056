"""Shares the threads of the server out, so that pages always find a free one.

Each open channel holds a thread for as long as it is open, however little is said in it. So the
server has more threads than channels may be open, and the pages keep the rest. Of the pages only so
many are made at once: more at a time would each be slower, and take more connections to the
database than there are.
"""

from collections import Counter
from collections.abc import Iterable
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHANNEL = "/socket.io/"
# Of the 400 threads that README.md gives to gunicorn. A page that gets no channel does without.
MOST_OPEN = 320
# Several people may come from one address, and several pages of each.
MOST_OPEN_AT_AN_ADDRESS = 60
PAGES_AT_ONCE = 32


def register(app: Flask) -> None:
    """To be called after the sockets are bound and before the proxies are trusted."""
    app.wsgi_app = OpenSockets(  # type: ignore[method-assign]
        app.wsgi_app, MOST_OPEN, MOST_OPEN_AT_AN_ADDRESS, PAGES_AT_ONCE
    )


class OpenSockets:
    """Refuses a channel with 503 where ``most`` are open, or ``most_at_an_address`` there. A page
    waits while ``pages_at_once`` others are made."""

    def __init__(
        self,
        app: "WSGIApplication",
        most: int,
        most_at_an_address: int,
        pages_at_once: int = PAGES_AT_ONCE,
    ) -> None:
        self.app, self.most, self.most_at_an_address = app, most, most_at_an_address
        self.open_at: Counter[str] = Counter()
        self.pages = BoundedSemaphore(pages_at_once)
        self._lock = Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(CHANNEL):
            with self.pages:
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
