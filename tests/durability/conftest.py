"""Folders in memory: these tests write and flush a great deal, and what a killed process leaves
behind is the same on every file system."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Nothing marks these folders as in use, as pytest does with its own, and runs that were killed
    leave some. Who tidies up by hand may take one of a test that runs, to which an original is
    missing then: that is said, so that nobody looks for the loss in the hub."""
    in_memory = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    home = Path(tempfile.mkdtemp(prefix="hub-test-", dir=MEMORY if in_memory else None))
    folder, sign = home / "test", home / "in-use"
    folder.mkdir()
    sign.touch()
    yield folder
    is_whole = sign.exists()
    shutil.rmtree(home, ignore_errors=True)
    assert is_whole, f"{home} was deleted while the test ran, by something outside of it"
