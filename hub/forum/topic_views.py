"""A topic: its posts page by page, and the ways to one of them."""

from flask import abort, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from hub.accounts.visitor import visitor
from hub.arranging.queries import MovedNote, behind_posts, moved_notes
from hub.cards import unfolded
from hub.clock import now
from hub.extensions import db
from hub.forum import links, reading, rules
from hub.forum.reading import OpenTopic, PostPage, Window
from hub.forum.shown_posts import shown_posts
from hub.forum.views import forum
from hub.guards import public
from hub.membership.queries import shown_as
from hub.polls.queries import ShownPoll, polls_of
from hub.polls.rules import can_close, can_vote

LARGEST_NUMBER = 2**31 - 1


@forum.get("/forum/topics/<long:topic_id>")
@public
def topic(topic_id: int) -> str | Response:
    opened = reading.open_topic(db.session(), visitor(), topic_id) or abort(404)
    if opened.topic.merged_into_id is not None:
        return _where_it_went(opened)
    if "unread" in request.args:
        return redirect(_first_unread(opened), 303)
    window = _window()
    page = reading.posts(db.session(), opened, window)
    if not page.entries and window != Window():
        return redirect(_page_beside(topic_id, window), 303)
    return _topic_page(opened, page)


@forum.get("/forum/posts/<long:post_id>")
@public
def post(post_id: int) -> Response:
    """Where the post stands now: it may have come into another topic."""
    topic_id, number = reading.place_of(db.session(), visitor(), post_id) or abort(404)
    return redirect(_place(topic_id, number), 303)


def _topic_page(opened: OpenTopic, page: PostPage) -> str:
    _unfold(page)
    people = {entry.author_id for entry in page.entries}
    people |= {entry.answers_author_id for entry in page.entries if entry.answers_author_id}
    appearances = shown_as(db.session(), people, now())
    reply_url = _reply_url(opened)
    token = generate_csrf() if opened.seat.is_signed_in else ""
    return render_template(
        "forum/topic.html",
        opened=opened,
        topic=opened.topic,
        tags=tuple(opened.topic.tags),
        seat=opened.seat,
        page=page,
        posts=shown_posts(page.entries, opened, appearances, reply_url, token),
        token=token,
        reply_url=reply_url,
        polls=_polls(opened, page),
        moved=_moved(opened, page),
        rules=rules,
    )


def _unfold(page: PostPage) -> None:
    """Links that stand alone become cards of what this reader may see."""
    htmls = unfolded(db.session(), [entry.html for entry in page.entries], visitor().reader)
    for entry, html in zip(page.entries, htmls, strict=True):
        entry.html = html


def _moved(opened: OpenTopic, page: PostPage) -> dict[int, list[MovedNote]]:
    """By number: lines about posts that went elsewhere or came from there."""
    if not opened.topic.has_moved_posts:
        return {}
    notes = moved_notes(db.session(), visitor().reader, opened.topic.id)
    if page.has_later:
        notes = [note for note in notes if note.after_number < page.entries[-1].number]
    return behind_posts(notes, [entry.number for entry in page.entries])


def _polls(opened: OpenTopic, page: PostPage) -> dict[int, tuple[ShownPoll, bool, bool]]:
    """By post: the poll, and whether this visitor may vote in it and close it."""
    asked = {entry.id: entry for entry in page.entries if entry.poll_id and entry.is_shown}
    found = polls_of(db.session(), asked, opened.seat.person_id, now())
    return {
        post_id: (
            shown,
            can_vote(opened.seat, opened.topic, asked[post_id]),
            can_close(opened.seat, asked[post_id]),
        )
        for post_id, shown in found.items()
    }


def _reply_url(opened: OpenTopic) -> str:
    """Where one replies; "" where this visitor may not, or it cannot be done here."""
    may = rules.can_reply(opened.seat, opened.topic) and opened.board.archived_at is None
    found = links.pattern("writing.reply", "topic_id") if may else ""
    return found % opened.topic.id if found else ""


def _where_it_went(opened: OpenTopic) -> Response:
    """404 where that is not for this visitor: that there is something would be a hint."""
    for _ in range(10):  # merged and merged again
        into = opened.topic.merged_into_id
        if into is None:
            return redirect(url_for(".topic", topic_id=opened.topic.id), 303)
        opened = reading.open_topic(db.session(), visitor(), into) or abort(404)
    abort(404)


def _first_unread(opened: OpenTopic) -> str:
    """The first post that they have not read, else the last one; the beginning for who is new."""
    if opened.read is None:
        return url_for(".topic", topic_id=opened.topic.id)
    if opened.unread is None:
        return _place(opened.topic.id, opened.topic.last_number)
    return url_for(".topic", topic_id=opened.topic.id, at=opened.unread, _anchor="unread")


def _page_beside(topic_id: int, window: Window) -> str:
    """Where there are posts, if any: before those that were asked for, else from the beginning."""
    last = window.at or window.after
    before = min(last + 1, LARGEST_NUMBER) if last else None
    return url_for(".topic", topic_id=topic_id, before=before)


def _place(topic_id: int, number: int) -> str:
    return url_for(".topic", topic_id=topic_id, at=number, _anchor=f"post-{number}")


def _window() -> Window:
    at, after, before = (_number(name) for name in ("at", "after", "before"))
    return Window(at, 0 if at else after, 0 if at or after else before)


def _number(name: str) -> int:
    """0 where the address says nothing, or nothing that makes sense."""
    text = request.args.get(name, "")
    is_number = text.isascii() and text.isdigit() and len(text) <= 18
    return min(int(text), LARGEST_NUMBER) if is_number else 0
