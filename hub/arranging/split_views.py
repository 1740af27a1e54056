"""Taking posts out of a topic: choose them on pages of the topic, say where they go."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.visitor import me
from hub.arranging import queries
from hub.arranging.forms import EXISTING, SplitForm, topic_named
from hub.arranging.reaching import arranged, back_to, board_choices, found, refused, spot
from hub.arranging.rules import can_be_taken_apart
from hub.arranging.splitting import (
    MOST_CHOSEN,
    FirstChosen,
    NewTopic,
    NothingChosen,
    NotSeen,
)
from hub.arranging.splitting import (
    split as split_topic,
)
from hub.arranging.taking import Spot
from hub.arranging.views import arranging
from hub.clock import now
from hub.extensions import db
from hub.forum.operations import Refused
from hub.forum.reaching import ReachedTopic
from hub.guards import signed_in
from hub.library.marks import whole_number
from knowledge.orm import LARGEST_LONG_ID


@arranging.get("/topics/<long:topic_id>/split")
@signed_in
def split(topic_id: int) -> str:
    """``after``: the number that the page of posts begins behind."""
    reached = arranged(topic_id)
    return _page(reached, _form(reached, fresh=True), frozenset())


@arranging.post("/topics/<long:topic_id>/split")
@signed_in
def split_now(topic_id: int) -> Response | tuple[str, int]:
    """``post``: each id that is chosen; ``from``: this number and all behind it."""
    reached = arranged(topic_id)
    form, chosen = _form(reached), _chosen(topic_id)
    target = _target(reached, form)
    if target is None or not can_be_taken_apart(reached.topic):
        return _page(reached, form, chosen), 422
    try:
        new = split_topic(
            db.session(), spot(reached), chosen, target, me().id, now(), form.reason.data
        )
    except (NothingChosen, FirstChosen, NotSeen) as refusal:
        db.session.rollback()
        return _page(reached, form, chosen, _words(refusal)), 422
    except Refused as refusal:
        return refused(topic_id, refusal)
    db.session.commit()
    flash(_("The posts stand here now."), "success")
    return back_to(new.id)


def _form(reached: ReachedTopic, *, fresh: bool = False) -> SplitForm:
    form = SplitForm(formdata=None) if fresh else SplitForm(request.form)
    form.board.choices = board_choices(reached.topic.mark)
    if fresh:
        form.board.data = reached.board.id
    return form


def _target(reached: ReachedTopic, form: SplitForm) -> Spot | NewTopic | None:
    """None where the form does not say; its fields say why."""
    if not form.validate() or not form.is_complete():
        return None
    if form.to.data != EXISTING:
        return NewTopic(form.board.data, form.title.data)
    other = found(reached.topic, topic_named(form.into.data))
    if other.reached is None:
        form.refuse("into", other.problem)
        return None
    return spot(other.reached)


def _chosen(topic_id: int) -> frozenset[int]:
    ids = {_id(text) for text in request.form.getlist("post")[: MOST_CHOSEN + 1]} - {0}
    if number := whole_number(request.form.get("from", "")):
        ids.update(queries.behind(db.session(), topic_id, number, MOST_CHOSEN))
    return frozenset(ids)


def _id(text: str) -> int:
    is_id = text.isascii() and text.isdigit() and len(text) < 17
    return int(text) if is_id and int(text) <= LARGEST_LONG_ID else 0


def _words(refusal: Refused) -> str:
    if isinstance(refusal, FirstChosen):
        return _("The first post stays where it is. To take all of them, merge the topic.")
    if isinstance(refusal, NotSeen):
        return _("A new topic cannot begin with a post that is held, hidden or deleted.")
    return _("Choose at least one post and at most %(max)s.", max=MOST_CHOSEN)


def _page(reached: ReachedTopic, form: SplitForm, chosen: frozenset[int], problem: str = "") -> str:
    after = whole_number(request.values.get("after", "")) or 0
    rows, next_after = queries.posts_to_choose(db.session(), reached.topic.id, after)
    return render_template(
        "arranging/split.html",
        topic=reached.topic,
        board=reached.board,
        form=form,
        rows=rows,
        after=after,
        next_after=next_after,
        chosen=chosen,
        problem=problem,
        can_be_split=can_be_taken_apart(reached.topic),
    )
