"""What the fake X holds: accounts and posts, how they look in answers, and who may reply to whom."""

import hashlib
import html
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

EPOCH_MS = 1288834974657  # X's own; an id is milliseconds since then, shifted left by 22 bits
HANDLE = re.compile(r"(?<![\w@])@(\w{1,15})")
LINK = re.compile(r"https?://[^\s]+")


@dataclass
class XUser:
    """An account. ``id`` is the platform's number as text."""

    id: str
    username: str
    name: str = ""
    followers: int = 0
    token: str = ""
    """The OAuth 1.0a access token that acts as this account."""
    protected: bool = False
    """Its posts are shown to its followers only."""


@dataclass
class XPost:
    """A post. Times are seconds since 1970; ``visible_at`` is when the API begins to show it."""

    id: str
    author_id: str
    text: str
    created_at: float
    visible_at: float
    conversation_id: str
    lang: str = "en"
    reply_to: str = ""
    quotes: str = ""
    retweets: str = ""
    deleted: bool = False
    long_text: str = ""


@dataclass
class XState:
    """All accounts by id and all posts by id."""

    users: dict[str, XUser] = field(default_factory=dict)
    posts: dict[str, XPost] = field(default_factory=dict)
    _sequence: int = 0
    _names: dict[str, XUser] = field(default_factory=dict)

    def user(self, handle: str, **details: Any) -> XUser:
        """The account with this handle, made when it does not exist."""
        known = self.by_name(handle)
        if known is None:
            number = str(details.pop("id", 7_000_000 + len(self.users)))
            known = XUser(number, handle, details.pop("name", handle.title()))
            self.users[number] = self._names[handle.casefold()] = known
        for name, value in details.items():
            setattr(known, name, value)
        return known

    def by_name(self, handle: str) -> XUser | None:
        """The account, or None; handles ignore case."""
        return self._names.get(handle.casefold())

    def new_id(self, created_at: float) -> str:
        """An id for that moment; ids of one millisecond count up."""
        self._sequence = (self._sequence + 1) % (1 << 22)
        return str((max(int(created_at * 1000) - EPOCH_MS, 0) << 22) | self._sequence)

    def add(self, author: str, text: str, *, created_at: float, late: float = 0.0, **details: Any) -> XPost:
        """Seeds a post. ``late``: seconds until it shows. ``id``: to set one out of order. Others as in XPost."""
        post_id = str(details.pop("id", "")) or self.new_id(created_at)
        parent = self.posts.get(details.get("reply_to", ""))
        conversation = details.pop("conversation_id", parent.conversation_id if parent else post_id)
        author_id = self.user(author).id
        post = XPost(post_id, author_id, text, created_at, created_at + late, conversation, **details)
        self.posts[post_id] = post
        return post

    def retweet(self, author: str, original: XPost, *, created_at: float, late: float = 0.0) -> XPost:
        """Seeds a retweet, its text cut as X cuts it."""
        text = f"RT @{self.users[original.author_id].username}: {original.text}"
        text = text if len(text) <= 140 else text[:139] + "…"
        return self.add(author, text, created_at=created_at, late=late, retweets=original.id)

    def mentioned(self, post: XPost) -> list[XUser]:
        """The accounts a post mentions: by name, and the one it answers."""
        found = [user for name in HANDLE.findall(post.text) if (user := self.by_name(name))]
        parent = self.posts.get(post.reply_to)
        answered = [self.users[parent.author_id]] if parent and parent.author_id != post.author_id else []
        return list({user.id: user for user in [*answered, *found]}.values())

    def may_reply(self, account: XUser, post: XPost) -> bool:
        """X's rule for self-serve apps: the author mentioned the account or quoted one of its posts, or is it."""
        quoted = self.posts.get(post.quotes)
        invited = account.id in {user.id for user in self.mentioned(post)}
        return invited or post.author_id == account.id or bool(quoted and quoted.author_id == account.id)


def stamp(moment: float) -> str:
    """A time as X writes it, to the millisecond (always .000 in practice)."""
    return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def short(link: str) -> str:
    """X shows every link as its own short one; one that is short already stays."""
    if link.startswith("https://t.co/"):
        return link
    return "https://t.co/" + hashlib.sha256(link.encode()).hexdigest()[:10]


def render_user(user: XUser, fields: set[str]) -> dict[str, Any]:
    """An account as JSON: three default fields and the asked-for ones."""
    shown: dict[str, Any] = {"id": user.id, "name": user.name, "username": user.username}
    if "public_metrics" in fields:
        metrics = {"followers_count": user.followers, "following_count": 0, "tweet_count": 1, "listed_count": 0}
        shown["public_metrics"] = metrics
    return shown


def render_post(state: XState, post: XPost, fields: set[str]) -> dict[str, Any]:
    """A post as JSON: three default fields and the asked-for ones. &, < and > come escaped, as X does."""
    shown: dict[str, Any] = {
        "edit_history_tweet_ids": [post.id],
        "id": post.id,
        "text": html.escape(LINK.sub(lambda m: short(m[0]), post.text), quote=False),
    }
    optional = {
        "author_id": post.author_id,
        "conversation_id": post.conversation_id,
        "created_at": stamp(post.created_at),
        "lang": post.lang,
        "in_reply_to_user_id": _answered(state, post),
        "referenced_tweets": _references(post),
        "entities": _entities(state, post),
        "note_tweet": {"text": html.escape(post.long_text, quote=False)} if post.long_text else None,
    }
    return shown | {name: value for name, value in optional.items() if name in fields and value}


def _answered(state: XState, post: XPost) -> str:
    parent = state.posts.get(post.reply_to)
    return parent.author_id if parent else ""


def _references(post: XPost) -> list[dict[str, str]]:
    kinds = {"replied_to": post.reply_to, "quoted": post.quotes, "retweeted": post.retweets}
    return [{"type": kind, "id": other} for kind, other in kinds.items() if other]


def _entities(state: XState, post: XPost) -> dict[str, Any]:
    text = LINK.sub(lambda m: short(m[0]), post.text)
    named = [
        {"start": m.start(), "end": m.end(), "username": m[1], "id": user.id}
        for m in HANDLE.finditer(text)
        if (user := state.by_name(m[1]))
    ]
    shown = {item["id"] for item in named}
    named += [
        {"start": 0, "end": 0, "username": user.username, "id": user.id}
        for user in state.mentioned(post)
        if user.id not in shown and post.reply_to
    ]
    links = [
        {"start": 0, "end": 0, "url": short(link), "expanded_url": link, "display_url": link.split("//")[1]}
        for link in LINK.findall(post.text)
    ]
    return {name: value for name, value in {"mentions": named, "urls": links}.items() if value}
