"""What platforms say in the headers of their answers."""

import pytest

from core.wire import LONGEST_WAIT, wait_seconds

NOW = "Fri, 20 Nov 2026 14:00:00 GMT"
MILLISECONDS = "1795180000000"  # of a moment in 2026; a server that counts so means no year 58,857


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "inf"}, LONGEST_WAIT),
        ({"retry-after": "1e13"}, LONGEST_WAIT),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Fri, 20 Nov 2026 14:02:00 GMT", "date": NOW}, 120),
        ({"retry-after": "Friday, 20-Nov-26 14:02:00 GMT", "date": NOW}, 120),
        ({"retry-after": "Fri Nov 20 14:02:00 2026", "date": NOW}, 120),
        ({"retry-after": "Fri, 20 Nov 2026 09:02:00 -0500", "date": NOW}, 120),
        ({"retry-after": "Fri, 20 Nov 2026 13:59:00 GMT", "date": NOW}, 0),
        ({"retry-after": "Tue, 20 Nov 2296 14:00:00 GMT", "date": NOW}, LONGEST_WAIT),
        ({"retry-after": "Tue, 20 Nov 2296 14:00:00 GMT"}, LONGEST_WAIT),
        ({"retry-after": "soon", "date": NOW}, None),
        ({"retry-after": "Fri, 99 Nov 2026 14:02:00 GMT", "date": NOW}, None),
        ({"retry-after": "Fri, 20 Nov 99999 14:02:00 GMT", "date": NOW}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": MILLISECONDS}, LONGEST_WAIT),
    ],
)
def test_a_wait_is_told_in_seconds_or_as_a_date_and_ends_within_a_day(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert wait_seconds(headers) == seconds
