"""Things of Reddit as mentions: whose, in answer to what, and whether we may reply to them."""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Any

from core.domain import Eligibility, Mention, Platform

SITE = "https://www.reddit.com"
GONE = frozenset({"[deleted]", "[removed]"})
NAMED = re.compile(r'href="(?:https?://(?:www\.)?reddit\.com)?/u(?:ser)?/([\w-]+)/?"', re.IGNORECASE)
THREAD = re.compile(r"/comments/(\w+)/")


def mentions_of(
    children: Iterable[Mapping[str, Any]], accounts: AbstractSet[str], parents: Mapping[str, str]
) -> tuple[Mention, ...]:
    """The submissions and comments among ``children``; private messages and what is deleted are left out.

    ``accounts``: our user names, lower case. ``parents``: who wrote the things that are answered, by full name.
    """
    found = (child["data"] for child in children if child.get("kind") in {"t1", "t3"})
    return tuple(_mention(data, accounts, parents) for data in found if not _is_gone(data))


def parents_of(children: Iterable[Mapping[str, Any]]) -> list[str]:
    """The full names that comments answer, each once."""
    return list(dict.fromkeys(str(c["data"]["parent_id"]) for c in children if c["data"].get("parent_id")))


def _mention(data: Mapping[str, Any], accounts: AbstractSet[str], parents: Mapping[str, str]) -> Mention:
    author = str(data["author"])
    own = author.casefold() in accounts
    path = str(data.get("permalink") or data.get("context") or "").partition("?")[0]
    return Mention(
        platform=Platform.REDDIT,
        external_id=str(data["name"]),
        author=author,
        author_id=str(data.get("author_fullname") or ""),
        text=_text(data),
        created_at=datetime.fromtimestamp(float(data["created_utc"]), UTC),
        url=SITE + path if path else "",
        in_reply_to=data.get("parent_id"),
        conversation_id=_conversation(data, path),
        community=str(data.get("subreddit", "")),
        eligible=Eligibility.NONE if own else _eligibility(data, accounts, parents),
        own=own,
    )


def _eligibility(data: Mapping[str, Any], accounts: AbstractSet[str], parents: Mapping[str, str]) -> Eligibility:
    """By the inbox's own word, the author of what is answered, and the links Reddit makes of user names."""
    if data.get("type") in {"comment_reply", "post_reply"}:
        return Eligibility.REPLIED
    if parents.get(str(data.get("parent_id", "")), "").casefold() in accounts:
        return Eligibility.REPLIED
    markup = str(data.get("body_html") or data.get("selftext_html") or "")
    linked = {name.casefold() for name in NAMED.findall(markup)}
    tagged = data.get("type") == "username_mention" or linked & accounts
    return Eligibility.TAGGED if tagged else Eligibility.NONE


def _is_gone(data: Mapping[str, Any]) -> bool:
    return data.get("author") in {None, *GONE} or data.get("body", data.get("selftext")) in GONE


def _text(data: Mapping[str, Any]) -> str:
    if "body" in data:
        return str(data["body"])
    return f"{data.get('title', '')}\n\n{data.get('selftext') or ''}".strip()


def _conversation(data: Mapping[str, Any], path: str) -> str | None:
    """The submission everything hangs from, by full name."""
    if "title" in data:
        return str(data["name"])
    in_path = THREAD.search(path)
    return str(data["link_id"]) if data.get("link_id") else (f"t3_{in_path[1]}" if in_path else None)
