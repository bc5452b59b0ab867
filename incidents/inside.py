"""What our own people are told of an incident: every colleague, and who decides."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from core.domain import FactSheet
from incidents.announcements import OVER
from incidents.public_status import fact
from incidents.words import full, listed, number, where, words

_DECIDED = ("scope", "cause", "next_step", "compensation", "prevention")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far the incident reaches, for the two internal texts."""

    customers: int = 0
    mentions: int = 0
    angry: int = 0
    leaving: int = 0
    answered: int = 0  # customers
    sent: int = 0  # replies
    waiting: int = 0
    overdue: int = 0  # promises


def internal(sheet: FactSheet, course: Course, language: str, now: datetime) -> str:
    """What every colleague should know, one line a thing."""
    book = words(language)["inside"]
    shown = ("cause", "next_step", *(() if sheet.status in OVER else ("workaround",)), "compensation")
    facts = {name: fact(sheet, name, language) for name in shown}
    affected = fact(sheet, "scope", language) or where(sheet, language)
    told = {
        "affected": affected,
        "restored": listed(sheet.restored, language),
        **facts,
        "next": _promised(sheet, language),
    }
    lines = [
        book["stands"].format(title=sheet.title, **_state_of(sheet, language)),
        *(book[key].format(said=said or book["unknown"]) for key, said in told.items() if said or key != "restored"),
        book["heard"].format(**_counted(course, language)),
        book["only"],
    ]
    if sheet.next_update_at and sheet.next_update_at <= now and sheet.status not in OVER:
        lines.append(book["late"])
    return "\n".join(lines)


def summary(sheet: FactSheet, course: Course, language: str, now: datetime) -> str:
    """For who decides: what it is, what it costs us with customers, what is missing."""
    book, counted = words(language)["inside"], _counted(course, language)
    over = sheet.status in OVER
    decided = [name for name in _DECIDED if not (over and name == "next_step")]
    missing = ", ".join(book[f"missing_{name}"] for name in decided if not fact(sheet, name, language))
    step = fact(sheet, "next_step", language) or ("" if over else book["no_next_step"])
    lines = [
        book["stands"].format(title=sheet.title, **_state_of(sheet, language)),
        fact(sheet, "cause", language) or book["no_cause"],
        *filter(None, [step]),
        book["reach"].format(**counted),
        book["out"].format(**counted),
    ]
    if missing and sheet.status is not None:
        lines.append(book["missing"].format(said=missing))
    if course.overdue:
        lines.append(book["overdue"].format(count=counted["overdue"]))
    if sheet.next_update_at and not over:
        form = book["tell_late" if sheet.next_update_at <= now else "tell_next"]
        lines.append(form.format(time=full(sheet.next_update_at, language)))
    return "\n".join(lines)


def _state_of(sheet: FactSheet, language: str) -> Mapping[str, str]:
    book = words(language)["inside"]
    began = book["began"].format(time=full(sheet.started_at, language)) if sheet.started_at else book["no_start"]
    return {"state": book[sheet.status.value if sheet.status else "suspected"], "began": began}


def _promised(sheet: FactSheet, language: str) -> str:
    book = words(language)["inside"]
    if sheet.status in OVER:
        return str(book["next_over"])
    return full(sheet.next_update_at, language) if sheet.next_update_at else str(book["next_unset"])


def _counted(course: Course, language: str) -> Mapping[str, str]:
    return {name: number(count, language) for name, count in asdict(course).items()}
