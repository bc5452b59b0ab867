"""A model behind an HTTP address that speaks OpenAI's chat completions: vLLM, Ollama, llama.cpp, or a hosted one.

https://platform.openai.com/docs/api-reference/chat. No vendor's client is needed for one call.
"""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from core.errors import AmendsError, ConfigError, Permanent, Transient
from core.sections import Writer as Settings
from core.settings import env_name
from responder.writers.llm import Completion
from responder.writers.llm_prompt import Prompt

if TYPE_CHECKING:
    import requests

    from core import wire

LARGEST = 256 * 1024  # bytes of an answer; a draft is a hundredth of it
_PIECE = 16 * 1024
CHECK_SECONDS = 10.0


class EndpointEngine:
    """Asks ``settings.url``, the address that ends in ``/v1``. Connects when asked, once for each request."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._base = str(settings.url).rstrip("/")

    def complete(self, prompt: Prompt, *, seconds: float) -> Completion:
        """One answer, whole, within ``seconds``. Raises as the protocol says."""
        answer = self._call("POST", "/chat/completions", seconds, self._letter(prompt))
        try:
            choice = answer["choices"][0]
            text = choice["message"]["content"]
        except (KeyError, IndexError, TypeError):
            raise Permanent("its server's answer holds no message") from None
        if not isinstance(text, str):
            raise Permanent("its server's answer holds no text")
        if choice.get("finish_reason") == "length":
            raise Permanent("its answer was cut short: raise writer.answer_tokens")
        return Completion(text=text, tokens=_count(answer.get("usage")))

    def check(self) -> str:
        """Whether the server answers, and has the model, as far as it lists them. Raises as ``complete`` does."""
        listed = self._call("GET", "/models", CHECK_SECONDS).get("data")
        names = [each.get("id") for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        if names and self._settings.model not in names:
            shown = ", ".join(str(name) for name in names[:8])
            raise ConfigError(f"writer.model: {self._base} has no {self._settings.model!r}; it has {shown}")
        return f"{self._settings.model} at {self._base}"

    def _letter(self, prompt: Prompt) -> dict[str, Any]:
        letter: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            self._settings.tokens_key: self._settings.answer_tokens,
        }
        if self._settings.format == "json_object":
            letter["response_format"] = {"type": "json_object"}
        elif self._settings.format == "json_schema":
            form = {"name": "reply", "strict": True, "schema": prompt.schema}
            letter["response_format"] = {"type": "json_schema", "json_schema": form}
        return letter | self._settings.extra

    def _call(self, method: str, path: str, seconds: float, letter: Mapping[str, Any] | None = None) -> dict[str, Any]:
        import requests
        from urllib3.exceptions import HTTPError

        end = time.monotonic() + seconds
        try:
            with (
                self._session(seconds) as session,
                session.request(method, f"{self._base}{path}", json=letter, auth=self._signed, stream=True) as response,
            ):
                body = _body(response, end)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise Transient(f"its server did not answer ({type(error).__name__})") from error
        if not 200 <= response.status_code < 300:
            raise _problem(response, body)
        return _object(body)

    def _session(self, seconds: float) -> "wire.BoundedSession":
        from core import wire

        return wire.BoundedSession(base=self._base, read_seconds=max(seconds, 0.1))

    def _signed(self, request: "requests.PreparedRequest") -> "requests.PreparedRequest":
        """The key from the environment, or none: also no log-in of the machine's .netrc."""
        if key := self._settings.api_key.get_secret_value():
            request.headers["Authorization"] = f"Bearer {key}"
        return request


def _body(response: "requests.Response", end: float) -> bytes:
    """The answer's bytes as they come. Raises Transient when they trickle past the end, Permanent for too many."""
    body = bytearray()
    while piece := response.raw.read1(_PIECE, decode_content=True):
        body += piece
        if len(body) > LARGEST:
            raise Permanent(f"its server's answer is larger than {LARGEST // 1024} KB")
        if time.monotonic() > end:
            raise Transient("its server was too slow")
    return bytes(body)


def _problem(response: "requests.Response", body: bytes) -> AmendsError:
    """What a status means. Of the answer only the server's own message is repeated, never what we sent."""
    from core import wire

    status, said = response.status_code, ""
    with suppress(Permanent):
        told = _object(body).get("error")
        told = told.get("message") if isinstance(told, dict) else told
        said = f": {' '.join(told.split())[:200]}" if isinstance(told, str) else ""
    if status in {401, 403}:
        return ConfigError(f"its server refused the log-in ({status}); check {env_name(('writer', 'api_key'))}")
    if status in {408, 429} or status >= 500:
        return Transient(f"its server has no time ({status})", retry_after=wire.wait_seconds(response.headers))
    return Permanent(f"its server does not accept the request ({status}{said})")


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Permanent("its server's answer is not JSON")
    return value


def _count(usage: object) -> int | None:
    """The tokens a server counted; None for anything that is no such count."""
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) and total > 0 else None
