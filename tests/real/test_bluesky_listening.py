"""Our source against Bluesky's own servers: who named, answered, quoted and shared us, and what a search brings.

Runs where AMENDS_REAL_PDS is the address of such a server (docs/reliability.md, "Real servers").
"""

import copy
import secrets
from collections.abc import Callable
from typing import Any

from core.domain import Eligibility, Mention
from listener.sources import Page
from listener.sources.bluesky import BlueskySource
from tests.real.bluesky import Ref
from tests.real.desk import Desk
from tests.real.server import until


def drain(source: BlueskySource, cursor: dict[str, object] | None = None) -> tuple[list[Mention], dict[str, object]]:
    found: list[Mention] = []
    for page in source.fetch(cursor):
        found += page.mentions
        cursor = page.cursor
    return found, cursor or {}


def heard(source: BlueskySource, *wanted: Ref, cursor: dict[str, object] | None = None) -> dict[str, Mention]:
    """What one pass brings, as soon as one brings all that is wanted."""

    def look() -> dict[str, Mention] | None:
        found = {mention.external_id: mention for mention in drain(source, cursor)[0]}
        return found if {ref.uri for ref in wanted} <= set(found) else None

    found: dict[str, Mention] = until(look, "not everything is heard")
    return found


def test_who_names_answers_quotes_and_shares_us_is_heard(desk: Desk) -> None:
    say, ann = desk.server.say, desk.customer
    ours = desk.server.say(desk.us, "We are working on it.")
    named = say(ann, f"naïve \N{FAMILY} @{desk.us.handle}: nothing\r\nworks", names=(desk.us,))
    answered, quoted = say(ann, "since when?", reply_to=ours), say(ann, "look at that", quotes=ours)
    shared, apart = desk.server.repost(ann, ours), say(ann, "nobody meant")
    found = heard(desk.source(), named, answered, quoted, shared)
    assert apart.uri not in found
    assert found[named.uri].text == f"naïve \N{FAMILY} @{desk.us.handle}: nothing\r\nworks"
    assert (found[named.uri].author, found[named.uri].author_id) == (ann.handle, ann.did)
    assert [found[ref.uri].eligible for ref in (named, answered, quoted)] == [
        Eligibility.TAGGED,
        Eligibility.REPLIED,
        Eligibility.QUOTED,
    ]
    assert (found[answered.uri].in_reply_to, found[answered.uri].conversation_id) == (ours.uri, ours.uri)
    assert found[quoted.uri].quoted_id == ours.uri
    assert found[shared.uri].share_of == ours.uri


def test_a_search_brings_what_our_query_matches_and_marks_what_is_ours(desk: Desk) -> None:
    word = f"nw{secrets.token_hex(4)}"
    theirs = desk.server.say(desk.customer, f"{word} down, no signal")
    ours = desk.server.say(desk.us, f"{word} down is known to us")
    other = desk.server.say(desk.customer, f"{word} up again")
    found = heard(desk.source(f"{word} down"), theirs, ours)
    assert other.uri not in found
    assert (found[theirs.uri].eligible, found[theirs.uri].own) == (Eligibility.NONE, False)
    assert found[ours.uri].own


def test_more_than_a_page_is_read_whole_and_the_next_pass_brings_what_came_since(desk: Desk) -> None:
    many = _named(desk, range(130))
    found = heard(desk.source(), *many)
    assert {ref.uri for ref in many} <= set(found)
    _, cursor = drain(desk.source())
    (late,) = _named(desk, [130])
    assert late.uri in heard(desk.source(), late, cursor=cursor)


def _named(desk: Desk, numbers: range | list[int]) -> list[Ref]:
    say: Callable[..., Ref] = desk.server.say
    return [say(desk.customer, f"{number} @{desk.us.handle} help", names=(desk.us,)) for number in numbers]


def test_a_pass_that_was_cut_off_after_its_first_page_goes_on_behind_it(desk: Desk) -> None:
    many = _named(desk, range(110))
    heard(desk.source(), *many)
    first: Page = next(iter(desk.source().fetch(None)))
    rest, _ = drain(desk.source(), first.cursor)
    assert {ref.uri for ref in many} <= {mention.external_id for mention in (*first.mentions, *rest)}
    assert len(first.mentions) == 100
    lost: Any = copy.deepcopy(first.cursor)
    lost["lanes"]["notifications"]["token"] = "of another version"
    again, _ = drain(desk.source(), lost)
    assert {ref.uri for ref in many} <= {mention.external_id for mention in again}


def test_what_was_deleted_is_heard_no_more(desk: Desk) -> None:
    gone, stays = _named(desk, [1, 2])
    heard(desk.source(), gone, stays)
    desk.server.remove(desk.customer, gone)
    until(lambda: gone.uri not in heard(desk.source(), stays), "the deleted post is still brought")


def test_check_names_the_account(desk: Desk) -> None:
    assert desk.source().check().startswith(f"@{desk.us.handle}, ")
