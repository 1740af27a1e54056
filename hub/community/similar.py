"""Topics that are like one that somebody is about to write."""

from sqlalchemy.orm import Session

from hub.search import queries
from hub.search.asking import LONGEST, Query
from hub.search.finding import find
from hub.search.presentation import ShownPost, shown_post
from hub.texts import is_readable, tidied
from knowledge.access import Reader

SHORTEST = 8
MOST = 5
LOOKED_AT = 25


def similar_topics(session: Session, reader: Reader, typed: str, language: str) -> list[ShownPost]:
    """The nearest topics that the reader may read, each once, by its post that is nearest. None for
    a text that is too short to say what it is about."""
    text = tidied(typed[: 4 * LONGEST])[:LONGEST]
    if len(text) < SHORTEST or not is_readable(text, lines=True):
        return []
    # Signs and operators mean nothing here: it is a text, not a search.
    words = tuple(word for word in text.replace('"', " ").split() if any(map(str.isalnum, word)))
    found = find(session, reader, Query(words=words), language)
    hits = found.posts[:LOOKED_AT]
    if not hits:
        return []
    rows = queries.posts(session, reader, [hit.post_id for hit in hits])
    nearest: dict[int, ShownPost] = {}
    for hit in hits:
        if (row := rows.get(hit.post_id)) is not None and row.topic_id not in nearest:
            nearest[row.topic_id] = shown_post(row, hit.start, None)
    return list(nearest.values())[:MOST]
