"""One real Bluesky for all tests here, and accounts on it that no other run has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.bluesky import Person, RealBluesky, address_or_skip
from tests.real.desk import Desk


@pytest.fixture(scope="session")
def bluesky() -> Iterator[RealBluesky]:
    with RealBluesky(address_or_skip()) as server:
        yield server


@pytest.fixture(scope="session")
def ann(bluesky: RealBluesky) -> Person:
    """A customer."""
    return bluesky.join("ann")


@pytest.fixture
def desk(bluesky: RealBluesky, ann: Person, tmp_path: Path) -> Iterator[Desk]:
    """An account of ours for this test alone, with its publisher and its source."""
    yield Desk(bluesky, ann, tmp_path)
    bluesky.faults.clear()
