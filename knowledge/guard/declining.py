"""Which questions are declined before anything is searched, and why."""

from knowledge.answers import DeclineReason
from knowledge.guard.cases import asks_for_an_offence, is_about_a_case
from knowledge.guard.instructions import orders_the_assistant


def reason_to_decline(question: str) -> DeclineReason | None:
    """None for a question that may be looked up. Off-topic questions are: the library declines
    them because it does not answer them."""
    if orders_the_assistant(question):
        return DeclineReason.INSTRUCTION
    if asks_for_an_offence(question):
        return DeclineReason.OFFENCE
    if is_about_a_case(question):
        return DeclineReason.PERSON_OR_EVIDENCE
    return None
