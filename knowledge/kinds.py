"""What kind of thing a question asks for, and whether a text holds such a thing.

In the ten languages that questions come in: a question for a deadline wants the sentence with the
time limit, one for a fine the sentence with the amount.
"""

import re
from enum import StrEnum


class Kind(StrEnum):
    TIME = "time"
    AMOUNT = "amount"


_ASKS = {
    Kind.TIME: r"""
        \bwhen\b|\bdeadline|how (?:fast|quick|soon|long|many (?:hours|days|weeks|months|years))|
        time ?limit|(?:what|which) (?:day|date|year)|since when|what age|
        \bwann\b|\bfrist|wie (?:schnell|lange|bald|viele (?:stunden|tage|monate|jahre))|
        welche\w* (?:tag|datum|jahr|alter)|
        \bquand\b|\bdélai|combien de (?:temps|jours|mois|heures)|quel(?:le)? (?:date|jour|âge)|
        \bcuándo\b|\bplazo|cuánt\w+ (?:tiempo|días|meses|horas|años)|qué (?:fecha|día|edad)|
        \bquando\b|\btermine\b|\bentro\b|quant\w+ (?:tempo|giorni|mesi|ore|anni)|che (?:data|età)|
        quale (?:data|età)|\bwanneer\b|\btermijn|hoe (?:snel|lang)|welke (?:datum|dag|leeftijd)|
        \bπότε\b|προθεσμ|πόσ\w+ (?:χρόνο|καιρό|γρήγορα|ημέρες|ώρες|μήνες)|ημερομηνία|
        \bkedy\b|\blehot|ako (?:rýchlo|dlho)|dátum|koľko (?:dní|hodín|mesiacov)|
        \bkiedy\b|\btermin|jak (?:szybko|długo)|ile (?:dni|czasu|godzin|miesięcy)|
        \bcând\b|\btermen|cât (?:timp|de repede)|câte (?:zile|ore|luni)|ce dată""",
    Kind.AMOUNT: r"""
        how (?:much|big|high|large|many)|\bfines?\b|penalt|\bamount|percent|maximum|
        wie (?:viel|hoch|groß)|geldbuß|bußgeld|höchst|
        \bcombien\b|amende|montant|cuánt|multa|importe|\bquant[oai]\b|sanzion|
        \bhoeveel\b|hoe (?:hoog|groot)|boete|\bπόσ|πρόστιμ|\bkoľko\b|pokut|\bile\b|kar[ayę]\b|
        \bcât|amend""",
}
_NUMBER_WORDS = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|thirty|"
    r"ein\w*|zwei|drei|vier|fünf|sechs|zwölf|un|une|deux|trois|quatre|cinq|six|douze|"
    r"dos|tres|cuatro|cinco|seis|doce|due|tre|quattro|cinque|sei|dodici|"
    r"één|een|twee|drie|vijf|zes|twaalf|δύο|τρεις|τρία|έξι|dva|dve|tri|šesť|dwa|trzy|sześć|"
    r"două|trei|șase"
)
_UNITS = (
    r"hours?|(?:working\ |calendar\ )?days?|weeks?|months?|years?|stunden?|tage?n?|wochen?|"
    r"monate?n?|jahre?n?|heures?|jours?|semaines?|mois|ans?|années?|horas?|días?|semanas?|mes(?:es)?|"
    r"años?|or[ae]|giorn[oi]|settiman[ae]|mes[ei]|ann[oi]|uur|uren|dag(?:en)?|we(?:ek|ken)|"
    r"maand(?:en)?|ja(?:ar|ren)|[ωώ]ρ(?:ες|ών|α)|ημ[εέ]ρ(?:ες|ών|α)|μήν(?:ες|α)|μηνών|έτη|ετών|"
    r"hod[ií]n\w*|dn[íi]|dňoch|mesiac\w*|rok\w*|godzin\w*|dni|miesi[ąęc]\w*|lat|zile|luni|ani"
)
_MONTHS = (
    r"jan\w*|feb\w*|fév\w*|m[aä]r\w*|ma[rart]t\w*|apr\w*|avr\w*|abr\w*|ma[iyj]\w*|mag\w*|ju[nl]\w*|"
    r"jui\w*|giu\w*|lug\w*|aug\w*|août|ago\w*|sep\w*|set\w*|o[ck]t\w*|ott\w*|nov\w*|de[czi]\w*|déc\w*|"
    r"dic\w*|ιαν\w*|φεβ\w*|μαρ\w*|απρ\w*|μα[ιΐ]\w*|ιουν\w*|ιουλ\w*|αυγ\w*|σεπ\w*|οκτ\w*|νοε\w*|δεκ\w*"
)
_HOLDS = {
    Kind.TIME: rf"""
        \b(?:\d+|{_NUMBER_WORDS})(?:\ |-)(?:{_UNITS})\b|
        \b\d{{1,2}}\.?\ (?:de\ )?(?:{_MONTHS})\.?\ (?:de\ )?\d{{4}}|\b\d{{1,2}}\.\d{{1,2}}\.\d{{4}}|
        undue\ delay|unverzüglich|retard\ injustifié|dilación\ indebida|ingiustificato\ ritardo|
        onverwijld|αμελλητί""",
    Kind.AMOUNT: r"""
        \bEUR\b|€|\beuros?\b|ευρώ|%|per\ cent|percent|prozent|pour\ cent|por\ ciento|per\ cento|
        procent|\b\d{1,3}(?:[ .\u00a0,]\d{3})+\b|\bmilli?on|millones|milioni|miljoen|εκατομμ|
        mili[oó]n""",
}
_ASKING = {
    kind: re.compile("".join(line.strip() for line in pattern.splitlines()), re.IGNORECASE)
    for kind, pattern in _ASKS.items()
}
_HOLDING = {kind: re.compile(p, re.IGNORECASE | re.VERBOSE) for kind, p in _HOLDS.items()}


def kinds_asked_for(question: str) -> frozenset[Kind]:
    return frozenset(kind for kind, pattern in _ASKING.items() if pattern.search(question))


def kinds_in(text: str) -> frozenset[Kind]:
    return frozenset(kind for kind, pattern in _HOLDING.items() if pattern.search(text))
