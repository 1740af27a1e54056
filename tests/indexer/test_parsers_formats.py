"""One small file a behaviour, for every format but PDF; and what is refused."""

import contextlib
import io
import time
import zipfile

import docx
import pytest

from indexer.parsers import SUFFIXES, Limits, ParsedDocument, UnreadableFile, parse, sniff

Shown = list[tuple[str, int, str]]


def read(content: bytes | str, name: str, limits: Limits | None = None) -> ParsedDocument:
    raw = content.encode() if isinstance(content, str) else content
    return parse(io.BytesIO(raw), name, limits)[1]


def shown(document: ParsedDocument) -> Shown:
    return [
        (block.kind.value, block.level, page.text[block.start : block.end])
        for page in document.pages
        for block in page.blocks
    ]


def refused(content: bytes | str, name: str, limits: Limits | None = None) -> tuple[str, str]:
    with pytest.raises(UnreadableFile) as caught:
        read(content, name, limits)
    return caught.value.cause, caught.value.detail


def word_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return saved(document)


def saved(document: "docx.document.Document") -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def zipped(**members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return stream.getvalue()


# Markdown


def test_markdown_becomes_plain_text_with_its_structure() -> None:
    source = (
        "# Policing\n\nSee the *[AI Act](https://example.org)* and `code`.\n\n"
        "1. first\n2. second\n\n- point\n\n| Name | Country |\n|---|---|\n| KEMEA | Greece |\n"
    )
    assert shown(read(source, "a.md")) == [
        ("heading", 1, "Policing"),
        ("paragraph", 0, "See the AI Act and code."),
        ("item", 0, "1. first"),
        ("item", 0, "2. second"),
        ("item", 0, "point"),
        ("header", 0, "Name | Country"),
        ("row", 0, "KEMEA | Greece"),
    ]


def test_front_matter_states_title_language_and_date() -> None:
    source = '---\ntitle: "Fact sheet"\nlanguage: en-GB\ndate: 2026-11\n---\nText.'
    document = read(source, "a.md")
    assert (document.title, document.language, document.date) == ("Fact sheet", "en", "2026-11")
    assert shown(document) == [("paragraph", 0, "Text.")]


# HTML


def test_html_keeps_the_text_and_leaves_the_furniture() -> None:
    page = """<html lang="fr"><head><title>Une page de test</title><style>x{}</style></head><body>
    <nav>Menu</nav><script>alert(1)</script><h2>Titre</h2><p>Un <b>texte</b>.<br>Suite</p>
    <p style="display:none">secret</p><ul><li>point</li></ul>
    <form><input value="x"><label>Cherchez</label></form></body></html>"""
    document = read(page, "a.html")
    assert (document.title, document.language) == ("Une page de test", "fr")
    assert shown(document) == [
        ("heading", 2, "Titre"),
        ("paragraph", 0, "Un texte. Suite"),
        ("item", 0, "point"),
    ]


def test_a_data_table_gives_a_row_a_block() -> None:
    page = "<html><body><table><tr><th>C</th><th>Si</th></tr><tr><td>0.4</td><td>0.2</td></tr>"
    assert shown(read(page, "a.html")) == [("header", 0, "C | Si"), ("row", 0, "0.4 | 0.2")]


def test_the_official_journal_lays_out_points_in_tables_and_titles_below_labels() -> None:
    page = """<html><body><p class="oj-ti-art">Artikel 5</p><div><p class="oj-sti-art">Verboden
    praktijken</p></div><p class="oj-normal">1.   Verboden zijn:</p><table><tr><td><p>a)</p></td>
    <td><p>het in de handel brengen;</p><table><tr><td><p>i)</p></td><td><p>of dit;</p></td></tr>
    </table></td></tr></table></body></html>"""
    assert shown(read(page, "a.html")) == [
        ("heading", 4, "Artikel 5 Verboden praktijken"),
        ("item", 0, "1. Verboden zijn:"),
        ("item", 0, "a) het in de handel brengen;"),
        ("item", 0, "i) of dit;"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "latin-1"])
def test_html_in_any_encoding(encoding: str) -> None:
    declared = f'<meta charset="{encoding}">' if encoding == "latin-1" else ""
    page = f"<html><head>{declared}</head><body><p>déjà vu à Liège</p></body></html>"
    assert shown(read(page.encode(encoding), "a.html")) == [("paragraph", 0, "déjà vu à Liège")]


# Plain text


def test_wrapped_lines_become_paragraphs_and_labels_take_their_titles() -> None:
    body = "The technical documentation shall be drawn up before the system is placed on the market"
    source = (
        f"CHAPTER II\nPRACTICES\nArticle 1\nScope\n1. {body}\nor put into service.\n(a) this;\n"
    )
    source += f"(b) that.\nArticle 2\nDefinitions\n{body}\nand kept up to date.\n"
    assert shown(read(source, "a.txt")) == [
        ("heading", 2, "CHAPTER II PRACTICES"),
        ("heading", 4, "Article 1 Scope"),
        ("item", 0, f"1. {body} or put into service."),
        ("item", 0, "(a) this;"),
        ("item", 0, "(b) that."),
        ("heading", 4, "Article 2 Definitions"),
        ("paragraph", 0, f"{body} and kept up to date."),
    ]


def printed_pages(count: int) -> str:
    sentence = "The authority shall keep a record of every use of the system and of its result"
    text = ""
    for number in range(1, count + 1):
        text += "".join(f"{place}. {sentence} on page {number}.\n" for place in range(1, 12))
        side = f"EN OJ L, 12.7.2024\n{number}/{count} ELI: oj\n"
        other = f"OJ L, 12.7.2024 EN\nELI: oj {number}/{count}\n"
        text += side if number % 2 == 0 else other
    return text


def test_printed_page_lines_become_pages_with_labels() -> None:
    document = read(printed_pages(12), "a.txt")
    assert document.has_pages
    assert [page.label for page in document.pages] == [str(number) for number in range(1, 13)]
    assert all(f"on page {page.number}." in page.text for page in document.pages)
    assert not any("ELI" in page.text or "OJ L" in page.text for page in document.pages)


def test_form_feeds_end_pages() -> None:
    document = read("First page.\fSecond page.\f", "a.txt")
    assert [page.text for page in document.pages] == ["First page.\n", "Second page.\n"]


def test_numbered_paragraphs_are_no_page_lines() -> None:
    source = "".join(f"{number}\nSome words that say little.\n" for number in range(1, 30))
    assert not read(source, "a.txt").has_pages


def test_a_note_behind_the_page_line_returns_to_its_page() -> None:
    pages = printed_pages(6).replace(
        "EN OJ L, 12.7.2024\n2/6 ELI: oj\n",
        "EN OJ L, 12.7.2024\n2/6 ELI: oj\n(\n1\n) OJ C 517, 22.12.2021, p. 56.\n",
    )
    second = read(pages, "a.txt").pages[1]
    assert second.text.endswith("( 1 ) OJ C 517, 22.12.2021, p. 56.\n")
    assert second.blocks[-1].kind == "footnote"


def test_a_sentence_that_crosses_a_page_is_marked() -> None:
    pages = "The provider shall, before the system is placed on the market,\fdraw up a record.\f"
    document = read(pages, "a.txt")
    assert [block.continues for page in document.pages for block in page.blocks] == [False, True]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_text_in_any_encoding(encoding: str) -> None:
    assert shown(read("Größe, déjà vu".encode(encoding), "a.txt"))[0][2] == "Größe, déjà vu"


# Word


def test_word_paragraphs_and_tables_stand_in_their_order() -> None:
    document = docx.Document()
    document.add_heading("Report", 1)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Lead", "KEMEA"
    document.add_paragraph("A point", style="List Bullet")
    document.add_paragraph("Plain words.")
    assert shown(read(saved(document), "a.docx")) == [
        ("heading", 1, "Report"),
        ("row", 0, "Lead | KEMEA"),
        ("item", 0, "A point"),
        ("paragraph", 0, "Plain words."),
    ]


def test_a_broken_word_file_is_damaged() -> None:
    content = word_file("some text")
    assert refused(content[: len(content) // 2], "a.docx")[0] == "damaged"


def test_a_word_file_that_declares_entities_is_refused_before_it_grows() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>'
    started = time.monotonic()
    cause, detail = refused(zipped(word__document_xml=bomb), "a.docx")
    assert (cause, detail) == ("damaged", "word/document.xml declares XML entities")
    assert time.monotonic() - started < 1


def test_a_zip_bomb_is_refused_by_its_directory() -> None:
    content = zipped(word__document_xml="<d/>", media="0" * 30_000_000)
    assert refused(content, "a.docx")[0] == "too_large"


# What is refused


@pytest.mark.parametrize(
    ("content", "name", "cause"),
    [
        (b"", "a.pdf", "empty"),
        (b"   \n\n ", "a.txt", "no_text"),
        (b"<html><body><script>x()</script></body></html>", "a.html", "no_text"),
        (b"{\\rtf1 hello}", "a.rtf", "unknown_type"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "unknown_type"),
        (bytes(range(256)) * 8, "a.bin", "unknown_type"),
        (b"<?xml version='1.0'?><a/>", "a.xml", "no_text"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "a.pdf", "damaged"),
        (b"plain words", "a.docx", "damaged"),
        (b"%PDF-1.7 nothing else", "a.pdf", "damaged"),
    ],
)
def test_unreadable_files_state_their_cause(content: bytes, name: str, cause: str) -> None:
    assert refused(content, name)[0] == cause


def test_an_unforeseen_error_becomes_a_cause() -> None:
    stream = io.BytesIO(b"text")
    stream.close()
    with pytest.raises(UnreadableFile) as caught:
        parse(stream, "a.txt")
    assert (caught.value.cause, caught.value.detail) == ("damaged", "ValueError")


def test_a_wrong_name_is_said() -> None:
    content = b"<!DOCTYPE html><html><body>404</body></html>"
    assert refused(content, "report.pdf")[1] == "named .pdf but holds HTML"


def test_limits_are_kept() -> None:
    assert refused("x" * 100, "a.txt", Limits(max_bytes=99))[0] == "too_large"
    assert refused("word " * 100, "a.txt", Limits(max_characters=99))[0] == "too_large"
    assert refused("a\fb\fc\fd", "a.txt", Limits(max_pages=3))[0] == "too_large"


def test_the_type_is_told_by_content_and_the_name_only_tells_markdown() -> None:
    assert sniff(io.BytesIO(b"# Title"), "a.md") == "text/markdown"
    assert sniff(io.BytesIO(b"# Title"), "a.txt") == "text/plain"
    assert sniff(io.BytesIO(b"<html><p>x"), "a.txt") == "text/html"
    assert sniff(io.BytesIO(word_file("x")), "a.txt") == SUFFIXES[".docx"]


@pytest.mark.parametrize("name", ["a.html", "a.md", "a.txt"])
def test_deep_nesting_neither_hangs_nor_crashes(name: str) -> None:
    source = "<html><body>" + "<div>" * 20_000 + "deep words" if name == "a.html" else "> " * 20_000
    started = time.monotonic()
    with contextlib.suppress(UnreadableFile):
        read(source + " deep words", name)
    assert time.monotonic() - started < 10
