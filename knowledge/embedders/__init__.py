"""The embedders, and the setting that chooses one."""

from pathlib import Path

from knowledge.embedders.e5_onnx import OnnxEmbedder
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.embedders.sentence_model import SentenceTransformerEmbedder
from knowledge.protocols import Embedder

__all__ = ["HashingEmbedder", "OnnxEmbedder", "SentenceTransformerEmbedder", "embedder_from"]


def embedder_from(spec: str, model_folder: Path) -> Embedder:
    """The embedder that ``spec`` (the value of HUB_EMBEDDER) names.

    ``model_folder`` is where ``make setup`` put the default model; only "onnx" looks there.

    Raises:
        ValueError: the setting names no embedder.
        ModelUnavailable: the model's files are missing.
    """
    kind, _, detail = spec.strip().partition(":")
    if (kind, detail) == ("onnx", ""):
        return OnnxEmbedder(model_folder)
    if kind == "sentence-transformers" and detail:
        return SentenceTransformerEmbedder(detail)
    if (kind, detail) == ("hashing", ""):
        return HashingEmbedder()
    raise ValueError(
        f"HUB_EMBEDDER is {spec!r}, but can only be onnx, "
        "sentence-transformers:<name or folder>, or hashing."
    )
