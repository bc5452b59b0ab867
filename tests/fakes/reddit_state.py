"""What the fake Reddit holds: accounts, submissions and comments, and how they look in answers.

The shapes are the recorded ones: listings of comments and submissions, and the inbox.
"""

import html
import re
from dataclasses import dataclass, field
from typing import Any

NAMED = re.compile(r"(?<!\w)/?u/([\w-]{3,20})", re.IGNORECASE)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    """A Reddit id: lower-case base 36."""
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text or "0"


@dataclass
class Account:
    """A redditor; ``password`` "" means it cannot log in."""

    id: str
    name: str
    password: str = ""


@dataclass
class Thing:
    """A submission (t3) or comment (t1). Times are seconds since 1970; ``visible_at``: when it begins to show."""

    name: str
    author: str
    subreddit: str
    body: str
    created_at: float
    visible_at: float
    title: str = ""
    parent: str = ""
    link: str = ""
    locked: bool = False
    deleted: bool = False
    archived: bool = False
    removed: bool = False  # by a moderator

    @property
    def kind(self) -> str:
        """t1 for a comment, t3 for a submission."""
        return self.name[:2]

    @property
    def id(self) -> str:
        """The id without its kind."""
        return self.name[3:]


@dataclass
class RedditState:
    """Accounts by lower-case name, things by full name."""

    accounts: dict[str, Account] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    _next: int = 36**6

    def account(self, name: str, password: str = "") -> Account:
        """The account, made when it does not exist; a given password replaces the old one."""
        known = self.accounts.setdefault(name.casefold(), Account(base36(1000 + len(self.accounts)), name))
        known.password = password or known.password
        return known

    def submit(
        self, author: str, subreddit: str, title: str, body: str = "", *, created_at: float, **more: Any
    ) -> Thing:
        """Seeds a submission. ``late``: seconds until it shows."""
        return self._add("t3", author, subreddit, body, created_at, title=title, **more)

    def comment(self, author: str, parent: Thing, body: str, *, created_at: float, **more: Any) -> Thing:
        """Seeds a comment below a submission or a comment."""
        link = parent.name if parent.kind == "t3" else parent.link
        return self._add("t1", author, parent.subreddit, body, created_at, parent=parent.name, link=link, **more)

    def message(self, author: str, to: str, body: str, *, created_at: float) -> None:
        """Seeds a private message: it shows in the inbox and is nobody's business."""
        data = {"name": f"t4_{self._number()}", "author": author, "dest": to, "body": body, "subject": "private"}
        self.messages.append(data | {"created_utc": created_at, "was_comment": False})

    def _add(self, kind: str, author: str, subreddit: str, body: str, created_at: float, **more: Any) -> Thing:
        self.account(author)
        late = more.pop("late", 0.0)
        thing = Thing(f"{kind}_{self._number()}", author, subreddit, body, created_at, created_at + late, **more)
        self.things[thing.name] = thing
        return thing

    def _number(self) -> str:
        self._next += 1
        return base36(self._next)

    def author_of(self, name: str) -> str:
        """Who wrote the thing with this full name; "" when there is none."""
        thing = self.things.get(name)
        return thing.author if thing else ""

    def reason(self, thing: Thing, name: str) -> str:
        """Why this account has the thing in its inbox: mention, reply, or "" when it has not."""
        me = name.casefold()
        if thing.kind != "t1" or thing.author.casefold() == me:
            return ""
        if me in {found.casefold() for found in NAMED.findall(thing.body)}:
            return "username_mention"
        if self.author_of(thing.parent).casefold() == me:
            return "post_reply" if thing.parent.startswith("t3") else "comment_reply"
        return ""

    def render(self, thing: Thing) -> dict[str, Any]:
        """A thing as it stands in the listings of a subreddit."""
        return {"kind": thing.kind, "data": self._comment(thing) if thing.kind == "t1" else self._submission(thing)}

    def render_inbox(self, thing: Thing, name: str) -> dict[str, Any]:
        """A comment as it stands in the inbox of an account: another shape than in a listing."""
        kind = self.reason(thing, name)
        subject = {"username_mention": "username mention", "post_reply": "post reply"}.get(kind, "comment reply")
        link = self.things[thing.link]
        data = {key: self._comment(thing)[key] for key in INBOX_KEYS} | {
            "author_fullname": f"t2_{self.account(thing.author).id}",
            "subject": subject,
            "type": kind,
            "new": True,
            "dest": name,
            "was_comment": True,
            "num_comments": 1,
            "link_title": link.title,
            "context": f"/r/{thing.subreddit}/comments/{link.id}/{_slug(link.title)}/{thing.id}/?context=3",
            "subreddit_name_prefixed": f"r/{thing.subreddit}",
            "first_message": None,
            "first_message_name": None,
        }
        return {"kind": "t1", "data": data}

    def _comment(self, thing: Thing) -> dict[str, Any]:
        link = self.things[thing.link]
        return self._common(thing) | {
            "body": _shown(thing),
            "body_html": markup(thing.body),
            "parent_id": thing.parent,
            "link_id": thing.link,
            "link_title": link.title,
            "link_author": link.author,
            "link_url": f"https://www.reddit.com/r/{thing.subreddit}/comments/{link.id}/",
            "permalink": f"/r/{thing.subreddit}/comments/{link.id}/{_slug(link.title)}/{thing.id}/",
            "replies": "",
            "score_hidden": False,
            "controversiality": 0,
        }

    def _submission(self, thing: Thing) -> dict[str, Any]:
        permalink = f"/r/{thing.subreddit}/comments/{thing.id}/{_slug(thing.title)}/"
        return self._common(thing) | {
            "title": thing.title,
            "selftext": _shown(thing),
            "selftext_html": markup(thing.body) if thing.body else None,
            "is_self": True,
            "domain": f"self.{thing.subreddit}",
            "permalink": permalink,
            "url": f"https://www.reddit.com{permalink}",
            "num_comments": sum(other.link == thing.name for other in self.things.values()),
            "locked": thing.locked,
            "hidden": False,
            "thumbnail": "self",
        }

    def _common(self, thing: Thing) -> dict[str, Any]:
        return {
            "id": thing.id,
            "name": thing.name,
            "author": "[deleted]" if thing.deleted else thing.author,
            "subreddit": thing.subreddit,
            "subreddit_id": "t5_2t5o6",
            "created": thing.created_at,
            "created_utc": float(int(thing.created_at)),
            "score": 1,
            "ups": 1,
            "downs": 0,
            "likes": None,
            "edited": False,
            "saved": False,
            "stickied": False,
            "archived": thing.archived,
            "over_18": False,
            "distinguished": None,
        }


def _shown(thing: Thing) -> str:
    return "[deleted]" if thing.deleted else "[removed]" if thing.removed else thing.body


INBOX_KEYS = (
    "subreddit",
    "likes",
    "replies",
    "id",
    "score",
    "author",
    "parent_id",
    "body",
    "body_html",
    "name",
    "created",
    "created_utc",
    "distinguished",
)


def markup(body: str) -> str:
    """Reddit's HTML of a text, with its links of user names."""
    text = NAMED.sub(lambda m: f'<a href="/u/{m[1]}">{m[0]}</a>', html.escape(body, quote=False))
    return f'<!-- SC_OFF --><div class="md"><p>{text}</p>\n</div><!-- SC_ON -->'


def _slug(title: str) -> str:
    return re.sub(r"\W+", "_", title.casefold()).strip("_")[:50] or "_"
