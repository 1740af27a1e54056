"""Why a file cannot be read, in words for the person who gave it. Each ends "The file …"."""

import re
from pathlib import PurePath

from indexer.parsers.parsed import UnreadableFile

_PROBLEMS = {
    "empty": "is empty",
    "encrypted": "needs a password",
    "damaged": "is damaged and cannot be read",
    "no_text": "holds no text",
    "unknown_type": "is of a type that cannot be read",
    "too_large": "is too large",
    "too_slow": "takes too long to read",
    "too_much_memory": "needs too much memory to be read",
    "crashes": "stops the program that reads it, so it is probably damaged",
}
_PICTURES = "holds pictures of pages without text; text recognition is needed (install Tesseract)"
_UNRECOGNISED = "holds pictures, and text recognition found no text in them"
_NEWER = {".doc": ".docx", ".xls": ".xlsx", ".ppt": ".pptx"}
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
LONGEST_ERROR = 500


def problem_of(error: UnreadableFile, filename: str) -> str:
    """The end of a sentence that begins with the file's name."""
    if error.detail.startswith("scan:"):
        return _PICTURES
    if error.detail.startswith("unrecognised:"):
        return _UNRECOGNISED
    newer = _NEWER.get(PurePath(filename).suffix.lower())
    if error.cause == "unknown_type" and newer:
        return f"is in a format from before 2007; save it as {newer} and import that"
    if error.detail.startswith("named "):  # its name claims another type than its content has
        return storable(f"is {error.detail}")
    problem = _PROBLEMS.get(error.cause, "cannot be read")
    told = error.cause in ("too_large", "unknown_type") and error.detail
    return storable(f"{problem} ({error.detail})" if told else problem)


def described(error: BaseException) -> str:
    """An unexpected error in one line, for the job's row and the log."""
    return storable(f"{type(error).__name__}: {error}".split("\n")[0][:LONGEST_ERROR])


def storable(text: str) -> str:
    """The text with what no database keeps replaced one for one, so that offsets still hold."""
    return _UNSTORABLE.sub("\ufffd", text)
