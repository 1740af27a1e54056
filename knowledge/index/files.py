"""Generations of an index in a folder.

``manifest.json`` names the generation that serves: its folder, its embedder, and the size and
SHA-256 of each file, because FAISS loads a damaged file without a word and then answers wrongly. A
new generation is written beside the old one, flushed to the disk and only then named; the one
before is kept. Whoever reads the manifest therefore finds a whole generation at any time.
"""

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import IndexDamaged
from knowledge.index.part import Part, empty
from knowledge.protocols import Candidate, PartChange, Terms, Vectors

MANIFEST = "manifest.json"
LAYOUT = 1  # of the files; another one is rebuilt


@dataclass(frozen=True)
class FileGeneration:
    """A generation in memory. Implements knowledge.protocols.Generation."""

    number: int
    embedder: str
    fingerprint: str
    parts: Mapping[str, Part]

    def search(
        self, question: Vectors, terms: Terms, audiences: frozenset[str], limit: int
    ) -> list[Candidate]:
        found = [
            candidate
            for audience in sorted(audiences & self.parts.keys())
            for candidate in self.parts[audience].search(question, terms, limit)
        ]
        by_dense = sorted(found, key=lambda c: (-c.dense, c.passage_id))[:limit]
        by_words = sorted(found, key=lambda c: (-c.lexical, c.passage_id))[:limit]
        chosen = {c.passage_id: c for c in (*by_dense, *(c for c in by_words if c.lexical > 0))}
        return list(chosen.values())


NOTHING = FileGeneration(0, "", "", {})


class FileIndex:
    """Implements knowledge.protocols.PassageIndex in a folder of its own.

    One process writes at a time (the worker's duty); any number read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._serving = NOTHING
        self._seen: tuple[int, int] | None = None
        self._lock = threading.Lock()

    def generation(self) -> FileGeneration:
        """The newest whole state. Raises: IndexDamaged when none can be served at all; a newer one
        that is damaged is left alone while an older one is in memory."""
        with self._lock:
            seen = self._stamp()
            if seen != self._seen:
                try:
                    self._serving = load(self.folder)
                    self._seen = seen
                except IndexDamaged:
                    if self._serving is NOTHING:
                        raise
            return self._serving

    def ids(self, audience: str) -> frozenset[int]:
        part = load(self.folder).parts.get(audience)
        return frozenset(part.ids.tolist()) if part else frozenset()

    def audiences(self) -> frozenset[str]:
        return frozenset(load(self.folder).parts)

    def replace(
        self, embedder: str, fingerprint: str, changes: Mapping[str, PartChange]
    ) -> FileGeneration:
        before = load(self.folder)
        parts = dict(before.parts) if before.fingerprint == fingerprint else {}
        for audience, change in changes.items():
            part = parts.get(audience)
            if part is None and not change.add:
                continue
            base = part or empty(audience, len(change.add[0].vector))
            parts[audience] = base.changed(change)
        parts = {audience: part for audience, part in parts.items() if len(part.ids)}
        generation = FileGeneration(self._next_number(before.number), embedder, fingerprint, parts)
        write(self.folder, generation)
        return self.generation()

    def reset(self) -> None:
        (self.folder / MANIFEST).unlink(missing_ok=True)

    def _next_number(self, number: int) -> int:
        """After a reset the numbers go on: a citation's generation means one state only."""
        written = [int(folder.name[4:]) for folder in self.folder.glob("gen-*")]
        return max([number, *written], default=0) + 1

    def _stamp(self) -> tuple[int, int] | None:
        try:
            status = (self.folder / MANIFEST).stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino


def load(folder: Path) -> FileGeneration:
    """The generation that the manifest names, every file checked. Raises: IndexDamaged."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["layout"] != LAYOUT:
            raise IndexDamaged("The index was written by another version of the hub.")
        return _load_generation(folder, manifest)
    except FileNotFoundError as error:
        if error.filename and Path(str(error.filename)).name == MANIFEST:
            return NOTHING
        raise IndexDamaged(f"A file of the index is missing: {error.filename}.") from error
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        raise IndexDamaged(f"The index cannot be read ({type(error).__name__}).") from error


def _load_generation(folder: Path, manifest: dict[str, Any]) -> FileGeneration:
    home = folder / manifest["folder"]
    parts = {}
    for audience, described in manifest["parts"].items():
        place = home / described["folder"]
        for name, expected in described["files"].items():
            if _checksum(place / name) != expected:
                raise IndexDamaged(f"A file of the index is damaged: {place.name}/{name}.")
        parts[audience] = _checked(Part.load(audience, place), described["passages"])
    return FileGeneration(
        manifest["generation"], manifest["embedder"], manifest["fingerprint"], parts
    )


def _checked(part: Part, passages: int) -> Part:
    sizes = {len(part.ids), int(part.dense.ntotal), len(part.lexical.languages), passages}
    if len(sizes) != 1:
        raise IndexDamaged(f"The arms of the part “{part.audience}” do not match.")
    return part


def write(folder: Path, generation: FileGeneration) -> None:
    """Writes the generation beside the others, then names it: all or nothing."""
    name = f"gen-{generation.number:08d}"
    building = folder / f".building-{name}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    described = {
        audience: _write_part(building / f"part-{number}", part)
        for number, (audience, part) in enumerate(sorted(generation.parts.items()))
    }
    _flush(building)
    shutil.rmtree(folder / name, ignore_errors=True)
    os.replace(building, folder / name)
    manifest = {
        "layout": LAYOUT,
        "generation": generation.number,
        "folder": name,
        "embedder": generation.embedder,
        "fingerprint": generation.fingerprint,
        "parts": described,
    }
    _name(folder, manifest)
    _forget_old(folder, generation.number)


def _write_part(place: Path, part: Part) -> dict[str, Any]:
    place.mkdir()
    part.save(place)
    for file in place.iterdir():
        _flush(file)
    _flush(place)
    files = {file.name: _checksum(file) for file in sorted(place.iterdir())}
    return {"folder": place.name, "passages": len(part.ids), "files": files}


def _name(folder: Path, manifest: dict[str, Any]) -> None:
    beside = folder / f".{MANIFEST}"
    beside.write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    _flush(beside)
    os.replace(beside, folder / MANIFEST)
    _flush(folder)


def _forget_old(folder: Path, number: int) -> None:
    for old in folder.glob("gen-*"):
        if int(old.name[4:]) < number - 1:
            shutil.rmtree(old, ignore_errors=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
