"""The contract of PassageIndex, on the index of files."""

import json
import subprocess
import sys
from dataclasses import replace as changed
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedders import HashingEmbedder
from knowledge.errors import IndexDamaged
from knowledge.index import FileIndex
from knowledge.index.generations import MANIFEST
from knowledge.protocols import Candidate, Entry, PartChange
from knowledge.terms import terms_of

EMBEDDER = HashingEmbedder()
PUBLIC, STAFF = "public", "staff"
TEXTS = {
    1: "Real-time biometric identification in public spaces is prohibited.",
    2: "The deployer keeps the logs for at least six months.",
    3: "Die Aufsichtsbehörde veröffentlicht einen Bericht.",
    4: "A secret operation uses biometric cameras.",
}


def entry(number: int, text: str = "", language: str = "en") -> Entry:
    text = text or TEXTS[number]
    [vector] = EMBEDDER.embed_passages([text])
    return Entry(number, language, terms_of(text, language).stems, vector)


def add(*numbers: int) -> PartChange:
    return PartChange(frozenset(), [entry(number) for number in numbers])


def remove(*numbers: int) -> PartChange:
    return PartChange(frozenset(numbers), [])


def search(index: FileIndex, question: str, *audiences: str) -> dict[int, Candidate]:
    found = index.generation().search(
        EMBEDDER.embed_question(question),
        terms_of(question, "en"),
        frozenset(audiences or (PUBLIC,)),
        10,
    )
    return {candidate.passage_id: candidate for candidate in found}


def replace(index: FileIndex, **changes: PartChange) -> None:
    index.replace(EMBEDDER.spec, EMBEDDER.fingerprint, changes)


@pytest.fixture
def index(tmp_path: Path) -> FileIndex:
    return FileIndex(tmp_path / "index")


def test_an_empty_index_finds_nothing(index: FileIndex) -> None:
    assert index.generation().number == 0
    assert search(index, "biometric") == {}
    assert index.ids(PUBLIC) == frozenset()


def test_both_arms_score_what_was_added(index: FileIndex) -> None:
    replace(index, public=add(1, 2, 3))

    found = search(index, "Is biometric identification prohibited?")

    assert max(found.values(), key=lambda c: c.dense).passage_id == 1
    assert found[1].lexical > 0 == found[3].lexical
    assert 0 < found[1].coverage <= 1


def test_a_passage_without_a_vector_is_found_by_its_words_and_as_near_as_is_usual(
    index: FileIndex,
) -> None:
    bare = changed(entry(4), vector=np.zeros(EMBEDDER.dimension, np.float32))
    replace(index, public=PartChange(frozenset(), [entry(1), entry(2), bare]))

    found = search(index, "biometric cameras")

    assert found[4].lexical > found[1].lexical > 0
    assert found[4].dense == found[4].usual == found[1].usual
    replace(index, public=PartChange(frozenset({4}), [entry(4)]))
    assert search(index, "biometric cameras")[4].dense > found[4].dense


def test_an_index_of_words_alone_answers_too(index: FileIndex) -> None:
    bare = changed(entry(1), vector=np.zeros(EMBEDDER.dimension, np.float32))
    replace(index, public=PartChange(frozenset(), [bare]))

    found = search(index, "biometric")

    assert found[1].lexical > 0
    assert (found[1].dense, found[1].usual) == (0, 0)


def test_a_removed_passage_is_gone_and_the_others_stay(index: FileIndex) -> None:
    replace(index, public=add(1, 2, 3))

    replace(index, public=PartChange(frozenset({2}), [entry(4)]))

    assert index.ids(PUBLIC) == {1, 3, 4}
    assert 2 not in search(index, "deployer logs six months")


def test_adding_a_passage_twice_keeps_it_once(index: FileIndex) -> None:
    replace(index, public=add(1))
    replace(index, public=add(1, 2))

    assert sorted(search(index, "biometric deployer")) == [1, 2]


def test_changes_give_the_same_scores_as_building_at_once(index: FileIndex, tmp_path: Path) -> None:
    replace(index, public=add(4, 2))
    replace(index, public=PartChange(frozenset({4}), [entry(1), entry(3)]))
    at_once = FileIndex(tmp_path / "other")
    replace(at_once, public=add(1, 2, 3))

    for question in ("biometric identification", "Bericht", "six months logs of the deployer"):
        assert search(index, question) == search(at_once, question)


def test_what_comes_back_out_of_order_gives_the_same_files(
    index: FileIndex, tmp_path: Path
) -> None:
    """As a document does that was for others for a while, or that is embedded anew."""
    replace(index, public=add(1, 2, 3))
    replace(index, public=remove(1), staff=add(1))
    replace(index, public=PartChange(frozenset({2}), [entry(2), entry(1)]), staff=remove(1))
    at_once = FileIndex(tmp_path / "other")
    replace(at_once, public=add(1, 2, 3))

    def files(of: FileIndex) -> dict[str, bytes]:
        [part] = of.folder.glob(f"gen-{of.generation().number:08d}/part-*")
        return {file.name: file.read_bytes() for file in part.iterdir()}

    assert files(index) == files(at_once)


def test_a_readers_state_of_the_index_counts_their_own_parts(
    index: FileIndex, tmp_path: Path
) -> None:
    public, both = frozenset({PUBLIC}), frozenset({PUBLIC, STAFF})
    assert index.generation().number_for(both) == 0
    replace(index, staff=add(4))
    assert index.generation().number_for(public) == 0
    replace(index, public=add(1))
    replace(index, staff=remove(4))
    replace(index, staff=add(4))

    for found in (index, FileIndex(index.folder)):
        assert found.generation().number == 4
        assert found.generation().number_for(public) == 1
        assert found.generation().number_for(both) == 4

    before = index.generation().number_for(public)
    index.reset()
    replace(index, public=add(1))
    assert index.generation().number_for(public) > before


def test_a_state_is_never_numbered_twice_although_all_was_lost(index: FileIndex) -> None:
    for number in (1, 2, 3):
        replace(index, public=add(number))
    before = index.generation().number_for(frozenset({PUBLIC}))
    for file in index.folder.glob("**/dense.faiss"):
        file.write_bytes(b"")

    index.reset()
    replace(index, public=add(1))

    assert index.generation().number_for(frozenset({PUBLIC})) > before


def test_a_search_equals_one_in_an_index_of_the_visible_only(
    index: FileIndex, tmp_path: Path
) -> None:
    replace(index, public=add(1, 2, 3), staff=add(4))
    visible_only = FileIndex(tmp_path / "visible")
    replace(visible_only, public=add(1, 2, 3))

    assert search(index, "secret biometric cameras") == search(
        visible_only, "secret biometric cameras"
    )
    assert 4 in search(index, "secret biometric cameras", PUBLIC, STAFF)


def test_words_of_another_language_do_not_count_as_rare(index: FileIndex) -> None:
    german = [entry(number, "Der Bericht ist öffentlich", "de") for number in (11, 12)]
    english = [entry(number, "The report is public", "en") for number in range(20, 40)]
    replace(index, public=PartChange(frozenset(), [*german, *english]))

    found = search(index, "der")

    assert found[11].lexical < 0.2


def test_a_new_generation_is_seen_by_another_reader(index: FileIndex) -> None:
    reader = FileIndex(index.folder)
    replace(index, public=add(1))
    assert sorted(search(reader, "biometric")) == [1]

    replace(index, public=add(2))

    assert sorted(search(reader, "biometric deployer")) == [1, 2]


def test_another_fingerprint_takes_nothing_over(index: FileIndex) -> None:
    replace(index, public=add(1, 2), staff=add(4))

    index.replace("other", "other-space", {PUBLIC: add(3)})

    assert index.generation().fingerprint == "other-space"
    assert index.ids(PUBLIC) == {3}
    assert index.audiences() == {PUBLIC}


def test_only_the_last_two_generations_stay_on_disk(index: FileIndex) -> None:
    for number in (1, 2, 3):
        replace(index, public=add(number))

    kept = sorted(path.name for path in index.folder.glob("gen-*"))
    assert kept == ["gen-00000002", "gen-00000003"]


@pytest.mark.parametrize(
    "name", ["dense.faiss", "ids.npy", "rows.npy", "terms.txt", "languages.txt"]
)
def test_damage_to_any_file_is_noticed(index: FileIndex, name: str) -> None:
    replace(index, public=add(1, 2, 3))
    [file] = index.folder.glob(f"gen-*/part-0/{name}")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)

    with pytest.raises(IndexDamaged, match=name):
        FileIndex(index.folder).generation()


def test_a_missing_file_is_damage_and_a_missing_index_is_not(index: FileIndex) -> None:
    replace(index, public=add(1))
    [file] = index.folder.glob("gen-*/part-0/ids.npy")
    file.unlink()

    with pytest.raises(IndexDamaged):
        FileIndex(index.folder).generation()

    assert FileIndex(index.folder / "elsewhere").generation().number == 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"layout": 1}', '{"layout": 99}'])
def test_a_damaged_manifest_is_noticed(index: FileIndex, content: str) -> None:
    replace(index, public=add(1))
    (index.folder / MANIFEST).write_text(content)
    restarted = FileIndex(index.folder)

    with pytest.raises(IndexDamaged):
        restarted.ids(PUBLIC)
    assert sorted(search(restarted, "biometric")) == [1]  # the generation itself is whole
    assert restarted.problem

    (index.folder / "gen-00000001" / MANIFEST).write_text(content)
    with pytest.raises(IndexDamaged):
        FileIndex(index.folder).generation()


def test_who_has_loaded_a_generation_goes_on_when_the_next_is_damaged(index: FileIndex) -> None:
    replace(index, public=add(1))
    reader = FileIndex(index.folder)
    assert sorted(search(reader, "biometric")) == [1]
    replace(index, public=add(2))
    for file in index.folder.glob("gen-00000002/part-0/*"):
        file.write_bytes(b"")

    assert sorted(search(reader, "biometric")) == [1]


def test_after_a_reset_the_numbers_go_on(index: FileIndex) -> None:
    replace(index, public=add(1))
    replace(index, public=add(2))

    index.reset()
    replace(index, public=add(3))

    assert index.generation().number == 3
    assert index.ids(PUBLIC) == {3}


KILLED = """
import os, signal, sys
from pathlib import Path
from knowledge.index import FileIndex, generations
from tests.knowledge.test_index import add, replace
index = FileIndex(Path(sys.argv[1]))
def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)
assert hasattr(generations, sys.argv[2])
setattr(generations, sys.argv[2], die)
replace(index, public=add(2))
"""


@pytest.mark.parametrize("station", ["_write_part", "flush", "_put_manifest", "_checksum"])
def test_a_writer_killed_at_any_station_leaves_the_old_generation(
    index: FileIndex, station: str
) -> None:
    replace(index, public=add(1))
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(index.folder), station], capture_output=True, check=False
    )

    assert ended.returncode == -9, ended.stderr
    assert FileIndex(index.folder).ids(PUBLIC) == {1}
    replace(FileIndex(index.folder), public=add(2, 3))
    assert FileIndex(index.folder).ids(PUBLIC) == {1, 2, 3}


def test_the_manifest_describes_every_part(index: FileIndex) -> None:
    replace(index, public=add(1, 2), staff=add(4))

    manifest = json.loads((index.folder / MANIFEST).read_text())

    assert {name: part["passages"] for name, part in manifest["parts"].items()} == {
        PUBLIC: 2,
        STAFF: 1,
    }
    assert manifest["fingerprint"] == EMBEDDER.fingerprint


def test_scores_do_not_depend_on_the_neighbours(index: FileIndex, tmp_path: Path) -> None:
    many = FileIndex(tmp_path / "many")
    rest = [entry(100 + n, f"Unrelated words number {n}") for n in range(50)]
    replace(index, public=add(1))
    replace(many, public=PartChange(frozenset(), [entry(1), *rest]))

    question = "biometric identification"

    assert np.float32(search(index, question)[1].dense) == np.float32(
        search(many, question)[1].dense
    )
