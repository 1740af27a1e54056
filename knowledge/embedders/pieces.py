"""Cuts texts into the pieces of a unigram model.

The same cut as the ``tokenizers`` library makes from the same pieces, for a fifth of its memory:
its tree of 250,000 pieces takes 280 MB in every process, and a second to build.

Of all ways to put a word together from pieces the likeliest is taken, found from left to right
(Viterbi; Kudo 2018, "Subword Regularization"). A character that no piece has costs more than any
piece does. A word is cut by itself, so the cuts of words that come often are kept.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

SPACE = "\u2581"  # begins a word
UNKNOWN_COSTS = 10.0  # more than the rarest piece
WINDOW = 512  # pieces, the two around the text included
KEPT_WORDS = 50_000
LONGEST_KEPT = 40  # characters


@dataclass(frozen=True, slots=True)
class Cut:
    """A text in pieces: their numbers, and the characters of the word that each belongs to, (0, 0)
    for the two around the text. ``is_whole`` says whether all of the text is in it."""

    ids: list[int]
    places: npt.NDArray[np.int64]
    is_whole: bool


class PieceCutter:
    """Cuts by the pieces in a file: JSON with ``pieces``, their ``scores`` (logarithms of
    likelihoods), the numbers ``start``, ``end`` and ``unknown``, and the characters that are
    ``dropped`` or taken for ``spaces``. Safe to share between threads.

    Raises: ValueError, KeyError, when the file is something else.
    """

    def __init__(self, file: Path) -> None:
        described = json.loads(file.read_text(encoding="utf-8"))
        self._numbers: dict[str, int] = {
            piece: number for number, piece in enumerate(described["pieces"])
        }
        self._scores = np.array(described["scores"], np.float64)
        self._start, self._end, self._unknown = (
            int(described[name]) for name in ("start", "end", "unknown")
        )
        self._unknown_score = float(self._scores.min()) - UNKNOWN_COSTS
        self._longest = max(map(len, self._numbers))
        self._exchanged = dict.fromkeys(map(ord, described["dropped"]), "")
        self._exchanged |= dict.fromkeys(map(ord, described["spaces"]), " ")
        self._kept = lru_cache(KEPT_WORDS)(self._cut_word)

    def cut(self, text: str) -> Cut:
        """The first ``WINDOW`` pieces of a text."""
        ids, places = [self._start], [(0, 0)]
        is_whole = True
        for word in re.finditer(r"[^ ]+", text):
            pieces = self._pieces(word[0])
            ids += pieces
            places += [word.span()] * len(pieces)
            if len(ids) >= WINDOW:
                is_whole = len(ids) == WINDOW - 1
                break
        del ids[WINDOW - 1 :], places[WINDOW - 1 :]
        ids.append(self._end)
        places.append((0, 0))
        return Cut(ids, np.array(places, np.int64), is_whole)

    def _pieces(self, word: str) -> tuple[int, ...]:
        return self._kept(word) if len(word) <= LONGEST_KEPT else self._cut_word(word)

    def _cut_word(self, word: str) -> tuple[int, ...]:
        """A word may come apart into several, or be nothing, when its characters are exchanged."""
        plain = unicodedata.normalize("NFKC", word.translate(self._exchanged))
        plain = re.sub(" {2,}", " ", plain).strip()
        if not plain:
            return ()
        words = re.findall(f"{SPACE}[^{SPACE}]*", SPACE + plain.replace(" ", SPACE))
        return tuple(number for one in words for number in self._likeliest(one))

    def _likeliest(self, word: str) -> list[int]:
        """The numbers of the likeliest pieces; neighbours that are unknown are one."""
        score_at: list[float | None] = [0.0] + [None] * len(word)
        piece_to = [(0, 0)] * (len(word) + 1)  # where it begins, and its number
        for start in range(len(word)):
            before = score_at[start] or 0.0
            for end, number, score in self._ways(word, start):
                known = score_at[end]
                if known is None or before + score > known:
                    score_at[end], piece_to[end] = before + score, (start, number)
        return list(self._without_repeated_unknown(piece_to))

    def _ways(self, word: str, start: int) -> Iterator[tuple[int, int, float]]:
        """(end, number, score) of every piece that begins there."""
        has_single = False
        for end in range(start + 1, min(start + self._longest, len(word)) + 1):
            number = self._numbers.get(word[start:end])
            if number is not None:
                has_single = has_single or end == start + 1
                yield end, number, float(self._scores[number])
        if not has_single:
            yield start + 1, self._unknown, self._unknown_score

    def _without_repeated_unknown(self, piece_to: list[tuple[int, int]]) -> Iterator[int]:
        found = []
        end = len(piece_to) - 1
        while end > 0:
            end, number = piece_to[end]
            found.append(number)
        before = -1
        for number in reversed(found):
            if number != self._unknown or before != self._unknown:
                yield number
            before = number
