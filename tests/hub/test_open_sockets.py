"""However many channels somebody opens, pages are answered."""

from collections.abc import Iterable
from threading import Event, Lock, Thread
from typing import Any

import pytest

from hub.open_sockets import PAGES_AT_ONCE, OpenSockets

CHANNEL = {"PATH_INFO": "/socket.io/", "REMOTE_ADDR": "192.0.2.1"}


class Held:
    """An application that keeps each channel open until it is told to let go."""

    def __init__(self) -> None:
        self.let_go, self.opened = Event(), Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/socket.io/"):
            self.opened.set()
            self.let_go.wait(10)
        start_response("200 OK", [])
        return [b"page"]


def status(application: OpenSockets, **environ: str) -> str:
    told: list[str] = []
    application({**CHANNEL, **environ}, lambda status, headers: told.append(status))
    return told[0]


def test_beyond_the_limit_a_channel_is_refused_and_a_page_is_not() -> None:
    held = Held()
    application = OpenSockets(held, most=2, most_at_an_address=1)
    first = Thread(target=status, args=(application,))
    second = Thread(target=status, args=(application,), kwargs={"REMOTE_ADDR": "192.0.2.2"})
    first.start()
    assert held.opened.wait(5)
    assert status(application).startswith("503")  # this address has one
    held.opened.clear()
    second.start()
    assert held.opened.wait(5)
    assert status(application, REMOTE_ADDR="192.0.2.3").startswith("503")  # there are two
    assert status(application, PATH_INFO="/library") == "200 OK"
    held.let_go.set()
    first.join()
    second.join()
    assert status(application) == "200 OK"
    assert application.open_at == {}


def test_pages_are_made_some_at_a_time_and_none_is_refused() -> None:
    at_once, most, lock = [0], [0], Lock()

    def page(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        Event().wait(0.02)
        with lock:
            at_once[0] -= 1
        start_response("200 OK", [])
        return [b"page"]

    application = OpenSockets(page, most=2, most_at_an_address=1, pages_at_once=3)
    told: list[str] = []

    def read() -> None:
        told.append(status(application, PATH_INFO="/library"))

    readers = [Thread(target=read) for _ in range(12)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert told == ["200 OK"] * 12
    assert most[0] == 3


def test_a_page_that_fails_gives_its_turn_back() -> None:
    def fails(_environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        raise RuntimeError

    application = OpenSockets(fails, most=2, most_at_an_address=1, pages_at_once=1)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            status(application, PATH_INFO="/library")


def test_the_app_is_guarded_inside_the_proxies(app) -> None:
    """So that the address is that of the reader; and less than the threads that serve."""
    from hub.serve import THREADS

    layer = app.wsgi_app
    assert isinstance(layer, OpenSockets)
    assert layer.most_at_an_address < layer.most
    assert layer.most + 2 * PAGES_AT_ONCE <= THREADS
