"""What the classes of EUR-Lex pages mean (Official Journal and consolidated texts)."""

import re
from enum import Enum, auto

from indexer.parsers.headings import legal_heading


class Role(Enum):
    LABEL = auto()  # "Article 5", "CHAPTER II": its title follows
    TITLE = auto()  # the title of the label before
    HEADING = auto()
    NOTE = auto()
    SIGN = auto()  # an editor's arrow, no words of the law
    NONE = auto()


MAIN_TITLE = re.compile(r"(?:^|\s)(?:oj-)?doc-ti(?:\s|$)")
_LABEL = re.compile(r"(?:^|\s)(?:(?:oj-)?ti-art|title-article-norm|(?:oj-)?ti-section-1|"
                    r"title-division-1|title-annex-1)(?:\s|$)")  # fmt: skip
_TITLE = re.compile(r"(?:^|\s)(?:(?:oj-)?sti-art|stitle-article-norm|(?:oj-)?ti-section-2|"
                    r"title-division-2|title-annex-2)(?:\s|$)")  # fmt: skip
_GROUP = re.compile(r"(?:^|\s)(?:(?:oj-)?ti-grseq-\d|title-gr-seq-level-\d)(?:\s|$)")
_SIGN = re.compile(r"(?:^|\s)(?:arrow|modref)(?:\s|$)")
_NOTE = re.compile(r"(?:^|\s)(?:oj-note|footnote|note)(?:\s|$)")


def role_of(tag: str, classes: str, text: str, after_label: bool) -> tuple[Role, int]:
    """(role, heading level) of a paragraph by its class."""
    if not classes or tag not in ("p", "div", "span"):
        return Role.NONE, 0
    if _LABEL.search(classes):
        known = legal_heading(text)
        return Role.LABEL, known.level if known else 4
    if _TITLE.search(classes):
        return Role.TITLE, 4
    if _GROUP.search(classes):
        return _group_role(text, after_label)
    if MAIN_TITLE.search(classes):
        return _annex_role(text, after_label)
    if _SIGN.search(classes):
        return Role.SIGN, 0
    return (Role.NOTE, 0) if tag == "p" and _NOTE.search(classes) else (Role.NONE, 0)


def _group_role(text: str, after_label: bool) -> tuple[Role, int]:
    """ "Section 1" and its title, or a numbered heading of an annex, in one class."""
    known = legal_heading(text)
    if known and known.wants_title:
        return Role.LABEL, known.level
    return (Role.TITLE if after_label and not text[:1].isdigit() else Role.HEADING), 3


def _annex_role(text: str, after_label: bool) -> tuple[Role, int]:
    """One class sets the title of the act, "ANNEX III" and the title of the annex."""
    known = legal_heading(text)
    if known:
        return Role.LABEL, known.level
    return (Role.TITLE, 1) if after_label else (Role.NONE, 0)
