"""The web server killed while people write, round after round: what was answered is there, once.

The seed is printed; HUB_TEST_SEED repeats the moments of a run, though not what the threads do.
"""

import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.accounts.models import Role
from hub.clock import now
from hub.extensions import db
from hub.following import operations as following
from hub.following.models import Followed, Level
from hub.forum.models import Post, PostRevision, State, Topic
from hub.notifications.models import Notification
from hub.reactions.models import Reaction
from hub.search import finding
from knowledge.community_models import Contribution
from tests.durability.library import CHECKOUT, PATIENCE
from tests.hub.conftest import make_app
from tests.hub.people import People
from tests.hub.rooms import Rooms
from tests.hub.soundness import assert_sound
from tests.hub.tables import empty_tables

USUAL_KILLS = 12
KILLS = int(os.environ.get("HUB_TEST_KILLS") or USUAL_KILLS)
LONGEST_LIFE = 0.5
LONGEST_GAME, FEWEST_KILLS = 60.0, 4  # on a machine that is busy with something else
Fields = dict[str, str]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path)
    with app.app_context():
        empty_tables()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def dice() -> random.Random:
    seed = int(os.environ.get("HUB_TEST_SEED") or time.time_ns() % 1_000_000)
    print(f"HUB_TEST_SEED={seed}")
    return random.Random(seed)


class Server:
    """Gunicorn with one worker, as ``hub.serve`` starts it; the app is loaded before the fork, so
    that the next worker stands at once."""

    def __init__(self, app: Flask, log: Path) -> None:
        self.log = log.open("wb")
        with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
            self.port = listener.getsockname()[1]
            self.process = subprocess.Popen(
                self._command(listener.fileno()),
                cwd=CHECKOUT,
                env={
                    **os.environ,
                    "HUB_DATA": str(app.config["DATA"]),
                    "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
                    "HUB_SECRET_KEY": app.config["SECRET_KEY"],
                    "HUB_EMBEDDER": "hashing",
                    "HUB_ENV": "local",
                },
                pass_fds=[listener.fileno()],
                stdout=self.log,
                stderr=self.log,
            )
        self.worker()

    @staticmethod
    def _command(descriptor: int) -> list[str]:
        return [
            *(sys.executable, "-m", "gunicorn", "tests.durability.web_victim:app", "--preload"),
            *("--bind", f"fd://{descriptor}", "--worker-class", "gthread", "--workers", "1"),
            *("--threads", "20", "--no-control-socket", "--log-level", "warning"),
        ]

    def worker(self, other_than: int = 0) -> int:
        """The number of the process that answers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        deadline = time.monotonic() + 2 * PATIENCE
        while True:
            assert self.process.poll() is None, Path(self.log.name).read_text()
            assert time.monotonic() < deadline, Path(self.log.name).read_text()
            found = [int(number) for number in children.read_text().split()]
            if found and found[-1] != other_than and self._answers():
                return found[-1]
            time.sleep(0.02)

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/sign-in")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.log.close()


class Writer:
    """Somebody with a browser. ``answered``: what the hub said was done; ``unknown``: what it was
    sent before it died."""

    def __init__(self, server: Server, people: People, name: str, *roles: Role) -> None:
        self.id = people.add(name, *roles)
        key = people.client(self.id).get_cookie("hub_sign_in")
        assert key
        self.server, self.cookie = server, f"hub_sign_in={key.value}"
        self.answered: list[tuple[str, Fields]] = []
        self.unknown: list[tuple[str, Fields]] = []

    def send(self, path: str, fields: Fields) -> bool:
        """Whether it was answered; refused it must not be."""
        status = self.status_of(path, fields)
        (self.answered if status else self.unknown).append((path, fields))
        assert status in (0, 303), f"{path}: {status}"
        return bool(status)

    def status_of(self, path: str, fields: Fields) -> int:
        """0 where there was no answer."""
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        headers = {
            "Cookie": self.cookie,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request("POST", path, urlencode(fields), headers)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()


def post_form(text: str, **fields: str) -> Fields:
    return {"text": text, "submission": secrets.token_hex(12), "draft": "0", **fields}


class Game:
    """Topics that some write in, some edit and react in, and one merges."""

    def __init__(self, app: Flask, server: Server, dice: random.Random) -> None:
        self.app, self.server, self.dice = app, server, dice
        self.people, self.rooms = People(app), Rooms(app)
        self.board = self.rooms.board()
        self.watcher = self.people.add("Wanda")
        with app.app_context():
            following.follow(
                db.session(), self.watcher, Followed.BOARD, str(self.board), Level.WATCH, now()
            )
            db.session.commit()
        self.writers = [Writer(server, self.people, f"Writer {n}") for n in range(4)]
        self.editor = Writer(server, self.people, "Edith")
        self.reactor = Writer(server, self.people, "Rea")
        self.merger = Writer(server, self.people, "Mo", Role.MODERATOR)
        self.topics = [self.topic() for _ in range(4)]
        self.edited = self.rooms.reply(self.topics[0], self.editor.id, "State 1")
        self.stop = threading.Event()
        self.faults: list[BaseException] = []

    def topic(self) -> int:
        return self.rooms.topic(self.board, self.watcher, "A topic")

    def round(self) -> None:
        """Everybody writes until the server is killed; then it stands again."""
        self.stop.clear()
        worker = self.server.worker()
        acts: list[Callable[[random.Random], bool]] = [
            *(lambda dice, writer=writer: self._write(writer, dice) for writer in self.writers),
            *(self._edit, self._react, self._merge),
        ]
        seeds = [self.dice.random() for _ in acts]
        threads = [
            threading.Thread(target=self._go_on, args=(act, random.Random(seed)))
            for act, seed in zip(acts, seeds, strict=True)
        ]
        for thread in threads:
            thread.start()
        time.sleep(self.dice.uniform(0, LONGEST_LIFE))
        os.kill(worker, signal.SIGKILL)
        self.stop.set()
        for thread in threads:
            thread.join(2 * PATIENCE)
            assert not thread.is_alive()
        if self.faults:
            raise self.faults[0]
        self.server.worker(other_than=worker)

    def _go_on(self, act: Callable[[random.Random], bool], dice: random.Random) -> None:
        try:
            while act(dice) and not self.stop.is_set():
                pass
        except BaseException as fault:
            self.faults.append(fault)

    def _write(self, writer: Writer, dice: random.Random) -> bool:
        word = f"w{secrets.token_hex(8)}"
        if dice.random() < 0.2:
            fields = post_form(f"About {word}.", title=f"Title {word}", tags="tools")
            return writer.send(f"/forum/boards/{self.board}/new", fields)
        topic = dice.choice(self.topics)
        return writer.send(f"/forum/topics/{topic}/reply", post_form(f"Say {word}."))

    def _edit(self, _dice: random.Random) -> bool:
        with self.app.app_context():
            revision = db.session.get_one(Post, self.edited).revision
        fields = post_form(f"State {revision + 1}", based_on=str(revision), note="more")
        return self.editor.send(f"/forum/posts/{self.edited}/edit", fields)

    def _react(self, _dice: random.Random) -> bool:
        path = f"/forum/posts/{self.edited}/react"
        return self.reactor.send(path, {"kind": "thanks"})

    def _merge(self, dice: random.Random) -> bool:
        """A topic of the game into another; a new one takes its place."""
        at = dice.randrange(1, len(self.topics))
        source, target = self.topics[at], self.topics[0]
        is_answered = self.merger.send(f"/forum/topics/{source}/merge", {"into": str(target)})
        if is_answered:
            self.topics[at] = self.topic()
        return is_answered

    def send_again(self) -> None:
        """What one does whose browser says that the connection was lost."""
        for writer in self.writers:
            for path, fields in writer.unknown:
                assert writer.status_of(path, fields) == 303
                assert writer.status_of(path, fields) == 303
                writer.answered.append((path, fields))
            writer.unknown.clear()
        for path, fields in self.merger.unknown:
            assert self.merger.status_of(path, fields) in (303, 404, 409, 422)
            self.merger.answered.append((path, fields))
        self.merger.unknown.clear()
        merged = self.merged()
        self.topics = [self.topic() if topic in merged else topic for topic in self.topics]

    def merged(self) -> dict[int, int]:
        with self.app.app_context():
            rows = db.session.query(Topic).filter(Topic.merged_into_id.is_not(None))
            return {topic.id: topic.merged_into_id or 0 for topic in rows}

    # What must hold

    def assert_nothing_half(self) -> None:
        """At any moment, before anybody sends anything again."""
        assert_sound(self.app)
        with self.app.app_context():
            session = db.session()
            texts = Counter(session.scalars(select(Post.text)))
            assert not [text for text, count in texts.items() if count > 1 and text.startswith("S")]
            for writer in self.writers:
                assert {texts[fields["text"]] for _, fields in writer.answered} <= {1}
            post = session.get_one(Post, self.edited)
            states = session.scalar(select(func.count()).where(PostRevision.post_id == self.edited))
            assert (post.text, states) == (f"State {post.revision}", post.revision - 1)
            thanks = session.scalar(select(func.count()).where(Reaction.post_id == self.edited))
            assert sum(post.reactions.values()) == thanks
        merged = self.merged()
        for path, fields in self.merger.answered:
            assert merged[int(path.split("/")[3])] == int(fields["into"])

    def assert_told_once(self) -> None:
        """Who watches the board is told of each post, and the search has it."""
        with self.app.app_context():
            session = db.session()
            posts = set(
                session.scalars(
                    select(Post.id).where(
                        Post.author_id != self.watcher, Post.state == State.VISIBLE
                    )
                )
            )
            told = Counter(
                session.scalars(
                    select(Notification.post_id).where(
                        Notification.person_id == self.watcher, Notification.post_id.in_(posts)
                    )
                )
            )
            assert told == dict.fromkeys(posts, 1)
            found = session.execute(select(Contribution.post_id, Contribution.topic_id))
            stand = session.execute(select(Post.id, Post.topic_id))
            assert sorted(map(tuple, found)) == sorted(map(tuple, stand))

    def assert_found(self) -> None:
        client = self.people.client(self.watcher)
        finding.forget()
        for writer in self.writers:
            for _, fields in writer.answered[-5:]:
                word = fields["text"].split()[1].rstrip(".")
                page = client.get("/search", query_string={"q": word}).text
                assert page.count('<article class="found-post"') == 1, word


@pytest.mark.slow
def test_what_was_answered_is_there_once_however_often_the_server_is_killed(
    app: Flask, dice: random.Random, tmp_path: Path
) -> None:
    server = Server(app, tmp_path / "gunicorn.log")
    try:
        game = Game(app, server, dice)
        began, killed = time.monotonic(), 0
        while killed < KILLS and (
            killed < FEWEST_KILLS or KILLS > USUAL_KILLS or time.monotonic() - began < LONGEST_GAME
        ):
            game.round()
            killed += 1
            game.assert_nothing_half()
            game.send_again()
        game.assert_nothing_half()
        game.assert_told_once()
        game.assert_found()
        written = sum(len(writer.answered) for writer in game.writers)
        print(f"{killed} kills, {written} posts, {len(game.merger.answered)} merges")
        assert written > killed
    finally:
        server.end()
