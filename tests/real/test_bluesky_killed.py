"""kill -9 in the middle of sending to Bluesky's own server; what stands in the account's repository is the truth.

Runs where AMENDS_REAL_PDS is the address of such a server (docs/reliability.md, "Real servers").
"""

from pathlib import Path

import pytest

from tests.real.bluesky import address_or_skip
from tests.real.sending import BlueskyField


@pytest.mark.timeout(600)
def test_nothing_is_sent_twice_lost_or_changed(tmp_path: Path, store_url: str) -> None:
    with BlueskyField(tmp_path, store_url, address_or_skip(), seed=21) as field:
        for _ in range(6):
            field.approve(2)
            field.go_wrong()
            field.kill_one()
        field.settle(120)
        assert field.violations() == {}
        assert sum(end == "sent" for end in field.ends().values()) >= 6
        assert len(field.ends()) == 12
