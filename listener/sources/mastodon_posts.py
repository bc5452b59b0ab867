"""A status of Mastodon as a mention: whose it is, in answer to what, and whether we may reply to it."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from core.domain import Eligibility, Mention, Platform

PRIVATE = "direct"  # a letter to the accounts it names, not a public post


@dataclass(frozen=True, slots=True)
class Us:
    """Our accounts: the id of the one that is logged in, and all handles as its server shows them, lower case."""

    id: str
    handles: AbstractSet[str]

    def are(self, account: Mapping[str, Any]) -> bool:
        return str(account.get("id")) == self.id or str(account.get("acct", "")).casefold() in self.handles


def mentions_of(statuses: Iterable[Mapping[str, Any]], us: Us) -> tuple[Mention, ...]:
    """Statuses as mentions; a boost is folded into what it boosts, a private letter is left out."""
    return tuple(_mention(status, us) for status in statuses if status.get("visibility") != PRIVATE)


def _mention(status: Mapping[str, Any], us: Us) -> Mention:
    account: Mapping[str, Any] = status.get("account") or {}
    boosted = status.get("reblog")
    own = us.are(account)
    return Mention(
        platform=Platform.MASTODON,
        external_id=str(status["id"]),
        author=str(account.get("acct", "")),
        author_id=str(account.get("id", "")),
        author_name=str(account.get("display_name") or ""),
        followers=account.get("followers_count"),
        text=_text(status),
        created_at=_moment(status.get("created_at")),
        url=str(status.get("url") or status.get("uri") or ""),
        in_reply_to=_id(status.get("in_reply_to_id")),
        quoted_id=_id(_quoted(status).get("id")),
        share_of=_id(boosted.get("id")) if boosted else None,
        language=str(status.get("language") or "") or None,
        eligible=Eligibility.NONE if own or boosted else _eligibility(status, us),
        named=_named(status, us),
        own=own,
    )


def _named(status: Mapping[str, Any], us: Us) -> tuple[str, ...]:
    """Whom the post names beside us and its author; a server tells of a reply only those whom it names."""
    author = str((status.get("account") or {}).get("id", ""))
    people = [one for one in status.get("mentions") or () if not us.are(one) and str(one.get("id", "")) != author]
    return tuple(dict.fromkeys(str(one.get("acct", "")) for one in people if one.get("acct")))


def _eligibility(status: Mapping[str, Any], us: Us) -> Eligibility:
    if any(us.are(account) for account in status.get("mentions") or ()):
        return Eligibility.TAGGED
    if str(status.get("in_reply_to_account_id")) == us.id:
        return Eligibility.REPLIED
    return Eligibility.QUOTED if us.are(_quoted(status).get("account") or {"id": None}) else Eligibility.NONE


def _quoted(status: Mapping[str, Any]) -> Mapping[str, Any]:
    """The status it quotes (Mastodon 4.4 and later), as far as its author let it be shown."""
    quote = status.get("quote") or {}
    shown: Mapping[str, Any] = quote.get("quoted_status") or {}
    return shown or {"id": quote.get("quoted_status_id")}


def _text(status: Mapping[str, Any]) -> str:
    """The warning a reader must click away, when there is one, and the post."""
    warning, post = str(status.get("spoiler_text") or ""), plain(str(status.get("content") or ""))
    return f"{warning}\n\n{post}" if warning else post


def plain(html: str) -> str:
    """A status's HTML as text: paragraphs and breaks as line ends, links whole (Mastodon hides their ends)."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces).strip("\n")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parent's names
        if tag == "br":
            self.pieces.append("\n")
        elif tag in {"p", "li", "blockquote", "pre"} and self.pieces:
            self.pieces.append("\n" if tag == "li" else "\n\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def _moment(value: object) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found.astimezone(UTC)


def _id(value: object) -> str | None:
    return str(value) if value else None
