"""Makes .venv and puts the pinned packages into it: ``python3 -I hub/environment.py FILE…``

The only module that runs before anything is installed: it needs the standard library alone, and an
older Python must still be able to read it, to be told that it is too old.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)


class SetupFailed(Exception):
    """The environment cannot be made; the message says what to do."""


def main(names: list[str]) -> int:
    try:
        refuse_unfit_python()
        with _only_one(CHECKOUT):
            install(CHECKOUT, names)
    except SetupFailed as problem:
        print(f"set-up: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nset-up: stopped; the next start goes on.", file=sys.stderr)
        return 130
    return 0


def refuse_unfit_python() -> None:
    """Raises: SetupFailed, where this Python is too old or cannot make an environment."""
    if sys.version_info[:2] < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        raise SetupFailed(
            f"the hub needs Python 3.11 or newer; {sys.executable} is Python {found}. "
            "Name a newer one, for example: make run PYTHON=python3.12"
        )
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise SetupFailed(
            "this Python cannot make virtual environments: its modules venv and ensurepip are "
            "missing. On Debian and Ubuntu: apt install python3-venv"
        )


def install(checkout: Path, names: list[str]) -> None:
    """Puts what these files of requirements name into .venv, unless it is there already.

    The stamp is taken away before anything changes and written last, so what a killed set-up left
    is never taken for whole: the next one makes .venv afresh, from the downloads that pip keeps.
    """
    venv = checkout / ".venv"
    stamp = venv / "installed.json"
    wanted = {name: _digest(checkout / name) for name in names}
    found = _read_stamp(stamp) if _is_usable(venv, stamp) else {}
    missing = [name for name in names if found.get(name) != wanted[name]]
    if not missing:
        return
    stamp.unlink(missing_ok=True)
    if not found:
        _make_environment(venv)
    for name in missing:
        _install(venv, checkout / name)
    _write_stamp(stamp, {**found, **wanted, "place": str(venv)})


def _is_usable(venv: Path, stamp: Path) -> bool:
    """False too for an environment that was moved: its commands name the old place."""
    python = venv / "bin" / "python"
    if _read_stamp(stamp).get("place") != str(venv) or not python.exists():
        return False
    return subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0


def _make_environment(venv: Path) -> None:
    print("set-up: making .venv", flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(venv)], "making .venv failed")


def _install(venv: Path, requirements: Path) -> None:
    print(f"set-up: installing {requirements.name} (minutes, the first time)", flush=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    _run([*pip, "install", "-r", str(requirements)], f"installing {requirements.name} failed")


def _run(command: list[str], failure: str) -> None:
    if subprocess.run(command, cwd=CHECKOUT).returncode:
        raise SetupFailed(f"{failure}; the reason stands above. Running it again goes on.")


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _read_stamp(stamp: Path) -> dict[str, str]:
    try:
        return dict(json.loads(stamp.read_text()))
    except (OSError, ValueError):
        return {}


def _write_stamp(stamp: Path, content: dict[str, str]) -> None:
    beside = stamp.with_suffix(".new")
    beside.write_text(json.dumps(content, indent=1))
    os.replace(beside, stamp)


@contextmanager
def _only_one(checkout: Path) -> Iterator[None]:
    """Two set-ups at once do their work one after the other."""
    folder = os.open(checkout, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
