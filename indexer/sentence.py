"""A sentence with what its place in the outline says of it."""

from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of the canonical text.

    ``place`` are the markers above it, ``leads`` the lead-ins, both outermost first. ``term`` is
    what it defines, if it defines something.
    """

    start: int
    end: int
    opens_block: bool = True
    leads: tuple["Sentence", ...] = ()
    place: tuple[str, ...] = ()
    term: str = ""

    @property
    def span(self) -> Span:
        return (self.start, self.end)

    @property
    def length(self) -> int:
        return self.end - self.start
