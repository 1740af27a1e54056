"""What the people of the demonstration say: sentences of the phrase books, with numbers in them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

PHRASES = Path(__file__).parent / "phrases"
FROM_THE_RIGHT = "written_from_the_right"
LONGEST_SPEECH = 5  # sentences of a paragraph


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who speaks one language, and draws what comes next from ``random``."""

    language: str
    random: Random

    def says(self, kind: str) -> str:
        """One sentence of a kind: "statements", "questions", "replies" …"""
        book = phrases(self.language)
        return self._filled(self.random.choice(book[kind]))

    def paragraph(self, *kinds: str, longest: int = LONGEST_SPEECH) -> str:
        """A sentence of each kind, and statements after them: most paragraphs are short."""
        more = min(self.random.randrange(longest), self.random.randrange(longest))
        return " ".join(self.says(kind) for kind in (*kinds, *["statements"] * more))

    def items(self, kind: str, count: int) -> list[str]:
        """Different ones of a kind, in their order."""
        book = phrases(self.language)[kind]
        places = sorted(self.random.sample(range(len(book)), min(count, len(book))))
        return [self._filled(book[place]) for place in places]

    def _filled(self, phrase: str) -> str:
        if "{" not in phrase:
            return phrase
        tools = phrases(self.language)["tools"]
        return (
            phrase.replace("{tool}", self.random.choice(tools))
            .replace("{n}", str(self.random.randrange(2, 40)))
            .replace("{share}", str(self.random.randrange(2, 30)))
        )


@cache
def phrases(name: str) -> dict[str, list[str]]:
    """A phrase book by its language, or ``FROM_THE_RIGHT``."""
    return tomllib.loads((PHRASES / f"{name}.toml").read_text(encoding="utf-8"))
