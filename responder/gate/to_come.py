"""Where a clause names a moment to come: by the clock, the day, a span, or something the customer waits for."""

from responder.gate.number_words import NUMBER_WORDS
from responder.gate.quantities import figures
from responder.gate.reading import Clause, rx

_NEAR = (
    r"\b(?:not long(?: now)?|(?:straight|right|shortly) after|won't be long|soon(?! as)|shortly|in no time"
    r"|any (?:minute|moment|second|time) now|before (?:you know it|long)|momentarily|imminently"
    r"|within (?:the|a|an|\d+|\w+ (?:hours?|minutes?|days?))|in (?:the next|a few|a couple|a moment|about"
    r"|around|under|less than|roughly|half)"
    r"|in (?:an?|\d+|two|three|four|five|six|ten|fifteen|twenty|thirty|forty) (?:more |short "
    r"|few )?(?:hours?|minutes?|days?|while|moments?|bit)"
    r"|(?:a couple of|a few|couple|few|another|(?:one|two|three|four|five|six"
    r"|\d+) more) (?:more )?(?:hours?|minutes?|days?|hrs?|mins?)"
    r"|tonight|tomorrow|later today|this (?:very )?(?:morning|afternoon|evening|week|weekend)"
    r"|by (?:the (?:time|end)|then|now|lunch\w*|supper\w*|dinner\w*|tea\w*|bed\w*|night\w*|noon|midnight"
    r"|breakfast|morning|evening|dawn|dusk|dark|sun\w*|tomorrow|tonight|today|next|early|late|mid\w*"
    r"|\w*day|\d)"
    r"|in time for|before (?:the|you|your|lunch\w*|supper\w*|dinner\w*|tea\w*|bed\w*|night\w*|noon"
    r"|midnight|breakfast|dark|kick\w*|sun\w*|tomorrow|tonight|school|work|dawn|rush|long|it gets|close|\d"
    r"|\w*day)"
    r"|end of (?:the )?(?:day|evening|morning|afternoon|shift|week|hour)|over ?night|first thing"
    r"|next (?:hour|few|couple|week|\w+day)|(?:hours?|minutes?) (?:away|from now|to go|or so|at most|tops"
    r"|max\w*)|at most|at the latest|no later than|on (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|bientot|sous peu|tout a l'heure|d'ici(?! la)|d'une minute|dans (?:l'heure|la (?:journee|soiree|matinee"
    r"|nuit)|les (?=prochain|(?:\w+ )?(?:minute|heure|jour)))"
    r"|dans (?:une?(?! autres?| seule)|quelques|peu|moins|deux|trois|\d+)|ce soir(?!-la)|cet apres-midi|demain"
    r"|cette (?:nuit"
    r"|semaine)|avant (?:midi(?! moins)|la|le|ce|demain|minuit|l'|que|les|votre|\d)|en fin de|au plus tard"
    r"|pour (?:le (?:diner|souper|dejeuner|match|debut)|ce soir|demain)|incessamment"
    r"|(?<!por lo )pronto(?! como)|en breve|enseguida|en (?:un rato|unos|unas|cuestion|menos|una?|dos|tres|pocas|pocos"
    r"|las proximas|la proxima|los proximos|\d+) ?(?:minutos?|horas?|dias?|momento)?"
    r"|esta (?:misma )?(?:noche|tarde|manana)|manana|dentro de|antes de(?:l| que)? (?!(?!cerrar|abrir|dormir|acostar"
    r"|cenar|comer|entrar|salir|empezar|acabar|terminar|amanecer"
    r"|anochecer)\w+[aei]r(?:se|l[aoe]s?)?\b)|a mas tardar"
    r"|(?:around|about|towards?|ahead of|well before) (?:noon|midday|dusk|dawn|sunset|nightfall|lunch\w*|supper\w*"
    r"|dinner\w*|tea ?time|bed\w*|midnight)|(?:early|late|mid)[- ](?:morning|afternoon|evening)"
    r"|en (?:debut|milieu) d[e'] ?\w+|avant de (?:partir|dormir|vous coucher|manger|dejeuner|diner)"
    r"|a (?:media|primera hora de la|ultima hora de la) (?:manana|tarde|noche)|al (?:anochecer|amanecer|mediodia)"
    r"|un par de (?:hor(?:it)?as|minut(?:it)?os|dias)|al salir del?"
    r"|para (?:la|el) (?:salida|vuelta|merienda|comida|desayuno|almuerzo|siesta|recreo)"
    r"|pour (?:la |le |l'|les )(?:sortie|retour|rentree|gouter|coucher|repas|soiree|reprise|pause)"
    r"|en (?:rentrant|sortant) (?:du|de|des)"
    r"|before (?:\w+ ){0,3}(?:clos|shut)(?:es?|ing|s)|close of (?:business|play)|for the school run|home time"
    r"|(?:the|this|your) (?:evening|next|night|morning) (?:feed|shift|meal|match|class)"
    r"|como (?:mucho|maximo)|a lo largo de|hoy mismo|al final del|para (?:la (?:cena|hora|noche|tarde)"
    r"|el (?:partido|mediodia|final)|esta|cuando|manana))\b"
)
_CLOCK_TO_COME = (
    r"\b(?:by|before|until|till|around|about|at|from|avant|vers|a|d'ici|des|antes de|sobre|hacia"
    r"|para)\W+(?:las |la )?$"
)
_SINCE = r"\b(?:since|sorry|lost|was|were|had|missing|having|without|losing|desde|depuis|perd\w*|sin)\b"
# One day or part of it, in three languages.
DAYS = (
    r"\b(?:tonight|this evening|ce soir|esta noche)\b",
    r"\b(?:tomorrow|demain|manana)\b",
    r"\bovernight\b|\bcette nuit\b|\btonight\b",
    r"\b(?:monday|lundi|lunes)\b",
    r"\b(?:tuesday|mardi|martes)\b",
    r"\b(?:wednesday|mercredi|miercoles)\b",
    r"\b(?:thursday|jeudi|jueves)\b",
    r"\b(?:friday|vendredi|viernes|end of the (?:working )?week|fin de semana|fin de (?:la )?semaine)\b",
    r"\b(?:saturday|samedi|sabado)\b",
    r"\b(?:sunday|dimanche|domingo)\b",
)
SOON = (
    r"\b(?:by the time|in time for|(?:another|one more|two more|a few more|a couple of|half an?"
    r"|an?) (?:more )?(?:hours?|minutes?|day)"
    r"|(?:before|by) (?:the (?:last|end|first|bell)|lunch|supper|dinner|bed\w*|noon|midnight|school|tonight|tomorrow"
    r"|morning)"
    r"|tonight|in half a|encore une|dans une|une petite|d'ici(?! la)|ce soir|en un par|en media hora"
    r"|esta noche|antes de)\b"
)


def when_to_come(clause: Clause) -> tuple[int, int] | None:
    """Where the clause names a moment to come."""
    if match := rx(_NEAR).search(clause.text):
        return match.span()
    for figure in figures(clause.text):
        if figure.kind == "time" and rx(_CLOCK_TO_COME).search(clause.text[: figure.start]):
            return figure.start, figure.end
        if figure.kind == "span" and not rx(_SINCE).search(clause.text[: figure.start]):
            return figure.start, figure.end
    return None


def days_named(folded: str) -> set[float]:
    """The numbers of days named in a text, whatever its language."""
    counted = rx(rf"\b(\d+|{'|'.join(NUMBER_WORDS)})\s(?:\w+\s)?(?:days?|jours?|dias?)\b").findall(folded)
    return {float(NUMBER_WORDS.get(word, word if word.isdigit() else 0)) for word in counted}
