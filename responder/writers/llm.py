"""The optional writer: a language model drafts, and the playbook writes whenever the model does not do it well.

The model is asked for sentences, each with its move and the facts it rests on. It has no tools. Its draft is kept only
if it has the form that was asked for, fits the platform, and passes the same gate as every draft; else the playbook's
is. So is a draft for which the model is late, away, or over the day's budget.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.clock import Clock
from core.domain import Finding, Level, Written
from core.errors import AmendsError, InputError, Permanent, Transient
from core.sections import Writer as Settings
from core.store import Store, spending
from responder import lengths
from responder.gate import Candidate
from responder.writers import Brief, Writer
from responder.writers.known import Known
from responder.writers.llm_answer import read
from responder.writers.llm_prompt import Prompt, prompt_for
from responder.writers.ordering import PARAGRAPHS
from responder.writers.phrasebook import load
from responder.writers.playbook import sign_off

log = logging.getLogger(__name__)

REST, LONGEST_REST = 30.0, 900.0  # seconds without asking after a failure; doubled with each further one
BACK_OFF = 0.5  # seconds before the second try; doubled with each further one
TOKEN = 3  # characters of one, when a server does not count: rather too many tokens than too few


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model said; ``tokens`` of prompt and answer together, None when it was not counted."""

    text: str
    tokens: int | None = None


class Engine(Protocol):
    """Something that completes a prompt. It is given no tools and keeps nothing between two calls."""

    def complete(self, prompt: Prompt, *, seconds: float) -> Completion:
        """Raises Transient when trying again may help, Permanent or ConfigError when not."""

    def check(self) -> str:
        """One line on whether it can be used. Raises as ``complete`` does."""


class _Spent(Permanent):
    """The day's budget is used up."""


class LlmWriter:
    """Asks ``engine``, and ``instead`` when that leads to nothing. ``store`` is opened when it is first needed."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        *,
        instead: Writer,
        inspect: Callable[[Candidate], Sequence[Finding]],
        store: Callable[[], Store],
        clock: Clock,
        languages: Sequence[str] = ("en",),
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = f"llm@{settings.model}"
        self.engine = engine
        self._settings, self._instead, self._inspect = settings, instead, inspect
        self._store, self._clock, self._wait = store, clock, wait
        books = load()
        self._home = next((language for language in languages if language in books), "en")
        self._books = {self._home: books.pop(self._home), **books}
        self._failures, self._rest_until, self._said = 0, 0.0, ""

    def write(self, brief: Brief) -> Written:
        """The model's draft if it is good, else the playbook's; ``writer`` of it tells which. Never raises its own."""
        try:
            written = self._written(brief)
        except AmendsError as error:
            self._tell(str(error), brief)
        except Exception:
            log.exception("the model's writer failed; the playbook writes", extra={"mention": brief.mention_id})
        else:
            self._said = ""
            return written
        return self._instead.write(brief)

    def _written(self, brief: Brief) -> Written:
        language = brief.language.split("-")[0].lower()
        known = Known(brief.sheet, self._books, language if language in self._books else self._home, brief.now)
        signed = sign_off(brief)
        prompt = prompt_for(brief, known, sign_off=signed)
        answer = read(self._asked(prompt).text, prompt)
        gap = "\n\n" if brief.platform in PARAGRAPHS else " "
        text = f"{answer.text}{gap}{signed}" if signed else answer.text
        self._must_pass(brief, text)
        return Written(
            text=text,
            language=known.book.language,
            stage=brief.plan.stage,
            persona=brief.plan.persona,
            moves=answer.moves,
            facts_used=answer.facts,
            writer=self.name,
        )

    def _must_pass(self, brief: Brief, text: str) -> None:
        """Raises InputError for a draft that is too long, or that the gate blocks."""
        length = lengths.measure(brief.platform, text, limit=brief.limit)
        if not length.valid:
            raise InputError(f"its draft is {length.length} long, {length.limit} are allowed")
        findings = self._inspect(
            Candidate(
                reply=text,
                platform=brief.platform,
                mention=brief.text,
                author=brief.author,
                sheet=brief.sheet,
                history=brief.history,
                recent=brief.recent,
                bounds=lengths.Bounds(brief.limit),
            )
        )
        blocked = dict.fromkeys(finding.check for finding in findings if finding.level is Level.BLOCK)
        if blocked:
            raise InputError(f"the gate blocks its draft: {', '.join(blocked)}")

    def _asked(self, prompt: Prompt) -> Completion:
        """One answer within the time of a draft. After a failure nobody is asked for a while: others wait behind."""
        if time.monotonic() < self._rest_until:
            raise Transient("it did not answer lately and is left alone for a while")
        try:
            completion = self._retried(prompt)
        except _Spent:
            raise
        except AmendsError as error:
            self._rest(getattr(error, "retry_after", None))
            raise
        self._failures = 0
        return completion

    def _retried(self, prompt: Prompt) -> Completion:
        end = time.monotonic() + self._settings.timeout_seconds
        for attempt in range(self._settings.attempts):
            try:
                return self._once(prompt, end - time.monotonic())
            except Transient as error:
                pause = max(error.retry_after or 0.0, BACK_OFF * 2**attempt * random.uniform(0.8, 1.2))  # noqa: S311 - spreads tries
                if attempt + 1 == self._settings.attempts or time.monotonic() + pause >= end:
                    raise
                self._wait(pause)
        raise Transient("it was not asked")  # attempts is at least 1

    def _once(self, prompt: Prompt, seconds: float) -> Completion:
        """One request, counted before it leaves: one that fails, or that a crash cuts short, stays counted in full."""
        now, most = self._clock(), prompt.size() // TOKEN + self._settings.answer_tokens
        with self._store().begin() as db:
            allowed = spending.take(
                db,
                now=now,
                tokens=most,
                most_requests=self._settings.daily_requests,
                most_tokens=self._settings.daily_tokens,
            )
        if not allowed:
            raise _Spent("the day's budget is used up")
        completion = self.engine.complete(prompt, seconds=seconds)
        used = completion.tokens or (prompt.size() + len(completion.text)) // TOKEN
        with self._store().begin() as db:
            spending.settle(db, taken_at=now, taken=most, used=used)
        return completion

    def _rest(self, asked_for: float | None) -> None:
        seconds = min(LONGEST_REST, max(REST * 2**self._failures, asked_for or 0.0))
        self._failures = min(self._failures + 1, 10)
        self._rest_until = time.monotonic() + seconds

    def _tell(self, reason: str, brief: Brief) -> None:
        """Each reason once, not once for every post that meets it."""
        level = logging.DEBUG if reason == self._said else logging.WARNING
        self._said = reason
        log.log(level, "the playbook writes in place of %s: %s", self.name, reason, extra={"mention": brief.mention_id})
