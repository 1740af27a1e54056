import csv
import tomllib
from pathlib import Path

import pytest

from knowledge import acts
from knowledge.acts import acts_named

AI, OMNIBUS, GDPR, LED, DSA = "2024/1689", "2026/1744", "2016/679", "2016/680", "2022/2065"
CHARTER, BELGIAN = "2012/C 326/02", "2018-07-30"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Does the GDPR apply to the police?", [GDPR]),
        ("gilt die dsgvo?", [GDPR]),
        ("Que dit le RGPD ?", [GDPR]),
        ("Wat zegt de AVG?", [GDPR]),
        ("Τι λέει ο ΓΚΠΔ;", [GDPR]),
        ("Co mówi RODO?", [GDPR]),
        ("nariadenia o ochrane osobných údajov", [GDPR]),
        ("Regulamentul general privind protecția datelor", [GDPR]),
        ("algemene verordening gegevensbescherming", [GDPR]),
        ("Datenschutz-Grundverordnung", [GDPR]),
        ("What does the LED say?", [LED]),
        ("the Law Enforcement Directive", [LED]),
        ("Was verlangt die JI-Richtlinie?", [LED]),
        ("directive «police-justice»", [LED]),
        ("Directive (EU) 2016/680", [LED]),
        ("ai act", [AI]),
        ("KI-VO", [AI]),
        ("die KI\u2011Verordnung", [AI]),
        ("règlement sur l\u2019IA", [AI]),
        ("règlement sur l'intelligence artificielle", [AI]),
        ("Reglamento de IA", [AI]),
        ("AI-verordening", [AI]),
        ("aktu o umelej inteligencii", [AI]),
        ("Aktu w sprawie sztucznej inteligencji", [AI]),
        ("Κανονισμού για την Τεχνητή Νοημοσύνη", [AI]),
        ("verordening 2024/1689", [AI]),
        ("the Digital Omnibus on AI changed the AI Act", [OMNIBUS, AI]),
        ("Digital Services Act and DSA", [DSA]),
        ("digitaledienstenverordening", [DSA]),
        ("Gesetz über digitale Dienste", [DSA]),
        ("Charta der Grundrechte", [CHARTER]),
        ("la loi du 30 juillet 2018", [BELGIAN]),
        ("GDPR or LED?", [GDPR, LED]),
        ("regolamento (UE) n. 679/2016", [GDPR]),
        ("Directive (EU) 2019/790", ["2019/790"]),
        ("Verordnung (EU) Nr. 910/2014", ["910/2014"]),
        ("smernica (EÚ) 2019/790", ["2019/790"]),
        ("the AVG of the GDPR, decomposed: RODO, re\u0300glement IA", [GDPR, AI]),
    ],
)
def test_acts_are_known_by_number_name_and_abbreviation(text: str, named: list[str]) -> None:
    assert list(acts_named(text)) == named


@pytest.mark.parametrize(
    "text",
    [
        "",
        "who led the investigation with led lamps?",
        "the dsa and the avg of five numbers",
        "the season 2015/2016",
        "page 3/4, in 24/7 service",
        "12016/6790",
        "react action pact",
        "GDPRS and mLED",
        "data act as evidence",
        "\0\0\0",
    ],
)
def test_ordinary_words_and_numbers_name_no_act(text: str) -> None:
    assert acts_named(text) == ()


def known() -> list[dict[str, object]]:
    return list(tomllib.loads(acts._ACTS.read_text(encoding="utf-8"))["act"])


def test_the_file_is_well_formed() -> None:
    numbers = [act["number"] for act in known()]
    assert len(numbers) == len(set(numbers)) > 15
    assert all(set(act) <= {"number", "names", "abbreviations"} for act in known())


def test_every_name_names_its_own_act() -> None:
    wrong = [
        (act["number"], name, acts_named(f"say, {name.replace('*', '')}!"))
        for act in known()
        for key in ("names", "abbreviations")
        for name in act.get(key, ())  # type: ignore[attr-defined]
        if act["number"] not in acts_named(f"say, {name.replace('*', '')}!")
    ]
    assert not wrong


def test_a_long_text_is_read_in_part_and_quickly() -> None:
    assert acts_named("word " * 1_000 + "GDPR") == (GDPR,)
    assert acts_named("word " * 1_000_000 + "GDPR") == ()


def test_titles_of_documents_name_their_acts(shared_data: Path) -> None:
    with (shared_data / "corpus" / "metadata.csv").open(encoding="utf-8", newline="") as file:
        titles = {row["path"]: row["title"] for row in csv.DictReader(file)}
    first = {path: acts_named(title)[:1] for path, title in titles.items()}
    assert first["text/gdpr-oj.en.txt"] == first["xml/gdpr.de.formex.xml"] == (GDPR,)
    assert first["derived/led.en.md"] == (LED,)
    assert first["text/dsa-oj.en.txt"] == (DSA,)
    assert first["html/ai-act-oj.nl.html"] == (AI,)
    assert first["pdf/ai-omnibus-pe-cons-30-26.nl.pdf"] == (OMNIBUS,)
    assert first["text/belgium-data-protection-act-2018.fr.txt"] == (BELGIAN,)
    assert first["seed/popai-about.en.txt"] == ()
