"""The passage index on disk: generations, with one part per audience."""

from knowledge.index.files import FileIndex

__all__ = ["FileIndex"]
