"""The topics of a request: the one that is arranged, and the one that posts go to."""

from dataclasses import dataclass

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from hub.accounts.visitor import visitor
from hub.arranging.operations import TooOpen
from hub.arranging.queries import boards_for
from hub.arranging.rules import can_be_taken_apart, can_go_to
from hub.arranging.taking import Spot
from hub.extensions import db
from hub.forum import rules
from hub.forum.models import Board, Topic
from hub.forum.operations import Closed, Refused
from hub.forum.reaching import ReachedTopic, reach_topic
from hub.library.audience_words import audience_name, group_names
from knowledge.access import told


@dataclass(frozen=True, slots=True)
class Found:
    """The topic that posts are to go to, or ``problem``: why they may not."""

    reached: ReachedTopic | None
    problem: str = ""


def arranged(topic_id: int) -> ReachedTopic:
    """404 where they may not know of it, 403 where they do not moderate it."""
    reached = reach_topic(db.session(), visitor(), topic_id)
    if reached is None or reached.topic.merged_into_id is not None:
        abort(404)
    return reached if rules.can_arrange(reached.seat) else abort(403)


def found(source: Topic, topic_id: int | None) -> Found:
    """What may not be known of is told from what does not exist by nobody."""
    reached = reach_topic(db.session(), visitor(), topic_id) if topic_id else None
    if reached is None or not can_be_taken_apart(reached.topic):
        return Found(None, _("There is no such topic, or you may not read it."))
    if reached.topic.id == source.id:
        return Found(None, _("This is the topic itself."))
    if not can_go_to(source.mark, reached.seat, reached.board):
        return Found(None, why_not(source.mark, reached.board))
    return Found(reached)


def why_not(mark: str, board: Board) -> str:
    if not rules.may_stand_in(mark, board):
        return _(
            "What is marked %(mark)s may not be read by the readers of that board.", mark=told(mark)
        )
    return _("You may not write in the board of that topic.")


def spot(reached: ReachedTopic) -> Spot:
    return Spot(reached.topic.id, reached.board.id)


def board_choices(mark: str) -> list[SelectChoice]:
    """Each with its category and its readers."""
    boards = boards_for(db.session(), visitor(), mark)
    groups = group_names(db.session(), {board.audience for board, _category in boards})
    return [
        SelectChoice(
            board.id,
            _(
                "%(category)s: %(board)s (read by: %(readers)s)",
                category=category,
                board=board.name,
                readers=audience_name(board.audience, groups),
            ),
        )
        for board, category in boards
    ]


def refused(topic_id: int, refusal: Refused) -> Response:
    """What changed while one was arranging, in words, on the page of the topic."""
    db.session.rollback()
    if isinstance(refusal, TooOpen):
        flash(_("The mark of the topic does not allow the readers of that board."), "warning")
    elif isinstance(refusal, Closed):
        flash(_("That board is archived. Nothing was changed."), "warning")
    else:
        flash(
            _("Somebody else has changed the topic meanwhile. Nothing was changed; look again."),
            "warning",
        )
    return back_to(topic_id)


def back_to(topic_id: int) -> Response:
    return redirect(url_for("forum.topic", topic_id=topic_id), 303)
