"""Moments and spans in plain words. static/js/times.js says the same in the browser: keep the two in step."""

from datetime import datetime, tzinfo
from typing import Literal

from markupsafe import Markup, escape

from core.clock import WRITTEN

Way = Literal["for", "waiting", "ago", "until"]
_TAG = Markup('<time datetime="{iso}" title="{exact}" data-way="{way}">{words}</time>')


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
    return f"{hours // 24} days"


def relative(moment: datetime, now: datetime, way: Way) -> str:
    """``for``: 4 min · ``waiting``: waiting 4 min · ``ago``: 4 min ago · ``until``: in 4 min, overdue by 4 min."""
    passed = (now - moment).total_seconds()
    if way == "until":
        return f"in {span(-passed)}" if passed < 0 else f"overdue by {span(passed)}"
    return {"for": "{}", "waiting": "waiting {}", "ago": "{} ago"}[way].format(span(passed))


def exact(moment: datetime, zone: tzinfo) -> str:
    """``Fri 20 Nov 2026, 09:05:12 EST`` in the given zone."""
    return moment.astimezone(zone).strftime("%a %d %b %Y, %H:%M:%S %Z")


def time_tag(moment: datetime, now: datetime, zone: tzinfo, way: Way) -> Markup:
    """A ``<time>`` with relative words, the exact time on hover, and what the browser needs to keep it current."""
    return _TAG.format(
        iso=moment.isoformat(timespec="seconds"), exact=exact(moment, zone), way=way, words=relative(moment, now, way)
    )


_MOMENT = Markup('<time datetime="{iso}" title="{exact}">{words}</time>')


def with_times(text: str, zone: tzinfo) -> Markup:
    """A text with the moments that machines wrote in it as ``Fri 20 Nov, 09:05``, the exact time on hover."""
    told, at = Markup(""), 0
    for found in WRITTEN.finditer(text):
        moment = datetime.fromisoformat(found[0])
        words = moment.astimezone(zone).strftime("%a %d %b, %H:%M")
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
    return f"{name} on {system}" if name and system else name or system or user_agent[:40] or "not known"
