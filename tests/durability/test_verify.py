"""``flask index verify``: everything that could differ is found, and nothing is changed."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, update

from hub.cli.index import index as commands
from hub.extensions import db
from indexer.verifying import differences
from knowledge.documents import library_name
from knowledge.embedders import HashingEmbedder
from knowledge.index import FileIndex
from knowledge.models import Document, Embedding, IndexJob, PageRow, Passage, Version
from knowledge.protocols import Entry, PartChange
from tests.durability.library import Library
from tests.factories import committed
from tests.hub.conftest import make_app


@pytest.fixture
def library(engine: Engine, database_url: str, tmp_path: Path) -> Library:
    (tmp_path / "data").mkdir()
    made = Library(engine, database_url, tmp_path / "data")
    made.add("camera.md")
    made.add("drone.md")
    made.finish()
    return made


def lose_a_job(library: Library) -> None:
    with committed(library.engine) as session:
        session.execute(update(Document).values(current_version_id=None))
        session.execute(update(Version).values(state="waiting"))
        session.execute(delete(IndexJob))


def show_what_is_not_ready(library: Library) -> None:
    with committed(library.engine) as session:
        session.execute(update(Version).where(Version.id == 1).values(state="failed"))


def lose_a_page(library: Library) -> None:
    with committed(library.engine) as session:
        session.execute(delete(Passage).where(Passage.version_id == 1))
        session.execute(delete(PageRow).where(PageRow.version_id == 1))


def cut_a_page(library: Library) -> None:
    with committed(library.engine) as session:
        session.execute(update(PageRow).where(PageRow.version_id == 1).values(text="# Long"))


def lose_an_original(library: Library) -> None:
    library.tools.files.path(library.promised["camera.md"]).unlink()


def change_an_original(library: Library) -> None:
    library.tools.files.path(library.promised["camera.md"]).write_bytes(b"something else")


def lose_a_passage_of_the_index(library: Library) -> None:
    change(library, PartChange(frozenset({1}), []))


def keep_a_passage_that_is_gone(library: Library) -> None:
    change(library, PartChange(frozenset(), [entry(1_000)]))


def mix_up_the_vectors(library: Library) -> None:
    change(library, PartChange(frozenset({1}), [entry(1)]))


def entry(passage: int) -> Entry:
    [vector] = HashingEmbedder().embed_passages(["Words that stand nowhere."])
    return Entry(passage, "en", ("word",), vector)


def change(library: Library, what: PartChange) -> None:
    embedder = library.tools.embedder
    library.index.replace(embedder.spec, embedder.fingerprint, {"public": what})


def lose_a_vector(library: Library) -> None:
    with committed(library.engine) as session:
        name = session.get_one(Passage, 1).text_hash
        session.execute(delete(Embedding).where(Embedding.text_hash == name))


def lose_the_index(library: Library) -> None:
    shutil.rmtree(library.index.folder)


def leave_half_a_generation(library: Library) -> None:
    (library.index.folder / ".building-gen-00000009").mkdir()


def leave_half_an_import(library: Library) -> None:
    (library.tools.files.folder / ".incoming-half").write_bytes(b"half")


DAMAGES: dict[Callable[[Library], None], tuple[str, str]] = {
    lose_a_job: ("document", "waits, but no job will index it"),
    show_what_is_not_ready: ("document", "is shown although it is failed"),
    lose_a_page: ("document", "has 0 of its 1 pages"),
    cut_a_page: ("document", "has passages beyond its text"),
    lose_an_original: ("original", "is missing from the data folder"),
    change_an_original: ("original", "has changed on the disk"),
    lose_a_passage_of_the_index: ("index", "1 passages for public are missing: 1"),
    keep_a_passage_that_is_gone: ("index", "1 passages for public are not to be shown: 1000"),
    mix_up_the_vectors: ("index", "1 passages are not found by their own text: 1"),
    lose_a_vector: ("index", "1 passages have no stored vector: 1"),
    lose_the_index: ("index", "24 passages for public are missing: 1, 2, 3, 4, 5, …"),
    leave_half_a_generation: ("leftover", ".building-gen-00000009 is not needed"),
    leave_half_an_import: ("leftover", ".incoming-half is not needed"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_difference_is_found(library: Library, damage: Callable[[Library], None]) -> None:
    assert differences(library.engine, library.tools.files, library.index) == []
    damage(library)
    index = FileIndex(library.index.folder, lambda: library_name(library.engine))

    found = differences(library.engine, library.tools.files, index)

    what, problem = DAMAGES[damage]
    assert any(d.what == what and problem in d.problem for d in found), found


def test_what_is_on_its_way_is_no_difference(library: Library) -> None:
    library.add("photo.md")
    assert differences(library.engine, library.tools.files, library.index) == []


@pytest.fixture
def app(library: Library, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setenv("HUB_TEST_DATABASE_URL", database_url)
    made = make_app(library.folder)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_command_prints_what_differs_and_fails(library: Library, app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert run(commands, ["verify"]).output == "Everything agrees.\n"

    change_an_original(library)
    plain, as_json = run(commands, ["verify"]), run(commands, ["verify", "--json"])

    assert (plain.exit_code, as_json.exit_code) == (1, 1)
    first, count = plain.output.splitlines()
    assert first.startswith("original   camera.md (version 1): The stored file ")
    assert count == "1 differences"
    [difference] = json.loads(as_json.output)["differences"]
    assert difference["what"] == "original"
