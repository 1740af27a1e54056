"""Quotes of posts: the words of somebody, with a link back, and never out of a closed room."""

import re

from hub.forum.models import Board, Post, Topic
from hub.forum.rules import may_stand_in
from knowledge.access import LEA, MEMBERS, PUBLIC, STAFF, Mark, group_of

LONGEST_QUOTE = 2_000
# Strictest last.
MARKS = ("", Mark.CLEAR, Mark.GREEN, Mark.AMBER, Mark.RED)
# Who is of the first audience is of each of these too (knowledge.access.reader_of).
WITHIN = {
    PUBLIC: {PUBLIC},
    MEMBERS: {PUBLIC, MEMBERS},
    LEA: {PUBLIC, MEMBERS, LEA},
    STAFF: {PUBLIC, MEMBERS, LEA, STAFF},
}
_PICTURE = re.compile(r"!?\[([^\]\n]{0,200})\]\(/forum/uploads/[0-9]{1,16}\)")


def may_be_carried(topic: Topic, board: Board, mark: str) -> bool:
    """Whether words of this topic may be quoted in that board, in a topic with this mark: everybody
    who reads there reads them here too, and the mark asks for no less care. Within one board too:
    a topic with a milder mark may be moved to where more people read."""
    is_as_strict = MARKS.index(mark) >= MARKS.index(topic.mark)
    if topic.board_id == board.id:
        return is_as_strict
    reads_both = topic.board.audience in _audiences_within(board.audience)
    return reads_both and is_as_strict and may_stand_in(topic.mark, board)


def quote(post: Post, author: str) -> str:
    """The block for the field, with a line to write in below it. Quotes within the quote, and
    files, are left out."""
    words = [line for line in post.text.splitlines() if not line.lstrip().startswith(">")]
    text = _PICTURE.sub(lambda file: file[1], "\n".join(words)).strip()
    if len(text) > LONGEST_QUOTE:
        text = text[:LONGEST_QUOTE].rsplit(maxsplit=1)[0] + " …"
    name = author.replace("_", "\\_")  # the only sign of names that means something in Markdown
    head = f"[@{name}, #{post.number}](/forum/posts/{post.id})"
    lines = [head, "", *text.splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _audiences_within(audience: str) -> set[str]:
    """Every audience that all of this audience belong to."""
    if group_of(audience) is not None:
        return {PUBLIC, MEMBERS, audience}
    return WITHIN.get(audience, set())
