"""What platforms say in the headers of their answers."""

import pytest

from core.wire import LONGEST_WAIT, wait_seconds

MILLISECONDS = "1795180000000"  # of a moment in 2026; a server that counts so means no year 58,857


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "inf"}, LONGEST_WAIT),
        ({"retry-after": "1e13"}, LONGEST_WAIT),
        ({"retry-after": "nan"}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": MILLISECONDS}, LONGEST_WAIT),
    ],
)
def test_no_wait_is_longer_than_a_day(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_seconds(headers) == seconds
