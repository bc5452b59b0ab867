"""What a fake Bluesky knows: accounts, records, who may see them, and how they look in answers."""

import base64
import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

POST = "app.bsky.feed.post"


@dataclass
class Account:
    did: str
    handle: str
    name: str = ""
    password: str = ""
    records: dict[tuple[str, str], "Record"] = field(default_factory=dict)


@dataclass
class Record:
    """``at``: when the views get to know it, in seconds since 1970."""

    uri: str
    value: dict[str, Any]
    at: float
    closed: bool = False  # nobody may reply
    blocked: bool = False

    @property
    def cid(self) -> str:
        digest = hashlib.sha256(repr((self.uri, sorted(self.value.items(), key=str))).encode()).digest()
        return "bafyrei" + base64.b32encode(digest).decode().lower().rstrip("=")


class State:
    """Seed it before or while serving. ``views``: what search, notifications and threads know, newest last."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.views: list[Record] = []
        self._ids = itertools.count(1)

    def account(self, handle: str, *, password: str = "", name: str = "") -> Account:
        """The account with this handle, made when it is new."""
        found = self.by_handle(handle)
        if found is None:
            did = "did:plc:" + base64.b32encode(hashlib.sha256(handle.encode()).digest()[:15]).decode().lower()
            found = self.accounts[did] = Account(did, handle, name)
        found.password = password or found.password
        return found

    def by_handle(self, handle: str) -> Account | None:
        return next((one for one in self.accounts.values() if handle in {one.handle, one.did}), None)

    def add(
        self, handle: str, text: str, *, created_at: float, tags: tuple[str, ...] = (), reply_to: Record | None = None,
        quotes: Record | None = None, lang: str = "en", arrived_at: float | None = None, **more: Any,
    ) -> Record:  # fmt: skip
        """A post. ``tags``: handles it links, wherever they stand in the text."""
        account = self.account(handle)
        value: dict[str, Any] = {"$type": POST, "text": text, "createdAt": stamp(created_at), "langs": [lang]}
        if reply_to:
            root = (reply_to.value.get("reply") or {}).get("root") or reference(reply_to)
            value["reply"] = {"root": root, "parent": reference(reply_to)}
        if quotes:
            value["embed"] = {"$type": "app.bsky.embed.record", "record": reference(quotes)}
        if tags:
            value["facets"] = [self._tag(text, self.account(tag)) for tag in tags]
        rkey = f"3m{next(self._ids):011d}".replace("0", "z").replace("1", "y").replace("8", "x").replace("9", "w")
        return self.keep(account, POST, rkey, value, created_at if arrived_at is None else arrived_at, **more)

    def keep(self, account: Account, kind: str, rkey: str, value: dict[str, Any], at: float, **more: Any) -> Record:
        """Puts a record into its account and, at ``at``, before the eyes of others."""
        record = Record(f"at://{account.did}/{kind}/{rkey}", value, at, **more)
        account.records[kind, rkey] = record
        self.views.append(record)
        return record

    def repost(self, handle: str, of: Record, *, created_at: float) -> Record:
        value = {"$type": "app.bsky.feed.repost", "subject": reference(of), "createdAt": stamp(created_at)}
        rkey = f"3r{next(self._ids):011d}".replace("0", "z").replace("1", "y").replace("8", "x").replace("9", "w")
        return self.keep(self.account(handle), "app.bsky.feed.repost", rkey, value, created_at)

    def remove(self, record: Record) -> None:
        owner, kind, rkey = record.uri.removeprefix("at://").split("/")
        self.accounts[owner].records.pop((kind, rkey), None)
        self.views = [one for one in self.views if one.uri != record.uri]

    def author(self, record: Record) -> Account:
        return self.accounts[record.uri.removeprefix("at://").split("/")[0]]

    def find(self, uri: str) -> Record | None:
        return next((one for one in self.views if one.uri == uri), None)

    def _tag(self, text: str, account: Account) -> dict[str, Any]:
        start = len(text.partition(f"@{account.handle}")[0].encode())
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": account.did}
        return {
            "index": {"byteStart": start, "byteEnd": start + len(account.handle) + 1},
            "features": [feature],
        }

    def reasons(self, record: Record, us: Account) -> list[tuple[str, str | None]]:
        """Why the account ``us`` is told of a record, and about which of its posts."""
        if self.author(record) is us:
            return []
        subject = (record.value.get("subject") or {}).get("uri", "")
        if "repost" in record.uri:
            return [("repost", subject)] if us.did in subject else []
        quoted = ((record.value.get("embed") or {}).get("record") or {}).get("uri", "")
        parent = ((record.value.get("reply") or {}).get("parent") or {}).get("uri", "")
        features = [f for facet in record.value.get("facets") or () for f in facet["features"]]
        if us.did in parent:
            return [("reply", parent)]
        if any(feature.get("did") == us.did for feature in features):
            return [("mention", None)]
        return [("quote", quoted)] if us.did in quoted else []


def reference(record: Record) -> dict[str, str]:
    return {"uri": record.uri, "cid": record.cid}


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def author_view(account: Account) -> dict[str, Any]:
    return {
        "did": account.did,
        "handle": account.handle,
        "displayName": account.name,
        "viewer": {"muted": False, "blockedBy": False},
        "labels": [],
        "createdAt": "2024-01-01T00:00:00.000Z",
    }


def post_view(state: State, record: Record) -> dict[str, Any]:
    viewer: dict[str, Any] = {"threadMuted": False, "embeddingDisabled": False}
    if record.closed:
        viewer["replyDisabled"] = True
    return {
        "uri": record.uri,
        "cid": record.cid,
        "author": author_view(state.author(record)),
        "record": record.value,
        "bookmarkCount": 0,
        "replyCount": 0,
        "repostCount": 0,
        "likeCount": 0,
        "quoteCount": 0,
        "indexedAt": stamp(record.at),
        "viewer": viewer,
        "labels": [],
    }


def notification(state: State, record: Record, reason: str, subject: str | None) -> dict[str, Any]:
    view = {
        "uri": record.uri,
        "cid": record.cid,
        "author": author_view(state.author(record)),
        "reason": reason,
        "record": record.value,
        "isRead": False,
        "indexedAt": stamp(record.at),
        "labels": [],
    }
    return view | ({"reasonSubject": subject} if subject else {})
