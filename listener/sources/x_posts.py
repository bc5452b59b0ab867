"""An answer of X as mentions: whose post, in answer to what, and whether we may reply to it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from core.domain import Eligibility, Mention, Platform

TWEET_FIELDS = [
    "author_id",
    "conversation_id",
    "created_at",
    "entities",
    "in_reply_to_user_id",
    "lang",
    "note_tweet",
    "referenced_tweets",
]
USER_FIELDS = ["public_metrics"]
EXPANSIONS = ["author_id", "in_reply_to_user_id", "referenced_tweets.id", "referenced_tweets.id.author_id"]
EPOCH_MS = 1288834974657  # an id is milliseconds since then, shifted left by 22 bits (X, "Twitter IDs")


def mentions_of(answer: Mapping[str, Any], accounts: AbstractSet[str]) -> tuple[Mention, ...]:
    """The posts of an answer of search or timeline. ``accounts``: our handles, lower case, without @."""
    included = answer.get("includes") or {}
    users = {str(user["id"]): user for user in included.get("users", ())}
    posts = {str(post["id"]): post for post in included.get("tweets", ())}
    return tuple(_mention(post, users, posts, accounts) for post in answer.get("data") or ())


def _mention(
    post: Mapping[str, Any], users: Mapping[str, Any], posts: Mapping[str, Any], accounts: AbstractSet[str]
) -> Mention:
    references = {item["type"]: str(item["id"]) for item in post.get("referenced_tweets") or ()}
    author_id = str(post.get("author_id", ""))
    author = users.get(author_id, {})
    handle = str(author.get("username") or author_id)
    own = handle.casefold() in accounts
    eligible = _eligibility(post, references, users, posts, accounts)
    return Mention(
        platform=Platform.X,
        external_id=str(post["id"]),
        author=handle,
        author_id=author_id,
        author_name=str(author.get("name", "")),
        followers=(author.get("public_metrics") or {}).get("followers_count"),
        text=full_text(post),
        created_at=_created(post),
        url=f"https://x.com/{handle}/status/{post['id']}",
        in_reply_to=references.get("replied_to"),
        conversation_id=str(post.get("conversation_id") or post["id"]),
        quoted_id=references.get("quoted"),
        share_of=references.get("retweeted"),
        language=_language(str(post.get("lang") or "")),
        eligible=Eligibility.NONE if own or "retweeted" in references else eligible,
        own=own,
    )


def _eligibility(
    post: Mapping[str, Any],
    references: Mapping[str, str],
    users: Mapping[str, Any],
    posts: Mapping[str, Any],
    accounts: AbstractSet[str],
) -> Eligibility:
    """By X's own references; an @handle in the text that X did not link is no mention."""
    linked = (post.get("entities") or {}).get("mentions") or ()
    tagged = {str(item["id"]) for item in linked if str(item.get("username", "")).casefold() in accounts}
    ours = tagged | {number for number, user in users.items() if str(user["username"]).casefold() in accounts}
    if (
        tagged
    ):  # X links us in an answer to our post, unless its author took the mention out: only then no reply is allowed
        return Eligibility.TAGGED
    if str(post.get("in_reply_to_user_id", "")) in ours:
        return Eligibility.REPLIED
    quoted = posts.get(references.get("quoted", ""), {})
    return Eligibility.QUOTED if str(quoted.get("author_id", "")) in ours else Eligibility.NONE


def full_text(post: Mapping[str, Any]) -> str:
    """What the author wrote: long posts whole, short links opened, and &amp; &lt; &gt; as characters again."""
    note = post.get("note_tweet") or {}
    text = str(note.get("text") or post.get("text", ""))
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):  # X escapes these three and no others
        text = text.replace(written, meant)
    links = [*((post.get("entities") or {}).get("urls") or ()), *((note.get("entities") or {}).get("urls") or ())]
    for link in links:
        text = text.replace(str(link.get("url", "")), str(link.get("expanded_url") or link.get("url", "")))
    return text


def _created(post: Mapping[str, Any]) -> datetime:
    with suppress(KeyError, ValueError):
        return datetime.fromisoformat(post["created_at"]).astimezone(UTC)
    return datetime.fromtimestamp(((int(post["id"]) >> 22) + EPOCH_MS) / 1000, UTC)


def _language(code: str) -> str | None:
    """X's tag as BCP 47: old names of Indonesian and Hebrew are renewed, "cannot tell" and its like are None."""
    renewed = {"in": "id", "iw": "he"}.get(code, code)
    return None if renewed in {"", "und", "zxx"} or renewed.startswith("q") else renewed
