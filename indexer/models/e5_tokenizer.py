"""The tokenizer of multilingual-e5-small as a file for the ``tokenizers`` library."""

from typing import TYPE_CHECKING

from indexer.models.e5_source import Pieces

if TYPE_CHECKING:
    from tokenizers.normalizers import Sequence

WINDOW = 512  # tokens, the two around the text included
NEVER = -1000.0  # the score of a piece that no text may be cut into
FIRST, LAST, MASK = "<s>", "</s>", "<mask>"


def tokenizer_json(pieces: Pieces) -> str:
    """The tokenizer: a unigram model over ``pieces``, cut at ``WINDOW`` tokens."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(_harmless(pieces), unk_id=pieces.unknown))
    tokenizer.normalizer = _normaliser(pieces.replacements)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{FIRST} $A {LAST}",
        special_tokens=[(FIRST, pieces.start), (LAST, pieces.end)],
    )
    tokenizer.enable_truncation(WINDOW)
    return str(tokenizer.to_str())


def _harmless(pieces: Pieces) -> list[tuple[str, float]]:
    """The scored pieces; the control pieces lose, so that a text that spells one stays text."""
    control = {pieces.start, pieces.end, pieces.padding, pieces.unknown}
    return [
        (piece, NEVER if number in control or piece == MASK else score)
        for number, (piece, score) in enumerate(pieces.scored)
    ]


def _normaliser(replacements: dict[str, str]) -> "Sequence":
    """NFKC, with the model's own view of invisible characters: gone, or a space.

    NFKC composes what the model's table, one character at a time, cannot: an accent that stands
    alone after its letter, as in text from some PDF files.
    """
    from tokenizers import Regex, normalizers

    dropped = ["\0"] + [sign for sign, other in replacements.items() if other == ""]
    spaces = [sign for sign, other in replacements.items() if other == " "]
    return normalizers.Sequence(
        [
            normalizers.Replace(Regex(_any_of(dropped)), ""),
            normalizers.Replace(Regex(_any_of(spaces)), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(),
        ]
    )


def _any_of(signs: list[str]) -> str:
    return "[" + "".join(f"\\x{{{ord(sign):X}}}" for sign in signs) + "]"
