"""The front-line pack: what phone and shop say, drawn from the fact sheet at the moment it is asked for.

Nothing is stored, so nothing can fall behind the facts. A missing fact is said to be missing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain import FactSheet
from incidents.agents_answers import Answer, answers
from incidents.announcements import Spoken, banner, ivr
from incidents.inside import Course, internal, summary
from incidents.questions import Question
from incidents.words import Names, in_words, is_foreign, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    version: int
    at: datetime
    language: str
    answers: Sequence[Answer]
    banners: Sequence[Spoken]
    aloud: Sequence[Spoken]
    internal: str
    summary: str
    own: str  # the language in which title and facts were written
    foreign: Sequence[str]  # what the two internal texts say in it, when it is not theirs
    tongues: Mapping[str, str]  # tag → "in English", in ``language``


def pack(
    sheet: FactSheet,
    *,
    questions: Sequence[Question],
    course: Course,
    language: str,
    languages: Sequence[str],
    names: Names | None = None,
    now: datetime,
) -> Pack:
    """Every text for one sheet. ``language``: of the agents' texts; the customers' texts come in all ``languages``.

    ``names``: what people call components in the languages after the first, in which they keep their own.
    """
    sheets = {tag: in_words(sheet, tag, languages, names or {}) for tag in (*languages, language)}
    own, ours = languages[0], sheets[language]
    foreign = _foreign(ours, language, own)
    marked = _marked(ours, foreign, words(language)["tongues"].get(own, own))
    return Pack(
        version=sheet.version,
        at=now,
        language=language,
        answers=answers(ours, questions, language, own, now),
        banners=[_spoken(tag, banner(sheets[tag], tag, now, titled=tag == own)) for tag in languages],
        aloud=[_spoken(tag, ivr(sheets[tag], tag, now)) for tag in languages],
        internal=internal(marked, course, language, now),
        summary=summary(marked, course, language, now),
        own=own,
        foreign=foreign,
        tongues=words(language)["tongues"],
    )


def _foreign(sheet: FactSheet, language: str, own: str) -> tuple[str, ...]:
    if language == own:
        return ()
    facts = (text for name, text in sheet.facts.items() if "." not in name and is_foreign(sheet, name, language))
    return (sheet.title, *facts)


def _marked(sheet: FactSheet, foreign: Sequence[str], tongue: str) -> FactSheet:
    """The sheet with a small word behind what is in another language, so that nobody takes it for a fault."""

    def mark(text: str) -> str:
        return f"{text} ({tongue})" if text in foreign else text

    return replace(sheet, title=mark(sheet.title), facts={name: mark(text) for name, text in sheet.facts.items()})


def pieces(text: str, foreign: Sequence[str]) -> list[tuple[str, bool]]:
    """A text in its stretches, each with whether it is one of the ``foreign`` ones; together they are the text."""
    if not any(foreign):
        return [(text, False)]
    longest_first = sorted(filter(None, foreign), key=len, reverse=True)
    parts = re.split(f"({'|'.join(map(re.escape, longest_first))})", text)
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]


def _spoken(language: str, text: str) -> Spoken:
    return Spoken(language, words(language)["name"]["this"], text, len(text.split()))
