"""The review of an incident and the ledger of failures, in words and as data: for the pages and the command line."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import Any

from core.clock import iso
from core.sections import Money
from dashboards import spoken
from dashboards.languages import _, counted, pgettext
from dashboards.series import FEW, percent, wilson
from incidents.ledger import Cost, Ledger, Line, Work
from incidents.review import Mood, Reached, Review

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would carry out


def money_words(cents: int | None, currency: str) -> str:
    """``1,250.00 CAD``, or "not priced"."""
    return _("not priced") if cents is None else f"{counted(cents / 100, 2)} {currency}"


def work_words(work: Work) -> str:
    """``3 h 5 min``, or why there is none."""
    if not work.decisions:
        return pgettext("work", "none") if not work.seconds else spoken.span(work.seconds)
    return spoken.span(work.seconds) if work.unknown < work.decisions else _("cannot be told")


def wait_words(seconds: float | None) -> str:
    return "–" if seconds is None else spoken.span(seconds)


def delay_words(seconds: float | None) -> str:
    """How long after the first complaint; "–" when a moment is not known."""
    if seconds is None:
        return "–"
    return spoken.span(seconds) if seconds >= 0 else _("%(time)s before", time=spoken.span(-seconds))


def share_words(part: int, whole: int) -> str:
    """``46 % (between 38 and 54)``; a small sample says so."""
    if not whole:
        return _("nobody")
    if whole < FEW:
        return _("%(part)s of %(whole)s: too few for a share", part=part, whole=whole)
    low, high = (f"{bound * 100:.0f}" for bound in wilson(part, whole))
    return _("%(share)s (between %(low)s and %(high)s %%)", share=percent(part, whole), low=low, high=high)


def mood_words(mood: Mood) -> str:
    """The share negative of a stretch."""
    return _("no mention") if not mood.volume else share_words(mood.negative, mood.volume)


def gap_words(reached: Sequence[Reached]) -> str:
    """Whether the loud were answered before the quiet, as far as the numbers carry it."""
    known = [one for one in reached if one.size not in ("all", "unknown") and one.reachable >= FEW]
    if len(known) < 2:
        return _(
            "Too few customers of known audience to compare sizes (at least %(few)s of two sizes are needed).", few=FEW
        )
    small, large = known[0], known[-1]
    bounds = [wilson(one.answered, one.reachable) for one in (small, large)]
    apart = bounds[0][1] < bounds[1][0] or bounds[1][1] < bounds[0][0]
    if not apart:
        return _(
            "No clear difference between the smallest (%(small)s) and the largest (%(large)s) audience.",
            small=pgettext("audience", small.size), large=pgettext("audience", large.size),
        )  # fmt: skip
    less = small if small.answered / small.reachable < large.answered / large.reachable else large
    size = pgettext("audience", less.size)
    return _("Customers with %(size)s followers were answered less often than the others.", size=size)


def note_of(work: Work) -> str:
    """How honest the time is."""
    if not work.decisions:
        return _("no decision in the queue")
    timed = work.decisions - work.guessed - work.unknown
    return _("estimated: %(timed)s of %(all)s decisions could be timed", timed=timed, all=work.decisions)


# --- as data ---------------------------------------------------------------------------------------------------


def _iso(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def cost_data(cost: Cost, money: Money) -> dict[str, Any]:
    """Amounts in cents; null: not priced."""
    return {
        "currency": money.currency,
        "compensation": cost.given,
        "customers_compensated": cost.compensated,
        "customers_without_a_price": cost.unpriced,
        "entered": cost.entered,
        "handling_seconds": round(cost.work.seconds),
        "handling": cost.handling(money),
        "decisions": cost.work.decisions,
        "decisions_timed": cost.work.decisions - cost.work.guessed - cost.work.unknown,
        "spent": cost.spent(money),
        "customers_leaving": cost.leaving,
        "at_risk": cost.at_risk(money),
    }


def review_data(found: Review, money: Money) -> dict[str, Any]:
    """The report as JSON: times RFC 3339 in UTC, waits in seconds, amounts in cents; null: not known."""
    return {
        "incident": {
            "id": found.incident.id,
            "title": found.incident.title,
            "status": found.incident.status,
            "started_at": iso(found.incident.started_at),
            "resolved_at": _iso(found.incident.resolved_at),
        },
        "at": iso(found.at),
        "over": found.over,
        "first_complaint": _iso(found.first_complaint),
        "opened_at": iso(found.opened_at),
        "opened_by": found.incident.opened_by,
        "detection_delay": found.detection_delay,
        "first_reply": _iso(found.first_reply),
        "first_reply_delay": found.first_reply_delay,
        "answered_by_audience": [asdict(one) | {"few": one.reachable < FEW} for one in found.reached],
        "sentiment": [
            asdict(mood) | {"start": iso(mood.start), "end": iso(mood.end), "few": mood.volume < FEW}
            for mood in found.moods
        ],
        "promises": asdict(found.promises),
        "cost": cost_data(found.cost, money),
        "replies": found.replies,
        "wrote_again": found.wrote_again,
        "turned_positive": found.turned,
        "helped": [asdict(one) for one in found.helped],
    }


def ledger_data(found: Ledger, money: Money) -> dict[str, Any]:
    return {
        "since": _iso(found.since),
        "assumptions": {
            "currency": money.currency,
            "minute_cost": money.minute_cost,
            "customer_value": money.customer_value,
        },
        "total": cost_data(found.total, money),
        "causes": [
            {"cause": group.cause, "department": group.department, "incidents": group.incidents}
            | cost_data(group.cost, money)
            for group in found.groups
        ],
        "incidents": [_line_data(line) | cost_data(line.cost, money) for line in found.lines],
    }


def _line_data(line: Line) -> dict[str, Any]:
    incident = line.incident
    return {
        "incident": incident.id if incident else None,
        "title": incident.title if incident else "Belongs to no incident",
        "started_at": iso(incident.started_at) if incident else None,
        "cause": line.cause,
        "department": line.department,
    }


def ledger_csv(found: Ledger, money: Money) -> str:
    """One line an incident; amounts in whole units of the currency, empty where not priced."""
    into = io.StringIO()
    rows = [_line_data(line) | _in_units(cost_data(line.cost, money)) for line in found.lines]
    names = list(rows[0]) if rows else ["incident", "title", "started_at", "cause", "department"]
    writer = csv.DictWriter(into, names, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    return into.getvalue()


def _in_units(data: dict[str, Any]) -> dict[str, Any]:
    amounts = ("compensation", "entered", "handling", "spent", "at_risk")
    return data | {name: None if data[name] is None else f"{data[name] / 100:.2f}" for name in amounts}


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


# --- as text ---------------------------------------------------------------------------------------------------


def review_text(found: Review, money: Money, zone: tzinfo) -> Iterator[str]:
    """The report for a terminal or a letter."""

    def when(moment: datetime | None, missing: str) -> str:
        return spoken.exact(moment, zone) if moment else missing

    yield f"{found.incident.title} (incident {found.incident.id})"
    if not found.over:
        yield "This incident is not over: the figures still change."
    yield ""
    yield f"First complaint   {when(found.first_complaint, 'none found')}"
    yield f"Opened            {when(found.opened_at, '')}, by {found.incident.opened_by}"
    yield f"                  {delay_words(found.detection_delay)} from the first complaint"
    yield f"First reply       {when(found.first_reply, 'none')}"
    yield f"                  {delay_words(found.first_reply_delay)} from the first complaint"
    yield ""
    yield from _table(
        ("Followers", "Customers", "May answer", "Answered", "Share", "Median wait", "Longest wait"),
        [_reached_row(one) for one in found.reached],
    )
    yield gap_words(found.reached)
    yield ""
    yield from _table(
        ("Stretch", "Mentions", "Negative", "Share negative"),
        [(mood.name, f"{mood.volume:,}", f"{mood.negative:,}", mood_words(mood)) for mood in found.moods],
    )
    yield ""
    kept = found.promises
    yield f"Promises          {kept.kept} kept, {kept.broken} broken, {kept.open} open ({kept.overdue} overdue)"
    yield f"Spent             {money_words(found.cost.spent(money), money.currency)}"
    yield f"Work              {work_words(found.cost.work)} ({note_of(found.cost.work)})"
    yield f"May leave         {found.cost.leaving} customers, {money_words(found.cost.at_risk(money), money.currency)}"
    yield f"Turned positive   {share_words(found.turned, found.wrote_again)} of those who wrote again after a reply"
    for one in found.helped:
        yield f"  - {' '.join(one.text.split())}"


def _reached_row(one: Reached) -> tuple[str, ...]:
    share = share_words(one.answered, one.reachable)
    waits = (wait_words(one.wait_median), wait_words(one.wait_longest))
    return (one.size, f"{one.customers:,}", f"{one.reachable:,}", f"{one.answered:,}", share, *waits)


def ledger_text(found: Ledger, money: Money) -> Iterator[str]:
    total = found.total
    yield from _table(
        ("Cause", "Department", "Incidents", "Spent", "Work", "May leave", "At risk"),
        [
            (
                group.cause,
                group.department,
                str(group.incidents),
                money_words(group.cost.spent(money), money.currency),
                work_words(group.cost.work),
                str(group.cost.leaving),
                money_words(group.cost.at_risk(money), money.currency),
            )
            for group in found.groups
        ],
    )
    yield f"Spent {money_words(total.spent(money), money.currency)}; work {note_of(total.work)}."
    if total.unpriced:
        yield f"{total.unpriced} customers were promised compensation that has no price: it is not in these sums."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
