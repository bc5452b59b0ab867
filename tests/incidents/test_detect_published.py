"""The detector on the mention volumes of ten brands."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.incidents.nab import LOW_FALSE, STANDARD, Brand, brands_of, held_out, own_alerts


@pytest.fixture(scope="module")
def brands(data_dir: Path) -> list[Brand]:
    return brands_of(data_dir)


@pytest.mark.parametrize(("cost", "floor"), [(STANDARD, 80.0), (LOW_FALSE, 73.0)])
def test_it_finds_what_was_labelled(brands: list[Brand], cost: float, floor: float) -> None:
    assert held_out(brands, cost) >= floor


def test_false_alerts_are_few(brands: list[Brand]) -> None:
    for brand in brands:
        told = [i for i, row in enumerate(brand.scored) if row.alert]
        assert all(later - earlier >= 144 for earlier, later in pairwise(told))
    points, false_a_day = own_alerts(brands)
    assert false_a_day <= 0.05
    assert points >= 65
