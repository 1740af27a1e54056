"""Cutting texts into pieces, compared with the library that does it for everybody else."""

import json
import random
import threading
from pathlib import Path
from typing import Any

import pytest

from knowledge.embedders.model_files import PIECES
from knowledge.embedders.pieces import WINDOW, PieceCutter
from tests.knowledge.test_embedders import default_model  # noqa: F401 - a fixture

SMALL = {
    "pieces": ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁ab", "▁a", "q̇", "▁<s>"],
    "scores": [-1000, -1000, -1000, -1000, -3, -2, -2, -3, -3.5, -4, -5, -1000],
    "start": 0,
    "end": 2,
    "unknown": 3,
    "dropped": "\0\u200b",
    "spaces": "\u2028",
}
WORDS = [
    "The",
    "police",
    "—",
    "Η",
    "αστυνομία",
    "χρησιμοποιεί",
    "Полиция",
    "использует",
    "警察使用人工智能系统",
    "पुलिस",
    "कृत्रिम",
    "الشرطة",
    "Strafverfolgungsbehörden",
    "naïve",
    "état",
    "ﬃ",
    "½",
    "x²",
    "①②",
    "don't",
    "2024/1689",
    "§5(1)(h)",
    "€1.000.000,00",
    "a▁b",
    "▁",
    "<s>",
    "</s>",
    "<mask>",
    "<unk>",
    "🙂👩\u200d🚀",
    "ﬁn",
    "Ａ¨",
    "\xad\u200b",
    "ͅι",
]


@pytest.fixture
def small(tmp_path: Path) -> PieceCutter:
    file = tmp_path / "pieces.json"
    file.write_text(json.dumps(SMALL))
    return PieceCutter(file)


def library_cutter(file: Path) -> Any:
    """The same pieces in the ``tokenizers`` library, the way the model's own tokenizer is made."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    said = json.loads(file.read_text())
    scored = list(zip(said["pieces"], said["scores"], strict=True))
    made = Tokenizer(models.Unigram(scored, unk_id=said["unknown"]))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(any_of(said["dropped"])), ""),
            normalizers.Replace(Regex(any_of(said["spaces"])), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    around = [("<s>", said["start"]), ("</s>", said["end"])]
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=around)
    made.enable_truncation(WINDOW)
    return made


def any_of(signs: str) -> str:
    return "[" + "".join(f"\\x{{{ord(sign):X}}}" for sign in signs) + "]"


@pytest.mark.models
def test_cuts_like_the_library(default_model: Path) -> None:  # noqa: F811
    ours, theirs = PieceCutter(default_model / PIECES), library_cutter(default_model / PIECES)
    chance = random.Random(5)
    texts = [" ".join(chance.choices(WORDS, k=chance.randrange(1, 40))) for _ in range(400)]
    texts += ["".join(chance.choices("".join(WORDS) + " ", k=30)) for _ in range(400)]
    texts += ["law " * WINDOW, "law " * (WINDOW - 3), "law " * (WINDOW - 2), "ab" * 4_000, "", " "]
    for text in texts:
        found, expected = ours.cut(f"passage: {text}".strip()), theirs.encode(f"passage: {text}")
        assert found.ids == expected.ids, text
        assert found.is_whole is not bool(expected.overflowing), text
        assert len(found.places) == len(found.ids)


def test_the_likeliest_pieces_are_taken(small: PieceCutter) -> None:
    assert small.cut("ab").ids == [0, 8, 2]
    assert small.cut("aab").ids == [0, 9, 7, 2]  # -4 - 3, against -3 - 2 - 3 and more


def test_neighbours_that_no_piece_has_are_one(small: PieceCutter) -> None:
    assert small.cut("axyza").ids == [0, 9, 3, 5, 2]


def test_each_piece_knows_its_word(small: PieceCutter) -> None:
    cut = small.cut("ab  \u200b aab")
    assert cut.ids == [0, 8, 9, 7, 2]
    assert cut.places.tolist() == [[0, 0], [0, 2], [6, 9], [6, 9], [0, 0]]


def test_a_separator_inside_a_word_parts_it(small: PieceCutter) -> None:
    assert small.cut("ab\u2028ab").ids == small.cut("ab ab").ids
    assert small.cut("a\u2581b").ids == small.cut("a b").ids


def test_accents_are_composed(small: PieceCutter) -> None:
    assert small.cut("aq\u0307").ids == [0, 9, 10, 2]


@pytest.mark.parametrize("words", [WINDOW - 3, WINDOW - 2, WINDOW - 1, 2 * WINDOW])
def test_a_text_is_cut_off_at_the_window(small: PieceCutter, words: int) -> None:
    cut = small.cut("ab " * words)
    assert len(cut.ids) == min(words + 2, WINDOW)
    assert (cut.ids[0], cut.ids[-1]) == (0, 2)
    assert cut.is_whole is (words <= WINDOW - 2)
    assert cut.places[-1].tolist() == [0, 0]


def test_threads_share_it(small: PieceCutter) -> None:
    found: list[list[int]] = []
    runs = [
        threading.Thread(target=lambda: found.append(small.cut("ab aab " * 50).ids))
        for _ in range(8)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert found == [small.cut("ab aab " * 50).ids] * 8
