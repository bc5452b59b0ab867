"""What a draft may rest on, as the one text the claim model reads before the draft."""

from collections.abc import Mapping
from datetime import datetime

from core.domain import FactSheet

NOT_KNOWN = "not known"
LONGEST_MENTION = 400
"""Code points of the customer's post that the model hears; the claims in a reply take up its beginning."""

STATUS_WORDS = {
    "": "no incident",
    "investigating": "investigating, not fixed",
    "identified": "cause found, not fixed",
    "monitoring": "partly back, watching",
    "resolved": "resolved, all works again",
}
_FACTS = ("scope", "cause", "next_step", "workaround", "compensation", "prevention")


def premise(sheet: FactSheet, mention: str) -> str:
    """The sheet, field by field with what is not known named as such, and then the customer's words.

    Ways to reach us are left out: another check compares them exactly.
    """
    fields = {
        "brand": sheet.brand.name,
        "status": str(sheet.status or ""),
        "started": _clock(sheet.started_at),
        "update": _clock(sheet.next_update_at),
        "parts": "; ".join(sheet.components),
        "places": "; ".join(sheet.regions),
        **{name: sheet.get(name) for name in _FACTS},
    }
    return fields_text(fields, mention)


def fields_text(fields: Mapping[str, str], mention: str) -> str:
    """The same from plain fields: brand, status, started, update ("14:30"), parts, places and the facts."""
    status = fields.get("status", "")
    head = [f"{fields['brand']}: {STATUS_WORDS.get(status, 'unconfirmed')}"]
    head += [f"{name}: {fields.get(name) or NOT_KNOWN}" for name in ("started", "update", "parts", "places", *_FACTS)]
    return " | ".join([*head, f"customer: {' '.join(mention[:LONGEST_MENTION].split())}"])


def _clock(time: datetime | None) -> str:
    return f"{time:%H:%M}" if time else ""
