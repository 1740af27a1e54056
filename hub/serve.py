"""Supervises the two processes of the hub: gunicorn, and the worker for index and mail.

It opens the listening socket itself and hands it to gunicorn, so a taken port is known before
anything starts. Each child runs in a session of its own: Ctrl-C in a terminal reaches only the
supervisor, which then ends both.
"""

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from threading import Thread
from types import FrameType

from hub.config import CHECKOUT

# As many as channels may be open at once (hub.open_sockets), and 80 for pages.
THREADS = 400
TICK_SECONDS = 0.2
SECONDS_TO_STOP = 8.0
# glibc would raise these to what the largest loaded file needed, and keep so much for good: 27 MB.
FRUGAL = {"MALLOC_TRIM_THRESHOLD_": "1000000", "MALLOC_MMAP_THRESHOLD_": "4000000"}
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class CannotServe(RuntimeError):
    """The hub cannot be served there; the message says why."""


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address(environ: Mapping[str, str]) -> Address:
    """Where to serve. Raises: CannotServe, for a port that is none."""
    port = environ.get("PORT") or "8000"
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise CannotServe(f"PORT is “{port}”; it must be a number from 1 to 65535.")
    return Address(environ.get("HUB_HOST") or "127.0.0.1", int(port))


def serve(at: Address, environ: Mapping[str, str]) -> int:
    """Serves until a signal comes or gunicorn ends; no child is left. Returns the exit status.

    Raises: CannotServe, where the address cannot be had.
    """
    stop = _StopRequest()
    listener = listen(at)
    web = Child(gunicorn_command(listener.fileno()), environ, (listener.fileno(),))
    worker = Child([sys.executable, "-m", "flask", "--app", "wsgi", "work"], environ)
    try:
        web.start()
        listener.close()  # else a dead gunicorn would leave callers waiting, not refused
        worker.start()
        Thread(target=announce, args=(at, web), daemon=True).start()
        return _watch(web, worker, lambda: stop.asked)
    finally:
        _end((web, worker))


def listen(at: Address) -> socket.socket:
    """The open socket. Raises: CannotServe."""
    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    try:
        return socket.create_server((at.host, at.port), family=family, backlog=1024)
    except OSError as error:
        raise CannotServe(_why_not(at, error)) from error


def _why_not(at: Address, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {at.port} of {at.host} is taken by another program; set PORT to another one."
    if error.errno == errno.EACCES:
        return f"Port {at.port} needs more rights than this user has; choose one above 1023."
    return f"HUB_HOST is “{at.host}”, which is no address of this machine."


def gunicorn_command(descriptor: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{descriptor}"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS)),
        *("--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning"),
    ]


class _StopRequest:
    """Becomes true when somebody asks the hub to stop."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


@dataclass(slots=True)
class Child:
    """A process of ours, with everything that it starts."""

    command: Sequence[str]
    environ: Mapping[str, str]
    descriptors: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            cwd=CHECKOUT,
            env={**FRUGAL, **self.environ},
            pass_fds=self.descriptors,
            start_new_session=True,
            preexec_fn=_ends_with_parent(),
        )

    def exit_status(self) -> int | None:
        """None while it runs."""
        return self.process.poll() if self.process else None

    def send(self, number: int) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def wait(self, seconds: float) -> None:
        """Raises: subprocess.TimeoutExpired."""
        if self.process:
            self.process.wait(max(seconds, 0))


def _ends_with_parent() -> Callable[[], object] | None:
    """On Linux a child is told to stop even when the supervisor is killed outright."""
    if sys.platform != "linux":
        return None
    prctl, set_parent_death_signal = ctypes.CDLL(None).prctl, 1
    return lambda: prctl(set_parent_death_signal, int(signal.SIGTERM))


class Restarts:
    """Starts a child again when it has ended, after a pause that doubles each time."""

    def __init__(self, child: Child, name: str) -> None:
        self.child, self.name = child, name
        self.pause, self.due, self.running_since = FIRST_PAUSE, 0.0, time.monotonic()

    def look(self) -> None:
        now, status = time.monotonic(), self.child.exit_status()
        if status is None:
            if now - self.running_since > LONGEST_PAUSE:
                self.pause = FIRST_PAUSE
        elif not self.due:
            _say(f"The {self.name} ended (status {status}); it starts again in {self.pause:.0f} s.")
            self.due, self.pause = now + self.pause, min(self.pause * 2, LONGEST_PAUSE)
        elif now >= self.due:
            self.child.start()
            self.due, self.running_since = 0.0, now


def _watch(web: Child, worker: Child, asked_to_stop: Callable[[], bool]) -> int:
    restarts = Restarts(worker, "worker")
    while not asked_to_stop():
        if (status := web.exit_status()) is not None:
            _say(f"The web server ended (status {status}); the reason stands above.")
            return 1
        restarts.look()
        time.sleep(TICK_SECONDS)
    return 0


def announce(at: Address, web: Child) -> None:
    """Says where the hub is as soon as it answers there."""
    while web.exit_status() is None:
        status = _answer(at)
        if status is not None:
            _say(_first_answer(at, status))
            return
        time.sleep(TICK_SECONDS)


def _first_answer(at: Address, status: int) -> str:
    if status < 500:
        return f"The hub is at http://{at} (Ctrl-C stops it)"
    return f"The hub at http://{at} answers with an error ({status}); the reason stands above."


def _answer(at: Address) -> int | None:
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (asked here, not bound)
    connection = HTTPConnection(everywhere.get(at.host, at.host), at.port, timeout=60)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _end(children: Sequence[Child]) -> None:
    """Asks every child to stop, and after some seconds makes it."""
    deadline = time.monotonic() + SECONDS_TO_STOP
    for child in children:
        child.send(signal.SIGTERM)
    for child in children:
        try:
            child.wait(deadline - time.monotonic())
        except subprocess.TimeoutExpired:
            child.send(signal.SIGKILL)
            child.wait(SECONDS_TO_STOP)


def _say(sentence: str) -> None:
    print(sentence, flush=True)
