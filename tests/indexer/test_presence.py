"""Whether a worker is alive is known at once, and by nothing that another process could have."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.presence import Presence, bury
from tests.durability.library import CHECKOUT

LIVING = """
import sys
from pathlib import Path
from indexer.presence import Presence
sign = Presence(Path(sys.argv[1]), sys.argv[2])
print("here", flush=True)
sys.stdin.read()
sign.end(True)
"""


@pytest.fixture
def living(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", LIVING, str(tmp_path / "workers"), "one"]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        yield process
        process.kill()


def buried(folder: Path) -> list[str]:
    found: list[str] = []
    assert bury(folder / "workers", found.extend) == found
    return found


def test_who_lives_is_not_buried_not_even_frozen(
    tmp_path: Path, living: "subprocess.Popen[str]"
) -> None:
    assert buried(tmp_path) == []
    os.kill(living.pid, signal.SIGSTOP)
    assert buried(tmp_path) == []
    os.kill(living.pid, signal.SIGCONT)


def test_who_was_killed_is_buried_at_once_and_once(
    tmp_path: Path, living: "subprocess.Popen[str]"
) -> None:
    living.kill()
    living.wait()
    assert buried(tmp_path) == ["one"]
    assert buried(tmp_path) == []
    assert list((tmp_path / "workers").iterdir()) == []


def test_who_ends_in_order_leaves_nothing(tmp_path: Path, living: "subprocess.Popen[str]") -> None:
    living.communicate(timeout=20)
    assert list((tmp_path / "workers").iterdir()) == []


def test_nobody_is_forgotten_before_they_are_settled(
    tmp_path: Path, living: "subprocess.Popen[str]"
) -> None:
    living.kill()
    living.wait()

    def fail(_dead: list[str]) -> None:
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError):
        bury(tmp_path / "workers", fail)
    assert buried(tmp_path) == ["one"]


def test_the_number_of_a_process_proves_nothing(tmp_path: Path) -> None:
    """A sign that names this very process, and whose lock nobody holds: its worker is dead."""
    (tmp_path / "workers").mkdir()
    (tmp_path / "workers" / f"host:{os.getpid()}:cafe").touch()
    assert buried(tmp_path) == [f"host:{os.getpid()}:cafe"]


def test_who_owes_something_is_found_dead(tmp_path: Path) -> None:
    Presence(tmp_path / "workers", "debtor").end(owes_nothing=False)
    assert buried(tmp_path) == ["debtor"]
