"""Three hundred quotes of all real PDFs: under their highlights stands what they say.

Pages that are pictures have no text that could be read again, so nothing is recognised here.
"""

from functools import cache
from pathlib import Path
from random import Random

import pytest

from indexer.parsers import Limits, ParsedDocument, parse
from tests.indexer.highlights import Quote, plain, sample_of

QUOTES = 300
FEWEST_EXACT = 0.995
SEED = 20261125


@cache
def read(path: Path) -> ParsedDocument:
    """Without what is recognised in pictures: no text lies under it to compare with."""
    with path.open("rb") as stream:
        return parse(stream, path.name, Limits(max_recognised_pages=0))[1]


def pdfs(folder: Path) -> list[Path]:
    """Every PDF once: one of the reports is also in the corpus."""
    found = [
        *(folder / "corpus" / "pdf").glob("*.pdf"),
        *(folder / "eval" / "h2o_reports" / "pdf").glob("*.pdf"),
    ]
    return sorted({path.stat().st_size: path for path in found}.values())


def report(quote: Quote) -> str:
    return (
        f"{quote.path.name} page {quote.page} characters {quote.start} to {quote.end}\n"
        f"  quoted {plain(quote.text)!r}\n  marked {plain(quote.found)!r}"
    )


@pytest.mark.slow
def test_under_the_highlights_stand_the_quoted_words(shared_data: Path) -> None:
    sample = sample_of({path: read(path) for path in pdfs(shared_data)}, Random(SEED))
    wrong = [quote for quote in sample if not quote.is_exact]
    print(*map(report, wrong), sep="\n")
    print(f"{len(sample) - len(wrong)} of {len(sample)} quotes are marked exactly")
    assert len(sample) >= QUOTES
    assert len(wrong) <= (1 - FEWEST_EXACT) * len(sample)
    for kind, fewest in (("lines", 200), ("pages", 70), ("columns", 70), ("hyphens", 70)):
        assert sum(kind in quote.crosses for quote in sample) >= fewest, kind
