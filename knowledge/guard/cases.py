"""Questions about one person or piece of evidence, and how to do or hide an offence oneself.

Who asks what the rules or the documents say is never meant: the rules want a case ("this man", "my
neighbour", "here is a photo", a name) with a verdict on it, or somebody who wants to act ("how do
I …") with an act. All the words of a rule come from one language.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from knowledge.guard.folding import folded
from knowledge.guard.orders import WORDS

_SENTENCE = re.compile(r"[^.!?\n]+")
_UPPER = "A-ZÀ-ÖØ-ÞĀ-ŽΆ-Ϋ"
# A first and a family name, as in “Jan de Vries”, with the word before it.
_NAME = re.compile(
    rf"(?:(?<!\w)(?P<before>\w+)[ '’])?(?P<name>[{_UPPER}][^\W\d_A-Z]+ "
    rf"(?:(?:de|van|von|der|den|da|di|del) ){{0,2}}[{_UPPER}][^\W\d_A-Z]+)(?!\w)"
)
# “kept by Member States”: what stands behind these is whoever does something with a record.
_NOT_BEFORE_SUBJECTS = re.compile(
    "the|an?|by|of|in|from|to|for|with|under|der|die|das|von|durch|par|d[eu]|des|l[ae]s?|dans|por|"
    "en|del|dell?a?|d[ai]|van|door|από|του|της|do|przez|od|[zw]|na|podľa|podle|din"
)
LONGEST_PLAIN_CASE = 9  # words of “Is the witness credible?” and the like


@dataclass(frozen=True, slots=True)
class Question:
    """``text`` as typed, ``plain`` folded, and the sentences of ``plain``."""

    text: str
    plain: str
    sentences: tuple[str, ...]


def is_about_a_case(text: str) -> bool:
    """Whether it asks to judge, name or look up one person, or to judge one piece of evidence."""
    return any(language.is_about_a_case(_question(text)) for language in _languages())


def asks_for_an_offence(text: str) -> bool:
    """Whether somebody asks how to commit an offence, or how to get away with one."""
    return any(language.asks_for_an_offence(_question(text)) for language in _languages())


def _question(text: str) -> Question:
    plain = folded(text)
    return Question(text, plain, tuple(s.strip() for s in _SENTENCE.findall(plain)))


class _Language:
    """The rules over the words of one language."""

    def __init__(self, words: dict[str, str]) -> None:
        known = {name: rf"(?<!\w)(?:{pattern})(?!\w)" for name, pattern in words.items()}
        self._words = {name: re.compile(pattern) for name, pattern in known.items()}
        this, person = known["this"], rf"(?:{known['person']}|{known['evidence']})"
        fact, verdict, other = known["fact"], known["verdict"], known["other"]
        the = rf"{known['the']}[ ']?" if words["the"] else ""
        self._pointed = re.compile(rf"{this}[ ']?(?:\w+ )?{person}|{person} (?:\w+ )?{this}")
        self._known_person = re.compile(rf"{the}{known['person']}")
        self._other = re.compile(
            rf"{fact}[ -](?:\w+ ){{0,2}}{other} (?:\w+ ){{0,3}}{verdict}"
            rf"|{other} (?:\w+ )?{fact} (?:\w+ ){{0,2}}{verdict}"
        )
        self._begins = re.compile(rf"(?:¿ ?)?(?:{fact}|{the}{known['person']})")
        self._commits = re.compile(rf"(?:{known['me']})(?P<gap>[^.!?\n]{{0,40}}?){known['commit']}")

    def _has(self, name: str, text: str) -> bool:
        return bool(self._words[name].search(text))

    def _have(self, text: str, *names: str) -> bool:
        return all(self._has(name, text) for name in names)

    def is_about_a_case(self, question: Question) -> bool:
        if self._has("lawful", question.plain):
            return False
        if self._has("shown", question.plain) and self._judges_what_is_shown(question.plain):
            return True
        if self._is_record_of_somebody(question):
            return True
        return any(self._judges(sentence) for sentence in question.sentences)

    def _judges_what_is_shown(self, plain: str) -> bool:
        is_case = self._has("person", plain) or self._has("evidence", plain)
        return is_case and (self._has("verdict", plain) or self._has("who", plain))

    def _is_record_of_somebody(self, question: Question) -> bool:
        """“Does Maria Lopez have a criminal record?”, “Is my neighbour wanted by the police?”"""
        if not self._has("record", question.plain):
            return False
        if self._has("born", question.plain):
            return True
        asks = any(self._begins.match(s) or self._has("fact", s) for s in question.sentences)
        return asks and (
            _names_somebody(question.text, self._words["fact"]) or self._points(question.plain)
        )

    def _points(self, sentence: str) -> bool:
        return bool(self._pointed.search(sentence))

    def _judges(self, sentence: str) -> bool:
        if self._other.search(sentence):
            return True
        if self._points(sentence):
            if self._has("fact", sentence) and self._verdict_beside_case(sentence):
                return True
            if self._have(sentence, "who", "person"):
                return True
        if self._have(sentence, "enough", "other"):
            return True
        return self._judges_the_known_person(sentence)

    def _verdict_beside_case(self, sentence: str) -> bool:
        """A verdict that is not itself the thing pointed at, as in “this forged passport”."""
        return self._has("verdict", self._pointed.sub(" ", sentence, count=1))

    def _judges_the_known_person(self, sentence: str) -> bool:
        """“Is the witness credible?”: short, or it would say under which circumstances."""
        if len(sentence.split()) > LONGEST_PLAIN_CASE or not self._begins.match(sentence):
            return False
        known = self._known_person.search(sentence)
        return bool(known) and self._have(sentence, "fact", "verdict")

    def asks_for_an_offence(self, question: Question) -> bool:
        plain = question.plain
        if not self._has("me", plain) or self._has("lawful", plain):
            return False
        if self._has("unseen", plain) or self._have(plain, "evade", "watched", "crime"):
            return True
        if self._have(plain, "conceal", "traces"):
            return any(self._has(name, plain) for name in ("crime", "watched", "mine"))
        found = self._commits.finditer(plain)
        return any(not self._has("someone", match["gap"]) for match in found)


def _names_somebody(text: str, begins: re.Pattern[str]) -> bool:
    """Whether the subject of the question is a person's name. A verb that begins the question has
    a capital letter too, and is no name."""
    first, _, rest = text.lstrip("¿ ").partition(" ")
    asked = rest if begins.match(folded(first)) else text
    return any(
        not _NOT_BEFORE_SUBJECTS.fullmatch((match["before"] or "").casefold())
        for match in _NAME.finditer(asked)
    )


@cache
def _languages() -> tuple[_Language, ...]:
    with (WORDS / "cases.toml").open("rb") as file:
        return tuple(map(_Language, tomllib.load(file).values()))
