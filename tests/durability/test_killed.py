"""Processes killed at random points, round after round: nothing is lost and nothing is half done.

The seed is printed; HUB_TEST_SEED repeats a run.
"""

import hashlib
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.durability.library import Library, Victims, victims
from tests.factories import many_paragraphs

KILLS = {"sqlite": 40, "postgresql": 10}  # ten more are those of test_killed_commands.py
WHEN = ("before", "after")
TASKS = ("import", "import", "work", "work", "work", "rebuild", "parse")


@pytest.fixture
def library(engine: Engine, database_url: str, tmp_path: Path) -> Library:
    (tmp_path / "data").mkdir()
    return Library(engine, database_url, tmp_path / "data")


@pytest.fixture
def dice() -> random.Random:
    seed = int(os.environ.get("HUB_TEST_SEED") or time.time_ns() % 1_000_000)
    print(f"HUB_TEST_SEED={seed}")
    return random.Random(seed)


@dataclass
class Round:
    """One task, given work, started and killed."""

    library: Library
    victims: Victims
    dice: random.Random
    number: int
    sources: Path
    seconds: dict[str, float] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)

    def prepare(self, task: str) -> None:
        """New files, and a changed one, for an import or for the worker."""
        if task not in ("import", "work"):
            return
        self.sources = self.sources.parent / f"round-{self.number}"
        self.sources.mkdir()
        for n in range(2):
            # The second is long: it is shown before it has vectors.
            text = many_paragraphs(5 + 30 * n, f"round{self.number}word{n}")
            (self.sources / f"{self.number}-{n}.md").write_text(text)
        (self.sources / "changing.md").write_text(many_paragraphs(5, f"state{self.number}"))
        if task == "work":
            self.victims.start("import", self.sources)
            assert self.victims.reap() == 0
            self.promise()

    def measure(self, task: str) -> None:
        """How long the task takes and in how many steps, when it is left alone."""
        self.prepare(task)
        began = time.monotonic()
        self.victims.start(task, self.sources)
        assert self.victims.reap() == 0
        self.seconds[task] = time.monotonic() - began
        self.steps[task] = self.victims.steps()
        self.promise()
        self.number += 1

    def kill(self, task: str) -> str:
        """Kills after a random time, or at a random step; says where."""
        self.prepare(task)
        if self.dice.random() < 0.5:
            delay = self.dice.uniform(0, self.seconds[task])
            child = self.victims.start(task, self.sources)
            time.sleep(delay)
            os.kill(child, signal.SIGKILL)
            where = f"after {delay:.3f} s"
        else:
            step, when = self.dice.randint(1, self.steps[task]), self.dice.choice(WHEN)
            self.victims.start(task, self.sources, (step, when, signal.SIGKILL))
            where = f"{when} step {step}"
        status = self.victims.reap()
        self.promise()
        self.number += 1
        return f"{task} {where} of {self.steps[task]}: {status}"

    def promise(self) -> None:
        for path in self.victims.accepted():
            content = (self.sources / path).read_bytes()
            self.library.promised[path] = hashlib.sha256(content).hexdigest()


@pytest.fixture
def game(library: Library, dice: random.Random, tmp_path: Path) -> Iterator[Round]:
    with victims(library) as started:
        playing = Round(library, started, dice, 0, tmp_path / "round")
        for task in dict.fromkeys(TASKS):
            playing.measure(task)
        library.finish()
        library.assert_in_order()
        yield playing


@pytest.mark.slow
def test_killed_at_any_point_nothing_is_lost_or_doubled(game: Round, engine: Engine) -> None:
    killed, wanted = 0, KILLS[engine.dialect.name]
    while killed < wanted:  # a task may come to its end before its time is up
        assert game.number < 5 * wanted, "hardly any task is killed"
        where = game.kill(game.dice.choice(TASKS))
        print(f"round {game.number}: {where}")
        killed += where.endswith("-9")

        game.library.assert_nothing_half()
        game.library.finish()
        game.library.assert_in_order()


@pytest.mark.slow
@pytest.mark.parametrize("when", WHEN)
def test_killed_at_each_step_of_an_index_save_the_index_stays_whole(
    library: Library, when: str
) -> None:
    library.add("camera.md")
    library.finish()
    ended = []
    with victims(library) as started:
        while 0 not in ended:
            library.index.sweep()  # or else the steps would begin with those of tidying up
            started.start("rebuild", None, (len(ended) + 1, when, signal.SIGKILL))
            ended.append(started.reap())
            library.assert_nothing_half()
    assert len(ended) > 20
    library.finish()
    library.assert_in_order()
