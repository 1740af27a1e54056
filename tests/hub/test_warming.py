"""A web process has loaded what the first search needs before somebody searches."""

import threading

import pytest
from flask import Flask
from structlog.testing import capture_logs

from hub import warming
from hub.moderation import signs
from hub.search import finding
from knowledge.retrieval import question_vector
from tests.hub.shelf import Shelf


@pytest.fixture(autouse=True)
def fresh() -> None:
    finding.forget()


def timers() -> list[threading.Timer]:
    """Those that are ours: the limiter has some too."""
    found = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    return [timer for timer in found if timer.function is warming.warm]


@pytest.mark.parametrize(("software", "begun"), [("gunicorn/25", 1), ("Werkzeug", 0), ("", 0)])
def test_only_a_process_that_serves_loads_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, software: str, begun: int
) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", software)
    warming.begin(app)
    waiting = timers()
    for timer in waiting:
        timer.cancel()
        timer.join()
    assert len(waiting) == begun


def test_the_model_has_made_its_first_vector_afterwards(app: Flask, shelf: Shelf) -> None:
    shelf.add("act.md", "# Act\n\nThe harbour is open at noon.\n", title="Act")
    question_vector.cache_clear()
    warming.warm(app)
    assert question_vector.cache_info().currsize == 1


def test_the_words_by_which_posts_are_looked_at_are_read_afterwards(app: Flask) -> None:
    signs._lexicons.cache_clear()
    warming.warm(app)
    assert signs._lexicons.cache_info().currsize == 1


def test_what_cannot_be_loaded_is_noted_and_stops_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_asked: object) -> None:
        raise MemoryError

    monkeypatch.setattr(finding, "find", fail)
    with capture_logs() as logged:
        warming.warm(app)
    assert [entry["cause"] for entry in logged] == ["MemoryError"]
