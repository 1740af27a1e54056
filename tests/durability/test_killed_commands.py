"""The hub's own commands and its web server, killed in the middle: ten of the fifty rounds."""

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from hub.serve import Address, listen
from knowledge.orm import open_engine, reading
from tests.durability.library import CHECKOUT, PATIENCE, Library
from tests.fakes import UnhurriedAssistant

COMMANDS = {
    "import": ("library", "import"),
    "import and wait": ("library", "import", "--wait"),
    "work": ("index", "work"),
    "rebuild": ("index", "rebuild"),
    "read again": ("index", "rebuild", "--parse"),
    "work again": ("index", "work"),
}


@dataclass
class Site:
    """A hub in a folder, for commands and a web server that are processes of their own."""

    library: Library
    environ: dict[str, str]

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=CHECKOUT,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        process = self.start(*words)
        told, _ = process.communicate(timeout=60)
        return process.returncode, told


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """The tables are those of the migrations, as in a hub that has been set up."""
    data = tmp_path / "data"
    data.mkdir()
    environ = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "HUB_DATA": str(data),
        "HUB_ENV": "local",
        "HUB_EMBEDDER": "hashing",
        "HUB_SECRET_KEY": "only for this test",
        "HUB_ASK_LIMIT": "1000 per minute",
        "DATABASE_URL": database_url,
    }
    engine = open_engine(database_url)
    made = Site(Library(engine, database_url, data), environ)
    status, told = made.run("db", "upgrade")
    assert status == 0, told
    yield made
    engine.dispose()


def write_files(folder: Path, name: str, count: int = 3) -> Path:
    folder.mkdir()
    for n in range(count):
        street = f"The {name} number {n} stands in street {n} and records for {n} days."
        (folder / f"{name}-{n}.md").write_text(f"# {name} {n}\n\n{street}\n" * 20)
    return folder


def promise(site: Site, told: str, sources: Path) -> None:
    for path in re.findall(r"^(?:queued|indexed) +(\S+\.md)", told, re.M):
        digest = hashlib.sha256((sources / path).read_bytes()).hexdigest()
        site.library.promised[path] = digest


@pytest.mark.slow
def test_killed_commands_lose_nothing(site: Site, tmp_path: Path) -> None:
    for number, (name, words) in enumerate(COMMANDS.items()):
        sources = write_files(tmp_path / f"sources-{number}", f"round{number}")
        is_import = "import" in words
        if not is_import:
            promise(site, site.run("library", "import", str(sources))[1], sources)
        process = site.start(*words, *([str(sources)] if is_import else []))
        time.sleep(random.uniform(1.0, 3.5))
        process.send_signal(signal.SIGKILL)
        told, _ = process.communicate(timeout=PATIENCE)
        print(f"{name}: {process.returncode}")
        promise(site, told, sources)

        site.library.assert_nothing_half()
        site.library.finish()
        site.library.assert_in_order()
    assert site.run("index", "verify") == (0, "Everything agrees.\n")


@dataclass
class Web:
    """A gunicorn whose assistant takes its time where a question says so."""

    process: "subprocess.Popen[bytes]"
    port: int
    cookies: SimpleCookie

    def ask(self, path: str, **form: str) -> tuple[int, str, str]:
        """Status, address to go to, body; (0, "", "") where the server is gone."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{c.key}={c.value}" for c in self.cookies.values())}
        try:
            if form:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST" if form else "GET", path, urlencode(form), headers)
            response = connection.getresponse()
            body = response.read().decode()
            for cookie in response.headers.get_all("Set-Cookie") or []:
                self.cookies.load(cookie)
            return response.status, response.headers.get("Location") or "", body
        except (OSError, HTTPException):
            return 0, "", ""
        finally:
            connection.close()

    def form_of(self, path: str) -> str:
        """The token of a form on this page, without which nothing may be sent."""
        status, _, page = self.ask(path)
        assert status == 200
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found
        return found[1]

    def kill(self) -> None:
        """Master and worker at once, as when the machine runs out of memory."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def webs(site: Site) -> Iterator[list[Web]]:
    started: list[Web] = []
    yield started
    for web in started:
        if web.process.poll() is None:
            web.kill()


def start_web(site: Site, webs: list[Web]) -> Web:
    listener = listen(Address("127.0.0.1", 0))
    descriptor, port = listener.fileno(), listener.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "tests.browser.site:app"),
        *("--bind", f"fd://{descriptor}", "--worker-class", "gthread", "--threads", "8"),
        *("--no-control-socket", "--log-level", "warning"),
    ]
    with listener:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=site.environ,
            pass_fds=(descriptor,),
            start_new_session=True,
        )
    cookies = webs[-1].cookies if webs else SimpleCookie()
    webs.append(Web(process, port, cookies))
    deadline = time.monotonic() + PATIENCE
    while webs[-1].ask("/assistant")[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return webs[-1]


QUESTION = "In which street stands the camera number 2?"


@pytest.mark.slow
def test_a_web_server_killed_while_it_answers_leaves_no_answer_that_looks_whole(
    site: Site, webs: list[Web]
) -> None:
    site.library.add("camera.md")
    site.library.finish()
    web = start_web(site, webs)
    for asked in range(1, 5):
        token = web.form_of("/assistant")
        slow = form(token, f"{UnhurriedAssistant.PAUSE} {QUESTION}")
        asking = Thread(target=web.ask, args=("/assistant/ask",), kwargs=slow)
        asking.start()
        wait_until(lambda number=asked: answers(site) == 2 * number - 1)
        time.sleep(random.uniform(0, 1.8))
        web.kill()
        asking.join()
        conversation, state, ended = newest(site)
        assert (state, ended) == ("running", None)

        web = start_web(site, webs)
        page = web.ask(f"/assistant/{conversation}")[2]
        assert 'aria-busy="true"' in page
        assert "data-copy" not in page
        again = f"/assistant/{conversation}/questions/1/again"
        assert web.ask(again, csrf_token=web.form_of(f"/assistant/{conversation}"))[0] == 303
        _, state, ended = newest(site)
        assert state in ("answered", "declined")
        assert ended
    site.library.assert_in_order()


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def answers(site: Site) -> int:
    with reading(site.library.engine) as session:
        return session.scalar(text("SELECT count(*) FROM answer")) or 0


def newest(site: Site) -> tuple[str, str, object]:
    """The conversation, the state and the end of the latest answer."""
    with reading(site.library.engine) as session:
        conversation, state, ended = session.execute(NEWEST).one()
    return conversation, state, ended


def form(token: str, question: str) -> dict[str, str]:
    return {"csrf_token": token, "question": question}


NEWEST = text(
    "SELECT conversation.token, answer.state, answer.finished_at FROM answer"
    " JOIN question ON question.id = answer.question_id"
    " JOIN conversation ON conversation.id = question.conversation_id"
    " ORDER BY answer.id DESC LIMIT 1"
)
