"""One generation of an index, in memory and on the disk.

A generation is a folder with a part per audience and a manifest: what it was built with, for which
library, and the size of each part and the SHA-256 of each file, because FAISS loads a damaged file
without a word and then answers wrongly. The manifest carries a checksum of itself. The one beside
the folders names the generation that serves, and equals the one inside that generation.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knowledge.disk import DiskFull, flush
from knowledge.errors import IndexDamaged
from knowledge.index.part import Part, empty
from knowledge.index.searching import search_parts
from knowledge.protocols import Candidate, PartChange, Terms, Vectors

MANIFEST = "manifest.json"
LAYOUT = 2  # of the files; another one is rebuilt
BUILDING = ".building-"
LITTLE = 1_000_000  # bytes; a disk with less room is full


@dataclass(frozen=True)
class FileGeneration:
    """A generation in memory. Implements knowledge.protocols.Generation.

    ``changes`` counts how often the part of each audience has changed, also of those that are gone.
    """

    number: int
    embedder: str
    fingerprint: str
    parts: Mapping[str, Part]
    changes: Mapping[str, int] = field(default_factory=dict)

    def number_for(self, audiences: frozenset[str]) -> int:
        return sum(self.changes.get(audience, 0) for audience in audiences)

    def following(
        self,
        number: int,
        embedder: str,
        fingerprint: str,
        changed: Mapping[str, PartChange],
        *,
        is_anew: bool = False,
    ) -> "FileGeneration":
        """The generation with this number that comes after this one; those between them were lost.
        With another fingerprint, or anew, no part is taken over."""
        parts = {} if is_anew or self.fingerprint != fingerprint else dict(self.parts)
        for audience, change in changed.items():
            part = parts.get(audience)
            if part is None and not change.add:
                continue
            base = part or empty(audience, len(change.add[0].vector))
            parts[audience] = base.changed(change)
        parts = {audience: part for audience, part in parts.items() if len(part.ids)}
        changes = dict(self.changes)
        for audience in self.parts.keys() | parts.keys():
            if parts.get(audience) is not self.parts.get(audience):
                changes[audience] = changes.get(audience, 0) + number - self.number
        return FileGeneration(number, embedder, fingerprint, parts, changes)

    def search(
        self, question: Vectors, terms: Terms, audiences: frozenset[str], limit: int
    ) -> list[Candidate]:
        opened = [self.parts[audience] for audience in sorted(audiences & self.parts.keys())]
        return search_parts(opened, question, terms, limit)


NOTHING = FileGeneration(0, "", "", {})


def load(folder: Path, library: str) -> FileGeneration:
    """The generation that serves, every file checked. Raises: IndexDamaged."""
    try:
        manifest = _manifest(folder)
    except FileNotFoundError:
        if written(folder):
            raise IndexDamaged("The manifest of the index is missing.") from None
        return NOTHING
    return _checked_load(folder, manifest, library)


def newest_whole(folder: Path, library: str) -> FileGeneration:
    """The newest generation on the disk that has nothing wrong; NOTHING if there is none."""
    for number in sorted(written(folder), reverse=True):
        home = folder / name_of(number)
        try:
            return _checked_load(folder, _manifest(home), library)
        except (IndexDamaged, FileNotFoundError):
            continue
    return NOTHING


def written(folder: Path) -> list[int]:
    """The numbers of the generations whose folders are there."""
    names = (re.fullmatch(r"gen-(\d{8,18})", path.name) for path in folder.glob("gen-*"))
    return [int(name[1]) for name in names if name]


def name_of(number: int) -> str:
    return f"gen-{number:08d}"


def leftovers(folder: Path) -> Iterator[Path]:
    """What no reader needs: half-written generations, and those that are neither the one that
    serves nor the one before. To be asked by the only writer."""
    yield from folder.glob(f"{BUILDING}*")
    yield from folder.glob(f".{MANIFEST}")
    try:
        manifest = _manifest(folder)
    except (IndexDamaged, FileNotFoundError):
        return
    needed = {manifest["generation"], manifest["previous"]}
    yield from (folder / name_of(n) for n in written(folder) if n not in needed)


def write(folder: Path, generation: FileGeneration, library: str, previous: int) -> None:
    """Writes the generation beside the others, then names it: all or nothing.

    ``previous`` is a whole generation, or 0; it stays, and all others go.
    Raises: DiskFull, and other errors of the system; what serves is left as it was.
    """
    name = name_of(generation.number)
    building = folder / f"{BUILDING}{name}"
    try:
        manifest = _build(building, generation, library, previous)
        os.replace(building, folder / name)
    except BaseException as error:
        # First the question whether the disk is full: afterwards there is room again.
        is_full = isinstance(error, RuntimeError | IndexDamaged) and _has_no_room(folder)
        shutil.rmtree(building, ignore_errors=True)
        if is_full:  # FAISS does not say it in a way that could be told from other failures
            raise DiskFull from error
        raise
    flush(folder)
    _put_manifest(folder, manifest)
    for left in list(leftovers(folder)):
        remove(left)


def remove(left: Path) -> None:
    """Deletes a folder or file of the index; what cannot be deleted is left for the next time."""
    if left.is_dir():
        shutil.rmtree(left, ignore_errors=True)
    else:
        left.unlink(missing_ok=True)


def _build(
    building: Path, generation: FileGeneration, library: str, previous: int
) -> dict[str, Any]:
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    described = {
        audience: _write_part(building / f"part-{number}", part)
        for number, (audience, part) in enumerate(sorted(generation.parts.items()))
    }
    manifest = {
        "layout": LAYOUT,
        "library": library,
        "generation": generation.number,
        "previous": previous,
        "embedder": generation.embedder,
        "fingerprint": generation.fingerprint,
        "changes": dict(generation.changes),
        "parts": described,
    }
    manifest["checksum"] = _checksum_of_manifest(manifest)
    _write_manifest(building / MANIFEST, manifest)
    _load_parts(building, manifest)  # read back before anybody relies on it
    flush(building)
    return manifest


def _write_part(place: Path, part: Part) -> dict[str, Any]:
    place.mkdir()
    part.save(place)
    for file in place.iterdir():
        flush(file)
    flush(place)
    files = {file.name: _checksum(file) for file in sorted(place.iterdir())}
    return {"folder": place.name, "passages": len(part.ids), "files": files}


def _put_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    beside = folder / f".{MANIFEST}"
    try:
        if (folder / MANIFEST).is_dir():
            remove(folder / MANIFEST)
        _write_manifest(beside, manifest)
        os.replace(beside, folder / MANIFEST)
    except OSError:
        beside.unlink(missing_ok=True)
        shutil.rmtree(folder / name_of(manifest["generation"]), ignore_errors=True)
        raise
    flush(folder)


def _write_manifest(file: Path, manifest: dict[str, Any]) -> None:
    file.write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    flush(file)


def _manifest(folder: Path) -> dict[str, Any]:
    """Raises: FileNotFoundError, IndexDamaged."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["layout"] != LAYOUT:
            raise IndexDamaged("The index was written by another version of the hub.")
        if manifest.pop("checksum") != _checksum_of_manifest(manifest):
            raise IndexDamaged("The manifest of the index is damaged.")
    except FileNotFoundError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
        raise IndexDamaged("The manifest of the index cannot be read.") from error
    checked: dict[str, Any] = manifest
    return checked


def _checked_load(folder: Path, manifest: dict[str, Any], library: str) -> FileGeneration:
    if manifest["parts"] and manifest["library"] != library:
        raise IndexDamaged("The index belongs to another library.")
    parts = _load_parts(folder / name_of(manifest["generation"]), manifest)
    return FileGeneration(
        manifest["generation"],
        manifest["embedder"],
        manifest["fingerprint"],
        parts,
        # Written since documents have audiences; before, every change was one of all parts.
        manifest.get("changes", dict.fromkeys(parts, manifest["generation"])),
    )


def _load_parts(home: Path, manifest: dict[str, Any]) -> dict[str, Part]:
    try:
        return {
            audience: _load_part(home / described["folder"], audience, described)
            for audience, described in manifest["parts"].items()
        }
    except FileNotFoundError as error:
        raise IndexDamaged(f"A file of the index is missing: {error.filename}.") from error
    except (ValueError, KeyError, TypeError, RuntimeError, EOFError, OSError) as error:
        raise IndexDamaged(f"The index cannot be read ({type(error).__name__}).") from error


def _load_part(place: Path, audience: str, described: dict[str, Any]) -> Part:
    for name, expected in described["files"].items():
        if _checksum(place / name) != expected:
            where = f"{place.parent.name}/{place.name}/{name}"
            raise IndexDamaged(f"A file of the index is damaged: {where}.")
    part = Part.load(audience, place)
    sizes = {len(part.ids), int(part.dense.ntotal), len(part.lexical.languages)}
    if sizes != {described["passages"]}:
        raise IndexDamaged(f"The arms of the part “{audience}” do not match.")
    return part


def _has_no_room(folder: Path) -> bool:
    return shutil.disk_usage(folder).free < LITTLE


def _checksum_of_manifest(manifest: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
