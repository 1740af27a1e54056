"""Text that gives orders to a machine, planted in a document or typed as a question.

A library quotes: it obeys nothing. But an order to an assistant must not stand in an answer as if
it were advice, and whoever types one deserves to hear why nothing was done. What only talks about
such orders, or gives orders to people, is none.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from knowledge.guard.folding import readings
from knowledge.guard.orders import Rule, orders_in_questions, orders_to_readers

_QUOTED = re.compile(r"\"[^\"\n]{4,400}\"|(?<!\w)'[^'\n]{12,400}'(?!\w)|```.*?```", re.DOTALL)
_MENTION = re.compile(
    r"(?<![.\w])(?:attack\w*|inject\w*|jailbreak\w*|adversar\w*|phrase\w*|such as|e\.g|for example|"
    r"called|prompts?|examples?|means?|say(?:s|ing)?|wrote|writes?|angriff\w*|beispiel\w*|z\.b|bedeutet|"
    r"attaque\w*|par exemple|signifie|ataque\w*|por ejemplo|significa|attacc\w*|ad esempio|"
    r"aanval\w*|bijvoorbeeld|betekent|επιθεσ\w*|παραδειγμα\w*|σημαινει|utok\w*|napriklad|znamena|"
    r"atak\w*|na przyklad|znaczy|oznacza|atac\w*|de exemplu|inseamna)\b"
)


@lru_cache(maxsize=20_000)
def addresses_an_assistant(text: str) -> bool:
    """Whether a sentence of a document tries to give orders to a machine that reads it."""
    return _any_fits(orders_to_readers(), text)


def orders_the_assistant(question: str) -> bool:
    """Whether a question is an order to drop the rules, to be another, to give away secrets, or to
    say what it is told. How to word an answer may be asked for: the hub just does not do it."""
    return _any_fits(orders_in_questions(), question)


def _any_fits(rules: Sequence[Rule], text: str) -> bool:
    heard = [_without_mentions(plain) for plain in readings(text)]
    return any(rule.fits(plain) for plain in heard for rule in rules)


def _without_mentions(plain: str) -> str:
    """The text without what it quotes, where its own words say that it speaks about it."""
    own = _QUOTED.sub('"…"', plain)
    return own if own != plain and _MENTION.search(own) else plain
