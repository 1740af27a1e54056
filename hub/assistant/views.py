"""The pages of the assistant; each works without script."""

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import get_locale
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as AnyResponse

from hub.assistant import (
    allowance,
    asker,
    operations,
    plain_text,
    queries,
    running,
    wording,
)
from hub.assistant.exchange import address_of, exchange_part
from hub.assistant.forms import AskForm
from hub.assistant.models import Conversation, Question
from hub.assistant.presentation import shown_answer
from hub.clock import now
from hub.extensions import db
from hub.guards import public
from hub.home.questions import EXAMPLE_QUESTIONS

blueprint = Blueprint("assistant", __name__, url_prefix="/assistant")


@blueprint.get("")
@public
def index() -> str:
    return _index_page(AskForm(formdata=None))


@blueprint.post("/ask")
@public
def ask() -> AnyResponse:
    token = request.values.get("conversation", "")
    conversation = _own_conversation(token) if token else None
    form = AskForm(request.form)  # without the files, which the form would take for text
    if not form.validate():
        return make_response(_page(form, conversation), 422)
    return _answer(form, conversation)


@blueprint.get("/ask")
@public
def asked() -> AnyResponse:
    """Leads from the address of a refused form to the page that the form stands on."""
    token = request.args.get("conversation", "")
    place = url_for(".conversation", token=token) if token else url_for(".index")
    return redirect(place, 303)


@blueprint.get("/<token>")
@public
def conversation(token: str) -> str:
    return _conversation_page(AskForm(formdata=None), _own_conversation(token))


@blueprint.post("/<token>/questions/<int:ordinal>/again")
@public
def ask_again(token: str, ordinal: int) -> AnyResponse:
    question = _own_question(token, ordinal)
    form = AskForm(formdata=None, question=question.text)
    return _answer(form, question.conversation)


@blueprint.post("/<token>/answers/<int:ordinal>/stop")
@public
def stop(token: str, ordinal: int) -> AnyResponse:
    question = _own_question(token, ordinal)
    operations.stop(db.session(), question.answer, now())
    db.session.commit()
    return redirect(address_of(question), 303)


@blueprint.post("/<token>/delete")
@public
def delete(token: str) -> AnyResponse:
    operations.delete(db.session(), _own_conversation(token))
    db.session.commit()
    return redirect(url_for("assistant.index"), 303)


@blueprint.get("/<token>/answers/<int:ordinal>.txt")
@public
def answer_as_text(token: str, ordinal: int) -> Response:
    question = _own_question(token, ordinal)
    base = request.host_url.rstrip("/")
    with wording.in_language(question.language):
        shown = shown_answer(question.answer, now(), asker.reader(), base)
        text = plain_text.answer_text(question.text, shown)
    return Response(text, mimetype="text/plain")


def _answer(form: AskForm, conversation: Conversation | None) -> AnyResponse:
    """Records the question, lets the library answer to the end, and leads there."""
    key = asker.ensured_key()
    seconds = allowance.seconds_to_wait(key, get_remote_address())
    if seconds:
        return _too_many(form, conversation, seconds)
    question = _recorded_question(key, form.question.data, conversation)
    for _ in running.answer_question(question, asker.reader()):
        pass
    return redirect(address_of(question), 303)


def _recorded_question(key: str, text: str, conversation: Conversation | None) -> Question:
    language = str(get_locale() or "en")
    asked_in = conversation or operations.start_conversation(
        db.session(), key, text, language, now(), asker.person_id()
    )
    question = operations.add_question(db.session(), asked_in, text, language, now())
    db.session.commit()
    return question


def _too_many(form: AskForm, conversation: Conversation | None, seconds: int) -> AnyResponse:
    form.question.errors = [wording.too_many_questions(seconds)]
    response = make_response(_page(form, conversation), 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _page(form: AskForm, conversation: Conversation | None) -> str:
    return _conversation_page(form, conversation) if conversation else _index_page(form)


def _index_page(form: AskForm) -> str:
    return render_template(
        "assistant/index.html",
        form=form,
        examples=EXAMPLE_QUESTIONS,
        conversations=queries.recent_conversations(db.session(), asker.ensured_key()),
    )


def _conversation_page(form: AskForm, conversation: Conversation) -> str:
    return render_template(
        "assistant/conversation.html",
        form=form,
        conversation=conversation,
        exchanges=[exchange_part(question) for question in conversation.questions],
    )


def _own_conversation(token: str) -> Conversation:
    conversation = queries.conversation_of(db.session(), asker.known_key(), token)
    return conversation or abort(404)


def _own_question(token: str, ordinal: int) -> Question:
    question = queries.question_of(db.session(), asker.known_key(), token, ordinal)
    return question or abort(404)
