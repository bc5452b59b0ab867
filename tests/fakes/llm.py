"""A model's server that speaks OpenAI's chat completions, and says what a test scripts."""

import json
from collections.abc import Callable
from typing import Any

from tests.fakes.server import Answer, FakeServer, Request

Said = str | Callable[[dict[str, Any]], str]


def sentences(*said: tuple[str, str, list[str]]) -> str:
    """An answer in the form that is asked for: (move, text, facts) for each sentence."""
    return json.dumps({"sentences": [{"move": move, "text": text, "facts": facts} for move, text, facts in said]})


class FakeLlm(FakeServer):
    """``say``: the message of the next answers, or what makes it from a request's body. ``key``: the one it wants.

    ``usage``, ``finish`` and ``message`` go into the answers as they are.
    """

    def __init__(self, model: str = "tiny", *, key: str = "") -> None:
        super().__init__()
        self.model, self.key = model, key
        self.say: Said = "{}"
        self.usage: object = {"prompt_tokens": 400, "completion_tokens": 60, "total_tokens": 460}
        self.finish = "stop"
        self.message: dict[str, Any] = {}

    def answer(self, request: Request) -> Answer:
        """Chat completions and the list of models."""
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return Answer(401, {"error": {"message": f"wrong key {request.headers.get('authorization')}"}})
        if request.path == "/v1/models":
            return Answer(200, {"object": "list", "data": [{"id": self.model, "object": "model"}]})
        if request.path != "/v1/chat/completions":
            return Answer(404, {"error": {"message": "no such page"}})
        said = self.say if isinstance(self.say, str) else self.say(request.json())
        message = {"role": "assistant", "content": said, **self.message}
        choice = {"index": 0, "message": message, "finish_reason": self.finish}
        return Answer(200, {"object": "chat.completion", "choices": [choice], "usage": self.usage})
