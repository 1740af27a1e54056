"""A hub of its own for the browser: a library in a folder, served by gunicorn on a free port."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socket import socket

from hub.config import CHECKOUT
from hub.serve import Address, listen
from tests.hub.paper import pdf

STARTER = CHECKOUT / "hub" / "library" / "starter"
MODELS = Path(os.environ.get("HUB_DATA") or CHECKOUT / "data").resolve() / "models"
SECONDS_TO_START = 60
HARBOUR, NIGHT = "harbour-patrol.pdf", "night-watch.pdf"  # put into the folder of the hub
ADDRESS = "address.txt"
PAPER = (
    ("Harbour Patrol Guideline",),
    (
        "Chapter 2 Drones",
        "Harbour patrol drones must be registered with the port",
        "authority before their first flight. The registration is",
        "renewed every two years. Recordings of harbour patrol",
        "drones are deleted after thirty days.",
    ),
)
CLOSED = (
    ("Night Watch Manual",),
    (
        "Chapter 2 Cameras",
        "Night watch cameras are switched on at sunset and off at",
        "sunrise by the officer on duty. Recordings of night watch",
        "cameras are deleted after nine days.",
    ),
)
ONE_PAPER = ((HARBOUR, "--title", "Harbour Patrol Guideline"),)
LIBRARY = (
    *ONE_PAPER,
    (str(STARTER),),
    (NIGHT, "--title", "Night Watch Manual", "--mark", "TLP:GREEN"),
)


@contextmanager
def served(
    folder: Path, library: Sequence[tuple[str, ...]] = LIBRARY, **environ: str
) -> Iterator[str]:
    """The address of a hub whose library holds the starter documents, a small PDF, and a closed
    one, unless another ``library`` is named."""
    (folder / "data").mkdir()
    (folder / "data" / "models").symlink_to(MODELS)
    with listen(Address("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        (folder / ADDRESS).write_text(address)
        environment = environment_of(folder, **environ)
        _fill(folder, library, environment)
        with _gunicorn(environment, listener):
            yield address


def environment_of(folder: Path, **environ: str) -> dict[str, str]:
    return {
        **os.environ,
        "HUB_ENV": "local",
        "HUB_DATA": str(folder / "data"),
        "HUB_ADDRESS": (folder / ADDRESS).read_text(),
        "HUB_ASK_LIMIT": "1000 per minute",
        "HUB_REQUEST_ADDRESS_LIMIT": "1000 per hour",
        "HUB_SIGN_IN_ADDRESS_LIMIT": "1000 per hour",
        **environ,
    }


def run_flask(folder: Path, *arguments: str) -> str:
    """What a command says that is run beside the hub in ``folder``."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    ended = subprocess.run(
        command,
        env=environment_of(folder),
        cwd=CHECKOUT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return ended.stdout


def model_is_built() -> bool:
    return (MODELS / "e5-small" / "manifest.json").exists()


def _fill(folder: Path, library: Sequence[tuple[str, ...]], environment: dict[str, str]) -> None:
    (folder / HARBOUR).write_bytes(pdf(PAPER))
    (folder / NIGHT).write_bytes(pdf(CLOSED))
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "library", "import", "--wait"]
    for path, *said in library:
        subprocess.run(
            [*command, str(folder / path), *said], env=environment, cwd=CHECKOUT, check=True
        )


@contextmanager
def _gunicorn(environment: dict[str, str], listener: socket) -> Iterator[None]:
    port, descriptor = listener.getsockname()[1], listener.fileno()
    command = [
        *(sys.executable, "-m", "gunicorn", "tests.browser.site:app"),
        *("--bind", f"fd://{descriptor}", "--worker-class", "gthread", "--threads", "64"),
        *("--graceful-timeout", "2", "--no-control-socket", "--log-level", "warning"),
    ]
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, pass_fds=(descriptor,)
    ) as process:
        try:
            _await_first_answer(port, process)
            yield
        finally:
            process.terminate()


def _await_first_answer(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_START)
        try:
            connection.request("GET", "/assistant")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise RuntimeError("the hub for the browser tests did not start")
