"""From a topic to a question for the library, and from a declined question to a topic."""

import re
from collections.abc import Sequence

from flask_babel import gettext

from hub.assistant.models import Question
from hub.assistant.presentation import recorded_citation
from hub.community.quoting import as_markdown, links_as_markdown
from hub.config import MAX_QUESTION_LENGTH
from hub.extensions import db
from hub.forum.models import LONGEST_TITLE, Board
from hub.library.queries import readable_among
from hub.markup import plain
from hub.texts import is_readable
from knowledge.access import Reader, readers_of
from knowledge.answers import Citation
from knowledge.orm import reading

SHORTEST_TITLE = 3


def question_of(title: str, first_post: str) -> str:
    """The title of a topic with the first paragraph below it, as one asks it."""
    paragraphs = [line for line in plain(first_post, 4 * MAX_QUESTION_LENGTH).split("\n") if line]
    question = f"{title}\n{paragraphs[0]}" if paragraphs else title
    if not is_readable(question, lines=True):
        return title
    return _cut(question, MAX_QUESTION_LENGTH)


def reader_for(board: Board, asker: Reader) -> Reader:
    """Who may read what an answer in this board quotes: everybody who reads the board, and the
    asker. Looked up anew whenever the asker is."""
    common = readers_of(board.audience).audiences

    def renew() -> Reader:
        return Reader(asker.now().audiences & common)

    return Reader(asker.audiences & common, renew)


def title_of(question: str) -> str:
    return _cut(" ".join(question.split()), LONGEST_TITLE)


def text_of(question: Question, board: Board, asker: Reader) -> str:
    """The beginning of a topic: the question where its title cannot hold it, and links to the
    passages that are nearest, as far as everybody in the board may read them."""
    parts = []
    if title_of(question.text) != question.text:
        parts.append(as_markdown(question.text))
    nearest = _open_nearest(question, reader_for(board, asker).now())
    if nearest:
        parts.append(gettext("The library does not answer this. Nearest to it stand:"))
        parts.append(links_as_markdown(nearest))
    else:
        parts.append(gettext("The library does not answer this."))
    return "\n\n".join(parts)


def _open_nearest(question: Question, reader: Reader) -> Sequence[Citation]:
    nearest = [recorded_citation(fields) for fields in question.answer.nearest]
    if not nearest:
        return []
    with reading(db.engine) as looking:
        shown = readable_among(looking, reader, {near.document_id for near in nearest})
    return [near for near in nearest if near.document_id in shown]


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return re.sub(r"\s+\S*$", "", text[: longest - 1]) + "…"
