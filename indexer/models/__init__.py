"""Building the embedding model's files at set-up, so that serving needs neither torch nor a hub."""

from indexer.models.build import build_default_model

__all__ = ["build_default_model"]
