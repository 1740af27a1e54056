"""Random libraries, readers and questions, with as much in common between what is hidden and what
is visible as there can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from knowledge.access import Reader, group_audience, reader_of
from knowledge.index.generations import NOTHING, FileGeneration
from knowledge.protocols import Entry, PartChange, Terms, Vectors

DIMENSION = 6
LANGUAGES = ("en", "en", "en", "de", "el", "")
WORDS = tuple(f"w{number}" for number in range(25))
NAMES = ("art:5", "art:5:1", "def:risk", "annex:iii")
GROUPS = (1, 2, 30)
AUDIENCES = ("public", "public", "members", "lea", "staff", *map(group_audience, GROUPS))
Changes = dict[str, PartChange]


@dataclass(frozen=True)
class Library:
    """``steps`` is how the index came to be; ``holds`` what stands in it in the end."""

    steps: Sequence[Mapping[str, PartChange]]
    holds: Mapping[str, Mapping[int, Entry]]


def random_reader(chance: Random) -> Reader:
    return reader_of(
        is_member=chance.random() < 0.6,
        is_lea=chance.random() < 0.3,
        is_staff=chance.random() < 0.2,
        groups=chance.sample(GROUPS, chance.choice((0, 0, 1, 2, 3))),
    )


def random_question(chance: Random) -> tuple[Vectors, Terms]:
    words = chance.choices(WORDS, k=chance.randint(0, 6))
    names = chance.sample(NAMES, chance.choice((0, 0, 1, 2)))
    return random_vector(chance), Terms(chance.choice(LANGUAGES), tuple(words), tuple(names))


def random_vector(chance: Random) -> Vectors:
    """Of few values, so that many scores are equal; some are drawn apart, to round differently."""
    if chance.random() < 0.5:
        row = np.array([chance.choice((-1.0, 0.0, 1.0)) for _ in range(DIMENSION)], np.float32)
    else:
        row = np.array([chance.gauss(0, 1) for _ in range(DIMENSION)], np.float32)
    if not row.any():
        row[0] = 1
    unit: Vectors = row / np.linalg.norm(row)
    return unit


def random_library(chance: Random) -> Library:
    """Documents come, go (withdrawn), come back, move to other readers and get their vectors
    later, in a few generations."""
    words = chance.sample(WORDS, chance.randint(2, len(WORDS)))  # shared by all audiences
    where: dict[int, str] = {}
    entries: dict[int, Entry] = {}
    steps = []
    for _ in range(chance.randint(1, 4)):
        removed: dict[str, set[int]] = {}
        added: dict[str, list[Entry]] = {}
        for passage in list(where):
            if chance.random() < 0.3:
                removed.setdefault(where.pop(passage), set()).add(passage)
        for passage in entries:
            if passage not in where and chance.random() < 0.5:
                where[passage] = chance.choice(AUDIENCES)
                added.setdefault(where[passage], []).append(entries[passage])
        first = len(entries) + 1
        for passage in range(first, first + chance.choice((0, 1, 2, 5, 12))):
            entries[passage] = _random_entry(chance, passage, words)
            where[passage] = chance.choice(AUDIENCES)
            added.setdefault(where[passage], []).append(entries[passage])
        steps.append(
            {
                audience: PartChange(frozenset(removed.get(audience, ())), added.get(audience, []))
                for audience in sorted(removed.keys() | added.keys())
            }
        )
    holds: dict[str, dict[int, Entry]] = {}
    for passage, audience in where.items():
        holds.setdefault(audience, {})[passage] = entries[passage]
    return Library(steps, holds)


def _random_entry(chance: Random, passage: int, words: Sequence[str]) -> Entry:
    has_vector = chance.random() < 0.85
    vector = random_vector(chance) if has_vector else np.zeros(DIMENSION, np.float32)
    stems = tuple(chance.choices(words, k=chance.randint(0, 12)))
    names = tuple(chance.sample(NAMES, chance.choice((0, 0, 0, 1, 2))))
    return Entry(passage, chance.choice(LANGUAGES), stems, vector, names)


def index_of(
    steps: Sequence[Mapping[str, PartChange]], fingerprint: str = "space"
) -> FileGeneration:
    """The generation that writing these one after the other leads to."""
    generation = NOTHING
    for number, changes in enumerate(steps, 1):
        generation = generation.following(number, "hashing", fingerprint, changes)
    return generation


def visible_steps(library: Library, reader: Reader) -> list[Changes]:
    """How the index would have come to be, had there been nothing but what this reader may see."""
    seen = (
        {audience: change for audience, change in step.items() if audience in reader.audiences}
        for step in library.steps
    )
    return [step for step in seen if step]


def visible_at_once(library: Library, reader: Reader) -> list[Changes]:
    """Only what the reader may see in the end, written in one go, in no order."""
    return [
        {
            audience: PartChange(frozenset(), list(reversed(held.values())))
            for audience, held in library.holds.items()
            if audience in reader.audiences
        }
    ]
