"""An alarm in plain words, for somebody who is tired."""

from datetime import timedelta

from core.clock import iso
from incidents.outages import Alarm


def summary(alarm: Alarm) -> str:
    """What was noticed and how sure it is; the moment as machines write it (``core.clock.spoken`` turns it)."""
    when = iso(alarm.started_at)
    if alarm.kind == "spike":
        return (
            f"Many more posts than usual since about {when}, but few speak of a failure "
            f"({alarm.outage_mentions} of {alarm.mentions}). Probably not an outage."
        )
    angry = f", {alarm.angry_mentions} of them angrily" if alarm.angry_mentions else ""
    waited = round((alarm.detected_at - alarm.started_at) / timedelta(minutes=1))
    return (
        f"People say the service fails, since about {when}. It was noticed after {_minutes(waited)}: {alarm.people} "
        f"people wrote of a failure where about {alarm.usual:.1f} would be usual. "
        f"So far {alarm.outage_mentions} of {alarm.mentions} posts speak of it{angry}."
    )


def _minutes(count: int) -> str:
    return "less than a minute" if count < 1 else "1 minute" if count == 1 else f"{count} minutes"
