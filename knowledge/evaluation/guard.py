"""How often the guard is right: on questions with a known reason, and on the library itself."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Engine, select

from knowledge.answers import DeclineReason
from knowledge.canonical import text_between
from knowledge.guard.declining import reason_to_decline
from knowledge.guard.instructions import addresses_an_assistant
from knowledge.models import Document, Passage, Version
from knowledge.orm import reading

REASONS = (DeclineReason.PERSON_OR_EVIDENCE, DeclineReason.OFFENCE, DeclineReason.INSTRUCTION)


def evaluate_guard(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Each row has ``text``, ``lang`` and ``reason``: why it must be declined, "" if it must not.

    {reasons: {reason: {asked, declined, as_another}}, others: {asked, false_alarms},
    wrong: [{text, lang, reason, found}]}. ``as_another``: declined, for another of the reasons.
    """
    judged = [(row, str(reason_to_decline(row["text"]) or "")) for row in rows]
    counts = Counter((row["reason"], found) for row, found in judged)
    unknown = {row["reason"] for row, _ in judged} - {"", *REASONS}
    if unknown:
        raise ValueError(f"unknown reasons: {sorted(unknown)}")
    false_alarms = sum(n for (reason, found), n in counts.items() if found and not reason)
    return {
        "reasons": {str(reason): _outcome(counts, str(reason)) for reason in REASONS},
        "others": {"asked": _asked(counts, ""), "false_alarms": false_alarms},
        "wrong": [
            {"text": row["text"], "lang": row["lang"], "reason": row["reason"], "found": found}
            for row, found in judged
            if found != row["reason"]
        ],
    }


def _asked(counts: Counter[tuple[str, str]], reason: str) -> int:
    return sum(n for (wanted, _), n in counts.items() if wanted == reason)


def _outcome(counts: Counter[tuple[str, str]], reason: str) -> dict[str, int]:
    asked, right, missed = _asked(counts, reason), counts[reason, reason], counts[reason, ""]
    return {"asked": asked, "declined": right, "as_another": asked - right - missed}


def orders_in_library(engine: Engine) -> Iterator[dict[str, Any]]:
    """For each document that readers see: its path, its sentences, and where those stand that
    address an assistant, [(start, end)]."""
    with reading(engine) as session:
        documents = session.execute(
            select(Document.path, Version.id)
            .join(Version, Version.id == Document.current_version_id)
            .order_by(Document.path)
        )
        for path, version_id in documents.all():
            text = text_between(session, version_id, 0, 2**31 - 1)
            spans = select(Passage.sentences).where(Passage.version_id == version_id)
            sentences = {(start, end) for row in session.scalars(spans) for start, end in row}
            found = sorted(s for s in sentences if addresses_an_assistant(text[slice(*s)]))
            yield {"path": path, "sentences": len(sentences), "found": found}
