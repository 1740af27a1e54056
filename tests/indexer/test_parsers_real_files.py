"""The parsers over the real documents that questions are asked about."""

import json
import re
import time
import unicodedata
from functools import cache
from pathlib import Path

from indexer.parsers import ParsedDocument, parse

FEWEST_PAGES_A_SECOND = 40.0


@cache
def read(path: Path) -> ParsedDocument:
    with path.open("rb") as stream:
        return parse(stream, path.name)[1]


def normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u00ad", "").split())


def questions(folder: Path) -> list[dict[str, str]]:
    lines = (folder / "corpus" / "questions-dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["answerable"]]


def blocks_with(document: ParsedDocument, evidence: str) -> list[tuple[int, str | None, str]]:
    """(page number, label, headings above) of every block that holds ``evidence``."""
    path: dict[int, str] = {}
    found = []
    for page in document.pages:
        for block in page.blocks:
            text = page.text[block.start : block.end]
            if block.kind == "heading":
                path = {level: title for level, title in path.items() if level < block.level}
                path[block.level] = text
            if normal(evidence) in normal(text):
                found.append((page.number, page.label, " > ".join(path.values())))
    return found


def test_evidence_stands_in_one_block_on_its_page_below_its_article(shared_data: Path) -> None:
    faults = []
    for row in questions(shared_data):
        found = blocks_with(read(shared_data / "corpus" / row["doc"]), row["evidence"])
        if row["doc"].startswith("pdf/"):
            found = [place for place in found if place[0] == int(row["page"])]
        elif row["doc"].startswith("text/"):
            found = [place for place in found if place[1] == str(row["page"])]
        label = re.match(r"(?:Article|Artikel|Amendment) \d+", row["locator"])
        wanted = re.compile(re.escape(label.group()).replace("Artic", "Arti[ck]") if label else "")
        if label and label.group().startswith("Arti"):
            wanted = re.compile(rf"Arti(?:cle|kel) {label.group().split()[1]}\b")
        if not any(wanted.search(path) for _, _, path in found):
            faults.append((row["id"], row["locator"], found))
    assert faults == []


def test_every_article_of_the_law_heads_its_section(shared_data: Path) -> None:
    for path, articles in (
        ("text/ai-act-oj.en.txt", 113),
        ("text/gdpr-oj.en.txt", 99),
        ("text/dsa-oj.en.txt", 93),
        ("html/ai-act-oj.nl.html", 113),
        ("html/ai-act-consolidated-20240712.nl.html", 113),
        ("pdf/gdpr-council-position-5419-16.en.pdf", 99),
        ("xml/gdpr.de.formex.xml", 99),
    ):
        headings = [
            page.text[block.start : block.end]
            for page in read(shared_data / "corpus" / path).pages
            for block in page.blocks
            if block.kind == "heading" and block.level == 4
        ]
        found = [int(match.group(1)) for title in headings
                 if (match := re.match(r"Arti(?:cle|kel) (\d+)\b.*\w", title))]  # fmt: skip
        assert found == list(range(1, articles + 1)), path


def test_the_official_journal_has_all_its_pages(shared_data: Path) -> None:
    for name, pages in (("ai-act", 144), ("gdpr", 88), ("dsa", 102)):
        document = read(shared_data / "corpus" / "text" / f"{name}-oj.en.txt")
        assert [page.label for page in document.pages] == [str(n) for n in range(1, pages + 1)]


def test_printed_numbers_of_pdfs_are_told_from_their_place(shared_data: Path) -> None:
    pages = read(shared_data / "corpus" / "pdf" / "ai-omnibus-pe-cons-30-26.nl.pdf").pages
    assert [page.label for page in pages[1:]] == [str(page.number - 1) for page in pages[1:]]
    assert not any("PE-CONS" in page.text for page in pages[1:])


def test_every_page_of_every_pdf_is_consistent(shared_data: Path) -> None:
    for path in sorted((shared_data / "corpus" / "pdf").glob("*.pdf")):
        for page in read(path).pages:
            assert len(page.boxes) == len(page.text)
            assert page.text == "".join(page.text[b.start : b.end] + "\n" for b in page.blocks)
            inked = [box for box in page.boxes if box != (0, 0, 0, 0)]
            assert all(-2 <= box[0] <= box[2] <= page.width + 2 for box in inked)
            assert all(-2 <= box[1] <= box[3] <= page.height + 2 for box in inked)


def test_pdf_pages_are_read_fast_enough(shared_data: Path) -> None:
    path = shared_data / "corpus" / "pdf" / "gdpr-council-position-5419-16.en.pdf"
    started = time.thread_time()  # what others do on the machine does not count
    with path.open("rb") as stream:
        pages = parse(stream, path.name)[1].pages
    assert len(pages) / (time.thread_time() - started) > FEWEST_PAGES_A_SECOND
