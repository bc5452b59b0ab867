"""Every error the product raises on purpose.

AmendsError
├── ConfigError       the operator must change a setting, a file or a credential
├── InputError        one line of given data cannot be read; the others can
├── Transient         try again later; ``retry_after`` seconds when the other side said so
├── Permanent         trying again will not help
│   └── Refused       the other side, or our own rules, said no: nothing was created
├── Conflict          somebody else was first; look again
└── OutcomeUnknown    a request left us and no answer came: it may or may not have been carried out
"""


class AmendsError(Exception):
    """Root of the tree. The text names the thing, the cause and the next step, in one line."""


class ConfigError(AmendsError):
    """A setting, file or credential is missing or wrong; the service does not start on it."""


class InputError(AmendsError):
    """A line of outside data is unusable."""


class Transient(AmendsError):
    """It failed now and may work later."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Permanent(AmendsError):
    """It will fail again in the same way."""


class Refused(Permanent):
    """A definite no; nothing was created."""


class Conflict(AmendsError):
    """The row moved on since it was read."""


class OutcomeUnknown(AmendsError):
    """The request left and the answer is missing: only reading back can tell."""
