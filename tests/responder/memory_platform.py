"""A platform in memory that fails in every way platforms fail, behind the Publisher protocol.

It keeps a log of what it really created: the truth that no answer may be believed against.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain import Target
from core.errors import OutcomeUnknown, Refused, Transient
from responder.publishers import Published


class Fault(StrEnum):
    NONE = "none"
    ANSWER_LOST = "created, and the answer is lost"
    LOST = "never arrived, and no answer"
    ERROR_AFTER = "created, and a 5xx"
    ERROR_BEFORE = "not created, and a 5xx"
    BUSY = "429"
    REFUSED = "403"
    SURPRISE = "an error nobody foresaw, after it was created"


@dataclass
class Post:
    text: str
    target: str
    key: str
    at: datetime


@dataclass
class Platform:
    """``lag`` seconds pass before a created post can be found."""

    clock: Callable[[], datetime]
    name: str = "platform"
    account: str = "northwind"
    read_lag: float = 10.0
    lag: float = 8.0
    faults: list[Fault] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    blind: bool = False  # cannot be read back
    retry_after: float | None = None  # seconds until a blind one wants to be asked again
    looks: int = 0

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        fault = self.faults.pop(0) if self.faults else Fault.NONE
        if fault is Fault.BUSY:
            raise Transient("429", retry_after=5)
        if fault is Fault.REFUSED:
            raise Refused("403: you may not reply to this post")
        if fault in (Fault.LOST, Fault.ERROR_BEFORE):
            raise OutcomeUnknown(fault.value)
        self.posts.append(Post(text, target.external_id, key, self.clock()))
        if fault is Fault.SURPRISE:
            raise RuntimeError(fault.value)
        if fault is not Fault.NONE:
            raise OutcomeUnknown(fault.value)
        return Published(str(len(self.posts)))

    def find(self, text: str, target: Target, *, key: str) -> Published | None:
        self.looks += 1
        if self.blind:
            raise Transient("the timeline cannot be read", retry_after=self.retry_after)
        seen = self.clock() - timedelta(seconds=self.lag)
        matches = [n for n, p in enumerate(self.posts, 1) if p.key == key and p.at <= seen]
        return Published(str(matches[0])) if matches else None

    def check(self) -> str:
        return "in memory"
