"""Slack, Teams, PagerDuty, mail, webhooks and a hundred others, through apprise."""

import hashlib
from collections.abc import Sequence

from core.errors import ConfigError, Transient
from core.logs import Redactor
from core.sections import Alerts


def channels_of(alerts: Alerts) -> "tuple[AppriseChannel, ...]":
    """A channel for each address. Raises ConfigError naming the place in the list: the address itself is a secret."""
    made: list[AppriseChannel] = []
    redact = Redactor(alerts.secrets())
    for place, address in enumerate(alerts.addresses(), 1):
        made.append(AppriseChannel(address, place, redact, taken=[channel.key for channel in made]))
    return tuple(made)


class AppriseChannel:
    """One apprise address."""

    def __init__(self, address: str, place: int, redact: Redactor, *, taken: Sequence[str] = ()) -> None:
        import apprise

        found = apprise.Apprise.instantiate(address, suppress_exceptions=True)
        if found is None:
            raise ConfigError(
                f"alerts.urls: address {place} cannot be read by apprise; see docs/alarms.md for the forms it may have"
            )
        self._service = found
        self._redact = redact
        self.name = f"{found.service_name} ({place})"
        self.key = _key(str(found.url(privacy=True)), taken)  # type: ignore[no-untyped-call]

    def send(self, title: str, body: str, *, urgent: bool) -> None:
        import apprise

        one = apprise.Apprise()
        one.add(self._service)
        kind = apprise.NotifyType.FAILURE if urgent else apprise.NotifyType.WARNING
        # Plain text, so that what is markup to a service is escaped, never obeyed.
        done = one.notify(title=title, body=body, notify_type=kind, body_format=apprise.NotifyFormat.TEXT)
        if not done:
            said = " ".join(entry.message for entry in done.logs())
            raise Transient(self._redact(said)[:300] or "it was not taken, without a reason")


def _key(masked: str, taken: Sequence[str]) -> str:
    """A hash of the address without its secrets; a second one alike gets a number."""
    digest = hashlib.sha256(masked.encode()).hexdigest()[:12]
    return next(key for n in range(len(taken) + 1) if (key := f"{digest}-{n}") not in taken)
