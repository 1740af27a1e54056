"""The words that people refer to places of documents with, in ten languages of the Union.

Each constant is the inside of a group of a regular expression that is compared without regard to
case: English, German, French, Spanish, Italian, Dutch, Greek, Slovak, Polish, Romanian.
"""

ARTICLE = (
    r"articles?|artikel(?:s|n|en)?|art[ií]culos?|articol[oi]|articol(?:ul(?:ui)?|e(?:le|lor)?)?|"
    r"artyku[łl](?:u|y|em|ów|ach|om|owi|ami)?|[άα]ρθρ(?:ο|α|ου|ων)|"
    r"[čc]l[áa]n(?:ok|ku|ky|kov|kom|koch)|arts?\b\.?|[άα]ρθρ?\.|[čc]l\."
)
PARAGRAPH = (
    r"paragraph(?:e?s|e)?|paras?\b\.?|pars?\.|abs[äa]tz(?:es?|en)?|abs\.|apartados?|apdo\.|"
    r"paragraf[oi]|comm[ai]|lid|leden|παρ[άα]γρ[άα]φ(?:ος|οι|ο|ου|ους|ων)|παρ\.|"
    r"odsek(?:u|y|och|ov|om)?|ods\.|ust[ęe]p(?:u|y|ie|ów|em|ach)?|ust\.|"
    r"alineat(?:ul(?:ui)?|ele|elor)?|alin\.|§{1,2}"
)
# Counted in words or figures, and without a sign of their own in the text.
UNNUMBERED = (
    r"sub-?paragraphs?|sentences?|unterabs[äa]tz(?:es|e|en)?|unterabs\.|uabs\.|satz|s[äa]tze|"
    r"alin[ée]as?|phrases?|p[áa]rrafos?|frases?|periodo|capoversi?o?|volzin|zin|"
    r"εδ[άα]φι(?:ο|α|ου|ων)|εδ\.|pododsek(?:u|y)?|vet[ay]|akapit(?:u|y|ów)?|zdani[ea]|"
    r"paragraf(?:ul(?:ui)?|e|ele)?|tez[ae]"
)
POINT = (
    r"points?|letters?|letter[ae]|lett\.|lit(?:er[aăy]|erele|erou)?\b\.?|buchstaben?s?|buchst\.|"
    r"letras?|punt(?:en|os?|i)?|pkt\b\.?|punkt(?:u|y|e|ów)?|punct(?:ul(?:ui)?|ele)?|pct\.|pt\.|"
    r"στοιχε[ίι](?:ο|α|ου|ων)|στοιχ\.|σημε[ίι](?:ο|α|ου|ων)|p[íi]sm(?:eno|ene|ena|en|ená)?\b\.?|"
    r"bod(?:u|y|e|om|och|ov)?|nummern?s?|nr\b\.?|num[eé]ros?|n[úu]mer(?:os?|i)|n[°º]|ziffern?|"
    r"ziff\.|incisos?|sub-?points?|sous-points?|unterpunkte?|subpunt[oi]?|"
    r"onderde(?:el|len)|items?|indents?|υποσημε[ίι]ο|podbod(?:u|y)?|ppkt|lit\."
)
RECITAL = (
    r"recitals?|erw[äa]gungsgr(?:und(?:s|es)?|[üu]nden?)|erwg?r?\.|erwgr?|consid[ée]rants?|"
    r"considerand(?:os?|i)|overweging(?:en)?|"
    r"αιτιολογικ(?:[ήη]ς?|[έε]ς|[ώω]ν) σκ[έε]ψ(?:ης?|εις|εων)|od[ôo]vodneni(?:e|a|u|ach|í|am)|"
    r"motyw(?:u|y|ie|ów|em|ach)?|considerent(?:ul(?:ui)?|ele|elor|e)?"
)
ANNEX = (
    r"annex(?:e?s|e)?|anhangs?|anh[äa]ngen?|anexos?|allegat[oi]|bijlagen?|"
    r"παρ[άα]ρτ[ήη]μα(?:τα|τος)?|pr[íi]loh(?:a|y|e|ou|ách|u)|"
    r"za[łl][ąa]cznik(?:a|u|i|iem|ów|ach)?|anex[aăe](?:i|le|lor)?"
)
AMENDMENT = (
    r"amendments?|[äa]nderungsantr(?:ag(?:s|es)?|[äa]gen?)|amendement(?:s|en)?|enmiendas?|"
    r"emendament[oi]|τροπολογ(?:[ίι]ας?|[ίι]ες|ι[ώω]ν)|pozme[ňn]uj[úu]c\w+ n[áa]vrh\w*|"
    r"poprawk(?:a|i|ą|ę)|amendament(?:ul(?:ui)?|ele|e)?"
)
DELIVERABLE = (
    r"deliverables?|liefergegenst[äa]nd(?:e|s|es)?|livrables?|entregables?|"
    r"παραδοτ[έε](?:ο|α|ου|ων)|v[ýy]stup(?:u|y|e|om)?|livrabil(?:ul(?:ui)?|ele|e)?"
)
WORK_PACKAGE = (
    r"work ?packages?|arbeitspakete?s?|lots? de travail|lots? de travaux|paquetes? de trabajo|"
    r"pacchett[oi] di lavoro|werkpakket(?:ten)?|πακ[έε]τ(?:ο|α|ου|ων) εργασ[ίι]ας|"
    r"pracovn\w+ bal[íi]k\w*|pakiet\w* prac\w*|pachet(?:ul(?:ui)?|ele)? de lucru"
)
ACT = (
    r"regulations?|directives?|decisions?|verordnung(?:en)?|richtlinien?|beschl[üu]ss(?:es?)?|"
    r"r[èe]glements?|d[ée]cisions?|reglamentos?|directivas?|decisi[óo]n(?:es)?|regolament[oi]|"
    r"direttiv[ae]|decision[ei]|verordening(?:en)?|richtlijn(?:en)?|besluit(?:en)?|"
    r"κανονισμ(?:[όο]ς|[όο]|ο[ύυ]|ο[ίι]|[ώω]ν)|οδηγ(?:[ίι]ας?|[ίι]ες|ι[ώω]ν)|"
    r"απ[όο]φασ(?:ης?|η)|nariaden(?:ie|ia|iu|í|iam)|smernic(?:a|e|i|ou)|rozhodnuti(?:e|a|u)|"
    r"rozporz[ąa]dzeni(?:e|a|u|em|ach)|dyrektyw(?:a|y|ie|ę|ą)|decyzj[aięą]|"
    r"regulament(?:ul(?:ui)?|ele)?|directiv[aăe]i?|decizi[aei]i?"
)
ORDINAL = (
    r"first|second|third|fourth|fifth|sixth|last|erste\w?|zweite\w?|dritte\w?|vierte\w?|letzte\w?|"
    r"premi[èe]re?|deuxi[èe]me|seconde?|troisi[èe]me|quatri[èe]me|derni[èe]re?|"
    r"primer[oa]?|segund[oa]|tercer[oa]?|cuart[oa]|prim[oaă]|second[oa]|terz[oa]|quart[oa]|"
    r"eerste|tweede|derde|vierde|laatste|πρ[ώω]τ\w+|δε[ύυ]τερ\w+|τρ[ίι]τ\w+|τ[έε]ταρτ\w+|"
    r"prv\w+|druh\w+|tre[tť]\w+|štvrt\w+|pierwsz\w+|drugi\w*|trzeci\w*|czwart\w+|"
    r"primul|prima|al? (?:doilea|doua|treilea|treia|patrulea|patra)"
)
OF = (
    r"of the|of|de[srn]?|von|vom|du|de la|del(?:la|lo)?|van(?: het| de)?|του|της|al(?:e|in)?|a|din|"
    r"z|w|k|zo|v"
)
OF_ELIDED = r"de l['’]|dell['’]"  # no space follows
AND = (
    r"and|or|to|und|oder|bis|sowie|et|ou|à|y|o|u|e|a|en|of|tot|και|ή|έως|až?|alebo|i|lub|do|și|"
    r"sau|la"
)
# After a number: inserted later, between it and the next one.
INSERTED = {"bis": "a", "ter": "b", "quater": "c", "quinquies": "d", "sexies": "e", "septies": "f"}
