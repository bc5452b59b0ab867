"""The short forms of what ``make prove`` counts at length and ``tests/crash`` does not."""

from pathlib import Path

from tests.prove import claims


def test_what_nobody_approved_is_flagged_where_it_stands() -> None:
    found = claims.invented(24)
    assert found.got >= 0.9 * found.tried, found.missed


def test_what_the_playbook_says_is_not() -> None:
    found = claims.clean(16)
    assert found.got <= 0.25 * found.tried, found.missed  # docs/reliability.md has the share of many more


def test_the_orders_of_a_post_reach_no_draft_of_the_playbook(tmp_path: Path) -> None:
    found = claims.injected(8, tmp_path)
    assert found.tried == 16
    assert [each for each in found.missed if each.startswith("Playbook")] == []
