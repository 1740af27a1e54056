"""Whom a post concerns by itself: who is named in it, quoted, or answered."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.forum import authoring
from hub.forum.authoring import People
from hub.forum.models import Post, Topic
from hub.markup import found_in

# The first line of a quote: > [@Name, #3](/forum/posts/4711)
QUOTE = re.compile(r"^[ ]{0,3}>[ >]*\[@[^\]\n]*\]\(/forum/posts/([0-9]{1,16})\)", re.M)
QUOTED_LINE = re.compile(r"^[ ]{0,3}>.*$", re.M)
# Whoever names more people than this in one post speaks to nobody.
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Concerned:
    """Ids of people. Somebody may be concerned in several ways: the first of them is told."""

    mentioned: frozenset[int]
    quoted: frozenset[int] = frozenset()
    answered: frozenset[int] = frozenset()

    @property
    def all(self) -> frozenset[int]:
        return self.mentioned | self.quoted | self.answered


def concerned_by(
    session: Session, topic: Topic, post: Post, people: People | None = None
) -> Concerned:
    """A post that answers no other one answers who began the topic. ``people`` are those mentioned
    anywhere in it, where that is known already."""
    quoted = [int(number) for number in QUOTE.findall(post.text)][:MOST_NAMED]
    answered = [post.reply_to_id] if post.reply_to_id else []
    authors = _authors(session, [*quoted, *answered])
    return Concerned(
        mentioned_in(session, post.text, people),
        frozenset(authors[number] for number in quoted if number in authors),
        frozenset(authors[number] for number in answered if number in authors)
        if answered
        else frozenset({topic.author_id}),
    )


def mentioned_in(session: Session, text: str, people: People | None = None) -> frozenset[int]:
    """Those who are named in the text itself, not in what it quotes."""
    own_words = QUOTED_LINE.sub("", text)
    names = found_in(own_words).mentions[:MOST_NAMED]
    if people is None or own_words != text:
        people = authoring.people_named(session, names)
    return frozenset(people[name].id for name in names if name in people)


def _authors(session: Session, post_ids: Iterable[int]) -> dict[int, int]:
    ids = set(post_ids)
    if not ids:
        return {}
    found = session.execute(select(Post.id, Post.author_id).where(Post.id.in_(ids)))
    return {row.id: row.author_id for row in found}
