"""``flask serve``: both processes run, and none is left behind however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub import serve

CHECKOUT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_true():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.1)


def descendants(pid: int) -> set[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        children = {int(child) for child in listed.read_text().split()}
    except FileNotFoundError:
        return set()
    return children.union(*map(descendants, children))


def runs(pid: int) -> bool:
    """False for a process that has ended, even if nobody has asked for its status yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@dataclass
class Hub:
    """A running ``flask serve`` with what it has said so far."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def said(self) -> str:
        return self.log.read_text()

    def wait_for(self, sentence: str) -> None:
        def has_said_it() -> bool:
            assert sentence in self.said() or self.process.poll() is None, self.said()
            return sentence in self.said()

        wait_until(has_said_it, f"“{sentence}” in: {self.said()}")

    def part(self, of_command: str) -> int:
        """The process right below the supervisor whose command holds these words."""
        pid = self.process.pid
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        found = [
            int(child)
            for child in listed
            if of_command in Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
        ]
        return found[0] if found else 0


def start(folder: Path, port: int) -> Hub:
    log = folder / "serve.log"
    environ = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        **{"HUB_DATA": str(folder / "data"), "HUB_ENV": "local", "PORT": str(port)},
        "HUB_EMBEDDER": "hashing",  # so that the worker needs no model
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("wb") as out:
        command = [sys.executable, "-m", "flask", "serve"]
        process = subprocess.Popen(command, cwd=CHECKOUT, env=environ, stdout=out, stderr=out)
    return Hub(process, port, log)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    if not sys.platform.startswith("linux"):
        pytest.skip("looks into /proc for processes that are left")
    hub = start(tmp_path, free_port())
    try:
        hub.wait_for("The hub is at")
        yield hub
    finally:
        left = {hub.process.pid, *descendants(hub.process.pid)}
        hub.process.kill()
        hub.process.wait()
        for pid in filter(runs, left):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_within_seconds(hub: Hub, number: signal.Signals) -> None:
    address = f"http://127.0.0.1:{hub.port}"
    assert hub.said().splitlines()[-1] == f"The hub is at {address} (Ctrl-C stops it)"
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert answer.status == 200
    wait_until(lambda: len(descendants(hub.process.pid)) > 2, "gunicorn, its process, the worker")
    family = descendants(hub.process.pid)
    hub.process.send_signal(number)
    assert hub.process.wait(timeout=20) == 0
    assert not list(filter(runs, family))
    socket.create_server(("127.0.0.1", hub.port)).close()
    assert "Traceback" not in hub.said()


@pytest.mark.slow
def test_nothing_outlives_a_supervisor_that_is_killed(hub: Hub) -> None:
    family = descendants(hub.process.pid)
    hub.process.kill()
    hub.process.wait()
    wait_until(lambda: not list(filter(runs, family)), "the children end")


@pytest.mark.slow
def test_a_worker_that_dies_is_started_again(hub: Hub) -> None:
    wait_until(lambda: hub.part("wsgi work"), "the worker runs")
    first = hub.part("wsgi work")
    os.kill(first, signal.SIGKILL)
    hub.wait_for("The worker ended (status -9); it starts again in 1 s.")
    wait_until(lambda: hub.part("wsgi work") not in (0, first), "a new worker runs")
    assert hub.process.poll() is None


@pytest.mark.slow
def test_the_hub_ends_when_its_web_server_ends(hub: Hub) -> None:
    family = descendants(hub.process.pid)
    os.kill(hub.part("gunicorn"), signal.SIGKILL)
    assert hub.process.wait(timeout=30) == 1
    assert "The web server ended (status -9)" in hub.said()
    wait_until(lambda: not list(filter(runs, family)), "the children end")


@pytest.mark.slow
def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        hub = start(tmp_path, port)
        assert hub.process.wait(timeout=60) == 1
    sentence = f"Port {port} of 127.0.0.1 is taken by another program; set PORT to another one."
    assert hub.said().strip() == f"Error: {sentence}"


def test_the_port_and_the_host_come_from_the_environment() -> None:
    assert str(serve.address({})) == "127.0.0.1:8000"
    assert str(serve.address({"PORT": "81", "HUB_HOST": "::1"})) == "[::1]:81"


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "80 ", "٨٠"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(serve.CannotServe, match="PORT is “"):
        serve.address({"PORT": port})


@pytest.mark.parametrize("host", ["203.0.113.7", "no host"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(serve.CannotServe, match="no address of this machine"):
        serve.listen(serve.Address(host, 8000))


@dataclass
class Clock:
    """The supervisor's, moved by hand: how slowly real children start and end does not matter."""

    now: float = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(serve, "time", moved)
    return moved


def seconds_until_started(restarts: serve.Restarts, clock: Clock) -> int:
    """How long the supervisor looks at a dead child before it starts another."""
    dead, seconds = restarts.child.process, 0
    restarts.look()
    while restarts.child.process is dead:
        assert seconds < 1000, "it is never started again"
        clock.now, seconds = clock.now + 1, seconds + 1
        restarts.look()
    return seconds


def test_a_child_that_keeps_dying_is_started_less_and_less_often(
    clock: Clock, capfd: pytest.CaptureFixture[str]
) -> None:
    child = serve.Child([sys.executable, "-c", "print('start', flush=True); exit(3)"], os.environ)
    child.start()
    restarts, pauses = serve.Restarts(child, "child"), []
    for _ in range(8):
        child.wait(PATIENCE_SECONDS)
        pauses.append(seconds_until_started(restarts, clock))
    child.wait(PATIENCE_SECONDS)
    said = capfd.readouterr().out
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert said.count("ended (status 3)") == 8
    assert said.count("start\n") == 9


def test_a_child_that_has_run_for_long_is_soon_started_again(clock: Clock) -> None:
    child = serve.Child([sys.executable, "-c", "import time; time.sleep(600)"], os.environ)
    restarts, pauses = serve.Restarts(child, "child"), []
    child.start()
    for seconds in (0, 60, 61):
        clock.now += seconds
        restarts.look()
        child.send(signal.SIGKILL)
        child.wait(PATIENCE_SECONDS)
        pauses.append(seconds_until_started(restarts, clock))
    child.send(signal.SIGKILL)
    child.wait(PATIENCE_SECONDS)
    assert pauses == [1, 2, 1]
