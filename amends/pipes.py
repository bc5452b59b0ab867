"""The commands that read lines and write lines."""

import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from amends.lines import Faults, batches, checked, harmless, objects, opened, singly, text_of, write
from core import settings as core_settings
from core.domain import FactSheet, Finding, Mention, Plan, Reading
from core.errors import InputError

if TYPE_CHECKING:
    from amends.bootstrap import App
    from classifier.models import Model
    from classifier.relevance import Brand
    from incidents.journey import JourneyMap
    from responder.writers import Writer

BATCH = 64
ALIKE = 1024  # texts read together: the model takes those of one length at once, and finds more of them


def optional_settings(config: Path | None) -> core_settings.Settings | None:
    """The configuration when there is one; the line commands also work without."""
    if config is None and not Path("config.toml").exists() and not os.environ.get("AMENDS_CONFIG"):
        return None
    return core_settings.load(config)


def _model(settings: core_settings.Settings | None) -> "Model":
    from classifier.models import load

    if settings is None:
        return load(core_settings.Classifier())
    return load(settings.classifier, languages=settings.brand.languages)


def run_import(app: "App", path: str | None) -> None:
    """Keeps the good lines of a file."""
    from listener.importing import bring
    from listener.sources.file import by_name, read_mentions

    brand = app.settings.brand
    with opened(path) as (name, stream):
        faults = Faults(name)
        mentions = read_mentions(stream, handles=brand.handles, kind=by_name(name), clock=app.clock)
        total = bring(
            mentions, store=app.store, brand=brand.name, handles=brand.handles,
            wanted=app.wanted, clock=app.clock, bad=lambda bad: faults.say(bad.line, bad.reason),
        )  # fmt: skip
    print(_told(total), file=sys.stderr)
    faults.end()


def _told(total: Counter[str]) -> str:
    """What an import did, in one line."""
    first = f"{total['new']} new, {total['known']} known already, {total['own']} our own, {total['unwanted']} unwanted"
    changed = total["changed"]
    return f"{first}; {changed} of the known changed: their first words stay" if changed else first


def run_classify(path: str | None, config: Path | None) -> None:
    """Readings for texts, in order."""
    from classifier.relevance import brand_of

    settings = optional_settings(config)
    model, brand = _model(settings), brand_of(settings.brand) if settings else None
    with opened(path) as (name, stream):
        faults = Faults(name)
        for batch in batches(checked(objects(stream, faults), faults, _post), ALIKE):
            readings = model.read([post["text"] for post in batch], [post["language"] for post in batch])
            for post, reading in zip(batch, readings, strict=True):
                write({"id": post["id"]} | reading.plain() | _seen(post["text"], reading, brand))
    faults.end()


def _seen(text: str, reading: Reading, brand: "Brand | None") -> dict[str, object]:
    """What is known of a text besides its reading: whether it is about the brand, and whether it advertises."""
    from classifier.relevance import LEAST, relevance
    from classifier.spam import FLAG, spam_score

    about = relevance(brand, text, reading, addressed=False) if brand else None
    known: dict[str, object] = {} if about is None else {"relevant": about >= LEAST, "relevance": about}
    spam = spam_score(text, reading)
    return known | {"spam": spam >= FLAG, "spam_score": spam}


def _post(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": value.get("id"),
        "text": text_of(value, "text"),
        "language": text_of(value, "language", required=False) or None,
    }


def run_draft(path: str | None, facts: Path, config: Path | None) -> None:
    """Replies from a fact sheet, each with its plan, its length and the gate's findings."""
    from incidents.journey import of_brand
    from listener.records import mention_from

    settings = optional_settings(config)
    sheet = _sheet(facts, settings)
    model, journey = _model(settings), of_brand(settings.brand.journey if settings else "")
    writer = _writer(settings)
    recent: list[str] = []

    def convert(value: dict[str, Any]) -> tuple[Mention, list[str], Any]:
        history = value.pop("history", None) or []
        if not isinstance(history, list) or not all(isinstance(text, str) for text in history):
            raise InputError("history: a list of texts is expected")
        return mention_from(value, sheet.brand.handles), [harmless(text) for text in history], value.get("id")

    with opened(path) as (name, stream):
        faults = Faults(name)
        for batch in batches(checked(objects(stream, faults), faults, convert), BATCH):
            readings = model.read(
                [mention.text for mention, _, _ in batch], [mention.language for mention, _, _ in batch]
            )
            for (mention, history, identity), reading in zip(batch, readings, strict=True):
                earlier = model.read(history) if history else []
                plan = _plan(journey, mention, reading, earlier, sheet)
                row = _draft_row(
                    mention, history, reading, plan=plan, sheet=sheet, writer=writer, settings=settings, recent=recent
                )
                row["id"] = identity  # as it was given, a number too
                recent.insert(0, row["reply"])
                del recent[200:]
                write(row)
    faults.end()


def _writer(settings: core_settings.Settings | None) -> "Writer":
    """As the service's; a database is opened only for a model's budget."""
    from amends.bootstrap import App
    from responder.writers.playbook import PlaybookWriter

    return App(settings).writer if settings else PlaybookWriter()


def _plan(journey: "JourneyMap", mention: Mention, reading: Reading, earlier: list[Reading], sheet: FactSheet) -> Plan:
    stage = journey.place(reading, text=mention.text, history=earlier, sheet_status=sheet.status, previous_stage=None)
    return journey.plan(stage, reading.impact, sheet)


def _sheet(facts: Path, settings: core_settings.Settings | None) -> FactSheet:
    from incidents.facts_file import load

    return load(facts, defaults=settings.brand.as_voice() if settings else None)


def _draft_row(
    mention: Mention,
    history: list[str],
    reading: Reading,
    *,
    plan: Plan,
    sheet: FactSheet,
    writer: "Writer",
    settings: core_settings.Settings | None,
    recent: list[str],
) -> dict[str, Any]:
    from responder.drafting import reply_language
    from responder.gate import Candidate
    from responder.gate.registry import inspect, passes
    from responder.lengths import measure
    from responder.writers import Brief

    spoken = settings.brand.languages if settings else ("en", "fr", "es")
    written = writer.write(
        Brief(
            mention_id=f"{mention.platform}:{mention.external_id}",
            platform=mention.platform.value,
            author=mention.author,
            text=mention.text,
            language=reply_language(reading.language, spoken),
            reading=reading,
            plan=plan,
            sheet=sheet,
            now=mention.created_at,
            limit=measure(mention.platform.value, "").limit,
            history=history,
            recent=recent,
            agent=settings.responder.agent if settings else "",
        )
    )
    candidate = Candidate(
        reply=written.text, platform=mention.platform.value, mention=mention.text, author=mention.author,
        sheet=sheet, history=history, recent=recent,
    )  # fmt: skip
    findings, counted = inspect(candidate), measure(mention.platform.value, written.text)
    return {
        "id": mention.external_id,
        "eligible": mention.eligible.value,
        "reply": written.text,
        "language": written.language,
        "stage": written.stage.value,
        "persona": written.persona.value,
        "moves": [move.value for move in written.moves],
        "facts_used": list(written.facts_used),
        "writer": written.writer,
        "length": counted.length,
        "limit": counted.limit,
        "pass": passes(findings),
        "findings": [finding_row(finding) for finding in findings],
    }


def finding_row(finding: Finding) -> dict[str, object]:
    """A finding as the interfaces name its fields."""
    return {
        "check": finding.check,
        "level": finding.level.value,
        "start": finding.start,
        "end": finding.end,
        "message": finding.message,
    }


def run_gate(path: str | None, facts: Path, config: Path | None) -> None:
    """The gate's findings for given replies."""
    from core.domain import Platform
    from responder.gate import Candidate
    from responder.gate.registry import inspect, passes

    sheet = _sheet(facts, optional_settings(config))

    def convert(value: dict[str, Any]) -> tuple[Any, Candidate]:
        platform = text_of(value, "platform").strip().lower()
        if platform not in set(Platform):
            raise InputError(f"platform: {platform!r} is not one of {', '.join(Platform)}")
        return value.get("id"), Candidate(
            reply=text_of(value, "reply"), platform=platform, mention=text_of(value, "mention"), sheet=sheet
        )

    with opened(path) as (name, stream):
        faults = Faults(name)
        for identity, candidate in singly(checked(objects(stream, faults), faults, convert)):
            findings = inspect(candidate)
            write(
                {"id": identity, "pass": passes(findings), "findings": [finding_row(finding) for finding in findings]}
            )
    faults.end()


def run_length(path: str | None, platform: str, config: Path | None) -> None:
    """Lengths by a platform's own counting."""
    from core.domain import Platform
    from responder.lengths import measure

    optional_settings(config)  # nothing of it is needed here, but a wrong one is said
    if (platform := platform.lower()) not in set(Platform):
        raise typer.BadParameter(f"{platform!r} is not one of {', '.join(Platform)}", param_hint="--platform")
    with opened(path) as (name, stream):
        faults = Faults(name)
        for text in singly(checked(objects(stream, faults), faults, lambda value: text_of(value, "text"))):
            counted = measure(platform, text)
            write({"length": counted.length, "limit": counted.limit, "valid": counted.valid})
    faults.end()


def run_evaluate(data: Path, config: Path | None) -> None:
    """The accuracy table of the model in use."""
    from classifier.evaluate import evaluate, table

    print(table(evaluate(_model(optional_settings(config)), data)))
