"""Each platform counts in its own way; X's way is held to its own published conformance cases."""

import os
from pathlib import Path

import pytest
import yaml

from core.errors import InputError
from responder import links
from responder.lengths import measure

CONFORMANCE = Path(os.environ.get("AMENDS_DATA", "data-not-given")) / "twitter-text" / "conformance"
needs_conformance = pytest.mark.skipif(
    not CONFORMANCE.is_dir(), reason="set AMENDS_DATA to a folder that holds twitter-text/conformance"
)


def cases(name: str, *sections: str) -> list[dict]:
    if not CONFORMANCE.is_dir():
        return []
    tests = yaml.safe_load((CONFORMANCE / name).read_text(encoding="utf-8"))["tests"]
    return [case for section in sections for case in tests[section]]


def title(case: dict) -> str:
    return case["description"][:60]


# The other sections of validate.yml judge user names, lists and lone links, or count by older rules.
@needs_conformance
@pytest.mark.parametrize(
    "case",
    cases("validate.yml", "WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest"),
    ids=title,
)
def test_x_conformance(case: dict) -> None:
    length = measure("x", case["text"])
    assert (length.length, length.valid) == (case["expected"]["weightedLength"], case["expected"]["valid"])


@needs_conformance
@pytest.mark.parametrize("case", cases("extract.yml", "urls"), ids=title)
def test_links_as_x_finds_them(case: dict) -> None:
    assert [link.text for link in links.find(case["text"])] == case["expected"]


@needs_conformance
@pytest.mark.parametrize("case", cases("tlds.yml", "country", "generic"), ids=title)
def test_top_level_domains(case: dict) -> None:
    assert [link.text for link in links.find(case["text"])] == case["expected"]


@pytest.mark.parametrize(
    ("platform", "text", "length", "valid"),
    [
        ("x", "a" * 280, 280, True),
        ("x", "a" * 281, 281, False),
        ("x", "e\u0301", 1, True),
        ("x", "see example.com/a/very/long/path/that/would/be/much/longer for more", 36, True),
        ("x", "日本", 4, True),
        ("x", "👩‍👩‍👧‍👦🇨🇦1️⃣", 6, True),
        ("bluesky", "👩‍👩‍👧‍👦" * 120, 120, True),
        ("bluesky", "👩‍👩‍👧‍👦" * 121, 121, False),  # 25 bytes each: over 3,000 bytes
        ("bluesky", "é" * 300, 300, True),
        ("bluesky", "é" * 301, 301, False),
        ("mastodon", "https://example.com/" + "a" * 600, 23, True),
        ("mastodon", "@ana@social.example hi", 7, True),
        ("mastodon", "example.com", 11, True),
        ("reddit", "a" * 10_000, 10_000, True),
        ("reddit", "a" * 10_001, 10_001, False),
        ("x", "", 0, False),
        ("reddit", " \n", 2, False),
    ],
)
def test_counts(platform: str, text: str, length: int, valid: bool) -> None:
    measured = measure(platform, text)
    assert (measured.length, measured.valid) == (length, valid)


def test_a_server_may_set_its_own_limit() -> None:
    assert measure("mastodon", "a" * 501, limit=5000).valid
    assert not measure("mastodon", "a" * 501).valid


def test_an_unknown_platform_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="'myspace' is not known; known are bluesky, mastodon, reddit, x"):
        measure("myspace", "hello")


@pytest.mark.parametrize(
    "text", ["a." * 50_000, "あ" * 100_000 + ".com", "a@" * 50_000, "http://" * 14_000, "(" * 100_000]
)
@pytest.mark.timeout(30)
@pytest.mark.parametrize("platform", ["x", "mastodon"])
def test_hostile_text_takes_linear_time(platform: str, text: str) -> None:
    # A count that is not linear takes minutes here: the time limit of the run ends it.
    assert measure(platform, text).length > 0
