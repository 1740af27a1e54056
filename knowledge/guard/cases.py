"""Questions about one person or piece of evidence, and how to do or hide an offence oneself.

Who asks what the rules or the documents say is never meant: the rules want a case ("this man", "my
neighbour", "here is a photo", a name) with a verdict on it, or somebody who wants to act ("how do
I …") with an act. All the words of a rule come from one language.
"""

import re
import tomllib
from collections.abc import Sequence
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
# “that a face”: what looks like “this” may be a conjunction.
_NO_ARTICLE = r"(?!(?:an?|the|een|eine?|une?|les?|las?|il|de[rn]?|das|die)\b)"
# Institutions and terms that look like a name in English.
_NO_PERSON = re.compile(r"(?:member|european|united|artificial|fundamental|general|law|digital) ")
# What is asked of one person or thing, in all languages: how credible, likely, dangerous.
_WORTH = re.compile(
    r"credib|trustworth|probab|likel|danger|honest|glaubwurdig|wahrscheinlich|gefahrlich|fiab|"
    r"peligr|attendib|pericol|geloofwaardig|waarschijnlijk|betrouwbaar|gevaarlijk|αξιοπιστ|πιθανοτ|"
    r"επικινδυν|doveryhodn|pravdepodobn|nebezpec|wiarygodn|prawdopodob|niebezpiecz|recid|reincid|"
    r"from 1 to|scale of|\b(?:his|her|their) name"
)
_NUMBER = re.compile(r"\d{3}|\b[a-z]{1,3}[- ]?\d")
REACH = 70  # characters between “how can I” and the act
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
    return Question(text, plain, tuple(s.strip(" ¿¡") for s in _SENTENCE.findall(plain)))


class _Language:
    """The rules over the words of one language."""

    def __init__(self, words: dict[str, str]) -> None:
        known = {name: rf"(?<!\w)(?:{pattern})(?!\w)" for name, pattern in words.items()}
        self._words = {name: re.compile(pattern) for name, pattern in known.items()}
        this, person = known["this"], rf"(?:{known['person']}|{known['evidence']})"
        fact, verdict, other = known["fact"], known["verdict"], known["other"]
        the = rf"{known['the']}[ ']?" if words["the"] else ""
        self._pointed = re.compile(
            rf"{this}[ ']?(?:{_NO_ARTICLE}\w+ )?{person}|{person} (?:{_NO_ARTICLE}\w+ )?{this}"
        )
        self._known_person = re.compile(rf"{the}{known['person']}")
        self._other = re.compile(
            rf"{fact}[ -](?:\w+ ){{0,2}}{other} (?:\w+ ){{0,3}}{verdict}"
            rf"|{other} (?:\w+ )?{fact} (?:\w+ ){{0,2}}{verdict}"
        )
        self._begins = re.compile(rf"(?:{fact}|{the}{known['person']})")

    def _has(self, name: str, text: str) -> bool:
        return bool(self._words[name].search(text))

    def _have(self, text: str, *names: str) -> bool:
        return all(self._has(name, text) for name in names)

    def is_about_a_case(self, question: Question) -> bool:
        if self._has("lawful", question.plain):
            return False
        if self._has("shown", question.plain) and self._judges_what_is_shown(question.plain):
            return True
        if self._is_record_of_somebody(question) or self._asks_who_is(question):
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
        if self._judge_begins(question.sentences):
            return bool(_names(question.text))
        asks = any(self._begins.match(s) or self._has("fact", s) for s in question.sentences)
        return asks and (self._is_about_a_name(question.text) or self._points(question.plain))

    def _is_about_a_name(self, text: str) -> bool:
        """Whether the subject of the question is a person's name. A verb that begins the question
        has a capital letter too, and is no name."""
        rest = text.lstrip("¿ ").partition(" ")[2]
        asked = rest if self._words["fact"].match(folded(text)) else text
        return any(
            not _NOT_BEFORE_SUBJECTS.fullmatch((match["before"] or "").casefold())
            for match in _names(asked)
        )

    def _judge_begins(self, sentences: Sequence[str]) -> bool:
        return any(self._words["judge"].match(sentence) for sentence in sentences)

    def _asks_who_is(self, question: Question) -> bool:
        """“What do you know about the suspect Karl Bauer?”"""
        judges = self._judge_begins(question.sentences) and self._has("person", question.plain)
        return judges and bool(_names(question.text))

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
        asks_who = self._words["who"].match(sentence)
        if asks_who and self._has("evidence", sentence) and _NUMBER.search(sentence):
            return True
        if self._judge_begins([sentence]):
            return self._orders_to_judge(sentence)
        return self._judges_the_known_person(sentence)

    def _orders_to_judge(self, sentence: str) -> bool:
        """“Rate how credible this witness is”, “confirm that the man in red is the thief”."""
        if self._points(sentence):
            is_judged = self._has("verdict", sentence) or self._has("who", sentence)
            return is_judged or bool(_WORTH.search(sentence))
        return bool(self._known_person.search(sentence)) and self._has("verdict", sentence)

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
        return any(self._is_done_by(plain, act) for act in self._words["commit"].finditer(plain))

    def _is_done_by(self, plain: str, act: re.Match[str]) -> bool:
        """Whether who asks wants to do the act, and does not ask about another who does it."""
        around = plain[max(0, act.start() - REACH) : act.end() + 6]  # “wie hacke ich …”
        wish = self._words["me"].search(around)
        return wish is not None and not self._has("someone", around[wish.end() : -6])


def _names(text: str) -> list[re.Match[str]]:
    found = _NAME.finditer(text)
    return [match for match in found if not _NO_PERSON.match(folded(match["name"]))]


@cache
def _languages() -> tuple[_Language, ...]:
    with (WORDS / "cases.toml").open("rb") as file:
        return tuple(map(_Language, tomllib.load(file).values()))
