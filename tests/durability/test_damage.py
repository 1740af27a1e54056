"""Files of the index and originals, damaged in every way: noticed, never served, put right."""

import json
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hub.cli.index import index as commands
from hub.extensions import db
from indexer.publishing import publish
from indexer.verifying import differences
from knowledge.access import ANYONE
from knowledge.documents import library_name
from knowledge.embedders import HashingEmbedder
from knowledge.errors import IndexDamaged
from knowledge.index import FileIndex
from knowledge.index import files as index_files
from knowledge.index.generations import MANIFEST, name_of
from knowledge.index.part import Part
from knowledge.models import Version
from knowledge.orm import Base, open_engine
from knowledge.protocols import Candidate, Generation
from knowledge.retrieval import Retriever
from knowledge.terms import terms_of
from tests.durability.library import Library
from tests.factories import add_document, committed, make_tools, many_paragraphs, work
from tests.hub.conftest import make_app

QUESTION = "In which street stands the camera number 7?"
Damage = Callable[[Path, Path], None]


def cut(file: Path, _other: Path) -> None:
    os.truncate(file, file.stat().st_size * 2 // 3)


def empty(file: Path, _other: Path) -> None:
    os.truncate(file, 0)


def zero_a_page(file: Path, _other: Path) -> None:
    """As after a power cut; the last page, where the vectors and not the header stand."""
    size = file.stat().st_size
    start = max(0, size - 4096)
    with file.open("r+b") as out:
        out.seek(start)
        out.write(bytes(size - start))


def flip_a_bit(file: Path, _other: Path) -> None:
    with file.open("r+b") as out:
        out.seek(file.stat().st_size * 3 // 4)
        [byte] = out.read(1)
        out.seek(-1, os.SEEK_CUR)
        out.write(bytes([byte ^ 1]))


def lose(file: Path, _other: Path) -> None:
    file.unlink()


def swap(file: Path, other: Path) -> None:
    """The file of the same name from the index of another library with another embedder."""
    if not other.exists():
        other = next(other.parent.parent.rglob(MANIFEST))
    file.write_bytes(other.read_bytes())


def put_a_folder(file: Path, _other: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGES = [cut, empty, zero_a_page, flip_a_bit, lose, swap, put_a_folder]


@pytest.fixture
def library(engine: Engine, database_url: str, tmp_path: Path) -> Library:
    """Two generations: of one document, then of two."""
    made = Library(engine, database_url, tmp_path / "data")
    for name in ("camera.md", "drone.md"):
        made.add(name, sections=12)
        made.finish()
    return made


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The index of another library, with as many passages, made with another embedder."""
    engine = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
    Base.metadata.create_all(engine)
    index = FileIndex(tmp_path / "other" / "index", lambda: library_name(engine))
    tools = make_tools(engine, tmp_path / "other", index=index, embedder=HashingEmbedder(64))
    for name in ("photo.md", "video.md"):
        add_document(tools, many_paragraphs(12, name[:5]), name)
        work(tools)
    engine.dispose()
    return index.folder


def found_in(generation: Generation) -> list[Candidate]:
    dimension = int(generation.fingerprint.rpartition("-")[2])
    vector = HashingEmbedder(dimension).embed_question(QUESTION)
    terms = terms_of(QUESTION, "en")
    found = generation.search(vector, terms, frozenset({"public"}), 20)
    return sorted(found, key=lambda c: c.passage_id)


def files_that_serve(index: FileIndex) -> list[Path]:
    newest = index.folder / name_of(index.generation().number)
    files = [path.relative_to(index.folder) for path in newest.rglob("*") if path.is_file()]
    assert len(files) > 4
    return [Path(MANIFEST), *sorted(files)]


def copied(index: FileIndex, place: Path) -> FileIndex:
    shutil.copytree(index.folder, place)
    return FileIndex(place, index.library)


def is_needed(file: Path) -> bool:
    """The manifest inside the newest generation is read only when the one beside it is gone."""
    return not (file.name == MANIFEST and len(file.parts) > 1)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_never_served_and_the_worker_writes_it_anew(
    library: Library, other: Path, tmp_path: Path, damage: Damage
) -> None:
    whole = {n: found_in(generation_at(library.index, n)) for n in (1, 2)}
    for number, file in enumerate(files_that_serve(library.index)):
        index = copied(library.index, tmp_path / str(number))
        warm = FileIndex(index.folder, index.library)
        assert found_in(warm.generation()) == whole[2]
        before = (index.folder / file).read_bytes()
        damage(index.folder / file, other / file)
        if damage is swap and (index.folder / file).read_bytes() == before:
            continue  # the counts of the words, which are the same in both

        assert found_in(warm.generation()) == whole[2], f"{file}, in memory"
        if (index.folder / MANIFEST).exists():
            os.utime(index.folder / MANIFEST)
        assert found_in(warm.generation()) == whole[2], f"{file}, in memory, looked at again"
        serves = index.generation()
        assert found_in(serves) == whole[serves.number], f"{file}, after a start"
        assert bool(index.problem) == is_needed(file), file

        if is_needed(file):
            with pytest.raises(IndexDamaged):
                index.ids("public")
            assert any(d.what == "index" for d in differences_of(library, index))
        repaired = make_tools(library.engine, library.folder, index=index)
        work(repaired)
        assert repaired.embedder.texts == [], "the worker embedded what was embedded already"
        assert found_in(index.generation()) == whole[2]
        assert found_in(FileIndex(index.folder, index.library).generation()) == whole[2]
        assert index.problem == ""
        if is_needed(file):
            assert differences_of(library, index) == []


def generation_at(index: FileIndex, number: int) -> Generation:
    """This generation alone, as a process that has found the manifest gone reads it."""
    place = index.folder.parent / f"only-{number}"
    shutil.copytree(index.folder / name_of(number), place / name_of(number))
    return FileIndex(place, index.library).generation()


def differences_of(library: Library, index: FileIndex) -> list[object]:
    return list(differences(library.engine, library.tools.files, index))


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", "7", "[" * 100_000, '{"layout": 1}', '{"layout": 99}', "\xff"],
)
def test_a_manifest_that_is_no_manifest_is_never_believed(library: Library, content: str) -> None:
    whole = found_in(library.index.generation())
    for manifest in library.index.folder.rglob(MANIFEST):
        manifest.write_bytes(content.encode("latin-1"))
    restarted = FileIndex(library.index.folder, library.index.library)

    with pytest.raises(IndexDamaged):
        restarted.generation()
    assert found_in(library.index.generation()) == whole  # who has it in memory goes on
    work(make_tools(library.engine, library.folder, index=restarted))

    assert found_in(restarted.generation()) == whole


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("embedder", "onnx"),
        ("fingerprint", "hashing-1-257"),
        ("generation", 1),
        ("previous", 7),
        ("library", "0123456789abcdef"),
        ("parts", {}),
        ("audience", "police"),
        ("passages", 23),
    ],
)
def test_a_manifest_of_which_one_field_has_changed_is_damaged(
    library: Library, field: str, value: object
) -> None:
    file = library.index.folder / MANIFEST
    manifest = json.loads(file.read_text())
    if field == "audience":  # or else everybody's passages would be those of the police
        manifest["parts"] = {value: manifest["parts"].pop("public")}
    elif field == "passages":
        manifest["parts"]["public"]["passages"] = value
    else:
        manifest[field] = value
    file.write_text(json.dumps(manifest))

    with pytest.raises(IndexDamaged, match="The manifest of the index is damaged"):
        FileIndex(library.index.folder, library.index.library).audiences()


def test_a_file_that_is_cut_while_it_is_written_is_never_named(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAISS does not say that closing a file failed; the checksum would be that of the rest."""
    whole = library.index.generation()
    save = Part.save

    def save_in_part(part: Part, folder: Path) -> None:
        save(part, folder)
        cut(folder / "dense.faiss", Path())

    monkeypatch.setattr(Part, "save", save_in_part)
    with pytest.raises(IndexDamaged):
        library.index.replace(whole.embedder, whole.fingerprint, {})

    restarted = FileIndex(library.index.folder, library.index.library)
    assert found_in(restarted.generation()) == found_in(whole)
    assert (restarted.problem, restarted.leftovers()) == ("", [])


def test_an_index_of_another_library_is_never_served(library: Library, other: Path) -> None:
    whole = found_in(library.index.generation())
    shutil.rmtree(library.index.folder)
    shutil.copytree(other, library.index.folder)
    restarted = FileIndex(library.index.folder, library.index.library)

    with pytest.raises(IndexDamaged, match="another library"):
        restarted.generation()
    tools = make_tools(library.engine, library.folder, index=restarted)
    work(tools)

    assert found_in(restarted.generation()) == whole
    assert tools.embedder.texts == []


def test_another_embedder_serves_its_own_generation_until_the_new_one_is_whole(
    library: Library,
) -> None:
    """A damaged generation of the new embedder is no reason to mix the spaces."""
    other = make_tools(
        library.engine, library.folder, index=library.index, embedder=HashingEmbedder(64)
    )
    before = found_in(library.index.generation())
    publish(library.engine, library.index, other.embedder, other.now())
    newest = library.index.generation()
    assert newest.fingerprint == "hashing-1-64"
    cut(library.index.folder / name_of(newest.number) / "part-0" / "dense.faiss", Path())

    restarted = FileIndex(library.index.folder, library.index.library)
    assert restarted.generation().fingerprint == "hashing-1-256"
    assert found_in(restarted.generation()) == before


def damage_everything(folder: Path) -> None:
    for file in folder.glob("gen-*/part-*/*"):
        flip_a_bit(file, Path())


def test_where_no_generation_is_whole_it_is_said_once_and_looked_at_again(
    library: Library, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage_everything(library.index.folder)
    restarted = FileIndex(library.index.folder, library.index.library)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            with pytest.raises(IndexDamaged, match="damaged"):
                restarted.generation()
    assert len(caplog.records) == 1

    damage_everything(library.index.folder)  # the same bits again: as if put back from a copy
    monkeypatch.setattr(index_files, "LOOK_AGAIN", 0.0)
    restarted._look_again = 0.0
    assert restarted.generation().number == 2


def test_an_old_generation_whose_rows_are_gone_is_not_taken_for_an_empty_library(
    library: Library,
) -> None:
    old = library.index.folder / name_of(2)
    shutil.copytree(old, library.folder / "old")
    for name in ("camera.md", "drone.md"):
        add_document(library.tools, many_paragraphs(5, "microphone"), name)
    library.finish()
    for written in library.index.folder.glob("gen-*"):
        shutil.rmtree(written)
    shutil.copytree(library.folder / "old", old)
    restarted = FileIndex(library.index.folder, library.index.library)

    with pytest.raises(IndexDamaged):
        Retriever(library.engine, restarted, Path()).retrieve(QUESTION, ANYONE)


def test_readers_and_administrators_are_told(
    library: Library, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_TEST_DATABASE_URL", database_url)
    app = make_app(library.folder)
    with app.app_context():
        db.create_all()
    damage_everything(library.index.folder)
    client = app.test_client()

    asked = client.post("/assistant/ask", data={"question": QUESTION}, follow_redirects=True)
    told = app.test_cli_runner().invoke(commands, ["status"])
    verified = app.test_cli_runner().invoke(commands, ["verify"])

    assert asked.status_code == 200
    assert "notice--warning" in asked.text
    assert client.get("/library").status_code == 200
    assert "damaged; the worker builds it again. A file of the index is damaged" in told.output
    assert "nothing serves until then" in told.output
    assert verified.exit_code == 1
    assert "index      A file of the index is damaged" in verified.output
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def original(library: Library, path: str) -> Path:
    return library.tools.files.path(library.promised[path])


@pytest.mark.parametrize("damage", [cut, empty, zero_a_page, flip_a_bit])
def test_a_damaged_original_is_noticed_when_it_is_read_and_healed_by_importing_it_again(
    library: Library, damage: Damage
) -> None:
    library.add("late.md")
    damage(original(library, "late.md"), Path())
    work(library.tools)
    with committed(library.engine) as session:
        version = session.query(Version).filter_by(filename="late.md").one()
        problem = "has changed in the data folder since it was imported; import it again"
        assert (version.state, version.problem) == ("failed", problem)
    [told] = [d for d in differences_of(library, library.index) if d.what == "original"]  # type: ignore[attr-defined]
    assert "late.md" in told.problem  # type: ignore[attr-defined]

    library.add("late.md")
    work(library.tools)

    assert differences_of(library, library.index) == []
    with committed(library.engine) as session:
        newest = session.query(Version).filter_by(filename="late.md", number=2).one()
        assert newest.state == "ready"
