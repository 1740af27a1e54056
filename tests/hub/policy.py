"""The one table of who gets what from every route of the hub. The leak walk compares it.

A row names the guard that the view must carry, what stands in its address, and what somebody
gets who passes the guard. What a page is about decides the rest: ``about`` names something of the
world (tests/hub/world.py) that some may know of and others may not, for whom it must look as if it
did not exist.
"""

from dataclasses import dataclass, field

PUBLIC, SIGNED_IN, FRESH = "public", "signed in", "freshly confirmed"
CURATORS = "curator or administrator"
STAFF = "curator or moderator or administrator"
ADMINISTRATORS = "administrator"
FRESH_ADMINISTRATORS = "administrator, freshly confirmed"

# Answers to whoever may: a page, another place, a form that lacks something, a link that is over.
PAGE, ELSEWHERE, REFUSED, OVER, GONE = 200, 303, 422, 410, 404


@dataclass(frozen=True)
class Row:
    """``answers`` are the statuses that are right for whoever may; a POST is sent without fields
    unless ``form`` has some. ``about``: "" for what is nobody's secret."""

    guard: str
    answers: tuple[int, ...]
    about: str = ""
    values: dict[str, str] = field(default_factory=dict)
    query: str = ""
    form: dict[str, str] = field(default_factory=dict)


def row(guard: str, *answers: int, about: str = "", query: str = "", **values: str) -> Row:
    return Row(guard, answers, about, values, query)


def document(*answers: int, query: str = "", **values: str) -> Row:
    """A page about a document: of each audience, and withdrawn."""
    return Row(PUBLIC, answers, "document", {"document_id": "document", **values}, query)


POLICY: dict[tuple[str, str], Row] = {
    ("home.index", "GET"): row(PUBLIC, PAGE),
    ("preferences.language", "GET"): row(PUBLIC, ELSEWHERE, code="de"),
    ("style.index", "GET"): row(PUBLIC, PAGE),
    # the assistant
    ("assistant.index", "GET"): row(PUBLIC, PAGE),
    ("assistant.ask", "POST"): row(PUBLIC, REFUSED),
    ("assistant.asked", "GET"): row(PUBLIC, ELSEWHERE),
    ("assistant.conversation", "GET"): row(PUBLIC, PAGE, about="conversation", token="token"),
    ("assistant.ask_again", "POST"): row(
        PUBLIC, ELSEWHERE, about="conversation", token="token", ordinal="1"
    ),
    ("assistant.stop", "POST"): row(
        PUBLIC, ELSEWHERE, about="conversation", token="token", ordinal="1"
    ),
    ("assistant.delete", "POST"): row(PUBLIC, ELSEWHERE, about="conversation", token="token"),
    ("assistant.answer_as_text", "GET"): row(
        PUBLIC, PAGE, about="conversation", token="token", ordinal="1"
    ),
    # the library
    ("library.index", "GET"): row(PUBLIC, PAGE),
    ("library.document", "GET"): document(PAGE),
    ("library.page", "GET"): document(PAGE, number="1"),
    ("library.text", "GET"): document(302),
    ("library_files.picture", "GET"): document(PAGE, number="1", query="width=900"),
    ("library_files.original", "GET"): document(PAGE),
    ("library_audience.edit", "GET"): Row(
        CURATORS, (PAGE,), "document", {"document_id": "document"}
    ),
    ("library_audience.save", "POST"): Row(
        CURATORS, (REFUSED,), "document", {"document_id": "document"}
    ),
    # accounts
    ("accounts.sign_in", "GET"): row(PUBLIC, PAGE, ELSEWHERE),
    ("accounts.check_sign_in", "POST"): row(PUBLIC, REFUSED),
    ("accounts.sign_out", "POST"): row(PUBLIC, ELSEWHERE),
    ("accounts.sign_up", "GET"): row(PUBLIC, PAGE, ELSEWHERE),
    ("accounts.send_sign_up", "POST"): row(PUBLIC, REFUSED),
    ("accounts.sent", "GET"): row(PUBLIC, PAGE),
    ("accounts.complete", "GET"): row(PUBLIC, OVER, token="x"),
    ("accounts.create", "POST"): row(PUBLIC, OVER, token="x"),
    ("accounts.reset", "GET"): row(PUBLIC, PAGE),
    ("accounts.send_reset", "POST"): row(PUBLIC, REFUSED),
    ("accounts.choose_password", "GET"): row(PUBLIC, OVER, token="x"),
    ("accounts.set_password", "POST"): row(PUBLIC, OVER, token="x"),
    ("accounts.confirm_address", "GET"): row(PUBLIC, OVER, token="x"),
    ("accounts.set_address", "POST"): row(PUBLIC, OVER, token="x"),
    ("account.index", "GET"): row(SIGNED_IN, PAGE),
    ("account.sign_ins", "GET"): row(SIGNED_IN, PAGE),
    ("account.end_sign_in", "POST"): row(
        SIGNED_IN, ELSEWHERE, about="sign-in", sign_in_id="sign_in"
    ),
    ("account.end_others", "POST"): row(SIGNED_IN, ELSEWHERE),
    ("account.password", "GET"): row(FRESH, PAGE),
    ("account.set_password", "POST"): row(FRESH, REFUSED),
    ("account.address", "GET"): row(FRESH, PAGE),
    ("account.send_address", "POST"): row(FRESH, REFUSED),
    # the desk
    ("desk.index", "GET"): row(STAFF, PAGE),
}
