"""Uploads in words."""

from collections.abc import Callable

from flask import current_app
from flask_babel import gettext as _

from hub.uploads.cleaning import Problem
from hub.uploads.settings import MEGABYTE


def refused(problem: Problem) -> str:
    """Why a file was not taken, and what to do."""
    return WORDS[problem]()


def noted(note: str) -> str:
    """What was changed in a file that people may notice; "" for what nobody needs to know."""
    return NOTES[note]() if note in NOTES else ""


def megabytes(size: int) -> int:
    return max(1, round(size / MEGABYTE))


WORDS: dict[Problem, Callable[[], str]] = {
    Problem.EMPTY: lambda: _("The file is empty. Choose another one."),
    Problem.TOO_LARGE: lambda: _(
        "The file is too large: at most %(size)d MB. Make it smaller and send it again.",
        size=megabytes(current_app.config["UPLOAD_SIZE"]),
    ),
    Problem.UNKNOWN: lambda: _("Only pictures (PNG, JPEG, WebP, GIF) and PDF files are taken."),
    Problem.DAMAGED: lambda: _("The file is damaged. Save it anew in its program and try again."),
    Problem.LOCKED: lambda: _("The PDF asks for a password. Save it without one."),
    Problem.ACTIVE: lambda: _("The PDF holds scripts or files that could not be taken out."),
    Problem.TOO_MANY_PIXELS: lambda: _("The picture has too many pixels: at most 40 million."),
    Problem.TOO_MANY_PAGES: lambda: _("The PDF has too many pages: at most 2,000."),
    Problem.TOO_COSTLY: lambda: _("The file takes too long to read. Save it in a simpler form."),
    Problem.SUSPECT: lambda: _("The check for harmful files refused it. It was not kept."),
    Problem.UNCHECKED: lambda: _("Files cannot be checked just now. Try again later."),
    Problem.QUOTA: lambda: _(
        "Your files have no more room: %(size)d MB in all. Remove what you do not need.",
        size=megabytes(current_app.config["UPLOAD_QUOTA"]),
    ),
    Problem.TOO_MANY: lambda: _("Too many of your files are in no post. Remove some of them."),
}
NOTES: dict[str, Callable[[], str]] = {
    "animation": lambda: _("Of an animation, the first picture is kept."),
    "smaller": lambda: _("The picture was made smaller."),
    "attachments": lambda: _("Files inside the PDF were left out."),
    "scripts": lambda: _("Scripts in the PDF were left out."),
}
