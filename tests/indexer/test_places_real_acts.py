"""Where the sentences of real acts stand: (heading, place) → the words that stand there."""

import io
import re
from functools import cache
from pathlib import Path

import pytest

from indexer.chunking import Piece, canonical_text, split
from indexer.parsers import parse
from knowledge.references import heading_references

EXPECTED = """
derived/ai-act.en.md | Article 5 | 1 | 1. The following AI practices shall be prohibited
derived/ai-act.en.md | Article 5 | 1/(c)/(ii) | (ii) detrimental or unfavourable treatment
derived/ai-act.en.md | Article 5 | 1/(h)/(ii) | (ii) the prevention of a specific, substantial
derived/ai-act.en.md | Article 5 | 1 | Point (h) of the first subparagraph is without prejudice
derived/ai-act.en.md | Article 5 | 2/(b) | (b) the consequences of the use of the system
derived/ai-act.en.md | Article 5 | 2 | In addition, the use of ‘real-time’ remote biometric
derived/ai-act.en.md | Article 6 | 3/(d) | (d) the AI system is intended to perform a preparatory
derived/ai-act.en.md | Article 6 | 3 | Notwithstanding the first subparagraph, an AI system
derived/ai-act.en.md | Article 14 | 4/(b) | (b) to remain aware of the possible tendency
derived/ai-act.en.md | Article 26 | 10 | 10. Without prejudice to Directive (EU) 2016/680
derived/ai-act.en.md | Article 27 | 1/(c) | (c) the categories of natural persons and groups
derived/ai-act.en.md | Article 49 | 4 | 4. For high-risk AI systems referred to in points 1, 6
derived/ai-act.en.md | Article 50 | 1 | 1. Providers shall ensure that AI systems intended
derived/ai-act.en.md | Article 3 | (4) | (4) ‘deployer’ means
derived/ai-act.en.md | Article 3 | (45)/(b) | (b) any other body or entity entrusted by Member State
derived/ai-act.en.md | Article 113 | (a) | (a) Chapters I and II shall apply from 2 February 2025
derived/ai-act.en.md | Article 113 | | However:
derived/ai-act.en.md | Recitals | (33) | (33) The use of those systems for the purpose of law
text/ai-act-oj.en.txt | Article 5 | 1/(h)/(iii) | (iii) the localisation or identification
text/ai-act-oj.en.txt | Article 6 | 3 | Notwithstanding the first subparagraph
text/ai-act-oj.en.txt | Article 26 | 10 | 10. Without prejudice to Directive (EU) 2016/680
text/ai-act-oj.en.txt | Article 113 | (a) | (a) Chapters I and II shall apply
text/ai-act-oj.en.txt | ANNEX III | 6/(d) | (d) AI systems intended to be used by law enf
text/ai-act-oj.en.txt | ANNEX III | 1 | This shall not include AI systems intended to be used
text/ai-act-oj.en.txt | ANNEX III | 1/(c) | (c) AI systems intended to be used for emotion
text/ai-act-oj.en.txt | ANNEX IV | 2/(g) | (g) the validation and testing procedures used
text/ai-act-oj.en.txt | Whereas: | (12) | (12) The notion of ‘AI system’
html/ai-act-oj.nl.html | Artikel 5 | 1/(h)/(ii) | ii) het voorkomen van een specifieke
html/ai-act-oj.nl.html | Artikel 5 | 1 | Punt h) van de eerste alinea doet geen afbreuk
html/ai-act-oj.nl.html | Artikel 26 | 10 | 10. Onverminderd Richtlijn (EU) 2016/680
html/ai-act-oj.nl.html | Artikel 6 | 3 | Niettegenstaande de eerste alinea wordt een in
html/ai-act-oj.nl.html | Artikel 113 | (b) | b) hoofdstuk III, afdeling 4
html/ai-act-oj.nl.html | Artikel 3 | (4) | 4) “gebruiksverantwoordelijke”:
html/ai-act-oj.nl.html | BIJLAGE III | 2 | 2. Kritieke infrastructuur
html/ai-act-oj.nl.html | Overwegende hetgeen volgt: | (42) | (42) In overeenstemming met het
html/ai-act-consolidated-20240712.nl.html | Artikel 14 | 4/(b) | b) zich bewust te blijven
html/ai-act-consolidated-20240712.nl.html | Artikel 27 | 1/(c) | c) categorieën van natuurlijke
html/ai-act-consolidated-20240712.nl.html | Artikel 50 | 1 | 1. Aanbieders zorgen ervoor dat
text/gdpr-oj.en.txt | Article 12 | 3 | 3. The controller shall provide information on action taken
text/gdpr-oj.en.txt | Article 17 | 1/(b) | (b) the data subject withdraws consent
text/gdpr-oj.en.txt | Article 33 | 1 | 1. In the case of a personal data breach
text/gdpr-oj.en.txt | Article 77 | 1 | 1. Without prejudice to any other administrative
text/gdpr-oj.en.txt | Article 4 | (16)/(a) | (a) as regards a controller with establishments
derived/gdpr.en.md | Article 6 | 1 | Point (f) of the first subparagraph shall not apply
xml/gdpr.de.formex.xml | Artikel 33 | 1 | (1) Im Falle einer Verletzung
xml/gdpr.de.formex.xml | Artikel 17 | 1/(b) | b) Die betroffene Person widerruft
xml/gdpr.de.formex.xml | Artikel 4 | (16)/(a) | a) im Falle eines Verantwortlichen
xml/gdpr.de.formex.xml | in Erwägung nachstehender Gründe: | (4) | (4) Die Verarbeitung
pdf/gdpr-council-position-5419-16.en.pdf | Article 12 | 3 | 3. The controller shall provide
pdf/gdpr-council-position-5419-16.en.pdf | Article 17 | 1/(b) | (b) the data subject withdraws
pdf/gdpr-council-position-5419-16.en.pdf | Article 35 | 1 | 1. Where a type of processing
pdf/gdpr-council-position-5419-16.en.pdf | Article 4 | (4) | (4) 'profiling' means any form
derived/led.en.md | Article 25 | 1 | 1. Member States shall provide for logs to be kept
derived/led.en.md | Article 30 | 1 | 1. Member States shall, in the case of a personal data breach
derived/led.en.md | Article 63 | 1 | 1. Member States shall adopt and publish, by 6 May 2018
derived/led.en.md | Article 6 | (a) | (a) persons with regard to whom there are serious grounds
derived/led.en.md | Article 3 | (7)/(a) | (a) any public authority competent for the prevention
text/dsa-oj.en.txt | Article 16 | 1 | 1. Providers of hosting services shall put mechanisms
text/dsa-oj.en.txt | Article 16 | 2/(b) | (b) a clear indication of the exact electronic location
text/dsa-oj.en.txt | Article 17 | 1 | 1. Providers of hosting services shall provide a clear
text/dsa-oj.en.txt | Article 17 | 3/(f) | (f) clear and user-friendly information
text/dsa-oj.en.txt | Article 3 | (i) | (i) ‘online platform’ means
text/dsa-oj.en.txt | Article 3 | (g)/(iii) | (iii) a ‘hosting’ service
text/dsa-oj.en.txt | Article 18 | 2 | For the purpose of this Article, the Member State
text/belgium-data-protection-act-2018.fr.txt | Art. 5. | 3° | 3° les personnes, quelles que
text/belgium-data-protection-act-2018.fr.txt | Art. 8. | 1/1° | 1° le traitement effectué par des
text/belgium-data-protection-act-2018.fr.txt | Art. 8. | 1 | L'arrêté visé à l'alinéa 1er, 3°
text/belgium-data-protection-act-2018.fr.txt | Art. 10/1. | 2 | § 2. En application de l'article 125
text/belgium-data-protection-act-2018.fr.txt | Art. 26. | 7°/(a) | a) les services de police
pdf/ai-omnibus-pe-cons-30-26.nl.pdf | 7) artikel 5 | (a)/“(b bis) | “b bis) het in de handel brengen
pdf/ai-omnibus-pe-cons-30-26.nl.pdf | 7) artikel 5 | (b)/“1 bis/(a)/(ii) | ii) het ontwerp
pdf/ai-omnibus-pe-cons-30-26.nl.pdf | 40) | (b)/“(c)/(i) | i) 2 december 2027 voor wat betreft
pdf/ai-omnibus-pe-cons-30-26.nl.pdf | “Artikel 4 AI | 1 | Deze verplichting houdt niet in
pdf/ai-omnibus-pe-cons-30-26.nl.pdf | “Artikel 4 bis | 2/(b) | b) alle in lid 1 vervatte
pdf/ai-omnibus-pe-cons-30-26.nl.pdf | Artikel 75 ter | (b) | b) de operator in strijd met zijn
pdf/ai-omnibus-pe-cons-30-26.nl.pdf | 33) aan artikel 76 | | “Wanneer het testen onder reële
pdf/ai-act-ep-amendments-2023.en.pdf | Amendment 225 | (d b) | (d b) The placing on the market
md/draft-guidelines-high-risk/3.6-law-enforcement.md | 3.6.1. | 339/(b) | (b) AI systems intended
md/draft-guidelines-high-risk/3.6-law-enforcement.md | 3.6.3. | 360 | (360) Point 6(b) of Annex III
seed/popai-about.en.txt | The project | 2 | 2. Empirical Research on the AI tools
seed/popai-about.en.txt | The project | | The mission of popAI is to engage
""".strip().splitlines()

ARTICLES = {
    "derived/ai-act.en.md": 113,
    "derived/gdpr.en.md": 99,
    "derived/led.en.md": 65,
    "derived/dsa.en.md": 93,
    "text/ai-act-oj.en.txt": 113,
    "text/gdpr-oj.en.txt": 99,
    "text/dsa-oj.en.txt": 93,
    "text/belgium-data-protection-act-2018.fr.txt": 286,
    "html/ai-act-oj.nl.html": 113,
    "html/ai-act-consolidated-20240712.nl.html": 113,
    "pdf/gdpr-council-position-5419-16.en.pdf": 99,
    "xml/gdpr.de.formex.xml": 99,
}
DEFINED = {
    ("derived/ai-act.en.md", "Article 3"): 68,
    ("text/ai-act-oj.en.txt", "Article 3"): 68,
    ("html/ai-act-oj.nl.html", "Artikel 3"): 68,
    ("html/ai-act-consolidated-20240712.nl.html", "Artikel 3"): 68,
    ("text/gdpr-oj.en.txt", "Article 4"): 26,
    ("derived/gdpr.en.md", "Article 4"): 26,
    ("pdf/gdpr-council-position-5419-16.en.pdf", "Article 4"): 26,
    ("derived/led.en.md", "Article 3"): 16,
    ("xml/gdpr.de.formex.xml", "Artikel 4"): 26,
    ("text/dsa-oj.en.txt", "Article 3"): 24,
    ("text/belgium-data-protection-act-2018.fr.txt", "Art. 26."): 17,
}


@cache
def read(path: Path) -> tuple[str, list[Piece]]:
    with path.open("rb") as stream:
        parsed = parse(io.BytesIO(stream.read()), path.name)[1]
    language = path.name.split(".")[-2] if path.name.count(".") > 1 else "en"
    return canonical_text(parsed), split(parsed, language if len(language) == 2 else "en")


def stands_at(path: Path, heading: str, words: str) -> set[str]:
    """The places below ``heading`` of the sentences that begin with ``words``."""
    text, pieces = read(path)
    return {
        "/".join(place)
        for piece in pieces
        if any(re.match(re.escape(heading) + r"(?!\w)", title) for title in piece.section)
        for (start, end), place in zip(piece.sentences, piece.places, strict=True)
        if " ".join(text[start:end].split()).startswith(words)
    }


def test_sentences_of_real_acts_stand_where_a_lawyer_would_cite_them(shared_data: Path) -> None:
    faults = []
    for row in EXPECTED:
        name, heading, place, words = (part.strip() for part in row.split("|"))
        if (found := stands_at(shared_data / "corpus" / name, heading, words)) != {place}:
            faults.append((name, heading, place, words, found))

    assert faults == []
    assert len(EXPECTED) > 70


@pytest.mark.parametrize("name", ARTICLES)
def test_every_article_of_every_act_heads_its_passages(shared_data: Path, name: str) -> None:
    _, pieces = read(shared_data / "corpus" / name)
    headings: dict[str, set[str]] = {}
    for piece in pieces:
        for title in piece.section:
            for ref in heading_references(title)[:1]:
                if ref.kind == "article" and ref.start == 0:
                    headings.setdefault(ref.numbers[0], set()).add(title)

    assert [n for n in range(1, ARTICLES[name] + 1) if str(n) not in headings] == []
    assert {number: titles for number, titles in headings.items() if len(titles) > 1} == {}


@pytest.mark.parametrize(("name", "heading"), DEFINED)
def test_every_definition_of_an_act_is_recognised(
    shared_data: Path, name: str, heading: str
) -> None:
    text, pieces = read(shared_data / "corpus" / name)
    found = {
        piece.sentences[place]: term
        for piece in pieces
        if piece.section and piece.section[-1].startswith(heading)
        for place, term in piece.definitions
    }

    assert len(found) == DEFINED[name, heading]
    assert all(term and term in " ".join(text[a:b].split()) for (a, b), term in found.items())
