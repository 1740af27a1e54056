"""Originals on disk: kept once, whole or not at all."""

import fcntl
import hashlib
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge.errors import FileDamaged, FileMissing, FileTooLarge
from knowledge.files import FileStore

CONTENT = b"an original" * 100_000
NAME = hashlib.sha256(CONTENT).hexdigest()


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_under_the_hash_of_its_content(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")

    stored = store.put(io.BytesIO(CONTENT), 2_000_000)

    assert (stored.sha256, stored.size) == (NAME, len(CONTENT))
    with store.open(NAME) as stream:
        assert stream.read() == CONTENT
    assert store.path(NAME).read_bytes() == CONTENT


def test_equal_content_is_kept_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path)

    store.put(io.BytesIO(CONTENT), 2_000_000)
    before = store.path(NAME).stat().st_ino
    store.put(io.BytesIO(CONTENT), 2_000_000)

    assert files_in(tmp_path) == [store.path(NAME)]
    assert store.path(NAME).stat().st_ino == before


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge):
        FileStore(tmp_path).put(io.BytesIO(CONTENT), len(CONTENT) - 1)

    assert files_in(tmp_path) == []


def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise OSError("the connection is gone")
            return super().read(10)

    with pytest.raises(OSError, match="gone"):
        FileStore(tmp_path).put(Torn(CONTENT), 2_000_000)

    assert files_in(tmp_path) == []


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "A" * 64, ""])
def test_what_is_not_kept_is_missing_and_no_name_leads_out(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileMissing):
        FileStore(tmp_path).open(name)


def test_a_kept_file_that_was_cut_is_healed_by_putting_it_again(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.put(io.BytesIO(CONTENT), 2_000_000)
    store.path(NAME).write_bytes(b"cut")

    store.put(io.BytesIO(CONTENT), 2_000_000)

    assert store.path(NAME).read_bytes() == CONTENT


@pytest.mark.parametrize("damage", [b"", b"\0" * len(CONTENT), CONTENT[:-1] + b"x"])
def test_a_damaged_original_is_not_given_out_and_is_healed_by_putting_it_again(
    tmp_path: Path, damage: bytes
) -> None:
    store = FileStore(tmp_path)
    store.put(io.BytesIO(CONTENT), 2_000_000)
    store.path(NAME).write_bytes(damage)
    with pytest.raises(FileDamaged):
        store.open(NAME)
    assert "has changed on the disk" in store.problem_of(NAME)

    store.put(io.BytesIO(CONTENT), 2_000_000)

    assert store.path(NAME).read_bytes() == CONTENT
    assert store.problem_of(NAME) == ""


def test_sweeping_takes_what_the_dead_left_and_not_what_is_being_written(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    (tmp_path / ".incoming-dead").write_bytes(b"half")

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert len(store.leftovers()) == (0 if self.tell() else 1)
            store.sweep()
            return super().read(100_000)

    store.put(Slow(CONTENT), 2_000_000)

    assert files_in(tmp_path) == [store.path(NAME)]


STEPS = [(tempfile, "mkstemp"), (fcntl, "flock"), (os, "fsync"), (os, "replace"), (os, "unlink")]


class Sweeping:
    """Sweeps as a worker does that starts right before or after the n-th step of who stores."""

    def __init__(self, folder: Path, moment: tuple[int, str], patch: pytest.MonkeyPatch) -> None:
        self.other, self.moment = FileStore(folder), moment
        self.steps, self.is_at_it = 0, False
        for home, name in STEPS:
            patch.setattr(home, name, self._around(getattr(home, name)))

    def _around(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            if self.is_at_it:
                return real(*given, **named)
            self.steps += 1
            number = self.steps
            self._sweep_at(number, "before")
            result = real(*given, **named)
            self._sweep_at(number, "after")
            return result

        return step

    def _sweep_at(self, number: int, when: str) -> None:
        if (number, when) == self.moment:
            self.is_at_it = True
            self.other.sweep()
            self.is_at_it = False


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_sweep_takes_nothing_from_who_stores_at_that_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    number, steps = 0, 1
    while number < steps:
        number += 1
        store = FileStore(tmp_path / str(number))
        with monkeypatch.context() as patch:
            sweeping = Sweeping(store.folder, (number, when), patch)
            stored = store.put(io.BytesIO(CONTENT), 2_000_000)
        steps = sweeping.steps
        assert store.problem_of(stored.sha256) == "", f"swept {when} step {number}"
        assert files_in(store.folder) == [store.path(NAME)]
    assert steps >= 6
