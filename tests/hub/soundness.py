"""What holds of the forum whatever was done to it."""

from flask import Flask
from sqlalchemy import func, select

from hub.extensions import db
from hub.forum.models import Board, Post, State, Topic
from knowledge.orm import reading


def assert_sound(app: Flask) -> None:
    """Counts are those that one counts, no number is higher than the last one, the date of a
    topic is that of its latest post, what is accepted stands in its topic, and a topic that was
    merged holds nothing."""
    with app.app_context(), reading(db.engine) as session:
        topics = {topic.id: topic for topic in session.scalars(select(Topic))}
        seen = _counted(session, Post.topic_id, Post.state == State.VISIBLE)
        numbers = select(Post.topic_id, func.max(Post.number)).group_by(Post.topic_id)
        highest = dict(session.execute(numbers).all())
        dates = select(Post.topic_id, func.max(Post.created_at)).group_by(Post.topic_id)
        latest = dict(session.execute(dates.where(Post.state == State.VISIBLE)).all())
        for topic in topics.values():
            assert topic.posts == seen.get(topic.id, 0), topic.id
            assert topic.last_number >= highest.get(topic.id, 0), topic.id
            assert topic.bumped_at == latest.get(topic.id, topic.bumped_at), topic.id
            if topic.merged_into_id is not None:
                assert (topic.state, highest.get(topic.id)) == (State.DELETED, None)
            if topic.accepted_post_id is not None:
                assert session.get_one(Post, topic.accepted_post_id).topic_id == topic.id
        in_boards = _counted(session, Topic.board_id, Topic.state == State.VISIBLE)
        for board in session.scalars(select(Board)):
            posts = sum(
                topic.posts
                for topic in topics.values()
                if topic.board_id == board.id and topic.state == State.VISIBLE
            )
            assert (board.topics, board.posts) == (in_boards.get(board.id, 0), posts)


def _counted(session, column, condition):
    counted = select(column, func.count()).where(condition).group_by(column)
    return dict(session.execute(counted).all())
