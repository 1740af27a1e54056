"""Finds orders to a machine in a text: how they are put together, in which languages."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parent / "words"
# After these an imperative may stand: “please ignore …”, “your task is to reveal …”.
_BEFORE_ORDERS = (
    *("please", "now", "then", "just", "also", "instead", "must", "should", "bitte", "jetzt"),
    *("plait", "favor", "ahora", "favore", "ora", "alsjeblieft", "nu", "παρακαλω", "prosim"),
    *("teraz", "prosze", "rog", "acum"),
)
_BEFORE_INFINITIVES = ("want you", "need you", "free", "instruction is", "task is", "may now")
# Where a clause begins, so that “providers that ignore all rules” orders nothing.
START = (
    r"(?:(?<![^\n])|(?<=[\n\"'(\[>#*-])|(?<=[.!?:,>#*-] )|"
    + "|".join(rf"(?<=\b{word} )" for word in _BEFORE_ORDERS)
    + "|"
    + "|".join(rf"(?<=\b{words} to )" for words in _BEFORE_INFINITIVES)
    + ")"
)
_GAP = r"[^.!?\n]"
Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """``needs`` are words of which every text that fits holds one: most texts are done with a look
    for them."""

    needs: tuple[str, ...]
    pattern: re.Pattern[str]

    def fits(self, plain: str) -> bool:
        for word in self.needs:  # a plain loop: this runs for every sentence of every document
            if word in plain:
                return bool(self.pattern.search(plain))
        return False


@cache
def orders_to_readers() -> tuple[Rule, ...]:
    """What a document has no business to say: to drop the rules, to be another, to give away what
    is kept, and how to word an answer. Rules over folded text, of all languages at once."""
    return tuple(_orders("reply"))


@cache
def orders_in_questions() -> tuple[Rule, ...]:
    """The same from somebody who asks, who may well say how to word an answer, but not what is to
    be said and who is to be named for it."""
    return tuple(_orders("dictate"))


def _orders(also: str) -> Iterator[Rule]:
    with (WORDS / "orders.toml").open("rb") as file:
        languages = tomllib.load(file)
    for needs, mark in languages.pop("marks")["address"]:
        yield _rule(needs, mark)
    for words in languages.values():
        for needs, phrase in _phrases(words, also):
            yield _rule(needs, rf"\b(?:{phrase})")


def _rule(needs: str, pattern: str) -> Rule:
    return Rule(tuple(needs.split("|")), re.compile(pattern.replace("{start}", START)))


def _phrases(words: Words, also: str) -> Iterator[tuple[str, str]]:
    yield words["override_needs"], "|".join(_overrides(words))
    yield words["reveal_needs"], "|".join(_reveals(words))
    for kind in ("persona", "address", also):
        yield from words[kind]


def _overrides(words: Words) -> Iterator[str]:
    """“Ignore all previous rules”, “ignore the rules above”, “… ignore your rules”."""
    verb, qualifier, yours = (rf"(?:{words[n]})\b" for n in ("override", "qualifier", "yours"))
    rules = rf"\b(?:{words['rules']})(?!\w)"
    yield rf"(?={verb}){START}{verb}{_GAP}{{0,30}}?\b{qualifier}{_GAP}{{0,40}}?{rules}"
    yield rf"(?={verb}){START}{verb}{_GAP}{{0,30}}?{rules}{_GAP}{{0,12}}?\b{qualifier}"
    yield rf"{verb}{_GAP}{{0,20}}?\b{yours}{_GAP}{{0,20}}?{rules}"
    yield rf"{verb}{_GAP}{{0,20}}?{rules}{_GAP}{{0,8}}?\b{yours}"


def _reveals(words: Words) -> Iterator[str]:
    """“Show the system prompt”, “… show your hidden rules”."""
    verb, yours = (rf"(?:{words[n]})\b" for n in ("reveal", "yours"))
    secrets = rf"\b(?:{words['secrets']})(?!\w)"
    yield rf"(?={verb}){START}{verb}{_GAP}{{0,60}}?{secrets}"
    yield rf"{verb}{_GAP}{{0,30}}?\b{yours}{_GAP}{{0,25}}?{secrets}"
