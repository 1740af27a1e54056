"""What a post said when a case was opened: it is kept whatever becomes of the post."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.accounts.pseudonyms import key_of
from hub.forum.authoring import html_of
from hub.forum.models import Post, Topic
from hub.forum.own_name import without_name
from hub.forum.own_places import batches
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
    for some in batches(_naming(session, key_of(name), former)):
        for case in session.scalars(_taken(some)).all():
            said = str(case.evidence.get("text", ""))
            text = without_name(said, key_of(name), former)
            if text != said:  # it may have been emptied meanwhile
                case.evidence = {**case.evidence, "text": text, "html": html_of(session, text)}
    session.flush()


def _naming(session: Session, key: str, former: str) -> list[int]:
    """Looked for here and not in the database: a name is the same with other accents, in another
    case, with and without its signs. There are as many cases as moderators can decide."""
    said = Case.evidence["text"].as_string()
    all_that_could = select(Case.id, said).where(said.contains("@")).order_by(Case.id)
    found = session.execute(all_that_could.execution_options(yield_per=100))
    return [case_id for case_id, text in found if without_name(text, key, former) != text]


def _taken(case_ids: Sequence[int]) -> Select[Any]:
    return (
        select(Case)
        .where(Case.id.in_(case_ids))
        .order_by(Case.id)
        .with_for_update(of=Case, key_share=True)
        .execution_options(populate_existing=True)
    )
