import json
import re
import time
from itertools import islice
from pathlib import Path

import pytest

from knowledge import vocabulary
from knowledge.vocabulary import LANGUAGES, MOST_CONCEPTS, concepts, law_phrases

EVERY = 1_000
FORM = re.compile(r"\w+|\w{3,}\*")


def touched(question: str, language: str = "") -> list[str]:
    return [found.concept for found in law_phrases(question, language, most=EVERY)]


def test_every_concept_has_law_in_english_and_everyday_words_in_all_languages() -> None:
    assert len(concepts()) > 130
    for name, concept in concepts().items():
        assert concept.law.get("en"), name
        assert set(concept.law) <= set(LANGUAGES), name
        assert set(concept.said) == set(LANGUAGES), name
        assert all(concept.said.values()), name
        assert all(text.strip() for texts in concept.law.values() for text in texts), name


def said() -> list[tuple[str, str, str]]:
    return [
        (name, language, text)
        for name, concept in concepts().items()
        for language, texts in concept.said.items()
        for text in texts
    ]


def test_everyday_phrases_keep_to_their_grammar() -> None:
    """Words, alternatives by ``|``, prefixes of three letters or more; the documented form."""
    wrong = [
        (name, language, text)
        for name, language, text in said()
        if not all(FORM.fullmatch(form) for word in text.split() for form in word.split("|"))
    ]
    assert not wrong


def test_no_everyday_phrase_is_dead() -> None:
    """Each phrase, spelled with each of its alternatives, touches its own concept."""
    dead = []
    for name, language, text in said():
        forms = [word.replace("*", "").split("|") for word in text.split()]
        for turn in range(max(map(len, forms))):
            question = " ".join(choices[min(turn, len(choices) - 1)] for choices in forms)
            if name not in touched(f"GDPR {question}", language):
                dead.append((name, language, question))
    assert not dead


def test_no_single_word_touches_a_phrase_of_several() -> None:
    """Else "predictive" alone would stand for "predictive policing"."""
    eager = []
    for name, language, text in said():
        words = text.split()
        forms = {form.replace("*", "") for word in words for form in word.split("|")}
        for form in forms if len(words) > 1 else ():
            lexicon = vocabulary._lexicon(language)
            found = lexicon.phrases_in(frozenset([vocabulary._normal(form)]))
            if any(p.concept == name and len(p.places) > 1 for p in found):
                eager.append((name, language, form))
    assert not eager


AREAS = {
    "real-time-biometrics": {
        "en": "May they use live facial recognition?",
        "de": "Ist Live-Gesichtserkennung erlaubt?",
        "fr": "La reconnaissance faciale en direct est-elle permise ?",
        "es": "¿Se permite el reconocimiento facial en tiempo real?",
        "it": "È permesso il riconoscimento facciale in tempo reale?",
        "nl": "Mag live gezichtsherkenning?",
        "el": "Επιτρέπεται η αναγνώριση προσώπου σε πραγματικό χρόνο;",
        "sk": "Je dovolené rozpoznávanie tvárí naživo?",
        "pl": "Czy rozpoznawanie twarzy na żywo jest dozwolone?",
        "ro": "Este permisă recunoașterea facială în timp real?",
    },
    "polygraphs": {
        "en": "Is a lie detector high-risk?",
        "de": "Sind Lügendetektoren verboten?",
        "fr": "Le détecteur de mensonges est-il interdit ?",
        "es": "¿Está prohibido el detector de mentiras?",
        "it": "La macchina della verità è vietata?",
        "nl": "Is een leugendetector toegestaan?",
        "el": "Απαγορεύεται ο ανιχνευτής ψεύδους;",
        "sk": "Je detektor lži zakázaný?",
        "pl": "Czy wykrywacz kłamstw jest zakazany?",
        "ro": "Este interzis detectorul de minciuni?",
    },
    "chatbot-notice": {
        "en": "Do I talk to a chatbot?",
        "de": "Woher weiß ich, dass ich mit einem Chatbot spreche?",
        "fr": "Comment savoir si je parle à un chatbot ?",
        "es": "¿Cómo sé si hablo con un chatbot?",
        "it": "Come so se parlo con un chatbot?",
        "nl": "Hoe weet ik dat ik met een chatbot praat?",
        "el": "Πώς ξέρω ότι μιλάω με chatbot;",
        "sk": "Ako viem, že hovorím s chatbotom?",
        "pl": "Skąd wiem, że rozmawiam z chatbotem?",
        "ro": "Cum știu că vorbesc cu un chatbot?",
    },
    "penalties-ai": {
        "en": "How big are the fines for a banned AI system?",
        "de": "Wie hoch ist das Bußgeld für verbotene KI?",
        "fr": "Quelle amende pour une IA interdite ?",
        "es": "¿Qué multa hay por una IA prohibida?",
        "it": "Che multa c'è per una IA vietata?",
        "nl": "Welke boete staat op een verboden AI-systeem?",
        "el": "Ποιο είναι το πρόστιμο για απαγορευμένο σύστημα;",
        "sk": "Aká pokuta hrozí za zakázaný systém AI?",
        "pl": "Jaka kara grozi za zakazany system AI?",
        "ro": "Ce amendă este pentru un sistem de IA interzis?",
    },
    "erasure": {
        "en": "Can I have my account deleted?",
        "de": "Wie kann ich mein Konto löschen?",
        "fr": "Comment faire effacer mes données ?",
        "es": "¿Cómo borro mi cuenta?",
        "it": "Come cancello il mio account?",
        "nl": "Hoe laat ik mijn gegevens wissen?",
        "el": "Πώς διαγράφω τα δεδομένα μου;",
        "sk": "Ako vymažem svoj účet?",
        "pl": "Jak usunąć moje dane?",
        "ro": "Cum îmi șterg contul?",
    },
    "breach-to-authority": {
        "en": "Our personal data were leaked",
        "de": "Es gab ein Datenleck",
        "fr": "Il y a eu une fuite de données",
        "es": "Ha habido una fuga de datos",
        "it": "C'è stata una fuga di dati",
        "nl": "Er was een datalek",
        "el": "Υπήρξε διαρροή δεδομένων",
        "sk": "Došlo k úniku údajov",
        "pl": "Doszło do wycieku danych",
        "ro": "A avut loc o scurgere de date",
    },
    "statement-of-reasons": {
        "en": "Why was my post removed?",
        "de": "Warum wurde mein Beitrag gelöscht?",
        "fr": "Pourquoi mon compte a-t-il été bloqué ?",
        "es": "¿Por qué mi cuenta fue bloqueada?",
        "it": "Perché il mio account è stato bloccato?",
        "nl": "Waarom is mijn account geblokkeerd?",
        "el": "Γιατί διέγραψαν την ανάρτηση;",
        "sk": "Prečo zablokovali môj účet?",
        "pl": "Dlaczego zablokowano moje konto?",
        "ro": "De ce mi-a fost blocat contul?",
    },
    "sibling-projects": {
        "en": "Which sister projects are there?",
        "de": "Welche Schwesterprojekte gibt es?",
        "fr": "Quels sont les projets frères ?",
        "es": "¿Cuáles son los proyectos hermanos?",
        "it": "Quali sono i progetti gemelli?",
        "nl": "Welke zusterprojecten zijn er?",
        "el": "Ποια είναι τα αδελφά έργα;",
        "sk": "Aké sú sesterské projekty?",
        "pl": "Jakie są projekty siostrzane?",
        "ro": "Care sunt proiectele similare?",
    },
    "cameras": {
        "en": "Do body cameras record everything?",
        "de": "Dürfen Bodycams alles filmen?",
        "fr": "La police peut-elle utiliser des caméras ?",
        "es": "¿Puede usar cámaras la policía?",
        "it": "La polizia può usare telecamere?",
        "nl": "Mag de politie bodycams gebruiken?",
        "el": "Κάμερες ασφαλείας στον δρόμο",
        "sk": "Bezpečnostné kamery na ulici",
        "pl": "Kamery nasobne policjantów",
        "ro": "Camere de supraveghere pe stradă",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("concept", AREAS)
def test_a_natural_question_touches_the_concept(concept: str, language: str) -> None:
    assert concept in touched(AREAS[concept][language], language)


def test_the_phrases_are_those_of_the_law() -> None:
    found = law_phrases("Darf die Polizei Live-Gesichtserkennung einsetzen?", "de")[0]
    assert found.concept == "real-time-biometrics"
    assert found.phrases["en"][0].startswith("real-time remote biometric identification")
    assert found.phrases["nl"][0].startswith("systemen voor biometrische identificatie op afstand")


@pytest.mark.parametrize("language", ["", "bg", "en"])
def test_an_unknown_language_means_all_and_english_is_always_among_them(language: str) -> None:
    german = "Was ist ein Lügendetektor?"
    assert ("polygraphs" in touched(german, language)) == (language != "en")
    assert "polygraphs" in touched("Is a lie detector allowed?", language)
    assert "polygraphs" in touched("Is a lie detector allowed?", "sk")


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("es", "RECONOCIMIENTO FACIAL EN LA ESTACION"),
        ("es", "reconocimientos faciales en las estaciones"),
        ("el", "ΑΝΑΓΝΩΡΙΣΗ ΠΡΟΣΩΠΩΝ ΣΤΗΝ ΠΛΑΤΕΙΑ"),
        ("ro", "recunoastere faciala in gari"),
        ("pl", "rozpoznawaniu twarzy na ulicach"),
        ("pl", "ROZPOZNAWANIE TWARZY W TLUMIE"),
        ("sk", "rozpoznavanie tvare na namesti"),
        ("fr", "reconnaissance faciale dans les aeroports"),
    ],
)
def test_case_accents_and_endings_do_not_matter(language: str, question: str) -> None:
    assert "real-time-biometrics" in touched(question, language)


def test_words_that_only_ask_count_only_beside_something() -> None:
    assert touched("From when does it apply?", "en") == []
    assert touched("How much is the fine?", "en") == []
    assert "how-much" in touched("How much is the fine under the AI Act?", "en")
    assert touched("From when is live facial recognition banned?", "en")[-1] == "from-when"


def test_the_most_specific_come_first_and_few() -> None:
    question = "May police use live facial recognition on people at a protest, and who approves?"
    found = law_phrases(question, "en")
    assert len(found) == MOST_CONCEPTS < len(touched(question, "en"))
    general = "remote-biometric-identification"
    names = touched("Is live facial recognition banned?", "en")
    assert names.index("real-time-biometrics") < names.index(general)


@pytest.mark.parametrize("question", ["", "   ", "???", "12345", "\0", "Wie geht es dir?", "x" * 9])
def test_what_says_nothing_touches_nothing(question: str) -> None:
    assert law_phrases(question) == ()


def test_two_files_cannot_define_one_concept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text('[fine]\nlaw.en = ["x"]\nsaid.en = ["x"]\n')
    monkeypatch.setattr(vocabulary, "_CONCEPTS", tmp_path)
    with pytest.raises(ValueError, match=r"b\.toml defines fine again"):
        concepts.__wrapped__()


def test_a_question_costs_little_however_long() -> None:
    questions = [text for area in AREAS.values() for text in area.values()]
    for question in questions:
        law_phrases(question)
    started = time.perf_counter()
    for question in questions:
        law_phrases(question)
    assert (time.perf_counter() - started) / len(questions) < 0.005
    started = time.perf_counter()
    law_phrases(" ".join(f"wort{number}" for number in range(100_000)), "de")
    assert time.perf_counter() - started < 0.5


MOST_OF_300 = {"xquad_en": 6, "xquad_de": 6, "xquad_es": 6, "scifact": 9}


@pytest.mark.parametrize("name", MOST_OF_300)
def test_questions_about_other_things_rarely_touch_a_concept(name: str, shared_data: Path) -> None:
    lines = (shared_data / "eval" / name / "queries.jsonl").read_text("utf-8").splitlines()
    rows = list(islice(map(json.loads, lines[:: max(1, len(lines) // 300)]), 300))
    found = [(row["text"], touched(row["text"], row["lang"])) for row in rows]
    hits = [pair for pair in found if pair[1]]
    print(f"{name}: {len(hits)} of {len(rows)} touched", *hits, sep="\n")
    assert len(rows) == 300
    assert len(hits) <= MOST_OF_300[name]
