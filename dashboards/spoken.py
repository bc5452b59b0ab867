"""Moments and spans in plain words. static/js/times.js says the same in the browser: keep the two in step."""

from datetime import datetime, tzinfo
from typing import Literal

from markupsafe import Markup, escape

from core.clock import WRITTEN
from dashboards.languages import _, later

Way = Literal["for", "waiting", "ago", "until", "due"]
_TAG = Markup('<time datetime="{iso}" title="{exact}" data-way="{way}">{words}</time>')
_PASSED: dict[Way, str] = {"waiting": later("waiting %(span)s"), "ago": later("%(span)s ago")}
_NOW: dict[Way, str] = {"until": later("any moment"), "due": later("due now")}
_JUST = (-5, 60)  # seconds around a moment in which it is now: nobody is helped by "in 0 s", nor late at once
_WEEKDAYS = (
    later("Mon"), later("Tue"), later("Wed"), later("Thu"), later("Fri"), later("Sat"), later("Sun"),
)  # fmt: skip
_MONTHS = (
    later("Jan"), later("Feb"), later("Mar"), later("Apr"), later("May"), later("Jun"), later("Jul"), later("Aug"),
    later("Sep"), later("Oct"), later("Nov"), later("Dec"),
)  # fmt: skip


def span(seconds: float) -> str:
    """``45 s``, ``4 min``, ``2 h 5 min``, ``3 days``; never negative."""
    seconds = max(0, int(seconds))
    minutes, hours = seconds // 60, seconds // 3600
    if minutes < 1:
        return f"{seconds} s"
    if hours < 1:
        return f"{minutes} min"
    if hours < 48:
        rest = minutes % 60
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return _("%(days)s days", days=hours // 24)


def relative(moment: datetime, now: datetime, way: Way) -> str:
    """``for``: 4 min · ``waiting``: waiting 4 min · ``ago``: 4 min ago · ``until``: in 4 min, any moment, overdue by
    4 min · ``due``, of what somebody owes: the same with "due now".
    """
    passed = (now - moment).total_seconds()
    if way in _NOW:
        if _JUST[0] < passed < _JUST[1]:
            return _(_NOW[way])
        return _("in %(span)s", span=span(-passed)) if passed < 0 else _("overdue by %(span)s", span=span(passed))
    return span(passed) if way == "for" else _(_PASSED[way], span=span(passed))


def dated(moment: datetime, pattern: str) -> str:
    """``strftime`` with the names of weekday and month (%a, %b) in the reader's language."""
    named = pattern.replace("%a", _(_WEEKDAYS[moment.weekday()])).replace("%b", _(_MONTHS[moment.month - 1]))
    return moment.strftime(named)


def exact(moment: datetime, zone: tzinfo) -> str:
    """``Fri 20 Nov 2026, 09:05:12 EST`` in the given zone."""
    return dated(moment.astimezone(zone), "%a %d %b %Y, %H:%M:%S %Z")


def time_tag(moment: datetime, now: datetime, zone: tzinfo, way: Way) -> Markup:
    """A ``<time>`` with relative words, the exact time on hover, and what the browser needs to keep it current."""
    return _TAG.format(
        iso=moment.isoformat(timespec="seconds"), exact=exact(moment, zone), way=way, words=relative(moment, now, way)
    )


def day_and_time(moment: datetime, now: datetime, zone: tzinfo) -> Markup:
    """A ``<time>`` as ``Fri 20 Nov, 09:05 EST``, with the year when it is not this one; the exact time on hover."""
    here = moment.astimezone(zone)
    words = dated(here, "%a %d %b, %H:%M %Z" if here.year == now.astimezone(zone).year else "%a %d %b %Y, %H:%M %Z")
    return _MOMENT.format(iso=moment.isoformat(timespec="seconds"), exact=exact(moment, zone), words=words)


def in_zone(text: str, zone: tzinfo) -> str:
    """A text with the moments that machines wrote in it as ``Fri 20 Nov, 09:05 EST``."""
    return WRITTEN.sub(
        lambda found: dated(datetime.fromisoformat(found[0]).astimezone(zone), "%a %d %b, %H:%M %Z"), text
    )


_MOMENT = Markup('<time datetime="{iso}" title="{exact}">{words}</time>')


def with_times(text: str, zone: tzinfo) -> Markup:
    """A text with the moments that machines wrote in it as ``Fri 20 Nov, 09:05 EST``, the exact time on hover."""
    told, at = Markup(""), 0
    for found in WRITTEN.finditer(text):
        moment = datetime.fromisoformat(found[0])
        words = dated(moment.astimezone(zone), "%a %d %b, %H:%M %Z")
        told += escape(text[at : found.start()]) + _MOMENT.format(iso=found[0], exact=exact(moment, zone), words=words)
        at = found.end()
    return told + escape(text[at:])


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip


def browser(user_agent: str) -> str:
    """``Firefox on Linux``: enough to know one's own again. The header is whatever its sender wrote."""
    name = next((word for sign, word in _BROWSERS if sign in user_agent), "")
    system = next((word for sign, word in _SYSTEMS if sign in user_agent), "")
    if name and system:
        return _("%(browser)s on %(system)s", browser=name, system=system)
    return name or system or user_agent[:40] or _("not known")
