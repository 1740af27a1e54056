"""New posts in open pages: how many of those that have a topic open hear of each post, and how soon
after its form was sent."""

import asyncio
import os
import secrets
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from hub import warming
from hub.cli.measuring.figures import Figure, percentile
from hub.cli.measuring.listening import Listener
from hub.cli.measuring.prepared import signed_in
from hub.cli.measuring.processes import held_by
from hub.config import CHECKOUT
from hub.serve import FRUGAL, Address, gunicorn_command, listen

SOCKETS, TOPICS, SECONDS = 300, 20, 20
PEOPLE = 60
LONGEST = 60.0
LATE = 1.0  # second


@dataclass
class Heard:
    """When posts were sent, by topic and number, and how long until each listener heard of them.
    ``pages``: how long pages took meanwhile."""

    sent: dict[tuple[int, int], float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    joined: int = 0
    failed: int = 0

    def hear(self, name: str, numbers: dict[str, Any]) -> None:
        if name != "posts":
            return
        begun = self.sent.get((numbers["topic"], numbers["number"]))
        if begun is not None:
            self.delays.append(time.perf_counter() - begun)
        elif numbers["number"] == 1:  # what a listener is told when it joins
            self.joined += 1


@dataclass(frozen=True, slots=True)
class Served:
    """A hub with some topics, that is served on ``port``."""

    port: int
    process: int
    topics: list[int]
    cookies: list[str]


def measure_live(
    sockets: int = SOCKETS, topics: int = TOPICS, seconds: int = SECONDS, url: str = ""
) -> list[Figure]:
    """Each topic gets a post a second, from a writer of its own, by the page's own form; meanwhile
    somebody reads pages. The process has had its moment to load what a first post needs
    (``hub.warming``). ``url`` is that of an empty database; "" for a file."""
    heard = Heard()
    with served(topics, url) as hub:
        before = held_by(hub.process, "Rss")
        held = asyncio.run(_listen(hub, heard, sockets, seconds))
    expected = sum(sockets // topics for _ in heard.sent)
    share = 100 * len(heard.delays) / expected if expected else 0.0
    return [
        Figure("live", "open sockets", heard.joined, "sockets", sockets, is_at_least=True),
        Figure("live", "posts", len(heard.sent), "posts"),
        Figure("live", "forms that failed", heard.failed, "forms", 0),
        Figure("live", "delivered", share, "%", 100, is_at_least=True),
        Figure("live", "delay, half", percentile(heard.delays, 50), "s"),
        Figure("live", "delay, 99 of 100", percentile(heard.delays, 99), "s", LATE),
        Figure("live", "a page meanwhile, half", percentile(heard.pages, 50), "s"),
        Figure("live", "a page meanwhile, 99 of 100", percentile(heard.pages, 99), "s", LATE),
        Figure("live", "memory for the sockets", held - before, "MB"),
    ]


@contextmanager
def served(topics: int, url: str) -> Iterator[Served]:
    """A hub of its own in a temporary folder, by the web server of ``flask serve``."""
    secret = secrets.token_hex(16)
    with TemporaryDirectory(prefix="hub-live-") as folder:
        environ = {"HUB_DATA": folder, "HUB_ENV": "local", "HUB_SECRET_KEY": secret}
        environ |= {"HUB_EMBEDDER": "hashing", "DATABASE_URL": url}
        made, cookies = _filled(environ, topics)
        with listen(Address("127.0.0.1", 0)) as listener:
            port, number = listener.getsockname()[1], listener.fileno()
            command = gunicorn_command(number)
            command[command.index("wsgi:app")] = "hub.cli.measuring.live_app:app()"
            process = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                env={**FRUGAL, **os.environ, **environ},
                pass_fds=(number,),
            )
        try:
            _await_page(port)
            time.sleep(warming.AFTER_SECONDS)  # what the first post needs is loaded by then
            yield Served(port, process.pid, made, cookies)
        finally:
            process.terminate()
            process.wait(timeout=LONGEST)


def _filled(environ: dict[str, str], topics: int) -> tuple[list[int], list[str]]:
    """The ids of the topics, and a cookie for each of the people."""
    from hub import create_app
    from hub.extensions import db

    app = create_app({"TESTING": True}, environ)
    with app.app_context():
        db.create_all()
        people = _people(db.session())
        made = _topics(db.session(), people, topics)
        db.session.commit()
    cookies = [f"{name}={key}" for name, key in signed_in(app, people)]
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return made, cookies


def _people(session: Session) -> list[int]:
    from hub.accounts.models import Person
    from hub.accounts.pseudonyms import key_of
    from hub.clock import now

    names = [f"Reader {number}" for number in range(PEOPLE)]
    people = [
        Person(pseudonym=name, pseudonym_key=key_of(name), created_at=now()) for name in names
    ]
    session.add_all(people)
    session.flush()
    return [person.id for person in people]


def _topics(session: Session, people: list[int], count: int) -> list[int]:
    from hub.clock import now
    from hub.forum import operations
    from hub.forum.models import Board, Category

    board = Board(category=Category(name="Live"), name="Live", created_at=now())
    session.add(board)
    session.flush()
    made = []
    for number in range(count):
        form = operations.Written("Words.", secrets.token_hex(16), title=f"Topic {number}")
        author_id = people[number % len(people)]
        made.append(operations.start_topic(session, board, author_id, form, now()).id)
    return made


async def _listen(hub: Served, heard: Heard, sockets: int, seconds: int) -> float:
    """Opens the channels, has posts written, and waits for the last; the memory held by then."""
    listeners = []
    for number in range(sockets):
        listener = await Listener(heard.hear).open(
            hub.port, hub.cookies[number % PEOPLE], f"127.0.1.{1 + number % 250}"
        )
        listener.send("join", topic=hub.topics[number % len(hub.topics)])
        listeners.append(listener)
    await _until(lambda: heard.joined >= sockets)
    held = held_by(hub.process, "Rss")
    await asyncio.to_thread(_write_all, hub, heard, seconds)
    expected = sum(sockets // len(hub.topics) for _ in heard.sent)
    await _until(lambda: len(heard.delays) >= expected)
    for listener in listeners:
        await listener.close()
    return held


async def _until(is_so: Any, longest: float = 10.0) -> None:
    end = time.monotonic() + longest
    while not is_so() and time.monotonic() < end:
        await asyncio.sleep(0.05)


def _write_all(hub: Served, heard: Heard, seconds: int) -> None:
    """A thread for each topic, which writes at its own time in the second, and one that reads."""
    end = threading.Event()
    reader = threading.Thread(target=_read, args=(hub, heard, end))
    writers = [
        threading.Thread(target=_write, args=(hub, heard, place, seconds))
        for place in range(len(hub.topics))
    ]
    for thread in (reader, *writers):
        thread.start()
    for writer in writers:
        writer.join()
    end.set()
    reader.join()


def _write(hub: Served, heard: Heard, place: int, seconds: int) -> None:
    topic, cookie = hub.topics[place], hub.cookies[place % PEOPLE]
    start = time.monotonic() + place / len(hub.topics)
    for turn in range(seconds):
        time.sleep(max(0.0, start + turn - time.monotonic()))
        form = urlencode({"text": f"Post {turn}.", "submission": secrets.token_hex(16)})
        heard.sent[topic, turn + 2] = time.perf_counter()
        if _status(hub.port, "POST", f"/forum/topics/{topic}/reply", cookie, form) != 303:
            heard.failed += 1


def _read(hub: Served, heard: Heard, end: threading.Event) -> None:
    """Somebody who has no socket: pages must come all the same."""
    place = 0
    while not end.is_set():
        begun = time.perf_counter()
        topic = hub.topics[place % len(hub.topics)]
        if _status(hub.port, "GET", f"/forum/topics/{topic}", hub.cookies[-1]) == 200:
            heard.pages.append(time.perf_counter() - begun)
        place += 1
        end.wait(0.1)


def _status(port: int, method: str, place: str, cookie: str, form: str = "") -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, place, form, headers)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def _await_page(port: int) -> None:
    """Raises: OSError, where the server does not start."""
    end = time.monotonic() + LONGEST
    while True:
        try:
            _status(port, "GET", "/", "")
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
