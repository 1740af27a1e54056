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
    in_memory = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    folder = Path(tempfile.mkdtemp(prefix="hub-test-", dir=MEMORY if in_memory else None))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
