"""A hub of its own for the browser: a library in a folder, served by gunicorn on a free port."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from hub.config import CHECKOUT
from hub.serve import Address, listen
from tests.hub.paper import pdf

STARTER = CHECKOUT / "hub" / "library" / "starter"
MODELS = Path(os.environ.get("HUB_DATA") or CHECKOUT / "data").resolve() / "models"
SECONDS_TO_START = 60
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


@contextmanager
def served(folder: Path, **environ: str) -> Iterator[str]:
    """The address of a hub whose library holds the starter documents and a small PDF."""
    (folder / "data").mkdir()
    (folder / "data" / "models").symlink_to(MODELS)
    environment = {
        **os.environ,
        "HUB_ENV": "local",
        "HUB_DATA": str(folder / "data"),
        "HUB_ASK_LIMIT": "1000 per minute",
        **environ,
    }
    _fill(folder, environment)
    with _gunicorn(environment) as address:
        yield address


def model_is_built() -> bool:
    return (MODELS / "e5-small" / "manifest.json").exists()


def _fill(folder: Path, environment: dict[str, str]) -> None:
    paper = folder / "harbour-patrol.pdf"
    paper.write_bytes(pdf(PAPER))
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "library", "import", "--wait"]
    for paths in ([str(paper), "--title", "Harbour Patrol Guideline"], [str(STARTER)]):
        subprocess.run([*command, *paths], env=environment, cwd=CHECKOUT, check=True)


@contextmanager
def _gunicorn(environment: dict[str, str]) -> Iterator[str]:
    listener = listen(Address("127.0.0.1", 0))
    port, descriptor = listener.getsockname()[1], listener.fileno()
    command = [
        *(sys.executable, "-m", "gunicorn", "tests.browser.site:app"),
        *("--bind", f"fd://{descriptor}", "--worker-class", "gthread", "--threads", "16"),
        *("--graceful-timeout", "2", "--no-control-socket", "--log-level", "warning"),
    ]
    with (
        listener,
        subprocess.Popen(command, cwd=CHECKOUT, env=environment, pass_fds=(descriptor,)) as process,
    ):
        try:
            _await_first_answer(port, process)
            yield f"http://127.0.0.1:{port}"
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
