"""A post of Bluesky as a mention: whose it is, in answer to what, and whether we may reply to it."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.domain import Eligibility, Mention, Platform
from listener.sources.bluesky_walk import moment

POST = "app.bsky.feed.post"
NOBODY = "handle.invalid"  # shown for an account whose name cannot be confirmed


@dataclass(frozen=True, slots=True)
class Us:
    """Our accounts: the lasting name of the one that is logged in, and all handles, lower case."""

    did: str
    handles: AbstractSet[str]

    def wrote(self, author: Mapping[str, Any]) -> bool:
        return author.get("did") == self.did or str(author.get("handle", "")).casefold() in self.handles


def mentions_of(views: Iterable[Mapping[str, Any]], us: Us) -> tuple[Mention, ...]:
    """The posts of an answer of search or of notifications; what is neither post nor repost is left out.

    One record that cannot be read does not take the others with it: anybody may write anything into a record.
    """
    return tuple(mention for view in views if (mention := _mention(view, us)) is not None)


def _mention(view: Mapping[str, Any], us: Us) -> Mention | None:
    record, author = _table(view.get("record")), _table(view.get("author"))
    uri, did = str(view.get("uri", "")), str(author.get("did", ""))
    if view.get("reason") == "repost":
        return _share(view, author, us)
    if f"/{POST}/" not in uri or not did or not isinstance(record.get("text"), str):
        return None
    handle = _name(author)
    reply = _table(record.get("reply"))
    return Mention(
        platform=Platform.BLUESKY,
        external_id=uri,
        author=handle,
        author_id=did,
        author_name=str(author.get("displayName") or ""),
        text=record["text"],
        created_at=when(view),
        url=address(did if handle == did else handle, uri),
        in_reply_to=_uri(reply.get("parent")) or None,
        conversation_id=_uri(reply.get("root")) or uri,
        quoted_id=quoted(record) or None,
        language=_language(record),
        eligible=Eligibility.NONE if us.wrote(author) else _eligibility(record, reply, us),
        own=us.wrote(author),
    )


def _share(view: Mapping[str, Any], author: Mapping[str, Any], us: Us) -> Mention | None:
    original = str(view.get("reasonSubject") or "")
    if not original:
        return None
    return Mention(
        platform=Platform.BLUESKY,
        external_id=str(view["uri"]),
        author=_name(author),
        text="",
        created_at=when(view),
        share_of=original,
        own=us.wrote(author),
    )


def _eligibility(record: Mapping[str, Any], reply: Mapping[str, Any], us: Us) -> Eligibility:
    """By Bluesky's own references; an @handle in the text that is no facet reaches nobody."""
    if us.did in set(_tagged(record)):
        return Eligibility.TAGGED
    if _owner(_uri(reply.get("parent"))) == us.did:
        return Eligibility.REPLIED
    return Eligibility.QUOTED if _owner(quoted(record)) == us.did else Eligibility.NONE


def _tagged(record: Mapping[str, Any]) -> Iterator[str]:
    for facet in _list(record.get("facets")):
        for feature in _list(_table(facet).get("features")):
            if _table(feature).get("$type") == "app.bsky.richtext.facet#mention":
                yield str(feature.get("did", ""))


def quoted(record: Mapping[str, Any]) -> str:
    """The address of the post a record quotes, or ""."""
    embed = _table(record.get("embed"))
    inner = _table(embed.get("record"))
    return _uri(inner.get("record")) or _uri(inner)  # a quote with pictures keeps it one level deeper


def when(view: Mapping[str, Any]) -> datetime:
    """When a post can first have been seen: what its author's client says, but no later than it arrived."""
    said = moment(_table(view.get("record")).get("createdAt"))
    arrived = moment(view.get("indexedAt"))
    times = [time for time in (said, arrived) if time is not None]
    return min(times) if times else datetime.fromtimestamp(0, UTC)


def address(who: str, uri: str) -> str:
    """Where a person opens the post."""
    return f"https://bsky.app/profile/{who}/post/{uri.rsplit('/', 1)[-1]}"


def _name(author: Mapping[str, Any]) -> str:
    handle = str(author.get("handle") or NOBODY)
    return str(author.get("did", "")) if handle == NOBODY else handle


def _owner(uri: str) -> str:
    return uri.removeprefix("at://").split("/", 1)[0] if uri.startswith("at://") else ""


def _uri(reference: object) -> str:
    return str(_table(reference).get("uri") or "")


def _language(record: Mapping[str, Any]) -> str | None:
    tags = _list(record.get("langs"))
    return str(tags[0]) if tags and tags[0] else None


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
