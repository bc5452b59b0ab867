"""What Reddit shows of a post that is gone, for who listens and for who answers."""

from collections.abc import Mapping
from typing import Any

LOST = frozenset({"[deleted]", "[removed]"})  # what stands where author or text were
HELD = "automod_filtered"  # by a subreddit's filter, until a moderator has read it: it may come back


def is_lost(data: Mapping[str, Any]) -> bool:
    """Whether a thing, as Reddit's listings hold it, was deleted by its author or removed by somebody else."""
    said = (data.get(field) for field in ("author", "body", "selftext"))
    return data.get("removed_by_category") not in (None, "", HELD) or any(each in LOST for each in said)
