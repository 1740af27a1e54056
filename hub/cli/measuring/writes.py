"""Many who write at once: replies that mention somebody who is told, beside rows that are merely
inserted. Both come by a form, to an app in this process, from as many threads."""

import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from statistics import median

from flask import Flask
from flask.testing import FlaskClient

from hub.cli.measuring.bare import INSERT_PATH
from hub.cli.measuring.figures import Figure

WRITERS = 8
WRITES_BAR = 0.4
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
WORDS = "We compared the error rates of both groups, and the difference was too large for us. "


def measure_writes(
    bare: Flask,
    hub: Flask,
    cookies: Sequence[tuple[str, str]],
    topics: Sequence[int],
    mention: str,
    count: int,
    rounds: int,
) -> list[Figure]:
    """``cookies``: of the writers, name and key; ``topics``: where each of them replies;
    ``mention``: whom they name, as it is typed; ``count``: posts of each in a round."""
    inserts = [_Inserting(bare) for _ in cookies]
    replies = [
        _Replying(hub, *cookie, topic) for cookie, topic in zip(cookies, topics, strict=True)
    ]
    errors: list[str] = []
    rates: dict[str, list[float]] = {"insert": [], "reply": []}
    for turn in range(rounds + 1):
        for name, writers in (("insert", inserts), ("reply", replies)):
            rate = _rate([writer.write for writer in writers], mention, count, errors)
            if turn:
                rates[name].append(rate)
    inserted, replied = median(rates["insert"]), median(rates["reply"])
    return [
        Figure("web", f"bare inserts, {len(cookies)} writers", inserted, "per s"),
        Figure("web", f"replies, {len(cookies)} writers", replied, "per s"),
        Figure("web", "replies / bare inserts", replied / inserted, "×", WRITES_BAR, True),
        Figure("web", "writes that failed", len(errors), "writes", 0),
    ]


def _rate(
    writes: Sequence[Callable[[str], None]], mention: str, count: int, errors: list[str]
) -> float:
    """Writes a second, of all of them together."""

    def work(write: Callable[[str], None]) -> None:
        for _ in range(count):
            try:
                write(f"{mention} {WORDS * 5}\n\n{secrets.token_hex(20)}")
            except Exception as error:
                errors.append(repr(error))

    threads = [threading.Thread(target=work, args=(write,)) for write in writes]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count * len(threads) / (time.perf_counter() - begin)


class _Inserting:
    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def write(self, text: str) -> None:
        answer = self.client.post(INSERT_PATH, data={"text": text})
        if answer.status_code != 303:
            raise RuntimeError(answer.status)


class _Replying:
    """Somebody who is signed in, with the form of a topic open."""

    def __init__(self, app: Flask, cookie: str, key: str, topic_id: int) -> None:
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie(cookie, key, domain="localhost")
        self.path = f"/forum/topics/{topic_id}/reply"
        page = self.client.get(self.path).text
        token = TOKEN.search(page)
        self.token = token[1] if token else ""

    def write(self, text: str) -> None:
        fields = {"text": text, "csrf_token": self.token, "submission": secrets.token_urlsafe(24)}
        answer = self.client.post(self.path, data=fields)
        if answer.status_code != 303:
            raise RuntimeError(answer.status)
