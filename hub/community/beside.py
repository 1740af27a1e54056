"""What people wrote near a question, to stand below the answer of the library: by the voice of who
wrote it, and never as a part of the answer.

It is looked up each time that somebody looks, so it is never kept with the answer, and nobody sees
more of it than they may read at that moment.
"""

from dataclasses import dataclass

from hub.assistant.models import Answer, AnswerState
from hub.extensions import db
from hub.search import queries
from hub.search.presentation import ShownPost, shown_post
from hub.wiring import parts
from knowledge.access import Reader
from knowledge.answers import DeclineReason
from knowledge.orm import reading

MOST = 3
LOOKED_AT = 12
# Whoever asks about a person, or gives an order, is not led to what others say of it.
LEADS_ON = ("", DeclineReason.NOT_IN_LIBRARY, DeclineReason.NOTHING_INDEXED)


@dataclass(frozen=True, slots=True)
class Beside:
    """``can_ask``: the library did not answer, so people may be asked."""

    posts: tuple[ShownPost, ...] = ()
    can_ask: bool = False


def beside(answer: Answer, reader: Reader) -> Beside:
    """To be called in the language of the question (``hub.assistant.wording.in_language``)."""
    if answer.state not in (AnswerState.ANSWERED, AnswerState.DECLINED):
        return Beside()
    if answer.reason not in LEADS_ON:
        return Beside()
    posts = _posts_near(answer.question.text, answer.question.language, reader)
    return Beside(tuple(posts), answer.state == AnswerState.DECLINED)


def _posts_near(question: str, language: str, reader: Reader) -> list[ShownPost]:
    reader = Reader(reader.now().audiences)
    near = parts().community.near(question, reader, LOOKED_AT, language)
    if not near:
        return []
    with reading(db.engine) as looking:
        rows = queries.posts(looking, reader, [one.post_id for one in near])
    topics: dict[int, ShownPost] = {}
    for one in near:
        if (row := rows.get(one.post_id)) is not None and row.topic_id not in topics:
            topics[row.topic_id] = shown_post(row, one.start, None)
    return list(topics.values())[:MOST]
