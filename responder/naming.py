"""Whom a reply names in front, on platforms that tell only those of it who are named."""

from dataclasses import replace

from core.domain import Platform, Written
from core.store.mentions import MentionRow

MOST_OTHERS = 3  # a post that calls more is no conversation, and they did not ask to hear from us


def called(mention: MentionRow) -> str:
    """``"@ann@mastodon.example @bob "`` on Mastodon: the author first, then whom the post named, never ourselves.

    "" on platforms that tell the author of every answer.
    """
    if mention.platform != Platform.MASTODON:
        return ""
    others = mention.named if len(mention.named) <= MOST_OTHERS else []
    return "".join(f"@{name} " for name in (mention.author, *others))


def led(written: Written, lead: str) -> Written:
    """``written`` behind other words of ours; what its sentences rest on moves along."""
    moved = (
        replace(ground, start=ground.start + len(lead), end=ground.end + len(lead)) for ground in written.grounds
    )  # fmt: skip
    return replace(written, text=f"{lead}{written.text}", grounds=tuple(moved))
