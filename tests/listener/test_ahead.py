"""Posts of a platform whose clock, or ours, is wrong: they are heard, and none of them lies in the future."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from core import accounts
from core.store import Store
from core.store.cases import CaseRow
from core.store.mentions import MentionRow
from listener.poll import poll
from listener.sources.mastodon import MastodonSource
from tests.fakes.mastodon import FakeMastodon, token_of


@pytest.mark.parametrize(("behind", "as_told"), [(timedelta(minutes=20), True), (timedelta(days=3), False)])
def test_a_post_dated_days_ahead_is_of_the_time_at_which_it_came(
    any_store: Store, behind: timedelta, as_told: bool
) -> None:
    with FakeMastodon() as server:
        server.calls_left = 10**6
        server.add("ann", "@northwind is down")
        given = {"kind": "mastodon", "base_url": server.url, "access_token": SecretStr(token_of("northwind"))}
        section = accounts.MastodonSource.model_validate(given)
        source = MastodonSource("m", section, clock=lambda: datetime.fromtimestamp(server.now(), UTC))
        now = datetime.fromtimestamp(server.now(), UTC).replace(microsecond=0) - behind
        done = poll(source, store=any_store, brand="N", handles=(), wanted=lambda _post: True, clock=lambda: now)
    assert done == {"new": 1}
    with any_store.read() as db:
        post, case = db.scalars(select(MentionRow)).one(), db.scalars(select(CaseRow)).one()
        assert (post.created_at == now, post.created_at > now) == (not as_told, as_told)
        assert (case.opened_at, case.last_at) == (post.created_at, post.created_at)
