"""What pages of the forum cost, beside the bare page: processor time and SQL statements.

The pages take turns in one process, so that whatever else the machine does falls on all of them;
what counts is the median of the rounds.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from io import BytesIO
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event
from werkzeug.test import EnvironBuilder

from hub.cli.measuring.figures import Figure

IN_A_ROW = 5  # requests for each turn of a page
WARM = 3
GUEST_BAR, SIGNED_IN_BAR = 2.0, 2.5
STATEMENTS_BAR, GROWTH_BAR, DEPTH_BAR = 6, 1.3, 1.5
TIMES = "× bare"
SMALL, LARGE = "small", "large"


class PageRefused(RuntimeError):
    """A page that is measured did not come; the message says which."""


@dataclass(eq=False)
class Visit:
    """A page that is asked for again and again, by a browser that keeps its cookies. ``scale``: of
    the hub that it is in."""

    app: Flask
    name: str
    path: str
    cookie: str = ""
    scale: str = ""
    milliseconds: list[float] = field(default_factory=list)
    statements: int = 0
    size: int = 0
    given: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cookies = SimpleCookie(self.cookie)
        self.environ = self._environ()

    @property
    def cost(self) -> float:
        return median(self.milliseconds)

    @property
    def is_signed_in(self) -> bool:
        return bool(self.cookie)

    @property
    def title(self) -> str:
        return f"{self.name}, {'signed in' if self.is_signed_in else 'guest'}"

    def ask(self) -> bytes:
        """The page, straight from the app. Raises: PageRefused."""
        begun: list[str] = []

        def start(
            status: str, headers: list[tuple[str, str]], *_rest: Any
        ) -> Callable[[bytes], object]:
            begun.append(status)
            self.given = [value for name, value in headers if name == "Set-Cookie"]
            return lambda _octets: None

        answer = self.app({**self.environ, "wsgi.input": BytesIO()}, start)
        try:
            page = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        if begun[0][:3] != "200":
            raise PageRefused(f"{self.path} answered {begun[0]} to {self.title} ({self.scale}).")
        return page

    def warm_up(self) -> None:
        for _ in range(WARM):
            with counted_statements() as counted:
                self.size = len(self.ask())
            self.statements = len(counted)
            for cookie in self.given:
                self.cookies.load(cookie)
            self.environ = self._environ()

    def _environ(self) -> dict[str, Any]:
        sent = "; ".join(f"{cookie.key}={cookie.value}" for cookie in self.cookies.values())
        headers = [("Cookie", sent)] if sent else []
        return EnvironBuilder(self.path, headers=headers).get_environ()

    def measure(self) -> None:
        begin = time.process_time()
        for _ in range(IN_A_ROW):
            self.ask()
        self.milliseconds.append((time.process_time() - begin) * 1000 / IN_A_ROW)


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Every statement that is sent inside; what begins and ends a transaction is none."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def measure_pages(bare: Visit, visits: Sequence[Visit], rounds: int) -> list[Figure]:
    """Raises: PageRefused."""
    everything = [bare, *visits]
    for visit in everything:
        visit.warm_up()
    for _ in range(rounds):
        for visit in everything:
            visit.measure()
    figures = [
        Figure("web", "bare page", bare.cost, "ms"),
        Figure("web", "bare page, size", bare.size / 1024, "KiB"),
    ]
    for visit in visits:
        figures += _beside(bare, visit)
    return figures + _growth(visits) + _depth(visits)


def _beside(bare: Visit, visit: Visit) -> list[Figure]:
    name = f"{visit.title}, {visit.scale}"
    bar = SIGNED_IN_BAR if visit.is_signed_in else GUEST_BAR
    return [
        Figure("web", name, visit.cost / bare.cost, TIMES, bar),
        Figure("web", f"{name}, SQL", visit.statements, "statements", STATEMENTS_BAR),
        Figure("web", f"{name}, time", visit.cost, "ms"),
        Figure("web", f"{name}, size", visit.size / 1024, "KiB"),
    ]


def _growth(visits: Sequence[Visit]) -> list[Figure]:
    """What the large hub costs more than the small one."""
    small = _by_title(visits, SMALL)
    found = []
    for title, large in _by_title(visits, LARGE).items():
        if title in small:
            ratio = large.cost / small[title].cost
            more = abs(large.statements - small[title].statements)
            found += [
                Figure("web", f"{title}, large / small", ratio, "×", GROWTH_BAR),
                Figure("web", f"{title}, SQL, difference", more, "statements", 0),
            ]
    return found


def _depth(visits: Sequence[Visit]) -> list[Figure]:
    """The last page of the topic that never ends, beside its first."""
    found = []
    for is_signed_in in (False, True):
        pages = {v.name: v for v in visits if v.is_signed_in == is_signed_in}
        if {"page 1", "page 500"} <= set(pages):
            ratio = pages["page 500"].cost / pages["page 1"].cost
            who = "signed in" if is_signed_in else "guest"
            found.append(Figure("web", f"page 500 / page 1, {who}", ratio, "×", DEPTH_BAR))
    return found


def _by_title(visits: Sequence[Visit], scale: str) -> Mapping[str, Visit]:
    return {visit.title: visit for visit in visits if visit.scale == scale}
