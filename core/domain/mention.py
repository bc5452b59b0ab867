"""What somebody said in public, and whether we may answer it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Platform(StrEnum):
    X = "x"
    REDDIT = "reddit"
    BLUESKY = "bluesky"
    MASTODON = "mastodon"


def bare_handle(handle: str) -> str:
    """A handle without what platforms write before it: @name, u/name and /u/name are all "name"."""
    return handle.removeprefix("/").removeprefix("u/").removeprefix("@")


class Eligibility(StrEnum):
    """Why a reply through the API is allowed. NONE means watch only: a person may open the post."""

    TAGGED = "tagged"
    QUOTED = "quoted"
    REPLIED = "replied"
    NONE = "none"


class MentionStatus(StrEnum):
    """Where a mention stands on its road. NEW → READ → DRAFTED | WATCHED | FAILED; WATCHED → ANSWERED by hand.

    From anywhere → GONE, and never back.
    """

    NEW = "new"  # kept, not yet read by the classifier
    READ = "read"  # has a reading, not yet decided on
    DRAFTED = "drafted"  # a draft exists or existed
    WATCHED = "watched"  # nothing to answer, or not allowed to
    ANSWERED = "answered"  # a person answered it on the platform itself
    FAILED = "failed"  # drafting broke on it: logged, shown, and not tried for ever
    GONE = "gone"  # its words are erased; what stays tells that there was a post


class Gone(StrEnum):
    """Why the words of a mention are no longer here."""

    DELETED = "deleted"  # its platform says that it is not there any more
    ERASED = "erased"  # we erased it: somebody asked us to, or it was old


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One public post as a source yields it. Times are aware and in UTC; ids are the platform's own."""

    platform: Platform
    external_id: str
    author: str  # handle without the leading @ or u/
    text: str
    created_at: datetime
    author_id: str = ""
    author_name: str = ""
    followers: int | None = None
    url: str = ""
    in_reply_to: str | None = None  # id of the post it answers
    conversation_id: str | None = None
    quoted_id: str | None = None
    share_of: str | None = None  # a bare repost: folded into the post with this id, never a mention of its own
    language: str | None = None  # as the platform says, BCP 47
    community: str = ""  # subreddit, without r/
    eligible: Eligibility = Eligibility.NONE
    named: tuple[str, ...] = ()  # handles it names beside ours and the author's, where a reply must name them too
    own: bool = False  # written by one of our accounts: never kept as a mention
