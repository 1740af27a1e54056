"""Links to documents, topics, posts and answers of this hub, unfolded into cards."""

from hub.cards.unfolding import unfolded

__all__ = ["unfolded"]
