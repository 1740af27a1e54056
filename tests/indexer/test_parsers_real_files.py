"""The parsers over real documents: the messy ones and those that questions are asked about."""

import csv
import json
import re
import time
import unicodedata
from functools import cache
from pathlib import Path

import pytest

from indexer.parsers import ParsedDocument, UnreadableFile, parse

LATER = (".odt", ".pptx")  # no parser yet: they are refused by type
SCANNED = "pictures without text"
FEWEST_PAGES_A_SECOND = 40.0


@cache
def read(path: Path) -> ParsedDocument:
    with path.open("rb") as stream:
        return parse(stream, path.name)[1]


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u00ad", "").split())


def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "files" / "manifest.tsv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def fault(path: Path, expect: str, must_contain: str) -> str:
    """What is wrong with the outcome for one file; "" where it is as expected."""
    started = time.monotonic()
    try:
        text = "".join(page.text for page in read(path).pages)
    except UnreadableFile as error:
        return fault_of_refusal(error, expect) or too_slow(started)
    if expect.startswith(("error", "empty", "unsupported")) and "text" not in expect:
        return f"read as text: {text[:60]!r}"
    return too_slow(started) if must_contain in words(text) else f"{must_contain!r} is missing"


def fault_of_refusal(error: UnreadableFile, expect: str) -> str:
    wanted = {"error:encrypted": "encrypted", "empty:scanned": "no_text"}.get(expect)
    if expect == "text" or (wanted and error.cause != wanted):
        return str(error)
    if expect == "empty:scanned" and SCANNED not in error.detail:
        return f"does not speak of a scan: {error}"
    if expect == "empty" and error.cause not in ("no_text", "empty"):
        return str(error)
    if expect.startswith("unsupported") and error.cause != "unknown_type":
        return str(error)
    return "" if error.cause in UnreadableFile.CAUSES else f"unknown cause {error.cause}"


def too_slow(started: float) -> str:
    return "took more than 20 s" if time.monotonic() - started > 20 else ""


def test_messy_files_behave_as_the_manifest_says(shared_data: Path) -> None:
    rows = [row for row in manifest(shared_data) if not row["path"].endswith(LATER)]
    faults = {
        row["path"]: found
        for row in rows
        if (found := fault(shared_data / "files" / row["path"], row["expect"], row["must_contain"]))
    }
    assert faults == {}
    assert len(rows) > 45


def test_formats_to_come_are_refused_by_type(shared_data: Path) -> None:
    rows = [row["path"] for row in manifest(shared_data) if row["path"].endswith(LATER)]
    for path in rows:
        with pytest.raises(UnreadableFile, match="unknown_type"):
            read(shared_data / "files" / path)
    assert len(rows) == 7


def questions(folder: Path) -> list[dict[str, str]]:
    lines = (folder / "corpus" / "questions-dev.jsonl").read_text(encoding="utf-8").splitlines()
    answerable = [row for row in map(json.loads, lines) if row["answerable"]]
    return [row for row in answerable if not row["doc"].endswith(".xml")]  # no Formex parser yet


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
