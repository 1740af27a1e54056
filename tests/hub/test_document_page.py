"""Reading a document: pages, texts, quotes, pictures and originals."""

import re

import pytest

from hub.library.links import citation_url
from knowledge.answers import Citation
from tests.hub.paper import pdf

PAGES = [
    ["Article 1", "The police may use it under these conditions.", "This sentence runs on and"],
    ["ends on the second page of the document.", "A further rule stands here (see above)."],
    ["The last page says little."],
]
TEXT = """# Rules

The police may use it.

- first case
- second case

## More

Not elsewhere.
"""


@pytest.fixture
def paper(shelf):
    return shelf.add("act.pdf", pdf(PAGES), title="The Act", language="en", date="2024-06-13")


@pytest.fixture
def article(shelf):
    return shelf.add("rules.md", TEXT, title="Rules", language="en")


def citation(document_id, place, page, **changes):
    values = {
        "n": 3, "document_id": document_id, "document": "x", "title": "x", "type": "law",
        "status": "in force", "date": "", "publisher": "", "language": "en", "version": 1,
        "page": page, "printed_page": None, "section": (), "start": place.start,
        "end": place.end, "quote": "",
    }  # fmt: skip
    return Citation(**values | changes)


def link(app, cited):
    with app.test_request_context():
        return citation_url(cited)


def marked(page):
    return [mark.text_content() for mark in page.xpath("//mark")]


def boxes(page):
    found = page.xpath("//*[contains(@class, 'page-viewer__box--')]")
    return [{name: float(box.get(name)) for name in ("x", "y", "width", "height")} for box in found]


def test_a_document_shows_what_it_is_and_its_first_page(page, paper):
    shown = page(f"/library/{paper}")
    words = shown.text_content()
    for fact in ("In force", "13 June 2024", "English", "3 pages", "Download the original"):
        assert fact in words
    assert shown.xpath("//img/@src") == [f"/library/{paper}/pages/1.webp?width=900&version=1"]
    assert "The police may use it under these conditions." in words


def test_a_citation_opens_its_page_with_the_words_marked(app, page, shelf, paper):
    place = shelf.place(paper, "A further rule stands here (see above).")
    url = link(app, citation(paper, place, place.page))
    shown = page(url)
    assert marked(shown) == ["A further rule stands here (see above)."]
    assert shown.xpath(f"//*[@id='{url.split('#')[1]}']")
    assert "page-viewer__mark--c3" in shown.xpath("//mark/@class")[0]
    assert shown.xpath("//a[.='Link to this quote']/@href") == [url]


def test_the_box_lies_over_the_quoted_line(page, shelf, paper):
    place = shelf.place(paper, "A further rule stands here (see above).")
    (box,) = boxes(page(f"/library/{paper}/pages/2?{place.query}"))
    baseline = 60 + 16  # from the top, as tests.hub.paper sets the second line
    assert box["y"] < baseline < box["y"] + box["height"] + 4
    assert 35 < box["x"] < 41
    assert 150 < box["width"] < 260
    assert 6 < box["height"] < 20


def test_a_quote_over_two_pages_is_marked_on_both_and_linked(page, shelf, paper):
    place = shelf.place(paper, "This sentence", until="the document.")
    first = page(f"/library/{paper}/pages/1?{place.query}")
    assert marked(first)[0].startswith("This sentence runs on and")
    assert boxes(first)
    following = first.xpath("//a[contains(., 'goes on')]/@href")[0]
    second = page(following)
    assert marked(second) == ["ends on the second page of the document."]
    assert boxes(second)
    assert second.xpath("//a[contains(., 'begins on')]")


def test_paging_keeps_the_quote_and_says_where_it_stands(page, shelf, paper):
    place = shelf.place(paper, "The last page says little.")
    elsewhere = page(f"/library/{paper}/pages/1?{place.query}")
    assert marked(elsewhere) == []
    back = elsewhere.xpath("//a[contains(., 'another page')]/@href")[0]
    assert marked(page(back)) == ["The last page says little."]
    second = page(elsewhere.xpath("//a[@rel='next']/@href")[0])
    third = page(second.xpath("//a[@rel='next']/@href")[0])
    assert marked(third) == ["The last page says little."]


def test_several_quotes_carry_their_numbers(page, shelf, paper):
    first = shelf.place(paper, "Article 1")
    second = shelf.place(paper, "under these conditions")
    shown = page(f"/library/{paper}/pages/1?{first.query}&n=5&{second.query}&n=2")
    assert marked(shown) == ["Article 1", "under these conditions"]
    assert [re.search(r"--c\d", each)[0] for each in shown.xpath("//mark/@class")] == [
        "--c5",
        "--c2",
    ]


@pytest.mark.parametrize(
    "query",
    ["from=5&to=3", "from=0&to=99999", "from=a&to=b", "from=-1&to=3", "from=1", "to=1",
     "from=99999999999999999999&to=3", "from=&to=", "from=1&to=2&from=3",
     "from=1&to=2&n=1&from=3&to=4&n=1", "from=%D9%A1&to=%D9%A3"],
)  # fmt: skip
def test_a_place_that_is_not_there_is_said_and_not_marked(page, paper, article, query):
    for url in (f"/library/{paper}/pages/1?{query}", f"/library/{article}/text?{query}"):
        shown = page(url)
        assert marked(shown) == []
        assert "nothing is marked" in shown.text_content()


def test_the_page_field_leads_to_that_page(client, page, paper):
    form = page(f"/library/{paper}/pages/1?zoom=150").xpath("//form[.//input[@name='page']]")[0]
    sent = dict(form.form_values()) | {"page": "3"}
    answer = client.get(form.get("action"), query_string=sent)
    assert answer.location == f"/library/{paper}/pages/3?zoom=150"


@pytest.mark.parametrize("number", ["0", "4", "99999999999999999999", "-1", "x", "1.5"])
def test_a_page_that_is_not_there_is_not_found(client, paper, number):
    assert client.get(f"/library/{paper}/pages/{number}").status_code == 404
    assert client.get(f"/library/{paper}/pages/{number}.webp").status_code == 404


def test_the_picture_is_drawn_once_and_not_sent_again(app, client, paper):
    url = f"/library/{paper}/pages/1.webp?width=900"
    drawn = client.get(url, buffered=True)
    assert drawn.mimetype == "image/webp"
    assert drawn.headers["Cache-Control"] == "private, no-cache"
    kept = list(app.config["DATA"].glob("page-images/*/*/1-900.webp"))
    assert [file.read_bytes() for file in kept] == [drawn.data]
    again = client.get(url, headers={"If-None-Match": drawn.headers["ETag"]}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("width", ["899", "0", "100000", "x", ""])
def test_other_widths_are_not_drawn(client, paper, width):
    assert client.get(f"/library/{paper}/pages/1.webp?width={width}").status_code == 404


def test_a_text_has_no_pictures_and_no_pages(client, article):
    assert client.get(f"/library/{article}/pages/1.webp").status_code == 404
    assert client.get(f"/library/{article}/pages/1").status_code == 404


def test_a_text_shows_its_structure_and_the_quote(app, page, shelf, article):
    place = shelf.place(article, "second case")
    url = link(app, citation(article, place, None))
    shown = page(url)
    assert marked(shown) == ["second case"]
    assert shown.xpath(f"//mark[@id='{url.split('#')[1]}']")
    assert shown.xpath("//h3[.='More']")
    assert [item.text_content() for item in shown.xpath("//ul[@class='document-text__list']/li")]


def test_a_long_text_opens_at_the_part_with_the_quote(page, shelf):
    chapters = [f"## Chapter {n:02}\n\n" + f"Sentence {n} of many words. " * 400 for n in range(12)]
    book = shelf.add("book.md", "\n\n".join(chapters), title="Book", language="en")
    place = shelf.place(book, "Sentence 9 of many words.")
    shown = page(f"/library/{book}/text?{place.query}")
    assert marked(shown) == ["Sentence 9 of many words."]
    assert len(shown.text_content()) < 30_000
    assert "Chapter 02" in shown.xpath("//details")[0].text_content()
    whole = "".join(part.text_content() for part in parts_of(page, book))
    assert [whole.count(f"Chapter {n:02}") for n in range(12)] == [1] * 12


def test_a_long_text_without_headings_has_parts_too(page, shelf):
    text = "\n\n".join(f"Sentence {n} of many words. " * 40 for n in range(60))
    book = shelf.add("book.md", text, title="Book", language="en")
    assert [len(part.text_content()) < 30_000 for part in parts_of(page, book)] == [True] * 4


def parts_of(page, document_id):
    url = f"/library/{document_id}/text"
    while url:
        shown = page(url)
        yield shown.xpath("//*[contains(@class, 'document-text')]")[0]
        url = (shown.xpath("//a[@rel='next']/@href") or [None])[0]


def test_a_part_that_is_not_there_is_not_found(client, article):
    assert client.get(f"/library/{article}/text?part=2").status_code == 404


def test_the_text_of_a_paged_document_leads_to_the_page(client, shelf, paper):
    place = shelf.place(paper, "The last page says little.")
    answer = client.get(f"/library/{paper}/text?{place.query}")
    assert answer.status_code == 302
    assert answer.location.startswith(f"/library/{paper}/pages/3?")


def test_an_old_citation_opens_the_old_version(app, page, shelf, article):
    place = shelf.place(article, "Not elsewhere.")
    url = link(app, citation(article, place, None))
    shelf.add("rules.md", "# Rules\n\nEverything is new here and nothing stands as it was.\n")
    shown = page(url)
    assert marked(shown) == ["Not elsewhere."]
    assert "You are reading version 1" in shown.text_content()
    assert "Everything is new" in page(f"/library/{article}").text_content()
    assert page(f"/library/{article}").xpath("//a[.='Version 1']")


@pytest.mark.parametrize("version", ["0", "2", "x", "", "99999999999999999999"])
def test_a_version_that_is_not_there_is_not_found(client, article, version):
    assert client.get(f"/library/{article}?version={version}").status_code == 404


def test_what_replaces_a_document_is_linked(page, shelf, article):
    old = shelf.add("old.md", TEXT + "x", status="superseded", replaced_by="rules.md")
    notice = page(f"/library/{old}").xpath("//*[contains(@class, 'notice--warning')]")[0]
    assert notice.xpath(".//a/@href") == [f"/library/{article}"]


def test_the_original_is_saved_and_never_shown(client, shelf):
    page = (
        b"<html><body><h1>Rule</h1><p>The police may use it.</p><script>x()</script></body></html>"
    )
    document = shelf.add("a/Ευρώπη rules.html", page, language="en")
    answer = client.get(f"/library/{document}/original", buffered=True)
    assert answer.data == page
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    assert "filename*=UTF-8''%CE%95" in disposition
    assert "a/" not in disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_markup_in_a_document_is_shown_as_text(page, shelf):
    text = "Rules\n\n<script>alert(1)</script> is text & stays <b>text</b>.\n"
    document = shelf.add("rules.txt", text, title="<i>Rules</i>", language="en")
    shown = page(f"/library/{document}")
    assert "<script>alert(1)</script>" in shown.text_content()
    assert not shown.xpath("//main//script | //main//i | //main//b")


def test_a_lost_original_is_an_honest_error(app, client, paper):
    for file in app.config["DATA"].glob("files/*/*"):
        file.unlink()
    answer = client.get(f"/library/{paper}/original")
    assert answer.status_code == 503
    assert "not available" in answer.text
