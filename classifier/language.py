"""Which language a post is in: the platform's word first, then py3langid among the brand's languages."""

import re
from collections.abc import Callable, Sequence

from classifier.text import strange

UNDETERMINED = "und"

_LEAST_WORDS = 2
_LEAST_LETTERS = 8
_LEAST_SURE = 0.6
_FEW_WORDS = 3
_SURE_OF_FEW = 0.8
"""Sureness for so few different words: 'no signal' and 'no internet' look Spanish, by 0.7."""
_KNOWN = 0.99
"""Sureness for fewer than two words: 'gracias' is Spanish, 'ok' is nothing."""
_LOOK_AT = 200
"""Characters: more costs time and changes nothing."""
_TAG = re.compile(r"^[a-z]{2,3}(?=$|[-_])", re.IGNORECASE)
_NO_LANGUAGE = frozenset({"und", "zxx", "qme", "qht", "qam", "qct", "qst", "art"})
"""What platforms send when they do not know (X: qme for media, qht for hashtags, ...)."""
_NOT_LATIN = frozenset({
    "am", "ar", "as", "be", "bg", "bn", "dv", "dz", "el", "fa", "gu", "he", "hi", "hy", "ja", "ka", "kk", "km", "kn",
    "ko", "ky", "lo", "mk", "ml", "mn", "mr", "ne", "or", "pa", "ps", "ru", "si", "sr", "ta", "te", "th", "ug", "uk",
    "ur", "zh",
})  # fmt: skip
"""Languages that are written in another script."""
_NOT_LANGUAGE = re.compile(r"(?:https?:|www\.)\S*|[@#]\S+|[\W\d_]+")


class Identifier:
    """Tells languages apart. Loading py3langid takes half a second and happens at first need.

    `languages` are BCP 47 primary tags, e.g. ("en", "fr"). Method: naive Bayes over byte n-grams
    (Lui and Baldwin 2012), here restricted to the given languages.
    """

    def __init__(self, languages: Sequence[str]) -> None:
        self._languages = tuple(language.lower() for language in languages)
        self._classify: Callable[[str], tuple[str, float]] | None = None

    def identify(self, text: str, platform: str | None = None) -> str:
        """The language of a post, 'und' when it cannot be told. Never raises.

        `platform` is the language the platform names, if any: it saw the author's settings too.
        """
        return self._named(platform) or self._guessed(text[:_LOOK_AT])

    def _named(self, platform: str | None) -> str | None:
        found = _TAG.match(platform or "")
        tag = found.group().lower() if found else ""
        return tag if tag and tag not in _NO_LANGUAGE else None

    def _guessed(self, text: str) -> str:
        words = _NOT_LANGUAGE.sub(" ", text).split()
        letters = sum(map(len, words))
        if not words or letters < _LEAST_LETTERS // 2 or not self._languages:
            return UNDETERMINED
        if strange(text) and not _NOT_LATIN & set(self._languages):
            return UNDETERMINED  # none of the brand's languages is written so
        if len(self._languages) == 1:
            return self._languages[0]
        different = dict.fromkeys(word.lower() for word in words)
        few = len(different) <= _FEW_WORDS
        language, sure = self._model()(" ".join(different if few else words).lower())
        enough = _SURE_OF_FEW if few else _LEAST_SURE
        if len(words) < _LEAST_WORDS or letters < _LEAST_LETTERS:
            enough = _KNOWN
        return language if sure >= enough else UNDETERMINED

    def _model(self) -> Callable[[str], tuple[str, float]]:
        if self._classify is None:
            self._classify = _load(self._languages)
        return self._classify


def _load(languages: Sequence[str]) -> Callable[[str], tuple[str, float]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = [language for language in languages if language in identifier.labels]
    identifier.set_languages(known or None)
    return lambda text: _plain(identifier.classify(text.encode("utf-8", "ignore")))


def _plain(answer: tuple[str, float]) -> tuple[str, float]:
    return str(answer[0]), float(answer[1])
