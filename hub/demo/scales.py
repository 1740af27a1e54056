"""How large a demonstration forum is, and how its posts are spread over its topics."""

from dataclasses import dataclass
from random import Random

MOST_BELIEVABLE = 60.0  # the weight beyond which only the one long topic is


@dataclass(frozen=True, slots=True)
class Scale:
    """``longest`` is the number of posts of the one topic that never ends."""

    name: str
    boards: int
    topics: int
    posts: int
    people: int
    longest: int


# Enough for full pages: what the large one differs in is its scale.
SMALL = Scale("small", boards=48, topics=1_000, posts=10_000, people=200, longest=200)
LARGE = Scale("large", boards=200, topics=50_000, posts=500_000, people=5_000, longest=10_000)
SCALES = {scale.name: scale for scale in (SMALL, LARGE)}


def lengths(scale: Scale, random: Random) -> list[int]:
    """How many posts each topic has, the longest first: most are short, some are long (Pareto).
    Their sum is exactly that of the scale."""
    others = scale.topics - 1
    weights = [min(MOST_BELIEVABLE, random.paretovariate(1.2) - 1) for _ in range(others)]
    left = scale.posts - scale.longest - others  # each has its first post
    share = left / sum(weights)
    found = [1 + int(weight * share) for weight in weights]
    for place in range(scale.posts - scale.longest - sum(found)):
        found[place % others] += 1
    return [scale.longest, *found]
