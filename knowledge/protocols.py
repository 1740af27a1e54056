"""The seams of the library. Each has two implementations or more and one contract test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Span = tuple[int, int]


class Embedder(Protocol):
    """Turns texts into unit vectors whose inner product is their likeness.

    ``spec`` is the setting that builds this embedder again (the value of HUB_EMBEDDER).
    ``fingerprint`` names the vector space: equal fingerprints give comparable vectors, and vectors
    of different fingerprints are never compared. ``dimension`` is the length of a vector.
    """

    spec: str
    fingerprint: str
    dimension: int

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """One row per text, in order: float32, shape (len(texts), dimension), rows of length 1.

        Texts longer than the model's window are cut; an empty text still gives a unit vector; no
        texts give shape (0, dimension). Equal texts give equal rows, whatever their
        neighbours (to 1e-5: batched float32 sums round differently).
        """
        ...

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[tuple[Vectors, Vectors]]:
        """For each text the row that ``embed_passages`` gives, and one row for each of its
        sentences, (sentences, dimension), rows of length 1. ``spans`` has the (start, end) of the
        sentences in each text. A sentence's row may depend on the text around it."""
        ...

    def embed_question(self, text: str) -> Vectors:
        """The vector of a question, shape (dimension,)."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of a text as the lexical arm sees them: stems, in order, and their language.

    ``names`` are those of the places that the text refers to ("art:5:1:h"), which are no words.
    """

    language: str
    stems: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that an index proposes.

    ``dense`` is the inner product with the question (-1 to 1), ``lexical`` the BM25 score (0 where
    no term matches). ``coverage`` is the share of the question's terms that the passage holds,
    weighted by inverse document frequency (0 to 1). ``named`` is the share of the question's names
    that the passage carries. ``language`` is the passage's, and ``usual`` the mean ``dense`` of all
    passages of that language which the reader may see: some languages are nearer to a question than
    others, whatever they say. A passage without a vector is as near as is usual.
    """

    passage_id: int
    audience: str
    language: str
    dense: float
    lexical: float
    coverage: float
    named: float = 0.0
    usual: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage on its way into an index: what is searched, never what is shown. ``names`` are
    those of the places where it stands and of the terms that it defines. ``vector`` is all
    zeros where there is none yet: the passage is found by its words and names only."""

    passage_id: int
    language: str
    stems: tuple[str, ...]
    vector: npt.NDArray[np.float32]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartChange:
    """What becomes different in the part of one audience."""

    remove: frozenset[int]
    add: Sequence[Entry]


class Generation(Protocol):
    """One state of an index: what it was built with, and the search in it.

    ``number`` counts the states, 0 for an index in which nothing has been written yet.
    ``embedder`` and ``fingerprint`` are those of its vectors ("" for number 0): a question is
    embedded by that embedder, whatever the settings say today.
    """

    @property
    def number(self) -> int: ...

    @property
    def embedder(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    def number_for(self, audiences: frozenset[str]) -> int:
        """Counts the states of the parts of these audiences: 0 as long as they never had one, and
        another number after every change of one of them. It tells nothing of the other parts."""
        ...

    def search(
        self, question: Vectors, terms: Terms, audiences: frozenset[str], limit: int
    ) -> list[Candidate]:
        """The ``limit`` best by likeness, by words and by names, all scores exact for each; in no
        promised order.

        Only the parts of these audiences are opened, and each part has term statistics of its own:
        the result and its scores equal those of an index that holds nothing but these parts.
        """
        ...


class PassageIndex(Protocol):
    """Finds passages near a question. Each audience is a part of its own.

    ``problem`` says what is wrong with the newest state while an older one serves, else "".
    """

    problem: str

    def generation(self) -> Generation:
        """The newest whole state, also when another process has written it."""
        ...

    def ids(self, audience: str) -> frozenset[int]:
        """The passages in the part of this audience. Raises: IndexDamaged."""
        ...

    def audiences(self) -> frozenset[str]:
        """The audiences that have a part. Raises: IndexDamaged."""
        ...

    def replace(
        self, embedder: str, fingerprint: str, changes: Mapping[str, PartChange]
    ) -> Generation:
        """Writes one new generation with these changes, all or nothing, and serves it.

        With another fingerprint than before nothing of the old generation is taken over.
        Raises: IndexDamaged when the generation to build on cannot be read.
        """
        ...

    def reset(self) -> None:
        """Forgets a damaged state, so that ``replace`` starts from nothing; searches keep what
        they have in memory."""
        ...

    def leftovers(self) -> Sequence[Path]:
        """Files that no reader needs, for example of a writer that was killed."""
        ...

    def sweep(self) -> int:
        """Deletes what writers that were killed have left; says how much. For the one writer."""
        ...
