"""The default embedder: multilingual-e5-small through onnxruntime, without torch."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from knowledge.embedders.late_pooling import WHOLE, Tokens, pooled
from knowledge.embedders.model_files import (
    MODEL,
    PIECES,
    WEIGHTS,
    read_manifest,
    verified_file,
)
from knowledge.embedders.pieces import Cut, PieceCutter
from knowledge.embedders.plain_text import plain, plain_spans
from knowledge.errors import ModelUnavailable
from knowledge.protocols import Span, Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

QUESTION, PASSAGE = "query: ", "passage: "
LONGEST = 512 * 16  # characters: no piece of the vocabulary is longer than 16, no window than 512


class OnnxEmbedder:
    """Embeds with the model in ``folder``, ``threads`` texts at a time (default: every core).

    Each text runs alone, on one thread: its vector then depends on nothing but the text, to the
    last bit, nothing is spent on padding, and two texts on two cores are faster than one on both.
    The files are read and verified at the first use, once. Safe to share between threads.

    Raises:
        ModelUnavailable: the files are missing or damaged; at once, or at the first use.
    """

    spec = "onnx"

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        self._folder = folder
        self._threads = threads or len(os.sched_getaffinity(0))
        self._loading = Lock()
        self._manifest = read_manifest(folder)
        self.fingerprint = self._manifest.fingerprint
        self.dimension = self._manifest.dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        prefixed = [PASSAGE + plain(text, LONGEST) for text in texts]
        with ThreadPoolExecutor(min(self._threads, len(texts))) as pool:
            return np.stack(list(pool.map(self._vector, prefixed)))

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[tuple[Vectors, Vectors]]:
        if not texts:
            return []
        with ThreadPoolExecutor(min(self._threads, len(texts))) as pool:
            return list(pool.map(self._with_sentences, texts, spans))

    def embed_question(self, text: str) -> Vectors:
        return self._vector(QUESTION + plain(text, LONGEST))

    def count_tokens(self, text: str) -> int:
        """The tokens of a prefixed text, the two around it included; at most the window."""
        return len(self._loaded[0].cut(text).ids)

    def _vector(self, prefixed: str) -> Vectors:
        return self._run(self._loaded[0].cut(prefixed), ["embedding"])[0]

    def _with_sentences(self, text: str, spans: Sequence[Span]) -> tuple[Vectors, Vectors]:
        words = plain(text, LONGEST)
        cut = self._loaded[0].cut(PASSAGE + words)
        vector, vectors = self._run(cut, ["embedding", "token_vectors"])
        places = cut.places - len(PASSAGE)
        is_cut = len(words) == LONGEST or not cut.is_whole
        tokens = Tokens(vectors, places, int(places.max()) if is_cut else WHOLE)

        def alone(number: int) -> Vectors:
            start, end = spans[number]
            return self._vector(PASSAGE + plain(text[start:end], LONGEST))

        return vector, pooled(tokens, plain_spans(text, spans), alone)

    def _run(self, cut: Cut, outputs: list[str]) -> list[Vectors]:
        inputs = {"input_ids": np.array([cut.ids], np.int64)}
        return [np.asarray(rows, np.float32)[0] for rows in self._loaded[1].run(outputs, inputs)]

    @property
    def _loaded(self) -> "tuple[PieceCutter, InferenceSession]":
        # cached_property alone would load once in each thread that comes early.
        with self._loading:
            return self._model

    @cached_property
    def _model(self) -> "tuple[PieceCutter, InferenceSession]":
        pieces = verified_file(self._folder, self._manifest, PIECES)
        verified_file(self._folder, self._manifest, WEIGHTS)
        model = verified_file(self._folder, self._manifest, MODEL)
        return PieceCutter(pieces), _session(model)


def _session(path: Path) -> "InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        # By path: the weights beside it are then mapped, and processes share them.
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors share no narrower class
        raise ModelUnavailable(
            "The embedding model does not fit the installed onnxruntime. "
            "Install requirements.txt again."
        ) from error
