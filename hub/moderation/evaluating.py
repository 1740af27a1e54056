"""How much of a set of posts the gate would hold back, by class. Nothing is written."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.moderation.signs import signs_in


@dataclass(slots=True)
class Measured:
    """``of`` and ``held`` count posts by (label, language); ``signs`` why they were held."""

    of: Counter[tuple[str, str]] = field(default_factory=Counter)
    held: Counter[tuple[str, str]] = field(default_factory=Counter)
    signs: Counter[tuple[str, str]] = field(default_factory=Counter)

    def rate(self, label: str, language: str = "") -> tuple[int, int]:
        """How many of them were held, and of how many."""
        keys = [key for key in self.of if key[0] == label and language in ("", key[1])]
        return sum(self.held[key] for key in keys), sum(self.of[key] for key in keys)

    @property
    def labels(self) -> list[str]:
        return sorted({label for label, _ in self.of})

    def languages(self, label: str) -> list[str]:
        return sorted(language for found, language in self.of if found == label)


def posts_in(folder: Path) -> Iterable[dict[str, Any]]:
    with (folder / "posts.jsonl").open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def measure(posts: Iterable[dict[str, Any]], level: int = 0) -> Measured:
    """As if somebody at this level of trust wrote each of them. What only the database knows, who
    wrote the same before, and whose first post it is, has no part in it."""
    measured = Measured()
    for post in posts:
        key = (str(post["label"]), str(post.get("lang", "")))
        seen = signs_in(str(post["text"]), level)
        measured.of[key] += 1
        measured.held[key] += bool(seen)
        measured.signs.update((key[0], str(sign)) for sign in seen)
    return measured
