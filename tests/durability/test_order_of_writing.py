"""What a power cut must not undo: everything is on the disk before anybody is told of it.

A killed process loses nothing that it had given to the system, so only the order of the calls tells
whether a machine that loses its power would.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.files import FileStore
from knowledge.index import FileIndex
from tests.knowledge.test_index import add

Call = tuple[str, str]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Call]]:
    """("flush" or "rename", path) in their order; a rename by the name that it makes."""
    told: list[Call] = []
    flush, rename = os.fsync, os.replace

    def note_flush(descriptor: int) -> None:
        flush(descriptor)
        told.append(("flush", os.readlink(f"/proc/self/fd/{descriptor}")))

    def note_rename(old: Path, new: Path) -> None:
        rename(old, new)
        told.append((f"rename {old}", str(new)))

    monkeypatch.setattr(os, "fsync", note_flush)
    monkeypatch.setattr(os, "replace", note_rename)
    return told


def place_of(calls: list[Call], what: str, path: Path) -> int:
    """The place of the last such call."""
    places = [n for n, (name, at) in enumerate(calls) if name.startswith(what) and at == str(path)]
    assert places, f"never: {what} {path}"
    return places[-1]


def test_a_generation_is_on_the_disk_before_the_manifest_names_it(
    calls: list[Call], tmp_path: Path
) -> None:
    index = FileIndex(tmp_path / "index")
    index.replace("hashing", "space", {"public": add(1, 2), "police": add(4)})
    generation = index.folder / "gen-00000001"
    building = index.folder / ".building-gen-00000001"
    becomes = place_of(calls, "rename", generation)
    named = place_of(calls, "rename", index.folder / "manifest.json")

    for path in [generation, *generation.rglob("*")]:
        where = building / path.relative_to(generation)
        assert place_of(calls, "flush", where) < becomes, f"{path.name} was not flushed in time"
    folder = [n for n, call in enumerate(calls) if call == ("flush", str(index.folder))]
    assert any(becomes < n < named for n in folder), "the name of the generation was not flushed"
    assert place_of(calls, "flush", index.folder / ".manifest.json") < named
    assert any(n > named for n in folder), "the name of the manifest was not flushed"


def test_an_original_is_on_the_disk_before_an_import_goes_on(
    calls: list[Call], tmp_path: Path
) -> None:
    store = FileStore(tmp_path / "files")
    stored = store.put(io.BytesIO(b"an original"), 100)
    final = store.path(stored.sha256)
    renamed = place_of(calls, "rename", final)
    incoming = Path(calls[renamed][0].removeprefix("rename "))

    assert place_of(calls, "flush", incoming) < renamed
    assert renamed < place_of(calls, "flush", final.parent)
    assert renamed < place_of(calls, "flush", store.folder)
