"""Bluesky through atproto: replies as our account under a name of our own choosing, so that one can be looked up.

The name (rkey) is made from the delivery's key. A second create under it answers 500, which says nothing; the account's
own server, not the network's slower views, is asked afterwards.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from core import bluesky
from core import clock as core_clock
from core.accounts import BlueskyPublisher as Settings
from core.domain import Target
from core.errors import ConfigError, OutcomeUnknown, Permanent, Refused, Transient
from responder import links
from responder.publishers import Published
from responder.publishers.bluesky_text import handles_in
from responder.publishers.texts import GONE, must_be_sendable

ANSWER_SECONDS = 12.0  # look-ups and create together are over before the sender gives them up
COLLECTION = "app.bsky.feed.post"
LETTERS = "234567abcdefghijklmnopqrstuvwxyz"  # of a TID: https://atproto.com/specs/tid
ABSENT = frozenset({"RecordNotFound", "NotFound", "RepoNotFound"})


class BlueskyPublisher:
    """Posts as ``settings.account``."""

    def __init__(self, name: str, settings: Settings, *, clock: core_clock.Clock = core_clock.now) -> None:
        self.name = name
        self.account = settings.account.lstrip("@")
        self.read_lag = settings.read_lag_seconds
        self._settings = settings
        self._clock = clock
        self._us = bluesky.Account("publishers", name, settings, read_seconds=ANSWER_SECONDS)

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        """Looks up what it answers, then one create, never repeated here. Raises as the protocol says."""
        must_be_sendable(text, target)
        self._us.http.refuse_to_press("Bluesky")
        try:
            reply = self._reply_to(target)
            record = self._record(text, reply)
        except Permanent as error:  # whatever it says, nothing was sent
            raise Refused(str(error)) from error
        return self._create(record, key)

    def find(self, text: str, target: Target, *, key: str) -> Published | None:  # noqa: ARG002 - the key says it all
        """The record of this key on our own server. Raises Transient when it cannot be told."""
        record = self._own(COLLECTION, rkey_of(key))
        if record is None:
            return None
        return self._published(str(record["uri"]), str(record["value"].get("text", "")))

    def stored(self, external_id: str, target: Target) -> str | None:  # noqa: ARG002 - the id says it all
        """The text of our record, None when it is not there."""
        record = self._own(COLLECTION, external_id.rsplit("/", 1)[-1])
        return None if record is None else str(record["value"].get("text", ""))

    def same(self, approved: str, stored: str) -> bool:
        """Bluesky keeps a text as it is."""
        return approved == stored

    def delete(self, external_id: str, target: Target) -> None:  # noqa: ARG002 - the id says it all
        """Deletes our record; Bluesky does not mind when it is gone."""
        from atproto_client import models

        data = models.ComAtprotoRepoDeleteRecord.Data(
            repo=self._us.did, collection=COLLECTION, rkey=external_id.rsplit("/", 1)[-1]
        )
        try:
            self._us.invoke("com.atproto.repo.deleteRecord", data)
        except Permanent as error:
            raise Refused(str(error)) from error

    def check(self) -> str:
        """Asks who we are and whether the account says that it is a bot. Raises ConfigError for another account."""
        handle = self._us.handle
        if handle.casefold() != self.account.casefold() and self._us.did != self.account:
            raise ConfigError(f"publishers.{self.name}: the log-in is of @{handle}, not of @{self.account}")
        profile = self._own("app.bsky.actor.profile", "self") or {"value": {}}
        marks = ((profile["value"].get("labels") or {}).get("values")) or ()
        labelled = any(isinstance(mark, dict) and mark.get("val") == "bot" for mark in marks)
        bot = "labelled as a bot" if labelled else "NOT labelled as a bot: Bluesky's rules ask for it"
        return f"@{handle}, {self._us.left} requests left, {bot}"

    def _reply_to(self, target: Target) -> dict[str, dict[str, str]]:
        """The exact versions that our record points to. Raises Refused when they cannot be answered: Bluesky itself
        takes a record that points to nothing.
        """
        from core import wire

        whole = {"uri": target.external_id, "depth": 0, "parent_height": 0}
        try:
            answer = self._us.query("app.bsky.feed.getPostThread", "AppBskyFeedGetPostThread", **whole)
        except Permanent as error:
            gone = error.__cause__ is not None and wire.named(error.__cause__) in ABSENT
            raise Refused(GONE if gone else f"The post cannot be answered: {error}") from error
        thread = answer.get("thread") or {}
        post = thread.get("post")
        if not isinstance(post, dict):
            blocked = str(thread.get("$type", "")).endswith("#blockedPost")
            raise Refused("The post is blocked; nothing was sent." if blocked else GONE)
        if (post.get("viewer") or {}).get("replyDisabled"):
            raise Refused("Its author lets nobody like us reply to this post; nothing was sent.")
        parent = {"uri": str(post["uri"]), "cid": str(post["cid"])}
        root = ((post.get("record") or {}).get("reply") or {}).get("root")
        return {"root": {"uri": root["uri"], "cid": root["cid"]} if root else parent, "parent": parent}

    def _record(self, text: str, reply: dict[str, Any]) -> Any:
        from atproto_client import models
        from pydantic import ValidationError

        try:
            return models.AppBskyFeedPost.Record.model_validate(
                {
                    "text": text,
                    "created_at": _stamp(self._clock()),
                    "reply": reply,
                    "facets": list(self._facets(text)) or None,
                }
            )
        except ValidationError as error:
            raise Refused(f"Bluesky's rules do not allow this record: {error.errors()[0]['msg']}") from error

    def _facets(self, text: str) -> Iterator[dict[str, Any]]:
        """Links and mentions, by bytes of UTF-8: https://docs.bsky.app/docs/advanced-guides/post-richtext"""
        for link in links.find(text):
            uri = link.text if link.text[:4].lower() == "http" else f"https://{link.text}"
            yield _facet(text, link.start, link.end, {"$type": "app.bsky.richtext.facet#link", "uri": uri})
        for start, end, handle in handles_in(text):
            if did := self._did_of(handle):
                yield _facet(text, start, end, {"$type": "app.bsky.richtext.facet#mention", "did": did})

    def _did_of(self, handle: str) -> str:
        """The lasting name of an account; "" when there is none, so that the text stays a text."""
        nsid, model = "com.atproto.identity.resolveHandle", "ComAtprotoIdentityResolveHandle"
        try:
            return str(self._us.query(nsid, model, handle=handle).get("did") or "")
        except Permanent:
            return ""

    def _create(self, record: Any, key: str) -> Published:
        import requests
        from atproto_client import models

        from core import wire

        data = models.ComAtprotoRepoCreateRecord.Data(
            repo=self._us.did, collection=COLLECTION, rkey=rkey_of(key), record=record
        )
        try:
            answer = self._us.client.invoke_procedure(
                "com.atproto.repo.createRecord", data=data, input_encoding="application/json"
            )
            return self._published(str(answer.content["uri"]), None)
        except (requests.RequestException, ValueError) as error:
            raise wire.sending_error("Bluesky", error) from error
        except (KeyError, TypeError) as error:
            raise OutcomeUnknown(
                "Bluesky took the reply but its answer is unreadable; it must be read back."
            ) from error

    def _own(self, collection: str, rkey: str) -> Mapping[str, Any] | None:
        """A record of our own, None when it is provably absent. Raises Transient or ConfigError."""
        from core import wire

        place = {"repo": self._us.did, "collection": collection, "rkey": rkey}
        try:
            found = self._us.query("com.atproto.repo.getRecord", "ComAtprotoRepoGetRecord", **place)
        except Permanent as error:
            if error.__cause__ is not None and wire.named(error.__cause__) in ABSENT:
                return None
            raise Transient(f"Bluesky does not say whether the record is there: {error}") from error
        if not isinstance(found.get("value"), dict):
            raise Transient("Bluesky answered with something unreadable. Trying again.")
        return found

    def _published(self, uri: str, text: str | None) -> Published:
        return Published(uri, f"https://bsky.app/profile/{self.account}/post/{uri.rsplit('/', 1)[-1]}", text)


def rkey_of(key: str) -> str:
    """The record's name for a delivery: a TID whose moment lies in 2025 and is drawn from the key's hash."""
    drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    microseconds = 1_735_689_600_000_000 + (drawn >> 10) % (2**44)
    number = (microseconds << 10) | (drawn & 1023)
    return "".join(LETTERS[(number >> shift) & 31] for shift in range(60, -1, -5))


def _facet(text: str, start: int, end: int, feature: dict[str, str]) -> dict[str, Any]:
    index = {"byte_start": len(text[:start].encode()), "byte_end": len(text[:end].encode())}
    return {"index": index, "features": [feature]}


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
