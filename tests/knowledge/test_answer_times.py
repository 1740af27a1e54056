"""How long an answer takes tells nothing of what is hidden.

Times differ from run to run by themselves, and more on a busy machine. So two libraries of the very
same content are timed as well, in turns with the others: what lies within their spread is no hint.
Both the time that passes, which is what a reader sees, and the time of the processor, which is much
the same on a busy machine, are compared. The figures are printed (``pytest -s``).
"""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from statistics import median

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from knowledge import deciding
from knowledge.access import ANYONE
from knowledge.answering import Assistant
from knowledge.models import Document, PageRow, Passage, Version
from knowledge.orm import Base, open_engine
from knowledge.protocols import Entry
from knowledge.reading import open_document
from knowledge.retrieval import Retriever
from knowledge.terms import terms_of
from tests.factories import NOON, committed
from tests.knowledge.shelves import EMBEDDER, Held, Shelved, indexed, store

QUESTION = "How long may the camera in the street record faces at night?"
WORDS = [f"word{n}" for n in range(200)]
OPEN, HIDDEN = 60, 4_000
BLOCKS, ROUNDS = 12, 5  # of each library, in turns

CLOCKS = {"passed": time.perf_counter, "processor": time.thread_time}
Times = dict[str, list[float]]


def shelf(chance: Random, numbers: range, audience: str, words: str = "") -> Iterator[Shelved]:
    for number in numbers:
        text = " ".join([words, *chance.choices(WORDS, k=25)]).strip() + "."
        document = Document(
            id=number, path=f"{number}.md", title=f"Note {number}", language="en",
            status="in force", audience=audience, current_version_id=number,
            created_at=NOON, updated_at=NOON,
        )  # fmt: skip
        version = Version(
            id=number, document_id=number, number=1, sha256="a" * 64, filename="a.md", size=1,
            state="ready", page_count=1, created_at=NOON,
        )  # fmt: skip
        passage = Passage(
            id=number, version_id=number, ordinal=0, start=0, end=len(text), section=[],
            sentences=[[0, len(text)]], places=[["1"]], definitions=[], language="en",
            text_hash=str(number),
        )  # fmt: skip
        entry = Entry(number, "en", terms_of(text, "en").stems, EMBEDDER.embed_question(text))
        page = PageRow(id=number, version_id=number, number=1, start=0, text=text)
        yield Shelved(document, version, page, [(passage, entry)])


def opened(chance: Random) -> list[Shelved]:
    return [
        *shelf(chance, range(1, OPEN), "public"),
        *shelf(chance, range(OPEN, OPEN + 5), "public", "The camera may record at night"),
    ]


def hidden(chance: Random) -> Iterator[Shelved]:
    return shelf(chance, range(10_000, 10_000 + HIDDEN), "staff", QUESTION[:-1])


@pytest.fixture
def libraries(tmp_path: Path) -> Iterator[Callable[..., Assistant]]:
    """Makes assistants, each over a database of its own."""
    engines: list[Engine] = []

    def make(*documents: Shelved) -> Assistant:
        engine = open_engine(f"sqlite:///{tmp_path / f'{len(engines)}.db'}")
        engines.append(engine)
        Base.metadata.create_all(engine)
        with committed(engine) as session:
            store(session, documents)
        index = Held(indexed(documents))
        return Assistant(engine, Retriever(engine, index, Path("none")))  # type: ignore[arg-type]

    yield make
    for engine in engines:
        engine.dispose()


def assert_no_hint(steps: Mapping[str, Callable[[], object]]) -> None:
    """``plain`` and ``again`` are the same; the median time of ``other`` must not be farther from
    that of ``plain`` than these two are apart by chance, or a fiftieth."""
    for clock, times in timed(steps).items():
        middle = {name: median(blocks) for name, blocks in times.items()}
        noise = max(apart_by_chance(times["plain"], times["again"]), middle["plain"] / 50)
        difference = middle["other"] - middle["plain"]
        shown = ", ".join(f"{name} {value:.3f} ms" for name, value in middle.items())
        told = f"{clock}: {shown}; difference {difference:+.3f} ms, by chance {noise:.3f} ms"
        print(f"\n{told}")
        assert abs(difference) <= noise, told


def timed(steps: Mapping[str, Callable[[], object]]) -> dict[str, Times]:
    """By clock and name the median of each block, in milliseconds. The steps take turns in changing
    order, so that whatever else the machine does meets all of them."""
    chance = Random(3)
    for step in steps.values():  # what is made once only
        step()
    medians: dict[str, Times] = {clock: {name: [] for name in steps} for clock in CLOCKS}
    for _ in range(BLOCKS):
        taken: dict[str, Times] = {clock: {name: [] for name in steps} for clock in CLOCKS}
        for _ in range(ROUNDS):
            for name in chance.sample(list(steps), len(steps)):
                began = {clock: read() for clock, read in CLOCKS.items()}
                steps[name]()
                for clock, read in CLOCKS.items():
                    taken[clock][name].append((read() - began[clock]) * 1000)
        for clock, of_clock in taken.items():
            for name, times in of_clock.items():
                medians[clock][name].append(median(times))
    return medians


def apart_by_chance(one: list[float], other: list[float]) -> float:
    """How far apart the medians of two runs of the same are at most, in 999 of 1,000 draws from
    their blocks (the bootstrap; Efron, 1979)."""
    chance, size = Random(4), len(one)
    apart = [
        abs(median(chance.choices(one, k=size)) - median(chance.choices(other, k=size)))
        for _ in range(2_000)
    ]
    return sorted(apart)[-2]


@pytest.mark.parametrize("threshold", [0.0, 1.1], ids=["answered", "declined"])
def test_what_is_hidden_takes_no_time(
    libraries: Callable[..., Assistant], monkeypatch: pytest.MonkeyPatch, threshold: float
) -> None:
    monkeypatch.setattr(deciding, "THRESHOLD", threshold)
    plain, again = (libraries(*opened(Random(1))) for _ in range(2))
    other = libraries(*opened(Random(1)), *hidden(Random(2)))

    def asks(assistant: Assistant) -> Callable[[], object]:
        return lambda: list(assistant.answer(QUESTION, ANYONE))

    assert_no_hint({"plain": asks(plain), "again": asks(again), "other": asks(other)})


def test_a_library_that_is_all_hidden_takes_as_long_as_an_empty_one(
    libraries: Callable[..., Assistant],
) -> None:
    plain, again, other = libraries(), libraries(), libraries(*hidden(Random(2)))

    def asks(assistant: Assistant) -> Callable[[], object]:
        return lambda: list(assistant.answer(QUESTION, ANYONE))

    assert_no_hint({"plain": asks(plain), "again": asks(again), "other": asks(other)})


def test_a_hidden_document_takes_as_long_as_a_missing_one(engine: Engine) -> None:
    with committed(engine) as session:
        store(session, [*opened(Random(1)), *hidden(Random(2))])

    def opens(number: int) -> Callable[[], object]:
        def look() -> None:
            for _ in range(10):
                with Session(engine) as session:
                    assert open_document(session, number, ANYONE) is None

        return look

    places = {"plain": 999_999, "again": 5_000, "other": 10_000 + HIDDEN // 2}
    assert_no_hint({name: opens(number) for name, number in places.items()})
