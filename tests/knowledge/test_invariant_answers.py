"""The same with a database, the whole retriever and the assistant: what is found and said equals
what is found and said in the library without all that the reader may not see."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from sqlalchemy import Engine

from knowledge import deciding
from knowledge.access import Reader, may_read
from knowledge.answering import Assistant
from knowledge.answers import AnswerEvent, SourcesFound, StatementReady
from knowledge.evidence import Evidence, Retrieval
from knowledge.models import Document, PageRow, Passage, Version
from knowledge.names import names_of_passage
from knowledge.protocols import Entry
from knowledge.retrieval import Retriever
from knowledge.terms import terms_of
from tests.factories import NOON, committed
from tests.knowledge.random_libraries import AUDIENCES, random_reader
from tests.knowledge.shelves import EMBEDDER, Held, Shelved, indexed, store, values

WORDS = {
    "en": (
        *("camera", "street", "face", "record", "station", "image", "officer", "night"),
        *("risk", "system", "public", "data"),
    ),
    "de": (
        *("Kamera", "Straße", "Gesicht", "Aufnahme", "Wache", "Bild", "Nacht", "Risiko"),
        *("System", "Daten"),
    ),
}
TITLES = ("AI Act", "Regulation (EU) 2024/1689", "Note", "Digital Services Act", "Order")
SECTIONS = ((), ("Article 5 Practices",), ("Article 6 Rules",), ("Recital 7",), ("Annex III",))
STATUSES = ("in force", "draft", "superseded", "not stated")
BLOCKS, CASES = 6, 50


def random_shelf(chance: Random) -> list[Shelved]:
    return [_shelved(chance, number) for number in range(1, chance.randint(2, 14))]


def _shelved(chance: Random, number: int) -> Shelved:
    language = chance.choice(("en", "en", "de"))
    document = Document(
        id=number,
        path=f"{number}.md",
        title=chance.choice(TITLES),
        language=language,
        status=chance.choice(STATUSES),
        date=chance.choice(("", "2024", "2025-03-01")),
        audience=chance.choice(AUDIENCES),
        withdrawn_at=NOON if chance.random() < 0.15 else None,
        current_version_id=number if chance.random() < 0.95 else None,
        created_at=NOON,
        updated_at=NOON,
    )
    version = Version(
        id=number, document_id=number, number=1, sha256="a" * 64, filename="a.md", size=1,
        state="ready", page_count=1, created_at=NOON,
    )  # fmt: skip
    text, passages = "", []
    for place in range(chance.randint(1, 4)):
        start, spans = len(text), []
        for _ in range(chance.randint(1, 3)):
            words = chance.choices(WORDS[language], k=chance.randint(4, 14))
            spans.append([len(text), len(text) + len(" ".join(words)) + 1])
            text += " ".join(words) + ". "
        passages.append(_passage(chance, document, place, text, start, spans))
    page = PageRow(id=number, version_id=number, number=1, start=0, text=text)
    return Shelved(document, version, page, passages)


def _passage(
    chance: Random, document: Document, place: int, text: str, start: int, spans: list[list[int]]
) -> tuple[Passage, Entry]:
    words = text[start:].strip()
    row = Passage(
        id=document.id * 10 + place,
        version_id=document.id,
        ordinal=place,
        start=start,
        end=spans[-1][1],
        section=list(chance.choice(SECTIONS)),
        sentences=spans,
        places=[["1"] for _ in spans],
        definitions=[],
        language=document.language,
        text_hash=f"{document.id}-{place}",
    )
    has_vector = chance.random() < 0.9
    vector = EMBEDDER.embed_question(words) if has_vector else np.zeros(256, np.float32)
    names = names_of_passage(row, document.language)
    stems = terms_of(words, document.language).stems
    return row, Entry(row.id, document.language, stems, vector, tuple(names))


def random_wording(chance: Random, shelf: list[Shelved]) -> str:
    language = chance.choice(("en", "en", "de"))
    words = chance.choices(WORDS[language], k=chance.randint(1, 6))
    asked = f"{chance.choice(('What', 'Which', 'Wer'))} {' '.join(words)}"
    if chance.random() < 0.3:
        asked += chance.choice((" in Article 5 of the AI Act", " Article 77", " in Recital 7"))
    if chance.random() < 0.3:  # the very words of something, be it hidden
        text = chance.choice(shelf).page.text.split(". ")[0]
        asked += f' "{text}"'
    return asked + "?"


def told(found: Retrieval) -> object:
    """All that a retrieval says, as values."""
    return (
        found.asked,
        [_told(evidence) for evidence in found.evidence],
        found.generation,
        None if found.vector is None else found.vector.tobytes(),
        found.is_place_missing,
        sorted(found.timings_ms),
    )


def _told(evidence: Evidence) -> object:
    rows = [values(row) for row in (evidence.document, evidence.version, evidence.passage)]
    vectors = None if evidence.vectors is None else evidence.vectors.tobytes()
    return evidence.candidate, evidence.score, rows, evidence.stretch, vectors


def without_times(events: Iterable[AnswerEvent]) -> Iterator[AnswerEvent]:
    for event in events:
        if any(field.name == "timings_ms" for field in fields(event)):
            stations = dict.fromkeys(event.timings_ms, 0.0)  # type: ignore[union-attr]
            yield replace(event, timings_ms=stations)  # type: ignore[call-arg]
        else:
            yield event


@pytest.mark.parametrize("block", range(BLOCKS))
def test_an_answer_equals_that_of_a_library_of_what_the_reader_may_see(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    chance = Random(f"answers {block}")
    said = found_any = hidden_any = 0
    for number in range(CASES):
        shelf, reader = random_shelf(chance), random_reader(chance)
        question = random_wording(chance, shelf)
        limit, likely = chance.choice((1, 3, 8, 30)), chance.choice(("", "en", "de"))
        monkeypatch.setattr(deciding, "THRESHOLD", chance.choice((0.0, 0.0, 0.45)))
        visible = [s for s in shelf if may_read(reader, s.document)]

        whole = _everything(engine, shelf, question, reader, limit, likely)
        alone = _everything(engine, visible, question, reader, limit, likely)

        assert whole == alone, f"block {block}, case {number}: {question}"
        said += any(isinstance(event, StatementReady) for event in whole[1])
        found_any += any(isinstance(event, SourcesFound) for event in whole[1])
        hidden_any += len(visible) < len(shelf)
    assert said > CASES / 5
    assert found_any > CASES / 2
    assert hidden_any > CASES / 2


def _everything(
    engine: Engine, shelf: list[Shelved], question: str, reader: Reader, limit: int, likely: str
) -> tuple[object, list[AnswerEvent]]:
    with committed(engine) as session:
        store(session, shelf)
    retriever = Retriever(engine, Held(indexed(shelf)), Path("no-model"))  # type: ignore[arg-type]
    found = told(retriever.retrieve(question, reader, limit, likely_language=likely))
    events = Assistant(engine, retriever).answer(question, reader, likely)
    return found, list(without_times(events))
