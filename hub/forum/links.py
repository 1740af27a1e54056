"""Addresses that pages need for many posts, topics and boards: built once, filled in by number.

Building one takes longer than anything else that a row of a list needs.
"""

from functools import lru_cache
from typing import Any

from flask import current_app, request, url_for

from knowledge.orm import LARGEST_LONG_ID

POST_ACTS = (
    *("forum.post", "writing.edit", "writing.history", "writing.delete"),
    *("arranging.accept", "moderation.report"),
)


def pattern(endpoint: str, name: str) -> str:
    """An address in which ``%d`` stands for a number; "" where this hub has no such page."""
    return _built(request.script_root, endpoint, name)


@lru_cache(200)
def _built(_root: str, endpoint: str, name: str) -> str:
    if endpoint not in current_app.view_functions:
        return ""
    values: dict[str, Any] = {name: LARGEST_LONG_ID}
    built = url_for(endpoint, **values)
    return built.replace("%", "%%").replace(str(LARGEST_LONG_ID), "%d")


def topic_url(topic_id: int) -> str:
    """The page of a topic; also in templates."""
    return pattern("forum.topic", "topic_id") % topic_id


def board_url(board_id: int) -> str:
    return pattern("forum.board", "board_id") % board_id


def post_url(post_id: int) -> str:
    """The address that leads to wherever a post stands."""
    return pattern("forum.post", "post_id") % post_id


def post_links() -> dict[str, str]:
    """By the last part of the endpoint: ``links.edit % post.id``; also in templates."""
    return {name.partition(".")[2]: pattern(name, "post_id") for name in POST_ACTS}
