"""Footnotes in what readers see: a sign leads to its note, and the note leads back."""

import pytest

PAGES = (
    "Rules of the police\n\n"
    "The companies of the Member States keep the records of every use of the systems.2\n"
    "They delete the records after one year, unless a court has ordered another period,\n"
    "and they tell the authority about it without undue delay and in writing each time.\n"
    "\n2 This follows from the older act on records, which is still in force today.\n"
    "\fThe last page says little, but it says it in a sentence that is long enough here.\n"
)
TEXT = """# Rules

The police may use it[^a], in these cases.

Nothing else[^missing] is allowed.

[^a]: See the *older* act.
"""


@pytest.fixture
def rules(shelf):
    return shelf.add("rules.md", TEXT, title="Rules", language="en")


@pytest.fixture
def records(shelf):
    return shelf.add("records.txt", PAGES, title="Records", language="en")


def led_to(page, link):
    """The element that a link of the page leads to."""
    assert link.get("href").startswith("#")
    return page.xpath(f"//*[@id='{link.get('href')[1:]}']")[0]


def test_a_sign_leads_to_its_footnote_and_back(page, rules):
    shown = page(f"/library/{rules}")
    (sign,) = shown.xpath("//a[@role='doc-noteref']")
    back = led_to(shown, sign)
    assert (sign.text_content(), sign.get("aria-label")) == ("a", "Footnote a")
    assert back.get("role") == "doc-backlink"
    assert back.getparent().text_content().split() == ["a", "See", "the", "older", "act."]
    assert led_to(shown, back) is sign


def test_a_reference_to_no_footnote_stays_in_the_text(page, rules):
    assert "Nothing else[^missing] is allowed." in page(f"/library/{rules}").text_content()


def test_the_sign_stands_outside_of_the_quote(page, shelf, rules):
    place = shelf.place(rules, "The police may use it, in these cases.")
    shown = page(f"/library/{rules}/text?version=1&from={place.start}&to={place.end}&n=3")
    marks = shown.xpath("//mark")
    assert [mark.text_content() for mark in marks] == ["The police may use it", ", in these cases."]
    assert [mark.get("id") for mark in marks] == ["quote-3", None]


def test_the_text_beside_a_page_has_the_same_links(page, records):
    shown = page(f"/library/{records}/pages/1")
    (sign,) = shown.xpath("//a[@role='doc-noteref']")
    back = led_to(shown, sign)
    assert sign.text_content() == "2"
    assert "of the systems.2\n" not in shown.text_content()
    assert led_to(shown, back) is sign


def test_a_footnote_in_another_part_is_reached_there(page, shelf):
    filler = "\n\n".join(f"## Part {n}\n\n" + "Nothing more is said here. " * 60 for n in range(30))
    long = shelf.add("long.md", f"# A\n\nWords[^1].\n\n{filler}\n\n[^1]: Far away.\n", title="Long")
    first = page(f"/library/{long}")
    (sign,) = first.xpath("//a[@role='doc-noteref']")
    path, _, name = sign.get("href").partition("#")
    there = page(path)
    (back,) = there.xpath(f"//*[@id='{name}']")
    assert back.getparent().text_content() == "1 Far away."
    assert back.get("href").endswith(f"#{sign.get('id')}")
