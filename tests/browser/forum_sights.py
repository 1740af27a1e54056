"""What a walk over the pages of the forum needs to see: one of everything, and its numbers."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from hub.accounts.models import Person
from hub.arranging import operations as arranging
from hub.clock import now
from hub.extensions import db
from hub.feeds import operations as feeds
from hub.following import operations as following
from hub.following.models import Followed, Level
from hub.forum import operations as posts
from hub.forum.models import Category, Post, State
from hub.moderation.models import Ground, Report
from hub.polls import writing as polls
from hub.polls.writing import PollWish
from hub.reactions import operations as reactions
from hub.reactions.models import ReactionKind
from hub.writing import operations as drafts
from hub.writing.operations import Typed
from hub.writing.places import Kind, Place
from tests.browser.forum_site import Forum
from tests.hub.rooms import written

EVERYTHING = """## What we tried

A `word of code`, **strong** words, *stressed* ones, a [link](https://example.org) and @Otto.[^1]

| Tool | Hits | Misses |
| --- | ---: | ---: |
| Anchor | 12 | 3 |
| A-very-long-name-of-a-tool-that-does-not-break-anywhere | 1 | 200 |

- [x] done
- [ ] open

```
a line of code that is longer than the screen of a telephone is wide, and that goes on and on
```

> Words of somebody else.

[^1]: And a footnote.
"""


def sights(forum: Forum) -> dict[str, Any]:
    """By name, what stands in the addresses of the pages."""
    rooms = forum.rooms
    topic = rooms.topic(
        forum.open_board, forum.mira, "Harbour tools", EVERYTHING, tags=("tools", "harbour")
    )
    first = rooms.first_post(topic)
    quote = f"> [@Mira, #1](/forum/posts/{first})\n>\n> What we tried\n\nSo did we in the harbour."
    answer = rooms.reply(topic, forum.otto, quote)
    left = rooms.reply(topic, forum.otto, "A fool wrote this.")
    hidden = rooms.reply(topic, forum.otto, "You are all fools, and so is the harbour.")
    carded = rooms.reply(topic, forum.rita, f"{forum.address}/forum/topics/{forum.topic}")
    closed = rooms.topic(forum.closed_board, forum.lea, "Harbour at night", "A closed word.")
    long = rooms.topic(forum.open_board, forum.mira, "More than a page")
    for number in range(2, 24):
        rooms.reply(long, forum.mira, f"Note {number} of the shift.")
    _busy(forum, topic, first, answer)
    waiting = forum.report(0, Ground.ILLEGAL, left, offence="hate", name="Greta")
    decision = forum.decide(case := forum.report(post_id=hidden))
    objection = forum.object(decision)
    with forum.app.app_context():
        category = db.session.scalars(select(Category.id)).first()
        reference = db.session.scalars(
            select(Report.reference).where(Report.case_id == waiting)
        ).one()
    return {
        **{"topic": topic, "first": first, "answer": answer, "left": left, "carded": carded},
        **{"closed": closed, "long": long, "waiting": waiting, "case": case, "decision": decision},
        **{"objection": objection, "category": category, "reference": reference},
        **{"board": forum.open_board, "closed_board": forum.closed_board},
    }


def _busy(forum: Forum, topic: int, first: int, answer: int) -> None:
    """A poll, a reaction, a bookmark, an edit, an accepted answer, drafts, what Rita follows."""
    with forum.app.app_context():
        session, at, rita = db.session(), now(), forum.rita
        polls.make(session, session.get_one(Post, first), PollWish("Which?", ("One", "Two")), at)
        reactions.react(session, answer, rita, ReactionKind.AGREE, at)
        reactions.bookmark(session, answer, rita, "For the course", at)
        reactions.bookmark(session, first, rita, "", at)
        arranging.accept(session, answer, forum.mira, at)
        text = session.get_one(Post, answer).text
        posts.edit(
            session, answer, forum.otto, written(f"{text} And we do."), 1, at, "It is still so"
        )
        drafts.keep(session, rita, Place(Kind.TOPIC, forum.topic), Typed("Half a word"), 0, at)
        drafts.keep(session, rita, Place(Kind.BOARD, forum.board), Typed("", "A title"), 0, at)
        for kind, target in (
            (Followed.BOARD, str(forum.board)),
            (Followed.TAG, "tools"),
            (Followed.TOPIC, str(topic)),
        ):
            following.follow(session, rita, kind, target, Level.WATCH, at)
        session.commit()
    forum.rooms.reply(topic, forum.otto, "@Rita has read it.", now() + timedelta(seconds=1))
    gone = forum.rooms.reply(topic, forum.otto, "I take this back.")
    with forum.app.app_context():
        posts.take_away(db.session(), gone, State.DELETED, forum.otto, now())
        reader = db.session.get_one(Person, forum.rita)
        feeds.make_key(db.session(), reader, "My reader", now(), is_strong=True)
        db.session.commit()
