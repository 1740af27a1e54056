"""References to places in ten languages and many styles, and the names of places."""

import time

import pytest

from knowledge.markers import canonical_marker
from knowledge.references import place_terms, reference_terms, references_in

FIVE_ONE_H = """
Art. 5(1)(h)
Article 5 paragraph 1 point (h)
point (h) of Article 5(1)
point (h) of paragraph 1 of Article 5
Artikel 5 Absatz 1 Buchstabe h
Art. 5 Abs. 1 UAbs. 1 Buchst. h
Art. 5 Abs. 1 lit. h DSGVO
artikel 5, lid 1, eerste alinea, punt h)
article 5, paragraphe 1, point h)
l’article 5, § 1er, h)
artículo 5, apartado 1, párrafo primero, letra h)
dell’articolo 5, paragrafo 1, primo comma, lettera h)
art. 5, par. 1, lett. h)
άρθρο 5 παράγραφος 1 στοιχείο η)
του άρθρου 5 παρ. 1 στοιχ. η)
článku 5 ods. 1 prvom pododseku písm. h)
art. 5 ust. 1 akapit pierwszy lit. h)
articolul 5 alineatul (1) primul paragraf litera (h)
art. 5 alin. (1) lit. h)
ARTICLE 5.1.h)
""".strip().splitlines()


def named(text: str) -> list[tuple[str, ...]]:
    return [(reference.kind, *reference.numbers) for reference in references_in(text)]


@pytest.mark.parametrize("text", FIVE_ONE_H)
def test_a_point_has_one_name_in_every_language_and_style(text: str) -> None:
    found = references_in(f"Wat staat er in {text}?")

    assert reference_terms(found) == ("art:5", "art:5:1", "art:5:1:h")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Articles 5, 6 and 7 apply", [("article", n) for n in "567"]),
        ("Articles 15 to 22", [("article", "15"), ("article", "22")]),
        ("Articles 6(1) and 7(2)", [("article", "6", "1"), ("article", "7", "2")]),
        ("Article 6(1), (2) and (3)", [("article", "6", n) for n in "123"]),
        ("points (a) and (b) of Article 6(1)", [("article", "6", "1", n) for n in "ab"]),
        ("Article 5(1)(h)(i) and (ii)", [("article", "5", "1", "h", n) for n in ("i", "ii")]),
        ("artikel 5, lid 1, punten b bis) en b ter)",
         [("article", "5", "1", n) for n in ("ba", "bb")]),
        ("artikel 5, leden 1 en 2", [("article", "5", n) for n in "12"]),
        ("Artikel 5 bis 9", [("article", "5"), ("article", "9")]),
        ("article 5 bis", [("article", "5a")]),
        ("Article 5 and 48 hours", [("article", "5")]),
        ("Article 113, third paragraph, point (a)", [("article", "113", "a")]),
        ("Article 9 of Regulation (EU) 2016/679", [("article", "9"), ("act", "2016/679")]),
        ("Article 7 (EU law)", [("article", "7")]),
        ("recitals (33) and (34)", [("recital", "33"), ("recital", "34")]),
        ("Section 3.6", [("section", "3", "6")]),
        ("paragraph 365", [("paragraph", "365")]),
        ("§ 5 Abs. 1 BDSG", [("paragraph", "5", "1")]),
    ],
)  # fmt: skip
def test_lists_and_styles(text: str, expected: list[tuple[str, ...]]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    ("term", "texts"),
    [
        ("recital:33", "Recital 33|Erwägungsgrund 33|considérant 33|overweging 33|considerando 33|"
         "αιτιολογική σκέψη 33|odôvodnenie 33|motyw 33|considerentul 33"),
        ("annex:iii:6", "Annex III point 6|Anhang III Nummer 6|annexe III, point 6|"
         "annex 3, point 6|bijlage III, punt 6|anexo III, punto 6|allegato III, punto 6|"
         "παράρτημα III σημείο 6|príloha III bod 6|załącznik III pkt 6|anexa III punctul 6"),
        ("d:3.2", "D3.2|d3.2|Deliverable 3.2|deliverable D3.2|Παραδοτέο 3.2|livrable D3.2"),
        ("wp:4", "WP4|WP 4|work package 4|Arbeitspaket 4|werkpakket 4|lot de travaux 4"),
        ("amendment:225", "Amendment 225|amendement 225|Änderungsantrag 225|enmienda 225"),
        ("act:2024/1689", "Regulation (EU) 2024/1689|Verordnung (EU) 2024/1689|2024/1689|"
         "règlement (UE) 2024/1689|κανονισμός (ΕΕ) 2024/1689|nariadenie (EÚ) 2024/1689|"
         "rozporządzenie (UE) 2024/1689|Regulamentul (UE) 2024/1689|verordening (EU) 2024/1689"),
        ("act:910/2014", "Regulation (EU) No 910/2014|Verordnung (EU) Nr. 910/2014"),
        ("act:95/46", "Directive 95/46/EC|Richtlinie 95/46/EG"),
    ],
)  # fmt: skip
def test_other_kinds_have_one_name_too(term: str, texts: str) -> None:
    for text in texts.split("|"):
        assert term in reference_terms(references_in(text)), text


@pytest.mark.parametrize(
    "text",
    ["He bought 5 articles in 2016.", "the article of 5 May", "a particle 5", "an end 3.2", "24/7",
     "Part of the annex in question", "I live in d block", "Reciting 33 poems"],
)  # fmt: skip
def test_ordinary_words_refer_to_nothing(text: str) -> None:
    assert references_in(text) == []


def test_a_reference_says_where_it_stands() -> None:
    text = "See points (a) and (b) of Article 6(1), and D3.2."

    assert [text[r.start : r.end] for r in references_in(text)] == [
        "points (a) and (b) of Article 6(1)",
        "points (a) and (b) of Article 6(1)",
        "D3.2",
    ]


def test_a_passage_has_the_names_of_where_it_stands() -> None:
    article = ["CHAPTER II", "Article 5 — Prohibited AI practices"]

    assert place_terms(article, [["1"], ["1", "(h)", "(ii)"]]) == (
        *("art:5", "art:5:1", "art:5:1:h", "art:5:1:h:ii"),
    )
    assert place_terms(["ANNEX III High-risk"], [["6.", "(a)"]])[1:] == (
        "annex:iii:6",
        "annex:iii:6:a",
    )
    assert place_terms(["Whereas:"], [["(33)"]]) == ("recital:33",)
    assert place_terms(["In Erwägung nachstehender Gründe:"], [["(33)"]]) == ("recital:33",)
    assert place_terms(["3.6 Law enforcement"], [["365"]]) == ("sec:3", "sec:3:6", "par:365")
    assert place_terms(["D3.2 Report", "Scope"], [[]]) == ("d:3.2",)
    assert place_terms(["Amendment 225 Article 5 – paragraph 1 – point d b (new)"], [[]]) == (
        *("amendment:225", "art:5", "art:5:1", "art:5:1:db"),
    )


def test_new_text_is_named_after_the_article_that_it_changes() -> None:
    changed = ["Artikel 1", "40) artikel 113 wordt als volgt gewijzigd:"]
    assert "art:113:c:i" in place_terms(changed, [["(b)", "\u201c(c)", "(i)"]])
    assert "art:11:2" in place_terms(["10) in artikel 11, lid 1, wordt"], [["\u201c2"]])
    assert "art:1:2:g" in place_terms(["1) in artikel 1, lid 2, wordt"], [["\u201c(g)"]])


@pytest.mark.parametrize(
    ("marker", "canonical"),
    [("(h)", "h"), ("§ 1er.", "1"), ("1°", "1"), ("1 bis", "1a"), ("b ter)", "bb"), ("στ)", "f"),
     ("ιβ)", "l"), ("–", ""), ("(33)", "33"), ("1.", "1"), ("(ii)", "ii")],
)  # fmt: skip
def test_markers_are_compared_without_their_signs(marker: str, canonical: str) -> None:
    assert canonical_marker(marker) == canonical


def test_hostile_text_takes_no_time() -> None:
    started = time.process_time()
    for text in ("point a of " * 3000, "Article 1" + "(a)" * 5000, "1, " * 9000, "Art. 5, " * 4000):
        references_in(text)

    assert time.process_time() - started < 5
