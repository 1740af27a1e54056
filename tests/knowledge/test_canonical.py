"""Stretches of the canonical text, cut out by the database."""

from sqlalchemy import Engine

from knowledge.canonical import pieces_between, stretches, text_between
from knowledge.models import Document, PageRow, Passage, Version
from knowledge.orm import reading
from tests.factories import NOON, committed

PAGES = ["Erste Seite. ", "", "Über die Grenze ", "geht's: αβγ €", "🙂 Ende."]
TEXT = "".join(PAGES)


def stored(engine: Engine) -> tuple[int, dict[int, tuple[int, int]]]:
    """A version of these pages between two others, and its passages: (start, end) by id."""
    with committed(engine) as session:
        times = {"created_at": NOON, "updated_at": NOON}
        document = Document(path="a.txt", title="A", **times)
        session.add(document)
        session.flush()
        versions = [
            Version(
                document_id=document.id, number=n, sha256="", filename="", size=0, created_at=NOON
            )
            for n in (1, 2, 3)
        ]
        session.add_all(versions)
        session.flush()
        for version in versions:
            start = 0
            for number, text in enumerate(PAGES if version is versions[1] else ["x" * 99], 1):
                page = PageRow(version_id=version.id, number=number, start=start, text=text)
                session.add(page)
                start += len(text)
        spans = [(a, b) for a in range(0, len(TEXT), 3) for b in range(a + 1, len(TEXT) + 1, 4)]
        passages = [
            Passage(
                version_id=versions[1].id,
                ordinal=ordinal,
                start=start,
                end=end,
                section=[],
                sentences=[[start, end]],
                text_hash="",
            )
            for ordinal, (start, end) in enumerate(spans)
        ]
        session.add_all(passages)
        session.flush()
        return versions[1].id, {passage.id: (passage.start, passage.end) for passage in passages}


def test_every_stretch_is_cut_exactly(engine: Engine) -> None:
    version, spans = stored(engine)
    with reading(engine) as session:
        found = stretches(session, spans)
        alone = {
            passage: text_between(session, version, start, end)
            for passage, (start, end) in spans.items()
        }
    expected = {passage: TEXT[start:end] for passage, (start, end) in spans.items()}
    assert found == expected
    assert alone == expected


def test_pieces_name_the_pages_that_hold_something(engine: Engine) -> None:
    version, _ = stored(engine)
    with reading(engine) as session:
        pieces = pieces_between(session, version, 6, 20)
        beyond = pieces_between(session, version, len(TEXT), len(TEXT) + 5)
        cut_off = text_between(session, version, len(TEXT) - 5, 2**31 - 1)
    assert [(piece.number, piece.text) for piece in pieces] == [(1, "Seite. "), (3, "Über di")]
    assert beyond == []
    assert cut_off == TEXT[-5:]


def test_no_passages_have_no_stretches(engine: Engine) -> None:
    with reading(engine) as session:
        assert stretches(session, []) == {}
