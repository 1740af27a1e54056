"""What readers do with the posts of the demonstration: reactions, polls, what is read and told."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from hub.demo.conversations import Conversation, Row
from hub.demo.rooms import Room
from hub.demo.speech import phrases
from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.forum.models import State
from hub.notifications.models import About, Notification
from hub.polls.models import Poll, PollOption, PollVote, Results
from hub.reactions.models import Bookmark, Reaction, ReactionKind
from knowledge.orm import Base

REACTED, POLLED, UNREAD, BOOKMARKED = 0.2, 0.01, 0.2, 0.02
MOST_REACTIONS, MOST_VOTES = 5, 40


def aftermath_of(
    made: Conversation, room: Room, random: Random, now: datetime
) -> dict[type[Base], list[Row]]:
    """As rows; the counts of reactions are put into those of the posts."""
    visible = [row for row in made.posts if row["state"] == State.VISIBLE]
    kept = [row for row in visible if random.random() < BOOKMARKED]
    return {
        Reaction: [row for post in visible for row in _reactions(post, room.people, random, now)],
        ReadPosition: list(_positions(made)),
        Follow: [_follow(made)],
        Notification: list(_notifications(made, random)),
        Bookmark: [_bookmark(post, random.choice(room.people), now) for post in kept],
    }


def _reactions(post: Row, people: list[int], random: Random, now: datetime) -> Iterator[Row]:
    if random.random() >= REACTED:
        return
    count = min(len(people), random.randrange(1, MOST_REACTIONS))
    who = [person for person in random.sample(people, count) if person != post["author_id"]]
    kinds = [random.choice(list(ReactionKind)) for _ in who]
    post["reactions"] = dict(Counter(map(str, kinds)))
    at = min(now, post["created_at"] + timedelta(minutes=random.randrange(600)))
    for person, kind in zip(who, kinds, strict=True):
        yield {"post_id": post["id"], "person_id": person, "kind": kind, "at": at}


def _positions(made: Conversation) -> Iterator[Row]:
    """Whoever has written has read until there."""
    latest = {row["author_id"]: row for row in made.posts}
    for person, row in latest.items():
        yield {
            "person_id": person,
            "topic_id": made.topic["id"],
            "number": row["number"],
            "at": row["created_at"],
        }


def _follow(made: Conversation) -> Row:
    topic = made.topic
    return {
        "person_id": topic["author_id"],
        "kind": Followed.TOPIC,
        "target": str(topic["id"]),
        "level": Level.WATCH,
        "at": topic["created_at"],
    }


def _notifications(made: Conversation, random: Random) -> Iterator[Row]:
    times = {row["id"]: row["created_at"] for row in made.posts}
    for said, named, is_quote in made.replies:
        at = times[said.post_id]
        yield {
            "person_id": named.author_id,
            "about": About.QUOTE if is_quote else About.MENTION,
            "actor_id": said.author_id,
            "topic_id": made.topic["id"],
            "post_id": said.post_id,
            "post_key": said.post_id,
            "subject_id": 0,
            "made_at": at,
            "read_at": None if random.random() < UNREAD else at + timedelta(hours=3),
            "mailed_at": at,
        }


def _bookmark(post: Row, person: int, now: datetime) -> Row:
    return {"person_id": person, "post_id": post["id"], "note": "", "made_at": now}


def poll_of(made: Conversation, room: Room, random: Random) -> dict[type[Base], list[Row]] | None:
    """Some topics ask by a poll in their first post, and some people answer: a vote names the
    ordinal of its option, for the option gets its id from the database."""
    if random.random() >= POLLED:
        return None
    topic, poll_id = made.topic, random.randrange(1, 2**31)
    voters = random.sample(room.people, min(len(room.people), random.randrange(3, MOST_VOTES)))
    texts = phrases(topic["language"])["options"]
    votes = [random.randrange(len(texts)) for _ in voters]
    options = [
        {"poll_id": poll_id, "ordinal": place, "text": text, "votes": votes.count(place)}
        for place, text in enumerate(texts)
    ]
    asked = {
        "id": poll_id,
        "post_id": made.posts[0]["id"],
        "question": topic["title"],
        "most_choices": 1,
        "results": random.choice(list(Results)),
        "voters": len(voters),
    }
    chosen = [
        {"poll_id": poll_id, "ordinal": vote, "person_id": person, "at": topic["created_at"]}
        for person, vote in zip(voters, votes, strict=True)
    ]
    return {Poll: [asked], PollOption: options, PollVote: chosen}
