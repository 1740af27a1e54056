"""Any sentence-transformers model as an embedder."""

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.embedders.late_pooling import WHOLE, Tokens, pooled
from knowledge.embedders.plain_text import plain, plain_spans
from knowledge.errors import ModelUnavailable
from knowledge.protocols import Span, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# No pickled weights: reading one runs whatever its author put into it.
FILES = ("*.json", "*.txt", "*.model", "*.safetensors")
NAME = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)
E5 = re.compile(r"(^|[-_/])e5([-_]|$)", re.ASCII | re.IGNORECASE)
CHARACTERS_A_TOKEN = 16
DEFAULT_WINDOW = 512
PASSAGE_PROMPTS = ("document", "passage", "corpus")  # the library takes the first that a model has


class SentenceTransformerEmbedder:
    """Embeds with the model in a folder, or with the one of that name on the model hub.

    Opening reads the whole model. A folder is used offline. The fingerprint comes from the content
    of the model's files, so a copy elsewhere has the same. Models that keep prompts for questions
    and passages get them, e5 models their prefixes. The neighbours of a text move its vector by
    the rounding of float32 sums (under 1e-5).

    Raises:
        ModelUnavailable: the model is not there or cannot be opened.
    """

    def __init__(self, name_or_folder: str) -> None:
        folder = _folder(name_or_folder)
        self.spec = f"sentence-transformers:{name_or_folder}"
        self._is_e5 = _takes_e5_prefixes(name_or_folder, folder)
        kind = "sentence-transformers-e5" if self._is_e5 else "sentence-transformers"
        self.fingerprint = f"{kind}-{_digest(folder)[:32]}"
        self._model = _opened(folder)
        self.dimension = int(self.embed_question("").size)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        prefixed = self._prepared(texts, "passage: ")
        return _unit(self._model.encode_document(prefixed, show_progress_bar=False))

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[tuple[Vectors, Vectors]]:
        if not texts:
            return []
        prefixed = self._prepared(texts, "passage: ")
        seen: Any = self._model.encode_document(
            prefixed, output_value=None, show_progress_bar=False
        )
        vectors = _unit([one["sentence_embedding"].float().numpy() for one in seen])
        return [
            (vector, self._sentences(one, words, text, places))
            for vector, one, words, text, places in zip(
                vectors, seen, prefixed, texts, spans, strict=True
            )
        ]

    def _sentences(self, seen: Any, words: str, text: str, spans: Sequence[Span]) -> Vectors:
        """Sentences out of the text's own pass, where the model's tokens can be told apart."""

        def alone(number: int) -> Vectors:
            start, end = spans[number]
            return np.asarray(self.embed_passages([text[start:end]])[0], np.float32)

        tokens = self._tokens(seen, words)
        if tokens is None:
            rows = [alone(number) for number in range(len(spans))]
            return np.array(rows, np.float32).reshape(len(rows), self.dimension)
        return pooled(tokens, plain_spans(text, spans), alone)

    def _tokens(self, seen: Any, words: str) -> Tokens | None:
        """None for models without offsets, and those whose token vectors are of another space."""
        vectors = seen["token_embeddings"][seen["attention_mask"].bool()].float().numpy()
        tokenizer, prompt = self._model.tokenizer, self._prompt()
        if not getattr(tokenizer, "is_fast", False) or vectors.shape[1] != self.dimension:
            return None
        window = self._model.max_seq_length or DEFAULT_WINDOW
        cut = {"truncation": True, "max_length": window}
        encoding = tokenizer(prompt + words, return_offsets_mapping=True, **cut)
        places = np.array(encoding["offset_mapping"], np.int64).reshape(-1, 2)
        if len(places) != len(vectors):
            return None
        places = places - len(prompt) - (len("passage: ") if self._is_e5 else 0)
        return Tokens(vectors, places, int(places.max()) if len(places) >= window else WHOLE)

    def _prompt(self) -> str:
        prompts = self._model.prompts
        return next((prompts[name] or "" for name in PASSAGE_PROMPTS if name in prompts), "")

    def embed_question(self, text: str) -> Vectors:
        prefixed = self._prepared([text], "query: ")
        vector: Vectors = _unit(self._model.encode_query(prefixed, show_progress_bar=False))[0]
        return vector

    def _prepared(self, texts: Sequence[str], prefix: str) -> list[str]:
        window = self._model.max_seq_length or DEFAULT_WINDOW
        prefix = prefix if self._is_e5 else ""
        return [prefix + plain(text, window * CHARACTERS_A_TOKEN) for text in texts]


def _folder(name_or_folder: str) -> Path:
    if Path(name_or_folder).is_dir():
        return Path(name_or_folder)
    if not NAME.fullmatch(name_or_folder):
        raise ModelUnavailable(f"The model folder {name_or_folder} does not exist.")
    return _fetched(name_or_folder)


def _takes_e5_prefixes(name: str, folder: Path) -> bool:
    """Whether the name says e5 and the model's own settings bring no prompts."""
    settings = folder / "config_sentence_transformers.json"
    has_prompts = settings.is_file() and b'"query"' in settings.read_bytes()
    return bool(E5.search(name.rstrip("/"))) and not has_prompts


def _opened(folder: Path) -> "SentenceTransformer":
    # Read by the library when it is imported; a folder needs no network.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # the library lets through whatever its parts raise
        raise ModelUnavailable(
            "The sentence-transformers model cannot be opened; "
            "it needs a complete folder with its weights as safetensors."
        ) from error


def _fetched(name: str) -> Path:
    """The folder of a model of the hub, from the local cache where it is complete."""
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=list(FILES)))
    except Exception as error:  # network, name and permission errors have no common class
        raise ModelUnavailable(
            f"The model {name} could not be fetched. Give HUB_EMBEDDER a folder instead, "
            "or connect this machine once."
        ) from error


def _digest(folder: Path) -> str:
    """The sha256 over the model's files, each with its name inside the folder."""
    total = hashlib.sha256()
    found = {path for pattern in FILES for path in folder.rglob(pattern) if path.is_file()}
    for path in sorted(found, key=lambda path: path.relative_to(folder).as_posix()):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()


def _unit(rows: object) -> Vectors:
    vectors = np.asarray(rows, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return unit
