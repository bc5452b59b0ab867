"""Structured logs on standard error, with secrets cut out before a line is written."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import quote, quote_plus

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
# What credentials look like even when we never saw them: authorisation headers, key=value pairs, our own tokens.
_PATTERNS = (
    re.compile(r"(?i)\b(bearer|basic|oauth)\s+[\w%+/=.~-]{8,}"),
    re.compile(
        r"(?i)\b(access_token|refresh_token|client_secret|password|api_key|token|secret)(['\"]?\s*[:=]\s*['\"]?)[^\s'\"&,;}]+"
    ),
    re.compile(r"(/setup/|/invite/|\bamends_(?=[\w-]{43}))[\w-]{8,}"),
)
_SECRET_NAMES = re.compile(r"(?i)access_token|refresh_token|client_secret|password|api_key|token|secret|authorization")
# What would begin a line of its own or steer a terminal; lone halves of characters cannot be written at all.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
HIDDEN = "[hidden]"


class Redactor:
    """Replaces known secret values, and whatever looks like a credential, by ``[hidden]``."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # Short values would cut ordinary words out of the logs.
        forms = {form for secret in secrets if len(secret) >= 6 for form in _forms(secret)}
        self._secrets = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        text = _PATTERNS[0].sub(rf"\1 {HIDDEN}", text)
        text = _PATTERNS[1].sub(rf"\1\2{HIDDEN}", text)
        return _PATTERNS[2].sub(rf"\1{HIDDEN}", text)

    def fields(self, fields: Mapping[Any, object]) -> dict[str, object]:
        """The same over fields of any shape: what comes back is made of what JSON knows, each text redacted."""
        return {self(str(name)): self._named(str(name), value) for name, value in fields.items()}

    def _named(self, name: str, value: object) -> object:
        return HIDDEN if _SECRET_NAMES.fullmatch(name) else self._value(value)

    def _value(self, value: object) -> object:
        if isinstance(value, Mapping):
            return self.fields(value)
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self._value(inner) for inner in value]
        clean = self(str(value))
        plain = value is None or isinstance(value, (bool, int, float))
        return value if plain and clean == str(value) else clean


def _forms(secret: str) -> set[str]:
    """A secret as it stands in plain text, in JSON, in Python's own notation and in addresses."""
    quoted = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    return {secret, repr(secret)[1:-1], quote(secret, safe=""), quote_plus(secret)} | quoted


class Formatter(logging.Formatter):
    """One line per record: JSON, or text with the extra fields as key=value.

    Everything is redacted before it is put together: JSON escapes would hide a secret, and cutting into finished
    JSON could break it. A line of text holds no control characters; a traceback follows it, indented.
    """

    def __init__(self, redact: Redactor, style: Literal["text", "json"]) -> None:
        super().__init__()
        self._redact = redact
        self._json = style == "json"

    def format(self, record: logging.LogRecord) -> str:
        fields = {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
        if record.exc_info and record.exc_info[0]:
            fields["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        clean = self._redact.fields({"message": record.getMessage()} | fields)
        return _as_json(record, clean) if self._json else self._redact(_as_text(record, clean))


def _as_json(record: logging.LogRecord, fields: dict[str, object]) -> str:
    head = {"at": _at(record), "level": record.levelname.lower(), "logger": record.name}
    return json.dumps(head | fields, ensure_ascii=False)


def _as_text(record: logging.LogRecord, fields: dict[str, object]) -> str:
    message, trace = fields.pop("message"), str(fields.pop("traceback", ""))
    pairs = "".join(f" {key}={value}" for key, value in fields.items())
    line = f"{_at(record)} {record.levelname:<7} " + _visible(f"{message}{pairs}")
    return "\n".join([line, *(f"    {_visible(part)}" for part in trace.rstrip("\n").split("\n") if trace)])


def _visible(text: str) -> str:
    """Control characters as backslash escapes, as Python writes them."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def configure(level: str, style: Literal["text", "json"], secrets: Iterable[str] = ()) -> None:
    """Sends all logging to standard error through one redacting formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(Redactor(secrets), style))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # Its warnings only say that a pass took longer than the pause between two.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # These repeat at INFO what our own lines already say, or print request lines with tokens at DEBUG.
    for noisy in ("uvicorn", "httpx", "prawcore", "tweepy", "urllib3", "alembic", "apprise"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))
