"""Documents of every format: their page, their text, their original; and recognised text."""

import json
from dataclasses import asdict

import pytest

from hub.assistant import presentation
from hub.wiring import parts
from knowledge.access import ANYONE
from tests.fakes import CITATION
from tests.indexer.office_files import odf, pptx, shape, sheet, xlsx
from tests.indexer.test_parsers_formats import word_file
from tests.indexer.test_parsers_markup import ACT, MAIL, book
from tests.scans import scan

SENTENCE = "The authority keeps a register of every camera in public places."
FILES = {
    "a.docx": word_file(SENTENCE),
    "a.odt": odf("text", f"<text:p>{SENTENCE}</text:p>"),
    "a.pptx": pptx(shape("Title", kind="title") + shape(SENTENCE)),
    "a.xlsx": xlsx({"S": sheet(["Rule", "Words"], ["1", SENTENCE])}),
    "a.ods": odf(
        "spreadsheet",
        f"<table:table><table:table-row><table:table-cell><text:p>{SENTENCE}</text:p>"
        "</table:table-cell></table:table-row></table:table>",
    ),
    "a.csv": f'Rule,Words\n1,"{SENTENCE}"\n'.encode(),
    "a.xml": ACT.replace("Diese Verordnung gilt.", SENTENCE).encode(),
    "a.epub": book(f"<html><body><p>{SENTENCE}</p></body></html>"),
    "a.eml": MAIL.replace("Gr=C3=BC=C3=9Fe aus Athen.", SENTENCE).encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_a_document_of_any_format_is_shown_and_saved_but_never_run(shelf, page, client, name):
    document = shelf.add(name, FILES[name], title="The file", language="en")

    shown = page(f"/library/{document}")
    assert SENTENCE in " ".join(shown.text_content().split())
    place = shelf.place(document, SENTENCE)
    path = f"pages/{place.page}" if name == "a.pptx" else "text"
    marked = page(f"/library/{document}/{path}?{place.query}")
    assert [mark.text_content() for mark in marked.xpath("//mark")] == [SENTENCE]

    with client.get(f"/library/{document}/original") as original:
        assert original.data == FILES[name]
        assert original.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert original.headers["Content-Security-Policy"].startswith("sandbox")
        assert original.headers["X-Content-Type-Options"] == "nosniff"


def test_rows_that_name_columns_and_captions_are_shown_as_such(shelf, page):
    document = shelf.add("a.csv", b"A list of rules\nRule,Words\n1,first\n", title="T")
    shown = page(f"/library/{document}")
    for kind, words in (("caption", "A list of rules"), ("header", "Rule | Words")):
        found = shown.xpath(f"//p[@class='document-text__{kind}']")
        assert [each.text_content() for each in found] == [words]


@pytest.mark.usefixtures("tesseract")
def test_recognised_text_is_marked_wherever_it_is_cited(app, shelf, page, client):
    document = shelf.add("scan.pdf", scan([[SENTENCE]]), title="The scan", language="en")
    words = "Text recognised from a picture, may hold mistakes"
    assert f"{words}." in page(f"/library/{document}").text_content()

    with app.app_context():
        events = list(parts().assistant.answer("Who keeps a register of cameras?", ANYONE, "en"))
        cited = [e.statement.citation for e in events if hasattr(e, "statement")]
        cited += [c for e in events for c in getattr(e, "nearest", ())]
    assert cited
    assert all(citation.is_recognised for citation in cited)

    asked = client.post("/assistant/ask", data={"question": "Who keeps a register of cameras?"})
    assert words in client.get(asked.location, follow_redirects=True).text

    told = app.test_cli_runner().invoke(args=["assistant", "ask", "Who keeps a register?"])
    assert words in " ".join(told.output.split())
    raw = app.test_cli_runner().invoke(args=["assistant", "ask", "Who keeps it?", "--json"])
    answer = json.loads(raw.output)
    assert all(c["is_recognised"] is True for c in answer["citations"] + answer["nearest"])


def test_answers_recorded_before_are_still_readable():
    old = {name: value for name, value in asdict(CITATION).items() if name != "is_recognised"}
    citation = presentation.recorded_citation(old)
    assert citation.is_recognised is False
