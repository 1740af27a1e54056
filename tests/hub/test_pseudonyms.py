"""Pseudonyms: real names of all scripts are welcome; those that pass for somebody else are not."""

import time
import unicodedata

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from hub.accounts import pseudonym_words
from hub.accounts.pseudonyms import PseudonymProblem, key_of, problem_with

# fmt: off
WELCOME = [
    "Maria", "maria schmidt", "Jürgen 77", "José-María", "O'Brien", "O’Brien", "Zoë",
    "Đorđe", "Łukasz Żak", "Ørsted", "Ştefan", "Ágnes Őri", "Siobhán Ní Bhriain",
    "François", "Jan de Vries", "J. R. Smit", "night_owl", "x-ray 12", "Anna-Lena.K",
    "Chloë", "Straße", "Πέτρος", "Ελένη Παπαδοπούλου", "Αλέξανδρος", "Γιώργος 2", "ΑΝΝΑ",
    "νίκος", "Олександр", "Мария Иванова", "Ђорђе", "Юлія", "Владимир-75", "Андрей", "田中さん",
    "김철수님", "王小明", "สมชาย", "นำชัย", "नरेंद्र", "אברהם", "محمد", "Ἀριστοτέλης", "Hubert",
    "Policarpo", "Adminka Petrova", "Modest", "Robotnik", "Systema Naturae",
    "Librarian of Babel", "Police Reader", "Stafford", "Allen", "Rooth", "Botond",
]
PASSING_FOR_STAFF = [
    "admin", "Admin", "ADMIN", "admin1", "Admin_007", "4dmin", "adm1n", "ádmin", "ADMlN",
    "Adrnin", "ad.min", "a-d-m-i-n", "admin admin", "the admin", "Real Admin",
    "administrator", "Administrator2", "Administratorin", "administrateur", "administrador",
    "Beheerder", "správca", "Διαχειριστής", "m0derator", "M0D3RAT0R", "moderátor",
    "rnoderator", "Moderator.", "curator", "Kurator 3", "staff", "STAFF-1", "police",
    "Polizei", "polizei110", "polic1a", "Αστυνομία", "Полиция", "админ", "popai", "Pop-Ai",
    "p0pa1", "POPAl", "popai admin", "popaiadmin", "PopAI Support Team", "PopAI_2", "hub",
    "HUB 1", "The Hub", "library", "assistant", "former member", "former member 17",
    "FormerMember17", "former_member", "Former.Member.9", "system", "root", "r00t",
    "support", "5upport", "security", "europol", "Europ0l", "Europol Desk", "interpol 1",
    "Ask a moderator", "admin of all", "vvebmaster", "nobody", "null", "ΡΟΡΑΙ", "Official",
]
# fmt: on
HOSTILE = {
    PseudonymProblem.TOO_SHORT: ["", "a", "ab"],
    PseudonymProblem.TOO_LONG: ["x" * 41, "x" * 10_000, "a\u0301" * 40],
    PseudonymProblem.UNREADABLE: [
        "ma\0ria",
        "ma\u200bria",
        "ma\u200dria",
        "ma\u200eria",
        "\u202emaria",
        "maria\u202c",
        "\u2066maria\u2069",
        "ma\ufeffria",
        "ma\u00adria",
        "ma\ud800ria",
        "ma\nria",
        "ma\tria",
        "ma\x7fria",
        "ma\u2060ria",
        "\u3164\u3164\u3164",
        "ma\u115fria",
        "ma\ufe0fria",
        "ma\u034fria",
        "ma\U000e0041ria",
        "ma\ue000ria",
        "ma\u2028ria",
        "ma\U000e0100ria",
        "ma\uffffria",
    ],
    PseudonymProblem.SIGNS: [
        "<script>",
        "maria@example",
        "maria/../..",
        "a&b&c",
        "maria!",
        "{{7*7}}",
        "maria\u00a0m",
        "maria\u2003m",
        " maria",
        "maria ",
        "ma  ria",
        "🐝🐝🐝",
        "\uff4d\uff41\uff52ia",
        "𝐦𝐚𝐫𝐢𝐚",
        "ⓜⓐⓡⓘⓐ",
        "ﬁona",
        "maria%00",
        "ma|ria",
        "maria;--",
        '"maria"',
        "m\\aria",
        "ℳaria",
        "ma\u2800ria",
    ],
    PseudonymProblem.NO_LETTERS: ["12345", "٣٤٥٦", "---", "...", "1-2-3", "a--", "_'_"],
    PseudonymProblem.MARKS: [
        "ma\u0301\u0302\u0303ria",
        "z\u0335\u0336\u0337\u0338algo",
        "\u0301abc",
        "ế\u0301maria",
    ],
    PseudonymProblem.MIXED_SCRIPTS: [
        "mаria",
        "Μaria",
        "аdmin",
        "pοpai",
        "Іvan",
        "Мaрия",
        "Aλέξανδρος",
        "ӏvan",
        "maria\u0a66ਕ",
        "admіn",
        "еuropol",
        "Ꭺdmin",
        "mariα",
    ],
}


@pytest.mark.parametrize("name", WELCOME)
def test_a_real_name_is_welcome(name: str) -> None:
    assert problem_with(unicodedata.normalize("NFC", name)) is None
    assert key_of(name)


@pytest.mark.parametrize("name", PASSING_FOR_STAFF)
def test_nobody_passes_for_the_hub_its_staff_or_an_authority(name: str) -> None:
    assert problem_with(name) == PseudonymProblem.RESERVED


@pytest.mark.parametrize(
    ("problem", "name"), [(problem, name) for problem, names in HOSTILE.items() for name in names]
)
def test_a_hostile_name_is_refused(problem: PseudonymProblem, name: str) -> None:
    assert problem_with(name) == problem


@pytest.mark.parametrize(
    "names",
    [
        ("Maria", "maria", "MARIA", "m.a.r.i.a", "Mária", "Mar1a", "ma-ria", "mar ia", "MARlA"),
        ("Olga 10", "0lga lO", "olga10", "OLGA-1O"),
        ("Arno", "Amo", "arn0"),
        ("Wanda", "VVanda", "vvanda"),
        ("Straße", "STRASSE", "strasse"),
        ("Ivan", "lvan", "1van"),
        ("Łukasz", "Lukasz", "łukasz"),
        ("Ørsted", "orsted"),
        ("ΑΝΝΑ", "Anna", "ANNA", "Άννα"),  # the Greek, the Latin
        ("СОСО", "COCO", "coco"),  # the Cyrillic, the Latin
        ("νίκος", "ΝΙΚΟΣ", "Νίκος"),
        ("Андрей", "андреи", "АНДРЕЙ"),
        ("O'Brien", "O’Brien", "OBrien"),
    ],
)
def test_names_that_are_read_as_the_same_share_a_key(names: tuple[str, ...]) -> None:
    assert len(set(map(key_of, names))) == 1


def test_names_that_are_told_apart_have_keys_of_their_own() -> None:
    names = [
        "Maria",
        "Marie",
        "Mario",
        "Anna",
        "Hanna",
        "Нина",
        "Νίκος",
        "Νίκη",
        "田中",
        "田申",
        "김철수",
        "김철호",
        "नरेंद्र",
        "नरेश",
        "Tom3",
        "Tome",
        "Tom",
        "Tom2",
        "Kim",
        "Tim",
    ]
    assert len(set(map(key_of, names))) == len(names)


@given(st.text(max_size=60))
def test_any_text_is_judged_and_has_a_key_that_fits_its_column(name: str) -> None:
    problem_with(name)
    key = key_of(name)
    assert len(key) <= 200
    assert key_of(name.upper().lower()) == key_of(name.lower())


@given(st.text(st.characters(whitelist_categories=("L", "Mn", "Nd")), min_size=1, max_size=40))
def test_a_key_is_there_for_every_name_that_may_be_chosen(name: str) -> None:
    if problem_with(name) is None:
        assert key_of(name)


def test_judging_takes_no_time_whatever_the_name() -> None:
    problem_with("maria")
    for name in ("the" * 13, "supportteam" * 3 + "x", "adminmod" * 5, "x" * 10**6, "\ufdfa" * 40):
        began = time.perf_counter()
        problem_with(name)
        key_of(name)
        assert time.perf_counter() - began < 0.2


def test_each_problem_has_a_sentence(app: Flask) -> None:
    with app.test_request_context():
        sentences = {pseudonym_words.sentence(problem) for problem in PseudonymProblem}
    assert len(sentences) == len(PseudonymProblem)
