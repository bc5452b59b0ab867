"""One real server of each kind for all tests here, and accounts on it that no other run has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real import mastodon as fediverse
from tests.real.bluesky import Person, RealBluesky, address_or_skip
from tests.real.desk import Desk, MastodonDesk


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


@pytest.fixture(scope="session")
def mastodon() -> Iterator[fediverse.RealMastodon]:
    with fediverse.RealMastodon(fediverse.address_or_skip()) as server:
        yield server


@pytest.fixture(scope="session")
def bea(mastodon: fediverse.RealMastodon) -> fediverse.Person:
    """A customer."""
    return mastodon.join("bea")


@pytest.fixture
def counter(mastodon: fediverse.RealMastodon, bea: fediverse.Person) -> Iterator[MastodonDesk]:
    """An account of ours for this test alone, with its publisher and its source."""
    yield MastodonDesk(mastodon, mastodon.join("northwind"), bea)
    mastodon.faults.clear()
    mastodon.comes_from = ""
