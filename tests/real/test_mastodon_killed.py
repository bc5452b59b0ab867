"""kill -9 in the middle of sending to a real server that speaks Mastodon's API; what it holds is the truth.

Runs where AMENDS_REAL_MASTODON is the address of a GoToSocial (docs/reliability.md, "Real servers").
"""

from pathlib import Path

import pytest

from tests.real.mastodon import address_or_skip
from tests.real.sending import MastodonField


@pytest.mark.timeout(600)
def test_nothing_is_sent_twice_lost_or_changed(tmp_path: Path, store_url: str) -> None:
    with MastodonField(tmp_path, store_url, address_or_skip(), seed=22) as field:
        for _ in range(30):
            field.approve(2)
            field.go_wrong()
            field.kill_one()
        field.settle(300)
        assert field.violations() == {}
        assert sum(end == "sent" for end in field.ends().values()) >= 30
        assert len(field.ends()) == 60
