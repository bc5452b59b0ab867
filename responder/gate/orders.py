"""Posts that give orders to whoever writes the reply: what stands in them bears out nothing."""

import re
from functools import lru_cache

_RULES = (
    r"(?:instruct\w*|rules?|prompts?|guidelines|polic(?:y|ies)|everything|previous|prior|above|consignes?|regles?"
    r"|precedent\w*|instruccion\w*|reglas?|anterior\w*|directives?|programming|training)"
)
_WRITE = (
    r"(?:repl(?:y|ies)|respond|answer|write|say|post|tweet|output|print|repeat|announce|confirm|state|declare|type|quote"
    r"|translate|include|insert|append|add|echo|reponde?[sz]?|repondre|ecri(?:s|vez)|di(?:s|tes)|annonce[rz]?|repete[rz]?"
    r"|recopie[rz]?|ajoute[rz]?|tradui(?:s|sez)|responde|conteste|contesta|escrib[ae]|di|diga|anuncia|anuncie|repite"
    r"|repita|copia|copie|anade|anada|traduce|traduzca)"
)
_EXACTLY = (
    r"(?:exactly|verbatim|word for word|after me|only|the following|mot pour mot|exactement|apres moi|ce qui suit"
    r"|palabra por palabra|exactamente|textualmente|lo siguiente)"
)
_TO = r"(?:(?:note|message|instructions?) (?:to|for)|attention|hey|dear|hello)"
_FORMS = (
    rf"\b(?:ignore[rz]?|disregard|forget|override|bypass|oublie[rz]?|ignora|olvid[ae])\b.{{0,40}}\b{_RULES}",
    r"(?:^|[\n.!?>\]])\s*(?:@\S+\s+)*(?:system|systeme|sistema|assistant|admin|developer)\b[^.:\n]{0,25}:",
    r"<[/|]?\w+\|?>|\[/?inst\]|###|\bmode admin\b",
    r"\b(?:developer|debug|god|dan|jailbreak|admin|root) mode\b",
    r"\b(?:you are|you're) (?:now|no longer)\b|\bfrom now on,? you\b",
    r"\b(?:tu es|vous etes) (?:maintenant|desormais)\b|\bahora eres\b",
    r"\b(?:act|pretend|behave|respond|reply|talk|speak) (?:as|like|to be|in the (?:style|voice))\b",
    r"\bnew (?:instructions?|polic(?:y|ies)|rules?|task)\b",
    r"\b(?:nouvelles?|nuevas?) (?:consignes?|instructions?|regles?|instrucciones|reglas)\b",
    rf"\b(?:{_TO}|if you(?:'re| are)),? (?:the |an? |any |this )?(?:ai|bot|llm|chatbot|assistant|language model)\b",
    rf"\b{_WRITE}\b.{{0,40}}\b{_EXACTLY}\b",
    rf"\b{_WRITE}\b[^.!?:\n]{{0,40}}(?:(?<!\d):(?!\d|//)|[\"\u201c\u00ab])",
    r"\b(?:repeat|copy|use) the (?:sentence|line|text|words?|phrase) (?:before|after|above|below|that)\b",
    r"\byour template\b|\bput (?:it|this|that) in(?:to)? (?:your|the) (?:answer|reply|response)\b",
    r"\bas (?:the|an?|your) (?:incident lead|admin\w*|ceo|developer|owner|supervisor|manager) (?:i|here)\b",
)


@lru_cache(maxsize=256)
def commands(folded: str) -> bool:
    """Whether a folded post tells its reader what to write or whom to obey, as nobody does who only wants help."""
    return any(_compiled(form).search(folded) for form in _FORMS)


@lru_cache(maxsize=len(_FORMS))
def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(form)
