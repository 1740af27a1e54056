"""Asking on the pages, without script."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from html import escape
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from hub.assistant.models import Answer, AnswerState, Conversation, Question
from hub.clock import now
from hub.extensions import db
from hub.wiring import parts
from knowledge.answers import Answered, AnswerEvent, DeclineReason, SourcesFound
from tests.fakes import CITATION, ScriptedAssistant, a_refusal, an_answer, quoted
from tests.hub.shelf import Shelf

QUESTION = "May the police use facial recognition?"
Script = Sequence[AnswerEvent | Callable[[], object]]


@pytest.fixture
def library(app: Flask, shelf: Shelf) -> Callable[[Script], ScriptedAssistant]:
    def says(script: Script) -> ScriptedAssistant:
        assistant = ScriptedAssistant(script)
        with app.app_context():
            app.extensions["parts"] = replace(parts(), assistant=assistant)
        return assistant

    shelf.add_rows()
    says(an_answer())
    return says


def ask(client: FlaskClient, question: str = QUESTION, url: str = "/assistant/ask") -> str:
    """The address of the conversation."""
    answer = client.post(url, data={"question": question})
    assert answer.status_code == 303
    return answer.location.split("#")[0]


def main_of(client: FlaskClient, url: str) -> str:
    page = client.get(url)
    assert page.status_code == 200
    return page.text[page.text.index("<main") : page.text.index("</main")]


def answers(app: Flask) -> list[Answer]:
    with app.app_context(), Session(db.engine) as session:
        return list(session.scalars(select(Answer).order_by(Answer.id)))


def test_the_ai_notice_stands_before_the_first_message(client, library):
    for url in ("/assistant", ask(client)):
        page = main_of(client, url)
        assert 0 < page.index('class="ai-notice"') < page.index("<textarea")
        assert page.index('class="ai-notice"') < page.find("data-exchange ") or url == "/assistant"


def test_a_question_leads_to_its_recorded_answer(client, library):
    answer = client.post("/assistant/ask", data={"question": QUESTION})
    assert answer.status_code == 303
    assert re.fullmatch(r"/assistant/[\w-]{32}#answer-1", answer.location)
    page = main_of(client, answer.location.split("#")[0])
    assert 'id="answer-1"' in page
    assert "Sentence 1 of the act." in page
    assert "Sentence 2 of the act." in page
    assert escape("From “The <Act>” (in force, 13 June 2024):") in page
    assert "aria-busy" not in page


def test_a_citation_opens_its_document_at_the_quote(client, library):
    page = main_of(client, ask(client))
    chips = re.findall(r'citation-chip--c(\d)" href="([^"]+)"', page)
    assert [number for number, _ in chips] == ["1", "2", "1", "2"]
    assert all(url.startswith("/library/1/") for _, url in chips)


def test_the_title_begins_with_the_heading(client, library):
    for url in ("/assistant", ask(client)):
        page = client.get(url).text
        heading = re.search(r"<h1[^>]*>([^<]+)</h1>", page)
        assert page.count("<h1") == 1
        assert heading
        assert f"<title>{heading[1]} – " in page


def test_a_second_question_joins_the_conversation(client, library):
    url = ask(client)
    token = url.rsplit("/", 1)[1]
    again = client.post(
        f"/assistant/ask?conversation={token}", data={"question": "And at borders?"}
    )
    assert again.location == f"{url}#answer-2"
    page = main_of(client, url)
    assert page.index(QUESTION) < page.index("And at borders?")


def test_statements_of_one_document_share_a_lead_in(client, library):
    other = {"document_id": 2, "title": "Guide", "status": "draft", "date": "2026-06"}
    said = [quoted(1, "One."), quoted(2, "Two."), quoted(3, "Three.", **other)]
    library([SourcesFound("en", 5, ("The <Act>", "Guide")), *said, Answered()])
    page = main_of(client, ask(client))
    assert page.count("answer__lead-in") == 2
    assert page.index("Two.") < page.index("From “Guide” (draft, June 2026):")
    assert page.index("From “Guide” (draft, June 2026):") < page.index("Three.")


@pytest.mark.parametrize(
    "question",
    ["", "   \n ", "…?! ---", "a\x00b", "a\x1b[31mb", "safe\u202egnp.exe", "x" * 1001],
    ids=["empty", "blank", "punctuation", "null", "escape", "reversed", "long"],
)
def test_what_is_no_question_is_refused_and_kept(app, client, library, question):
    answer = client.post("/assistant/ask", data={"question": question})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'id="ask-error"' in answer.text
    assert escape(question.strip()) in answer.text
    assert answers(app) == []


def test_the_longest_question_may_have_windows_line_ends(client, library):
    assistant = library(an_answer())
    ask(client, "x\r\n" * 499 + "yz")
    assert len(assistant.asked[0]) == 1_000


def test_a_refused_question_stays_in_its_conversation(client, library):
    url = ask(client)
    token = url.rsplit("/", 1)[1]
    answer = client.post(f"/assistant/ask?conversation={token}", data={"question": "?"})
    assert answer.status_code == 422
    assert QUESTION in answer.text
    assert "autofocus" in answer.text  # the box stands below all answers
    assert "autofocus" not in client.get(url).text


@pytest.mark.parametrize("reason", list(DeclineReason))
def test_a_declined_question_says_why_and_what_to_do(client, library, reason):
    library(a_refusal(reason))
    page = main_of(client, ask(client))
    assert "The library does not answer this" in page
    declined = page[page.index('class="declined"') :]
    assert len(re.search(r"<p>([^<]+)</p>", declined)[1]) > 30
    assert 'href="#ask"' in declined
    assert 'href="/library' in declined
    assert page.index('class="declined"') < page.index("nearest-passages__title")
    assert "citation-chip" not in page
    assert "Real-time use is prohibited." in page


def test_a_fault_is_recorded_told_and_logged_without_the_question(app, client, library):
    def breaks() -> None:
        raise RuntimeError(f"the disk is gone, so no answer to: {QUESTION}")

    library([*an_answer()[:2], breaks])
    with capture_logs() as logged:
        page = main_of(client, ask(client))
    assert "could not finish" in page
    assert "Sentence 1 of the act." in page
    assert "disk" not in page
    assert [answer.state for answer in answers(app)] == [AnswerState.FAILED]
    assert [entry["event"] for entry in logged] == ["answer failed"]
    assert QUESTION not in str(logged)


def test_an_answer_without_an_end_has_failed(app, client, library):
    library(an_answer()[:2])
    ask(client)
    assert answers(app)[0].state == AnswerState.FAILED


def test_no_question_is_written_to_the_log(client, library):
    with capture_logs() as logged:
        ask(client)
    assert [entry["event"] for entry in logged] == ["question answered"]
    assert QUESTION not in str(logged)


def test_nobody_else_reaches_a_conversation(app, client, library):
    url = ask(client)
    token = url.rsplit("/", 1)[1]
    stranger = app.test_client()
    stranger.get("/assistant")
    for person in (stranger, app.test_client()):
        assert person.get(url).status_code == 404
        assert person.get(f"{url}/answers/1.txt").status_code == 404
        for act in ("questions/1/again", "answers/1/stop", "delete"):
            assert person.post(f"{url}/{act}").status_code == 404
        asked = person.post(
            f"/assistant/ask?conversation={token}", data={"question": "Whose is it?"}
        )
        assert asked.status_code == 404
    assert QUESTION not in stranger.get("/assistant").text
    assert QUESTION in client.get("/assistant").text
    assert len(answers(app)) == 1


def test_a_conversation_can_be_deleted(app, client, library):
    url = ask(client)
    assert client.post(f"{url}/delete").location == "/assistant"
    assert client.get(url).status_code == 404
    with app.app_context(), Session(db.engine) as session:
        for table in (Conversation, Question, Answer):
            assert session.scalars(select(table)).all() == []


def test_reading_changes_nothing(app, client, library):
    url = ask(client)
    for act in ("questions/1/again", "answers/1/stop", "delete"):
        assert client.get(f"{url}/{act}").status_code == 405
    assert client.get(url).status_code == 200


def test_an_answer_leaves_as_text_with_whole_addresses(client, library):
    answer = client.get(f"{ask(client)}/answers/1.txt")
    assert answer.mimetype == "text/plain"
    assert answer.text.startswith(QUESTION)
    assert "> “Sentence 2 of the act.” [2]" in answer.text
    assert "[2] The <Act>, in force, 13 June 2024, p. 52 (PDF 55), Chapter II › Article 5" in (
        answer.text
    )
    assert "\n    http://localhost/library/1/" in answer.text


def set_state(app: Flask, state: AnswerState, age: timedelta = timedelta()) -> None:
    with app.app_context(), Session(db.engine) as session, session.begin():
        answer = session.scalars(select(Answer)).one()
        answer.state, answer.finished_at, answer.touched_at = state, None, now() - age


def test_a_running_answer_shows_what_is_there_so_far(app, client, library):
    url = ask(client)
    set_state(app, AnswerState.RUNNING)
    page = main_of(client, url)
    assert 'aria-busy="true"' in page
    assert "Sentence 2 of the act." in page
    assert "Found passages in 1 document." in page
    assert "answers/1/stop" in page
    assert "Show what has been found since" in page
    assert "Sources</h3>" not in page


def test_an_answer_whose_process_died_is_interrupted(app, client, library):
    url = ask(client)
    set_state(app, AnswerState.RUNNING, timedelta(seconds=61))
    page = main_of(client, url)
    assert "This answer was interrupted" in page
    assert "aria-busy" not in page
    assert f'action="{url}/questions/1/again"' in page
    assert client.post(f"{url}/questions/1/again").location == f"{url}#answer-2"


def test_an_answered_question_can_be_asked_again(app, client, library):
    url = ask(client)
    assert f'action="{url}/questions/1/again"' in main_of(client, url)
    assert client.post(f"{url}/questions/1/again").location == f"{url}#answer-2"
    assert len(answers(app)) == 2


def test_a_stopped_answer_keeps_what_was_found(app, client, library):
    url = ask(client)
    set_state(app, AnswerState.RUNNING)
    assert client.post(f"{url}/answers/1/stop").status_code == 303
    page = main_of(client, url)
    assert "You stopped this answer" in page
    assert "Sentence 2 of the act." in page
    assert answers(app)[0].state == AnswerState.STOPPED


def test_stopping_comes_too_late_for_a_finished_answer(app, client, library):
    client.post(f"{ask(client)}/answers/1/stop")
    assert answers(app)[0].state == AnswerState.ANSWERED


def test_no_transaction_is_open_while_the_library_works(app, client, library):
    written = []

    def write_elsewhere() -> None:
        with db.engine.connect() as connection:
            at_once = {"sqlite": "PRAGMA busy_timeout = 0"}
            connection.exec_driver_sql(
                at_once.get(connection.dialect.name, "SET LOCAL lock_timeout = '100ms'")
            )
            connection.execute(text("UPDATE conversation SET title = 'changed meanwhile'"))
            connection.commit()
        written.append(True)

    first, *others = an_answer()
    library([write_elsewhere, first, write_elsewhere, *others])
    assert "changed meanwhile" in main_of(client, ask(client))
    assert len(written) == 2


def test_a_deleted_conversation_ends_its_answer(app, client, library):
    def delete() -> None:
        with Session(db.engine) as session, session.begin():
            session.delete(session.scalars(select(Conversation)).one())

    library([*an_answer()[:2], delete, *an_answer()[2:]])
    ask(client)
    assert answers(app) == []


def test_too_many_questions_are_told_when_to_ask_again(app, client, library):
    app.config["ASK_LIMIT"] = "2 per minute"
    url = ask(client)
    ask(client)
    late = client.post("/assistant/ask", data={"question": "A third one?"})
    assert late.status_code == 429
    assert 1 <= int(late.headers["Retry-After"]) <= 60
    assert re.search(r"Ask again in \d+ (second|minute)", late.text)
    assert "A third one?" in late.text
    assert client.post(f"{url}/questions/1/again").status_code == 429
    assert len(answers(app)) == 2


def test_a_new_cookie_is_not_a_new_allowance_for_ever(app, library):
    app.config["ASK_LIMIT"] = "1 per minute"
    statuses = [
        app.test_client().post("/assistant/ask", data={"question": QUESTION}).status_code
        for _ in range(11)
    ]
    assert statuses == [303] * 10 + [429]


def test_asking_needs_the_token_of_the_form(app, client, library):
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/assistant/ask", data={"question": QUESTION}).status_code == 400
    assert answers(app) == []


def test_a_quote_cannot_become_markup(client, library):
    library([SourcesFound("en", 1, ("x",)), quoted(1, "<script>alert(1)</script>"), Answered()])
    page = main_of(client, ask(client, "<img src=x onerror=alert(1)>"))
    assert "<script" not in page
    assert "<img" not in page


def test_a_recorded_citation_is_the_one_that_was_shown(app, client, library):
    library([SourcesFound("en", 1, ("x",)), quoted(1, "One."), Answered({"search": 2.0}, 9)])
    ask(client)
    [answer] = answers(app)
    assert answer.citations[0]["document"] == CITATION.document
    assert answer.statements == [{"text": "One.", "citation": 1}]
    assert (answer.generation, answer.timings_ms) == (9, {"search": 2.0})


def test_the_library_itself_answers_here(client):
    """The real assistant over an empty library: it has nothing to quote."""
    page = main_of(client, ask(client))
    assert "holds no searchable document yet" in page


def test_a_file_in_place_of_the_question_is_no_question(client, library):
    answer = client.post("/assistant/ask", data={"question": (BytesIO(b"text"), "question.txt")})
    assert answer.status_code == 422
    assert "Write a question first." in answer.text


def test_the_address_of_a_refused_form_leads_to_the_page_that_it_stands_on(client, library):
    """It is what a reader reloads, and where another language leads back to."""
    conversation = ask(client)
    own = conversation.rsplit("/", 1)[1]
    for query, place in (("", "/assistant"), (f"?conversation={own}", conversation)):
        refused = client.post(f"/assistant/ask{query}", data={"question": ""})
        link = re.search(r'href="([^"]+)" lang="de"', refused.text)
        chosen = client.get(link[1].replace("&amp;", "&"))
        assert client.get(chosen.location).location == place
