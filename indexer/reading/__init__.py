"""Reading files in a process of its own, so that no file can harm the one that indexes."""

from indexer.reading.reader import FileReader, ReaderUnavailable

__all__ = ["FileReader", "ReaderUnavailable"]
