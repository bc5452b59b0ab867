"""The real servers of Bluesky, where somebody runs them, with something before them that lets answers go missing.

    with RealBluesky(address) as bluesky:
        us, ann = bluesky.join("northwind"), bluesky.join("ann")
        post = bluesky.say(ann, f"@{us.handle} down", names=(us,))
        ...  # point a client at bluesky.url

``address``: of a personal data server on this machine that lets anybody sign up; docs/reliability.md tells how to start
one. ``kept`` is the truth about what an account has written.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from tests.real.server import HANDED_BACK, PATIENCE, RealServer, setting_or_skip, until

ADDRESS = "AMENDS_REAL_PDS"
POST = "app.bsky.feed.post"


def address_or_skip() -> str:
    return setting_or_skip(ADDRESS, "real Bluesky")


@dataclass(frozen=True)
class Person:
    """An account. ``password``: the one it signed up with."""

    did: str
    handle: str
    password: str
    token: str


@dataclass(frozen=True)
class Ref:
    """A record: where it is, and this very version of it."""

    uri: str
    cid: str

    def json(self) -> dict[str, str]:
        return {"uri": self.uri, "cid": self.cid}


class RealBluesky(RealServer):
    """See the module."""

    creates = "createRecord"
    handed_back = (*HANDED_BACK, "atproto-repo-rev")

    def join(self, name: str) -> Person:
        """Signs up. The handle is ``name`` with something behind it that nobody else has."""
        handle, password = f"{name[:9]}-{secrets.token_hex(4)}.test", secrets.token_hex(12)
        body = {"handle": handle, "password": password, "email": f"{handle}@mail.example"}
        made = self.call("com.atproto.server.createAccount", data=body)
        return Person(made["did"], handle, password, made["accessJwt"])

    def app_password(self, person: Person) -> str:
        """A password of an application's own, as connecting an account asks for."""
        made = self.call("com.atproto.server.createAppPassword", who=person, data={"name": secrets.token_hex(4)})
        return str(made["password"])

    def say(
        self, who: Person, text: str, *, names: tuple[Person, ...] = (), reply_to: Ref | None = None,
        quotes: Ref | None = None, rkey: str = "",
    ) -> Ref:  # fmt: skip
        """Writes a post. ``names``: whom it links; each handle must stand in the text behind an @."""
        record: dict[str, Any] = {"$type": POST, "text": text, "createdAt": _now(), "langs": ["en"]}
        if names:
            record["facets"] = [_naming(text, person) for person in names]
        if reply_to:
            record["reply"] = {"root": reply_to.json(), "parent": reply_to.json()}
        if quotes:
            record["embed"] = {"$type": "app.bsky.embed.record", "record": quotes.json()}
        return self.write(who, POST, record, rkey)

    def write(self, who: Person, kind: str, record: dict[str, Any], rkey: str = "") -> Ref:
        body = {"repo": who.did, "collection": kind, "record": record, **({"rkey": rkey} if rkey else {})}
        made = self.call("com.atproto.repo.createRecord", who=who, data=body)
        return Ref(made["uri"], made["cid"])

    def repost(self, who: Person, post: Ref) -> Ref:
        return self.write(who, "app.bsky.feed.repost", {"subject": post.json(), "createdAt": _now()})

    def close(self, who: Person, post: Ref) -> None:
        """Nobody may reply to it any more."""
        gate = {"post": post.uri, "allow": [], "createdAt": _now()}
        self.write(who, "app.bsky.feed.threadgate", gate, post.uri.rsplit("/", 1)[-1])

    def block(self, who: Person, whom: Person) -> None:
        self.write(who, "app.bsky.graph.block", {"subject": whom.did, "createdAt": _now()})

    def label_as_bot(self, who: Person) -> None:
        labels = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "bot"}]}
        self.write(who, "app.bsky.actor.profile", {"labels": labels, "createdAt": _now()}, "self")

    def remove(self, who: Person, post: Ref) -> None:
        body = {"repo": who.did, "collection": POST, "rkey": post.uri.rsplit("/", 1)[-1]}
        self.call("com.atproto.repo.deleteRecord", who=who, data=body)

    def kept(self, who: Person) -> list[dict[str, Any]]:
        """Every post that stands in the account's own repository, as the server holds it."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            more = {"cursor": cursor} if cursor else {}
            page = self.call("com.atproto.repo.listRecords", repo=who.did, collection=POST, limit=100, **more)
            found += page["records"]
            cursor = page.get("cursor") if page["records"] else None
        return found

    def replies(self, who: Person, post: Ref) -> list[str]:
        """The texts of an account's replies to a post."""
        return [
            one["value"]["text"]
            for one in self.kept(who)
            if one["value"].get("reply", {}).get("parent", {}).get("uri") == post.uri
        ]

    def thread(self, reader: Person, post: Ref) -> dict[str, Any] | None:
        """A post and what is below it as ``reader`` sees it, None while the network's views do not know it."""
        try:
            answer = self.call("app.bsky.feed.getPostThread", who=reader, uri=post.uri)
        except requests.HTTPError:
            return None
        thread: dict[str, Any] = answer["thread"]
        return thread

    def shown(self, reader: Person, post: Ref) -> Ref:
        """Waits until the network's views show it to ``reader``."""
        until(lambda: self.thread(reader, post), f"{post.uri} is not shown")
        return post

    def call(self, nsid: str, *, who: Person | None = None, data: Any = None, **parameters: Any) -> dict[str, Any]:
        """Raises requests.HTTPError for anything but a 2xx."""
        headers = {"authorization": f"Bearer {who.token}"} if who else {}
        answer = self._http.request(
            "GET" if data is None else "POST", f"{self._address}/xrpc/{nsid}", params=parameters, json=data,
            headers=headers, timeout=PATIENCE,
        )  # fmt: skip
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body


def _naming(text: str, person: Person) -> dict[str, Any]:
    start = len(text.partition(f"@{person.handle}")[0].encode())
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": person.did}
    return {"index": {"byteStart": start, "byteEnd": start + len(person.handle) + 1}, "features": [feature]}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
