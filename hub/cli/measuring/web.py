"""A web process of the hub, started anew and asked over HTTP like by a reader without script."""

import os
import re
import subprocess
import time
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from hub.config import CHECKOUT
from hub.serve import FRUGAL, Address, gunicorn_command, listen

LONGEST = 60.0  # seconds to start, or to answer
UNLIMITED = "1000000 per minute"
FAILED = 'class="notice notice--warning"'
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class NoAnswer(RuntimeError):
    """The web process did not start, or refused something; the message says what."""


class WebProcess:
    """Serves the library in ``data`` while entered. What was asked is deleted at the end."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.cookies: SimpleCookie = SimpleCookie()
        self.conversations: list[str] = []

    def __enter__(self) -> Self:
        with listen(Address("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            environ = {**FRUGAL, **os.environ, "HUB_DATA": str(self.data)}
            environ["HUB_ASK_LIMIT"] = UNLIMITED
            environ.setdefault("HUB_ENV", "local")
            number = listener.fileno()
            self.process = subprocess.Popen(
                gunicorn_command(number), cwd=CHECKOUT, env=environ, pass_fds=(number,)
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self.forget()
        finally:
            self.process.terminate()
            self.process.wait(timeout=LONGEST)

    def ask(self, question: str) -> str:
        """The page with the whole answer. Raises: NoAnswer."""
        place = self._sent("/assistant/ask", self._form("/assistant", question=question))
        self.conversations.append(place.split("#")[0])
        page = self._page(self.conversations[-1])
        if FAILED in page:
            raise NoAnswer("The web process could not answer; its log says why.")
        return page

    def forget(self) -> None:
        """Deletes the conversations that were begun here. Raises: NoAnswer."""
        for place in self.conversations:
            self._sent(f"{place}/delete", self._form(place))
        self.conversations.clear()

    def _form(self, page: str, **fields: str) -> dict[str, str]:
        token = TOKEN.search(self._page(page))
        return {**fields, "csrf_token": token[1] if token else ""}

    def _page(self, place: str) -> str:
        status, _, text = self._exchange("GET", place)
        if status != 200:
            raise NoAnswer(f"The web process answered {status} to a page.")
        return text

    def _sent(self, place: str, fields: dict[str, str]) -> str:
        """Where the form leads to."""
        status, location, _ = self._exchange("POST", place, urlencode(fields))
        if status != 303:
            raise NoAnswer(f"The web process answered {status} to a form.")
        return location

    def _exchange(self, method: str, place: str, body: str = "") -> tuple[int, str, str]:
        """Status, location and text; waits for a process that is still starting."""
        until = time.monotonic() + LONGEST
        while True:
            try:
                return self._exchanged(method, place, body)
            except (OSError, HTTPException) as error:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise NoAnswer("The web process does not answer.") from error
                time.sleep(0.02)

    def _exchanged(self, method: str, place: str, body: str) -> tuple[int, str, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
        headers = {"Cookie": "; ".join(f"{c.key}={c.value}" for c in self.cookies.values())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, place, body, headers)
            response = connection.getresponse()
            for line in response.headers.get_all("Set-Cookie") or []:
                self.cookies.load(line)
            return response.status, response.headers.get("Location", ""), response.read().decode()
        finally:
            connection.close()
