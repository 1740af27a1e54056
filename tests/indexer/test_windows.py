"""What of a section is searched together: lists whole, rows with their names, notes apart."""

from indexer.chunking import Piece, canonical_text, passage_text, split
from indexer.lists import LONGEST_LIST
from indexer.parsers import ParsedDocument
from indexer.parsers.parsed import Block, BlockKind, NoteSign, Page
from indexer.windows import LONGEST_WINDOW

H, P, POINT, N = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.FOOTNOTE
CAPTION, HEADER, ROW = BlockKind.CAPTION, BlockKind.HEADER, BlockKind.ROW
SAID = "The controller keeps a record of each use and shows it when it is asked to do so. "


def page_of(*described: tuple[BlockKind, str], notes: tuple[tuple[str, str], ...] = ()) -> Page:
    """``notes`` are (words that the sign stands behind, sign)."""
    text, blocks = "", []
    for kind, words in described:
        sign = words.split()[0] if kind is N else ""
        level = 4 if kind is H else 0
        blocks.append(Block(len(text), len(text) + len(words), kind, level, sign=sign))
        text += words + "\n"
    signs = [NoteSign(text.index(words) + len(words), sign) for words, sign in notes]
    return Page(1, None, text, blocks, notes=signs)


def pieces_of(page: Page) -> tuple[list[Piece], list[str]]:
    parsed = ParsedDocument([page], False)
    pieces = split(parsed, "en")
    text = canonical_text(parsed)
    return pieces, [passage_text(text, piece.sentences) for piece in pieces]


def points(count: int, length: int) -> list[tuple[BlockKind, str]]:
    return [
        (POINT, f"({letter}) {'word ' * (length // 5)}of it;") for letter in "abcdefghijkl"[:count]
    ]


def test_a_list_that_a_window_would_cut_stands_in_one_window_with_its_lead_in() -> None:
    listed = points(6, 90)
    page = page_of((H, "Article 27"), (P, SAID * 7), (P, "It contains:"), *listed, (P, SAID * 7))

    _, texts = pieces_of(page)

    whole = " ".join(["It contains:", *(" ".join(words.split()) for _, words in listed)])
    assert [text for text in texts if whole in text]
    assert len(whole) > LONGEST_WINDOW / 2


def test_a_list_longer_than_a_window_stays_whole_up_to_a_limit() -> None:
    whole = points(6, 200)
    _, texts = pieces_of(page_of((H, "Article 27"), (P, "It contains:"), *whole))
    assert len(texts) == 1
    assert LONGEST_WINDOW < len(texts[0]) <= LONGEST_LIST

    _, texts = pieces_of(page_of((H, "Article 27"), (P, "It contains:"), *points(12, 200)))
    assert len(texts) > 1
    assert all(text.startswith("It contains:") for text in texts)
    assert all(len(text) < LONGEST_LIST for text in texts)


def test_an_inner_list_stays_whole_where_the_outer_one_is_too_long() -> None:
    inner = [(POINT, f"({figure}) {'a use ' * 20}of it;") for figure in ("i", "ii", "iii", "iv")]
    page = page_of((H, "Article 5"), (POINT, "1. Prohibited are:"), *points(7, 200),
                   (POINT, "(h) the use, unless for:"), *inner, (POINT, "(i) other. "))  # fmt: skip

    pieces, _ = pieces_of(page)

    places = [[place for place in piece.places if place[1:2] == ("(h)",)] for piece in pieces]
    assert [found for found in places if len(found) == 5]


def test_what_stands_before_a_list_is_not_lost() -> None:
    page = page_of((H, "Article 1"), (P, SAID * 6 + "It contains:"), *points(5, 150), (P, SAID))

    pieces, _ = pieces_of(page)

    covered = {i for piece in pieces for a, b in piece.sentences for i in range(a, b)}
    body = [i for b in page.blocks if b.kind is not H for i in range(b.start, b.end)]
    assert [i for i in body if i not in covered and not page.text[i].isspace()] == []


def test_each_row_far_down_a_table_stands_with_its_caption_and_the_names_of_its_columns() -> None:
    rows = [(ROW, f"Country {n} | {'figure ' * 20}") for n in range(30)]
    page = page_of((CAPTION, "Table 4. Complaints"), (HEADER, "Country | Number"), *rows, (P, SAID))

    _, texts = pieces_of(page)

    assert len(texts) > 3
    assert all(
        text.startswith("Table 4. Complaints Country | Number")
        for text in texts
        if "figure" in text
    )


def test_another_table_has_its_own_names() -> None:
    first = [(ROW, f"Year {n} | {'sum ' * 40}") for n in range(8)]
    second = [(ROW, f"Town {n} | {'head ' * 40}") for n in range(8)]
    page = page_of((CAPTION, "Table 1"), (HEADER, "Year | Sum"), *first,
                   (P, SAID), (HEADER, "Town | Heads"), *second)  # fmt: skip

    _, texts = pieces_of(page)

    [last] = [text for text in texts if "Town 7" in text]
    assert last.startswith("Town | Heads")


def test_a_footnote_stands_where_the_sentence_stands_that_refers_to_it() -> None:
    page = page_of((H, "Article 1"), (POINT, "1. It applies to the use of cameras."),
                   (H, "Article 2"), (P, SAID), (N, "7 See the other Act."),
                   notes=(("use of cameras", "7"),))  # fmt: skip

    pieces, texts = pieces_of(page)

    [(note, words)] = [pair for pair in zip(pieces, texts, strict=True) if "other Act" in pair[1]]
    assert (note.section, note.places, words) == (("Article 1",), (("1",),), "7 See the other Act.")


def test_a_line_that_only_ends_a_sentence_is_no_heading() -> None:
    page = page_of((H, "Article 1"), (P, "The rules are those of"), (H, "Article 17."), (P, SAID))

    pieces, texts = pieces_of(page)

    assert {piece.section for piece in pieces} == {("Article 1",)}
    assert "The rules are those of Article 17." in texts[0]
