"""Reads an incident that comes from outside: a fact sheet, our JSON, or a Statuspage's. ``taking_in`` writes it down.

Texts of a status page are public, but nobody approved them for replies: they come in held back.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.clock import YEARS, in_reach
from core.domain import IncidentStatus, PartState
from core.errors import ConfigError, InputError
from core.settings import Brand
from incidents import facts_file
from incidents.status_page import COMPONENT_STATUS, FORMAT, Update

_JSON = re.compile(r"\s*(?:\{|\[\s*[\[{\]])")  # a TOML table begins with [ and a name
LARGEST = 1_000_000  # characters
MOST_UPDATES = 500
LONGEST_UPDATE = 4000  # characters
_STATES = {word: state for state, word in COMPONENT_STATUS.items()} | {
    "degraded_performance": PartState.PARTLY,
    "under_maintenance": PartState.PARTLY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """An incident as somebody else wrote it down."""

    title: str
    status: IncidentStatus
    started_at: datetime | None = None
    next_update_at: datetime | None = None
    components: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    states: Mapping[str, PartState] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    unsafe: frozenset[str] = frozenset()
    updates: Sequence[Update] = ()


def read(text: str, *, brand: Brand, one: bool = False) -> list[Incoming]:
    """The incidents of a text, oldest first; ``one``: there must be just one. Raises InputError naming the place."""
    found = _read(text, brand)
    if one and len(found) > 1:
        raise InputError(f"this holds {len(found)} incidents; only one fits into an incident")
    return found


def _read(text: str, brand: Brand) -> list[Incoming]:
    if len(text) > LARGEST:
        raise InputError(f"this has {len(text):,} characters; at most {LARGEST:,} are read")
    if not _JSON.match(text):
        return [_of_sheet(text, brand)]
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = "a number is too long or brackets are nested too deep"
        if isinstance(error, json.JSONDecodeError):
            place = f"line {error.lineno}: {error.msg}"
        raise InputError(f"not valid JSON: {place}") from None
    if isinstance(data, dict) and data.get("format") == FORMAT:
        return [_of_ours(data)]
    found = data.get("incidents", [data.get("incident", data)]) if isinstance(data, dict) else data
    if not isinstance(found, list) or not found:
        raise InputError('incidents: a list is expected, as in {"incidents": [...]}')
    read_in = [_of_statuspage(_table(one, f"incidents[{at}]"), f"incidents[{at}]") for at, one in enumerate(found)]
    return sorted(read_in, key=lambda one: one.started_at.timestamp() if one.started_at else 0.0)


def _of_sheet(text: str, brand: Brand) -> Incoming:
    try:
        sheet = facts_file.load(f"{text}\n", defaults=brand.as_voice())
    except ConfigError as error:
        raise InputError(str(error)) from None
    back = dict.fromkeys(sheet.restored, PartState.BACK)
    return Incoming(
        title=sheet.title,
        status=sheet.status or IncidentStatus.INVESTIGATING,
        started_at=sheet.started_at,
        next_update_at=sheet.next_update_at,
        components=sheet.components,
        regions=tuple(dict.fromkeys((*sheet.regions, *sheet.restored))),
        states=back,
        links=sheet.links,
        facts=sheet.facts,
    )


def _of_ours(data: Mapping[str, Any]) -> Incoming:
    one = _table(data.get("incident"), "incident")
    states = _table(one.get("states") or {}, "incident.states")
    facts = _table(data.get("facts") or {}, "facts")
    updates = _list(data.get("updates"), "updates")[:MOST_UPDATES]
    return Incoming(
        title=_text(one, "title", "incident"),
        status=_status(_text(one, "status", "incident"), "incident.status"),
        started_at=_moment(one.get("started_at"), "incident.started_at"),
        next_update_at=_moment(one.get("next_update_at"), "incident.next_update_at"),
        components=_texts(one.get("components"), "incident.components"),
        regions=_texts(one.get("regions"), "incident.regions"),
        states={part: _state(state, f"incident.states.{part}") for part, state in states.items()},
        links=_texts(data.get("links"), "links"),
        facts={name: _text(facts, name, "facts") for name in facts},
        updates=[
            _update(_table(each, f"updates[{at}]"), f"updates[{at}]", "text", "at") for at, each in enumerate(updates)
        ],
    )


def _of_statuspage(one: Mapping[str, Any], place: str) -> Incoming:
    updates = [
        _update(
            _table(each, f"{place}.incident_updates[{at}]"), f"{place}.incident_updates[{at}]", "body", "created_at"
        )
        for at, each in enumerate(_list(one.get("incident_updates"), f"{place}.incident_updates")[:MOST_UPDATES])
    ]
    updates.sort(key=lambda update: update.at)
    parts = [_table(each, f"{place}.components") for each in _list(one.get("components"), f"{place}.components")]
    names = {_text(part, "name", f"{place}.components"): str(part.get("status", "")) for part in parts}
    said = [update.text for update in updates if update.text]
    link = one.get("shortlink")
    return Incoming(
        title=_text(one, "name", place),
        status=_status(_text(one, "status", place), f"{place}.status"),
        started_at=_moment(one.get("started_at") or one.get("created_at"), f"{place}.started_at"),
        components=tuple(names),
        states={name: _STATES[status] for name, status in names.items() if status in _STATES},
        links=(link,) if isinstance(link, str) and link.startswith(("https://", "http://")) else (),
        facts={"scope": said[-1]} if said else {},
        unsafe=frozenset({"scope"}) if said else frozenset(),
        updates=updates,
    )


def _update(each: Mapping[str, Any], place: str, text: str, at: str) -> Update:
    moment = _moment(each.get(at), f"{place}.{at}")
    if moment is None:
        raise InputError(f"{place}.{at}: is missing")
    said = _text(each, text, place, missing="")[:LONGEST_UPDATE].strip()  # as it is kept: else it is new each time
    return Update(moment, str(each.get("status", "")), said)


def _table(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{place}: an object is expected")
    return {_clean(key): each for key, each in value.items()}


def _list(value: Any, place: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise InputError(f"{place}: a list is expected")
    return value


def _text(table: Mapping[str, Any], key: str, place: str, missing: str | None = None) -> str:
    value = table.get(key, missing)
    if not isinstance(value, str) or (not value.strip() and missing is None):
        raise InputError(f"{place}.{key}: a text is expected")
    return _clean(value).strip()


def _clean(text: str) -> str:
    """Without NULs and lone surrogates, which no store and no page takes."""
    return text.replace("\0", "").encode(errors="ignore").decode()


def _texts(value: Any, place: str) -> tuple[str, ...]:
    found = _list(value, place)
    return tuple(_text({"entry": each}, "entry", place) for each in found)


def _moment(value: Any, place: str) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise InputError(f"{place}: {str(value)[:40]!r} is not a time as in 2026-11-20T08:05:00-05:00") from None
    if moment.tzinfo is None:
        raise InputError(f"{place}: has no offset; write it as in {moment.isoformat()}-05:00")
    if not in_reach(moment):
        raise InputError(f"{place}: is not in the years {YEARS[0]} to {YEARS[-1]}")
    return moment


def _status(value: str, place: str) -> IncidentStatus:
    if value == "postmortem":
        return IncidentStatus.RESOLVED
    if value not in facts_file.STATUSES:
        raise InputError(f"{place}: {value[:40]!r} is not a status; use one of {', '.join(facts_file.STATUSES)}")
    return IncidentStatus(value)


def _state(value: Any, place: str) -> PartState:
    if value not in {state.value for state in PartState}:
        raise InputError(f"{place}: {str(value)[:40]!r} is none of {', '.join(PartState)}")
    return PartState(value)
