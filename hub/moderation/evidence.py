"""What a post said when a case was opened: it is kept whatever becomes of the post."""

from typing import Any

from markupsafe import escape
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.accounts.pseudonyms import key_of
from hub.forum.authoring import html_of
from hub.forum.models import Post, Topic
from hub.forum.own_name import without_name
from hub.moderation.models import Case
from hub.own_data.erasing import former_name
from hub.uploads.models import Attachment


def of_post(session: Session, topic: Topic, post: Post) -> dict[str, Any]:
    """Numbers instead of names: of a person who is erased later only the number is left, in the
    text too (``forget_name``)."""
    carried = select(Attachment.upload_id).where(Attachment.post_id == post.id)
    return {
        "title": topic.title,
        "text": post.text,
        "html": post.html,
        "language": post.language,
        "author": post.author_id,
        "edited_by": post.edited_by,
        "uploads": sorted(session.scalars(carried)),
        "board": topic.board_id,
        "topic": topic.id,
        "post": post.id,
        "number": post.number,
        "revision": post.revision,
        "written_at": post.created_at.isoformat(),
        "edited_at": post.edited_at.isoformat() if post.edited_at else None,
    }


def forget_name(session: Session, person_id: int) -> None:
    """Where posts of others mentioned or quoted somebody who erased the account. Flushes; the
    session still holds who they were."""
    name, former = session.get_one(Person, person_id).pseudonym, former_name(person_id)
    if name == former:
        return
    for case in session.scalars(_naming(name)).all():
        said = str(case.evidence["text"])
        text = without_name(said, key_of(name), former)
        if text != said:
            case.evidence = {**case.evidence, "text": text, "html": html_of(session, text)}
    session.flush()


def _naming(name: str) -> Select[Any]:
    """In the HTML a mention stands as the name is spelled, however it was typed."""
    text, html = Case.evidence["text"].as_string(), Case.evidence["html"].as_string()
    return (
        select(Case)
        .where(
            or_(
                html.contains(str(escape(name)), autoescape=True),
                text.contains(name, autoescape=True),
            )
        )
        .order_by(Case.id)
        .with_for_update(of=Case, key_share=True)
        .execution_options(populate_existing=True)
    )
