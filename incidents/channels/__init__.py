"""Where alarms go."""

from typing import Protocol


class Channel(Protocol):
    """One place that takes messages. ``key`` tells it from the others over restarts and holds no secret."""

    @property
    def key(self) -> str: ...

    @property
    def name(self) -> str:
        """For people: "Slack (1)"; without a secret."""

    def send(self, title: str, body: str, *, urgent: bool) -> None:
        """Sends plain text. Raises Transient or Permanent, with a reason that holds no secret."""
